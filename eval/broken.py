"""Strategies of hypothesis for what nobody means well: files broken in every way, texts that nobody types."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from hypothesis import strategies as st

LONGEST_TEXT = 2_000  # characters, the longest question that is answered
_MOST_CHANGES = 6
_LONGEST_REPEAT = 3_000
_ZIP = b"PK\x03\x04"
# What formats are made of, to break samples with: brackets, ends, sizes, other encodings.
_SPLINTERS = (
    *rb"""< > </p> <p> <table><tr><td> <!-- <![CDATA[ &#xD800; &lt &#0; { } [ ] " \u \ud800 null NaN 1e999 -1
    99999999999999999999 --- | ``` \par \u-1? {\* =?utf-8?B? ;, rowspan='9999999' colspan='-1'
    r='ZZZZZZ9999999'""".split(),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\r", b"\n\n\n", b"\x1a", b"\xff" * 4, b"\x00" * 16),
    *(b"---\n", b": ", b"- ", b"=\r\n", b"00:99:99,999 --> ", b"Content-Type: x/y\n", b" ", b"\t"),
)  # fmt: skip
_ODD = (
    *"""« » " „ ( ) [1] [^1] — - ? ! … ... . , ; : / № 0 1 00 31.02.2026 25:61 ½ не ни ли бы А И сколько когда
    кто вчера ghbdtn rjulf каккогда К. г. XIX IIII <b> ' % ё Ё й""".split(),
    *("\u0301", "\u200b", "\u202e", "\ufeff", "\x00", "\n", "\t", "\ud800", "\U0001f600", "\xa0"),
    *("a" * 60, "щ" * 60, "29 февраля", "в 99999 году", "с 1 по 0 мая", "1,5 млрд", "−7 °C", "т. е."),
    *("Правда ли, что", "прив ет", "через минус два года"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A file by its name, whose suffix tells how it is read, and its bytes."""

    name: str
    data: bytes


@st.composite
def files(draw: st.DrawFn, samples: Sequence[File]) -> File:
    """One of the `samples` after some changes, or mere bytes, now and then under the name of another."""
    sample = draw(st.sampled_from(samples))
    name = draw(st.sampled_from(samples)).name if draw(_one_in(8)) else sample.name
    if draw(_one_in(20)):
        return File(name, draw(st.binary(max_size=400)))
    data = _in_archive(draw, sample.data) if sample.data.startswith(_ZIP) else _changed(draw, sample.data)
    return File(name, data)


def _one_in(many: int) -> st.SearchStrategy[bool]:
    return st.integers(1, many).map(lambda drawn: drawn == many)


def _in_archive(draw: st.DrawFn, data: bytes) -> bytes:
    """A packed file with one of its parts changed or left out: a changed byte outside fails at once."""
    if draw(_one_in(6)):
        return _changed(draw, data)
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = {each.filename: archive.read(each) for each in archive.infolist()}
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return _changed(draw, data)
    chosen = draw(st.sampled_from(sorted(parts)))
    if draw(_one_in(6)):
        del parts[chosen]
    else:
        parts[chosen] = _changed(draw, parts[chosen])
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return written.getvalue()


def _changed(draw: st.DrawFn, data: bytes) -> bytes:
    for _ in range(draw(st.integers(1, _MOST_CHANGES))):
        data = draw(st.sampled_from(_CHANGES))(draw, data)
    return data


def _place(draw: st.DrawFn, data: bytes) -> int:
    return draw(st.integers(0, len(data)))


def _slice(draw: st.DrawFn, data: bytes) -> tuple[int, int]:
    start = _place(draw, data)
    return start, min(len(data), start + draw(st.integers(0, 300)))


def _cut(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: _place(draw, data)]


def _without(draw: st.DrawFn, data: bytes) -> bytes:
    start, stop = _slice(draw, data)
    return data[:start] + data[stop:]


def _with_splinter(draw: st.DrawFn, data: bytes) -> bytes:
    place = _place(draw, data)
    splinter = draw(st.sampled_from(_SPLINTERS) | st.binary(min_size=1, max_size=8))
    return data[:place] + splinter + data[place:]


def _overwritten(draw: st.DrawFn, data: bytes) -> bytes:
    place = _place(draw, data)
    splinter = draw(st.sampled_from(_SPLINTERS) | st.binary(min_size=1, max_size=4))
    return data[:place] + splinter + data[place + len(splinter) :]


def _repeated(draw: st.DrawFn, data: bytes) -> bytes:
    """A piece again and again: nested too deep, or more of it than anybody writes."""
    start, stop = _slice(draw, data)
    piece = draw(st.sampled_from((data[start:stop], *_SPLINTERS)))
    return data[:stop] + piece * draw(st.integers(2, _LONGEST_REPEAT)) + data[stop:]


def _swapped(draw: st.DrawFn, data: bytes) -> bytes:
    start, stop = _slice(draw, data)
    return data[stop:] + data[start:stop] + data[:start]


_CHANGES: tuple[Callable[[st.DrawFn, bytes], bytes], ...] = (
    _cut, _without, _with_splinter, _overwritten, _repeated, _swapped,
)  # fmt: skip


def texts(words: Sequence[str]) -> st.SearchStrategy[str]:
    """Questions of `words` and of what is no word, with and without blanks, and one piece again and again."""
    piece = st.sampled_from(words) | st.sampled_from(_ODD) | st.text(max_size=6)
    several = st.tuples(st.sampled_from((" ", "", ", ", "\n")), st.lists(piece, min_size=1, max_size=40))
    joined = several.map(lambda drawn: drawn[0].join(drawn[1]))
    again = st.tuples(st.lists(piece, min_size=1, max_size=3), st.integers(2, LONGEST_TEXT))
    repeated = again.map(lambda drawn: "".join(drawn[0]) * min(drawn[1], LONGEST_TEXT))
    return (joined | joined | joined | repeated).map(lambda text: text[:LONGEST_TEXT])
