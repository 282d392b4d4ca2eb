"""What a language model wrote, taken apart: sentences, the passages each one names, or that it has no answer.

Models write footnotes in many ways: [1], [1, 2], [1][2], [1–3], [^1], 【1】, 【1†source】, (источник 1),
(см. отрывки 1 и 2); before the full stop, behind it, at the start of a line. Numbers of passages that
weren't shown are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.text.sentences import sentences
from rag.types import Sentence

_NUMBERS = r"\d{1,4}(?:\s*(?:[,;–—-]|и)\s*\d{1,4})*"
_NAMED = r"(?:см\.?\s*)?(?:источник|отрыв|сноск|source|passage)\w*\s*[:№]*\s*"
_MARK = (
    rf"(?:\[(?:\^|№\s*|{_NAMED})?{_NUMBERS}\]|【(?:{_NAMED})?{_NUMBERS}(?:†[^】\d]*)?】|\({_NAMED}{_NUMBERS}\)"
    r"|\(\d{1,2}\)(?=\s*(?:[.!?…]|$)))"  # «(1)» before a full stop; elsewhere it may be an item or a sum
)
_MARKS = re.compile(rf"[^\S\n]*{_MARK}(?:[^\S\n]*,?[^\S\n]*{_MARK})*", re.IGNORECASE | re.MULTILINE)
_RANGE = re.compile(r"(\d+)\s*[–—-]\s*(\d+)")
_LONGEST_RANGE = 10
_THINKING = re.compile(r"^\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(r"\*\*|__|`+|^\s*#{1,6}\s+|^\s*\d{1,2}[.)]\s+", re.MULTILINE)
_OPENING = re.compile(r"\A(?:\s*(?:ответ|answer)\s*(?::|$)\s*)+", re.IGNORECASE | re.MULTILINE)
_HALF_A_MARK = re.compile(r"[\[【(][^\]】)]*\Z")
# A list of sources under the answer: it says nothing, and its footnotes belong to no sentence.
_SOURCES = re.compile(
    r"^[^\S\n]*(?:источники|сноски|примечания|ссылки|sources|references)\s*(?::\s*(?=[\[【\d]|$)|$).*",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_PLACE = r"(?:отрывк|текст|источник|стать|материал|документ|контекст|фрагмент)\w*+"
_LACK = r"(?:\bнет\b|\bне\s+(?:содерж|указ|упомин|сказан|говор|приводит|привед|най|сообща)\w*+|отсутству\w*+)"
# What the rules tell it to say, in whatever order and with whatever footnote.
_NO_ANSWER = re.compile(rf"(?=.*отрывк)(?=.*\bответ)(?=.*{_LACK})", re.IGNORECASE | re.DOTALL)
# What it says in words of its own; with a footnote, it tells what an article says.
_NOT_THERE = re.compile(
    rf"{_PLACE}.*{_LACK}|{_LACK}.*{_PLACE}|\bнет\s+(?:\w+\s+)?(?:ответа|информации|данных|сведений)|\bответа\b.*\bнет\b"
    r"|\bответ\s+не\s+найден|не\s+могу\s+ответить|недостаточно\s+(?:информации|данных|сведений)",
    re.IGNORECASE | re.DOTALL,
)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer. Footnotes of its `sentences` are numbers of passages, from 1; none is checked.

    `declined`: it says that the passages don't hold an answer.
    """

    sentences: tuple[Sentence, ...]
    declined: bool = False

    @property
    def is_russian(self) -> bool:
        """True when at least a third of its letters are Cyrillic: foreign names leave no fewer."""
        letters = [char for sentence in self.sentences for char in sentence.text if char.isalpha()]
        return 3 * sum(bool(_CYRILLIC.match(char)) for char in letters) > len(letters)


def read_reply(text: str, shown: int, whole: bool = True) -> Reply:
    """`text` of a model that was `shown` so many passages.

    If it isn't `whole`, its last sentence is left out: more of it, or its footnote, may be still to come.
    """
    if whole:
        said = list(_sentences(plain(text), shown))
    else:
        said = list(_sentences(_HALF_A_MARK.sub("", plain(text)), shown))[:-1]
    if said and _declines(said[0]):
        return Reply((), True)
    once = {sentence.text: sentence for sentence in reversed(said)}  # small models repeat themselves
    return Reply(tuple(each for each in said if once[each.text] is each and not _declines(each)))


def plain(text: str) -> str:
    """`text` of a model without its thoughts, its markup and its list of sources."""
    return _SOURCES.sub("", _OPENING.sub("", _MARKUP.sub("", _THINKING.sub("", text))))


def _sentences(text: str, shown: int) -> Iterator[Sentence]:
    plain, marks = _without_marks(text)
    spans = sentences(plain)
    named: list[list[int]] = [[] for _ in spans]
    for mark in marks:
        before = sum(start < mark.place for start, _ in spans)
        owner = before if mark.opens or not before else before - 1
        if owner < len(spans):
            named[owner] += [number for number in mark.numbers if 1 <= number <= shown]
    for (start, stop), numbers in zip(spans, named, strict=True):
        if any(map(str.isalnum, plain[start:stop])):
            text = " ".join(plain[start:stop].split())
            yield Sentence(text, tuple(dict.fromkeys(numbers)), "unsupported")


@dataclass(frozen=True, slots=True)
class _Mark:
    """Footnotes that stood at `place` of the text without them; `opens`: before the line they belong to."""

    place: int
    opens: bool
    numbers: tuple[int, ...]


def _without_marks(text: str) -> tuple[str, list[_Mark]]:
    plain, marks, end = "", [], 0
    for match in _MARKS.finditer(text):
        plain += text[end : match.start()]
        following = text[match.end() :]
        line = plain.rpartition("\n")[2]
        opens = not line.strip() and following.strip(" \t")[:1] not in ("", "\n")
        marks.append(_Mark(len(plain), opens, _numbers(match.group())))
        if following[:1].isalnum():  # the footnote was all that stood between two words
            plain += " "
        end = match.end()
    return plain + text[end:], marks


def _numbers(marks: str) -> tuple[int, ...]:
    found = {int(number) for number in re.findall(r"\d+", marks)}
    for first, last in ((int(one), int(other)) for one, other in _RANGE.findall(marks)):
        if first < last <= first + _LONGEST_RANGE:
            found.update(range(first + 1, last))
    return tuple(sorted(found))


def _declines(said: Sentence) -> bool:
    """True for «В отрывках нет ответа.» and what says without a footnote that something isn't there."""
    return bool(_NO_ANSWER.search(said.text) or (not said.citations and _NOT_THERE.search(said.text)))
