"""An answer as Markdown with footnotes, and where in it each one stands, for programs that show a chat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.text.structure import plain
from rag.types import Answer, Citation, Sentence
from rag.web.wording import byline, clip

QUOTE_SHOWN = 300  # characters of a quote under the answer; its footnote has the whole
DOUBTS = {"partial": "Цитата подтверждает лишь частично", "unsupported": "Цитатой не подтверждено"}
# Signs by which words of an article would become a picture, a link or HTML.
_ACTIVE = re.compile(r"([\\\[\]<])")
_MARK = re.compile(r"\[(\d+)\]")
_OUR_MARK = re.compile(r"\[\^(\d+)\]")
_BELOW = re.compile(r"\n+(?:\[\^\d+\]: |\*(?:" + "|".join(DOUBTS.values()) + "): )")
Address = Callable[[Citation], str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A footnote's mark in a text: `text[start:stop] == "[^1]"`; `sentence` is the one it stands behind."""

    citation: Citation
    start: int
    stop: int
    sentence: Sentence | None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as Markdown; the text of what is said ends where `below` it the footnotes begin."""

    said: str
    below: str
    marks: tuple[Mark, ...]

    @property
    def text(self) -> str:
        return self.said + self.below


def told(answer: Answer, address: Address) -> Told:
    """`answer` with its marks, doubts about its sentences and footnotes; `address` is where one leads."""
    known = {citation.number: citation for citation in answer.citations}
    said, marks, done = "", [], 0
    for found, sentence in _marks(answer):
        if (citation := known.get(int(found[1]))) is None:
            continue
        said += _quiet(answer.text[done : found.start()])
        mark = f"[^{citation.number}]"
        marks.append(Mark(citation, len(said), len(said) + len(mark), sentence))
        said, done = said + mark, found.end()
    below = [*map(_doubt, answer.sentences), "\n".join(_footnote(each, address) for each in answer.citations)]
    return Told(
        said + _quiet(answer.text[done:]),
        "".join(f"\n\n{each}" for each in below if each),
        tuple(marks),
    )


def _marks(answer: Answer) -> Iterator[tuple[re.Match[str], Sentence | None]]:
    """The marks in the text of an answer with the sentences before them; «[1]» in a quoted one is its own."""
    place = 0
    for sentence in answer.sentences:
        words = sentence.text.rstrip().removesuffix(".")
        start = answer.text.find(words, place)
        if start < 0:
            continue
        place = start + len(words)
        behind = re.compile(r"\.?\s?(?:\[\d+\])(?:\s?\[\d+\])*").match(answer.text, place)
        if behind:
            yield from ((found, sentence) for found in _MARK.finditer(answer.text, place, behind.end()))
            place = behind.end()
    yield from ((found, None) for found in _MARK.finditer(answer.text, place))


def _doubt(sentence: Sentence) -> str:
    if sentence.support == "supported":
        return ""
    reasons = "; ".join(sentence.reasons)
    said = _quiet(" ".join(sentence.text.split()))
    return f"*{DOUBTS[sentence.support]}: «{said}»{f' ({_quiet(reasons)})' if reasons else ''}*"


def _footnote(citation: Citation, address: Address) -> str:
    quote = _quiet(clip(plain(citation.quote), QUOTE_SHOWN))
    origin = byline(citation.source, citation.published)
    link = f"[{_quiet(clip(citation.title, 200))}](<{_inside_brackets(address(citation))}>)"
    return f"[^{citation.number}]: «{quote}» — {link}{f', {_quiet(origin)}' if origin else ''}"


def _inside_brackets(url: str) -> str:
    return re.sub(r"[<>\s\\]", "", url)


def _quiet(text: str) -> str:
    """`text` in which nothing is a link, a picture or HTML to who reads Markdown."""
    return _ACTIVE.sub(r"\\\1", text)


def untold(text: str) -> str:
    """An answer as it was before it became Markdown, from what a program sends back as an earlier turn."""
    said = _BELOW.split(text, maxsplit=1)[0]
    return re.sub(r"\\([\\\[\]<])", r"\1", _OUR_MARK.sub(r"[\1]", said)).strip()


class Growing:
    """Pieces of a growing text for who can only add: what was sent is never taken back."""

    def __init__(self) -> None:
        self.sent = ""

    def piece(self, answer: Answer, address: Address) -> str:
        """What is new in an answer that still grows; nothing where it isn't what was sent and more."""
        said = told(answer, address).said if answer.found else ""
        return self._add(said) if said.startswith(self.sent) else ""

    def rest(self, whole: Told) -> tuple[str, Told]:
        """What is left to send of a whole answer, and the answer as it stands in all that was sent.

        Where it turned out to be another one, as when a language model broke off, it follows below a line.
        """
        if whole.said.startswith(self.sent):
            return self._add(whole.text), whole
        before = f"{self.sent}\n\n---\n\nПосле проверки ответ изменён:\n\n"
        moved = tuple(
            Mark(mark.citation, mark.start + len(before), mark.stop + len(before), mark.sentence)
            for mark in whole.marks
        )
        shown = Told(before + whole.said, whole.below, moved)
        return self._add(shown.text), shown

    def _add(self, text: str) -> str:
        new = text[len(self.sent) :]
        self.sent = text
        return new
