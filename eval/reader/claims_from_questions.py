"""Questions of our own texts told as claims: «Кто выиграл гонку?» and «Арам» make «Арам выиграл гонку».

The answer of a sibling question to the same sentence makes a false one. So the head that checks claims learns
who has which part from everything that the head for answers learns from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from eval.reader.examples import Label
from rag.text.words import Word, lemma, lemmas, words

Told = tuple[str, int, Label]  # a claim, the number of its sentence, and what the sentence says of it

_ASKS = frozenset(
    """кто кого кому кем ком что чего чему чем чём где куда откуда когда сколько скольких скольким который
    которого которой которому которую каком какой какая какое какие какого каких какую какому каким какими
    чей чья чьё чьи насколько""".split()
)
_OF_A_NOUN = frozenset("сколько скольких скольким который".split())  # and every form of «какой»
_REASONS = frozenset("почему зачем отчего".split())
_NAMING = ("каков", "какова", "каково", "каковы")
_ASKED = 0.35  # share of the claims that are put as yes/no questions
_OPENINGS = ("", "Верно ли, что ", "Правда, что ", "")
_MOST_FALSE = 2  # a question


def claims_of(item: dict[str, Any], random_: Random) -> Iterator[Told]:
    """True and false claims made of the questions of a text; what nothing answers makes false ones, too."""
    answered = [each for each in item["questions"] if each["s"] is not None]
    for each in answered:
        true = told(each["q"], each["a"])
        if true is None:
            continue
        yield _put(true, random_), each["s"], "supported"
        others = [other["a"] for other in answered if other["s"] == each["s"] and _is_another(other, each)]
        for other in random_.sample(others, min(_MOST_FALSE, len(others))):
            yield _put(told(each["q"], other) or "", random_), each["s"], "contradicted"
    for each in (each for each in item["questions"] if each["s"] is None):
        near = [other for other in answered if _asks_like(each["q"]) == _asks_like(other["q"])]
        if near and (false := told(each["q"], (best := _nearest(each["q"], near))["a"])):
            yield _put(false, random_), best["s"], "not_supported"


def told(question: str, answer: str) -> str | None:
    """`question` with `answer` where it asks; None for «почему», which a phrase doesn't fill."""
    asked = question.rstrip(" ?.")
    parts = list(words(asked))
    place = next((n for n, word in enumerate(parts) if word.text in _ASKS or _names(word)), None)
    if any(word.text in _REASONS for word in parts) or not parts:
        return None
    if place is None:
        return f"{asked} — {answer}"
    word = parts[place]
    if _names(word):
        return _sentence(f"{asked[: word.start]}{asked[word.stop :].lstrip()} — {answer}")
    start, stop = word.start, word.stop
    if (word.text in _OF_A_NOUN or word.text.startswith("как")) and place + 1 < len(parts):
        stop = _behind_noun(parts[place:], answer)
    if _repeats(parts, place, answer):
        start = parts[place - 1].start
    return _sentence(f"{asked[:start]}{answer}{asked[stop:]}")


def _names(word: Word) -> bool:
    return word.text in _NAMING


def _repeats(parts: Sequence[Word], place: int, answer: str) -> bool:
    """True where the answer has the preposition before the question word, too."""
    first = next(words(answer), None)
    return bool(place and first and first.text == parts[place - 1].text)


def _behind_noun(parts: Sequence[Word], answer: str) -> int:
    """Where the asked noun ends, if the answer has it as well («сколько срывов» – «43 срыва»)."""
    said = {lemma(word.text) for word in words(answer)}
    return parts[1].stop if lemma(parts[1].text) in said else parts[0].stop


def _is_another(other: dict[str, Any], each: dict[str, Any]) -> bool:
    """True for an answer of the same shape that shares no word with the right one."""
    one, two = set(lemmas(other["a"])), set(lemmas(each["a"]))
    return not one <= two and not two <= one and _shape(other["a"]) == _shape(each["a"])


def _asks_like(question: str) -> str | None:
    """The word that asks in `question`; None where it has none."""
    return next((word.text for word in words(question) if word.text in _ASKS or _names(word)), None)


def _nearest(question: str, others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of `others` the one that shares most words with `question`."""
    asked = set(lemmas(question))
    return max(others, key=lambda other: len(asked & set(lemmas(other["q"]))))


def _shape(answer: str) -> tuple[bool, bool]:
    has_figure = any(word.is_number for word in words(answer))
    return has_figure, any(char.isupper() for char in answer)


def _put(claim: str, random_: Random) -> str:
    if random_.random() >= _ASKED:
        return claim
    opening = random_.choice(_OPENINGS)
    return f"{opening}{claim[0].lower() + claim[1:] if opening else claim}?"


def _sentence(text: str) -> str:
    """`text` with a capital where it began with one."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]
