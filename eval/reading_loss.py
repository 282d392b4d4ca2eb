"""How many words of files are lost on the way to articles, and how many are added that no file holds.

The words of a file are looked for without its reader and without structure: every text of its XML parts, its
bytes without tags. Words with a Cyrillic letter count; numbers and dates are written differently in an
article («03.02.2026») and are for tests to compare. What isn't to be read (deleted text, scripts, who
has made the file, names of columns) is left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from eval import tables
from eval.errors import EvaluationError
from rag.errors import ArticleError
from rag.library.decoding import decode
from rag.library.files import Found, find_files
from rag.library.readers import pieces
from rag.library.reading.pieces import suffix_of
from rag.library.reading.trees import local, xml_of
from rag.text.words import words

_CYRILLIC = re.compile("[а-яё]")
_UNSEEN = re.compile(r"(?is)<(script|style|head|template)\b.*?</\1>|<!--.*?-->")
_TAG = re.compile(r"(?s)<[^>]*>")
_APART = frozenset("p si is v tc br tab".split())  # what ends a word where a word may be in several runs
_INLINE = frozenset("a b i em strong span sup sub emphasis style u code s".split())
_HIDDEN = frozenset(
    "tracked-changes delText binary genre head author keywords publish-info document-info".split()
)
# Of packed documents: which parts are read, and of which elements; without any named, of all.
_PARTS: dict[str, tuple[str, frozenset[str]]] = {
    ".docx": (r"word/(document|footnotes|endnotes|header\d*|footer\d*)\.xml", frozenset({"t"})),
    ".pptx": (r"ppt/(slides/slide|notesSlides/|charts/chart|diagrams/data).*\.xml", frozenset({"t", "v"})),
    ".xlsx": (r"xl/(sharedStrings|worksheets/.*)\.xml", frozenset({"t"})),
    **dict.fromkeys((".odt", ".odp", ".ods"), (r"content\.xml", frozenset())),
    ".epub": (r".*\.x?html?", frozenset()),
}  # fmt: skip


@dataclass(slots=True)
class Loss:
    """Words of the files of a format, those no article has, and those of articles that no file has."""

    files: int = 0
    words: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> dict[str, dict[str, float]]:
        return {
            "size": {"files": self.files, "words": self.words},
            "loss": {
                "lost": self.lost.total() / max(1, self.words),
                "added": self.added.total() / max(1, self.words),
            },
        }


def measured(folder: Path) -> dict[str, Loss]:
    """The loss by format («docx») over the files of a folder. Raises EvaluationError when there are none."""
    found: dict[str, Loss] = defaultdict(Loss)
    for place in find_files([folder]):
        suffix = suffix_of(place.label)
        if not isinstance(place, Found) or (look := _ways().get(suffix)) is None:
            continue
        loss = found[suffix.removeprefix(".")]
        loss.files += 1
        try:
            read = [piece.article() for piece in pieces(place.source())]
        except ArticleError as error:
            loss.failed.append(f"{place.label}: {error}")
            continue
        held = _counted(look(place.path.read_bytes()))
        text = _counted("\n".join(article.text for article in read))
        title = _counted("\n".join(article.info.title for article in read))
        loss.words += held.total()
        loss.lost += held - text - title
        loss.added += text - held
    if not found:
        raise EvaluationError(f"В {folder} нет файлов, слова которых можно сосчитать без программы чтения.")
    return dict(found)


def table(found: dict[str, Loss]) -> str:
    """Markdown in Russian."""
    rows = [
        [name, f"{loss.files}", f"{loss.words}", *map(tables.percent, loss.numbers["loss"].values())]
        for name, loss in sorted(found.items())
    ]
    return tables.markdown(["Формат", "файлов", "слов", "потеряно, %", "добавлено, %"], rows)


def _counted(text: str) -> Counter[str]:
    return Counter(word.text for word in words(text) if _CYRILLIC.search(word.text))


def _ways() -> dict[str, Callable[[bytes], str]]:
    """How the words of each format are looked for."""
    return {
        **dict.fromkeys((".txt", ".md", ".srt", ".rtf", ".jsonl", ".html", ".htm"), _plain),
        **dict.fromkeys((".csv", ".tsv"), lambda data: _plain(data.split(b"\n", 1)[-1])),
        **dict.fromkeys((".rss", ".xml"), lambda data: _plain(data[max(data.find(b"<item"), 0) :])),
        ".vtt": _captions,
        ".json": lambda data: " ".join(_values(json.loads(decode(data)))),
        ".eml": _letter,
        ".fb2": lambda data: " ".join(_texts(data, frozenset())),
        **{suffix: _packed(suffix) for suffix in _PARTS},
    }


def _plain(data: bytes) -> str:
    """Bytes without tags and codes; RTF's codes of letters as the letters."""
    if data.startswith(b"{\\rtf"):
        data = re.sub(rb"\{\\(?:\*\\)?deleted[^{}]*\}", b"", data)
        data = re.sub(rb"\\'([0-9a-f]{2})", lambda code: bytes.fromhex(code[1].decode()), data)
        text = data.decode("cp1251", errors="replace")
        text = re.sub(r"\\u(\d+)\?", lambda code: chr(int(code[1])), text)
        return re.sub(r"\\[a-z]+-?\d* ?|[{}]", " ", text).replace("  ", " ")
    text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), decode(data))
    text = text.replace("<![CDATA[", " ").replace("]]>", " ")
    return unescape(_TAG.sub(" ", unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))))


def _captions(data: bytes) -> str:
    blocks = [each for each in decode(data).split("\n\n") if "-->" in each]
    return _plain(re.sub(r"<v ([^>]*)>", r"\1 ", "\n".join(blocks)).encode())


def _values(data: Any) -> list[str]:
    """Values of JSON; keys that several objects have are told once, as heads of a table."""
    if isinstance(data, dict):
        return [*data, *(said for value in data.values() for said in _values(value))]
    if isinstance(data, list):
        keys = dict.fromkeys(key for each in data if isinstance(each, dict) for key in each)
        values = [list(each.values()) if isinstance(each, dict) else each for each in data]
        return [*keys, *(said for value in values for said in _values(value))]
    return [data] if isinstance(data, str) else []


def _letter(data: bytes) -> str:
    message = message_from_bytes(data, policy=policy.default)
    kinds = [part for part in message.walk() if part.get_content_type() == "text/plain"]
    head = [str(message[name] or "") for name in ("Subject", "From", "To", "Cc")]
    names = [part.get_filename() or "" for part in message.walk()]
    return "\n".join([*head, *(part.get_content() for part in kinds), *names])


def _packed(suffix: str) -> Callable[[bytes], str]:
    pattern, elements = _PARTS[suffix]

    def look(data: bytes) -> str:
        with ZipFile(BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if re.fullmatch(pattern, name.removeprefix("/"))]
            names = [name for name in names if not name.endswith("nav.xhtml")]
            return " ".join(text for name in names for text in _texts(archive.read(name), elements))

    return look


def _texts(data: bytes, elements: frozenset[str]) -> Iterator[str]:
    """Texts of all elements but hidden ones; a paragraph's pieces stay together."""
    waiting: list[Any] = [xml_of(data, "файл")]
    said: list[str] = []
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            said.append(element)
            continue
        name = local(element)
        if name in _HIDDEN or (name == "annotation" and "opendocument" in element.tag):  # a comment there
            continue
        is_read = not elements or name in elements
        waiting.append(" " if (name in _APART if elements else name not in _INLINE) else "")
        for child in reversed(list(element)):
            waiting += [(child.tail or "") if not elements else "", child]
        said.append((element.text or "") if is_read else "")
    yield "".join(said)
