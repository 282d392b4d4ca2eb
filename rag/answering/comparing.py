"""Comparisons: «Чем отличаются А и Б?», «Сравни цены в мае и июне», «Что больше: добыча угля или олова?».

No sentence has to compare them: each side is asked about by itself, and what is found of each is said side
by side. A side that nothing is found of makes it a refusal that says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rag.text.words import Word, analyzer, words
from rag.types import Citation, Draft, Lacking, Sentence

SENTENCES_EACH = 2
_CUES = (
    r"чем (?:же )?(?:отлича\w+|различа\w+|разн\w+)(?: друг от друга)?",
    r"(?:в ч[её]м|какая|какова) (?:разниц\w|отличи\w|различи\w)(?: между)?",
    r"сравни(?:те|ть)?(?: между собой| пожалуйста)?",
    r"(?:что|кто|где|кого|чего|какой|какая|какое|какие) (?P<more>[а-яё]+)\s?[:,—–-]",
)
_COMPARES = re.compile(rf"^\W*(?:{'|'.join(_CUES)})\W*(?P<rest>.+?)[\s?!.…]*$", re.IGNORECASE)
_JOINTS = re.compile(r",? (?:или|либо) | и | от | с(?=о? )о? ", re.IGNORECASE)


def sides(question: str) -> tuple[str, str] | None:
    """The two things that `question` compares, each with what they share; None for other questions."""
    found = _COMPARES.match(question)
    joints = list(_JOINTS.finditer(found["rest"])) if found else []
    if found is None or not joints or not _is_comparative(found["more"]):
        return None
    rest, joint = found["rest"], joints[-1]
    left, right = rest[: joint.start()].strip(" ,"), rest[joint.end() :].strip(" ,")
    return (left, _shared(left, right) + right) if left and right else None


def _shared(left: str, right: str) -> str:
    """What stands before both: «цены на молоко в » of «цены на молоко в июле» and «августе»."""
    one, other = list(words(left)), list(words(right))
    if len(other) >= len(one) or not other:
        return ""
    ending = one[len(one) - len(other) :]
    begin = ending[0].start - other[0].start
    if left[begin : ending[0].start] != right[: other[0].start]:  # «№ », «„»
        return ""
    quoted = right[: other[0].start].strip() in ("«", "„", '"')
    is_alike = quoted or all(_may_stand_for(a, b) for a, b in zip(ending, other, strict=True))
    return left[:begin] if is_alike else ""


def _is_comparative(word: str | None) -> bool:
    """Whether «дешевле» of «что дешевле» compares; True where the question doesn't turn on such a word."""
    return word is None or any(parse.tag.POS == "COMP" for parse in analyzer().parse(word))


def _may_stand_for(one: Word, other: Word) -> bool:
    """Whether both are figures, or words in one case."""
    if one.is_number or other.is_number:
        return one.is_number and other.is_number
    return bool(_cases(one.text) & _cases(other.text))


@lru_cache(maxsize=2_000)
def _cases(word: str) -> frozenset[str]:
    """Part of speech and case of the likely readings of a word; Latin ones have none."""
    found = [parse for parse in analyzer().parse(word) if parse.score >= 0.1]
    return frozenset(f"{parse.tag.POS} {parse.tag.case}" for parse in found if parse.tag.case)


def joined(sides: Sequence[str], drafts: Sequence[Draft]) -> Draft:
    """One draft of those of all `sides`, footnotes numbered through; a side not found makes it a refusal."""
    for side, each in zip(sides, drafts, strict=True):
        if not each.found:
            return Draft(lacking=Lacking(side))
    numbers: dict[tuple[str, int, int], Citation] = {}
    sentences: dict[str, Sentence] = {}
    for each in drafts:
        cited = {citation.number: citation for citation in each.citations}
        for said in each.sentences[:SENTENCES_EACH]:
            moved = tuple(_numbered(cited[number], numbers) for number in said.citations)
            sentences.setdefault(said.text, replace(said, citations=moved))
    return Draft(
        tuple(sentences.values()),
        tuple(numbers.values()),
        confidence=min(each.confidence for each in drafts),
        found=True,
        listed=True,
    )


def _numbered(citation: Citation, known: dict[tuple[str, int, int], Citation]) -> int:
    """The number of `citation` among those `known`, which it joins; the same stretch is cited once."""
    place = (citation.article_id, citation.start, citation.stop)
    return known.setdefault(place, replace(citation, number=len(known) + 1)).number
