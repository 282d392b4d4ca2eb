"""Documents with one part that is broken, as `python -m eval hostile` makes them: refused in words."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest

from rag.errors import ArticleError
from tests.library.reading.making import only, zip_of
from tests.library.reading.written import pptx_slides, xlsx

STRANGE = b'<?xml version="1.0" encoding="windous-1251"?>'
Change = Callable[[bytes], bytes]


def with_part(data: bytes, ending: str, change: Change) -> bytes:
    """A packed document with the first part of that ending changed."""
    with ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(each for each in sorted(parts) if each.endswith(ending))
    assert change(parts[name]) != parts[name]
    return zip_of(parts | {name: change(parts[name])})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "a.pptx",
            with_part(pptx_slides(), "slides/slide1.xml", lambda part: part.replace(b' id="2"', b"", 1)),
        ),
        ("a.zip", xlsx()[200:]),
        ("a.docx", xlsx()[200:]),
        ("a.fb2", STRANGE + b"<FictionBook><body/></FictionBook>"),
    ],
    ids=[
        "a shape without its number",
        "an archive cut in front",
        "the same as a document",
        "a character set that doesn't exist",
    ],
)
def test_what_is_broken_is_told(name: str, data: bytes) -> None:
    with pytest.raises(ArticleError):
        only(data, name)


def test_a_sheet_whose_formats_cannot_be_made_out_is_told_bare() -> None:
    told = only(with_part(xlsx(), "worksheets/sheet1.xml", lambda part: STRANGE + part), "a.xlsx")
    assert "##" in told.text
