"""How well texts are taken to pieces: sentence borders against gold ones, lemmas against a treebank.

Borders are counted where a sentence ends inside a text. Of lemmas those of nouns, verbs, adjectives and
adverbs count («ё» folded), each word as the treebank has it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from eval import jsonl
from eval.errors import EvaluationError
from rag.text.sentences import sentences
from rag.text.words import fold, lemma

Numbers = dict[str, dict[str, float]]
CONTENT = frozenset({"NOUN", "VERB", "ADJ", "ADV"})
_ENDINGS = '?!….»"”)'
_COLUMNS = 4  # of a CoNLL-U line that are read: number, form, lemma, part of speech


class _Text(BaseModel):
    """A text with the offsets of its sentences."""

    text: str
    sentences: list[tuple[int, int]]


@dataclass(slots=True)
class _Borders:
    """Borders found, rightly found, and there to be found."""

    found: int = 0
    right: int = 0
    gold: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 0.0


def borders(path: Path) -> Numbers:
    """F1 of sentence borders over the texts of a JSON lines file `{text, sentences: [[start, stop]]}`.

    `signed` counts those borders alone before which an ending sign stands. Raises EvaluationError.
    """
    every, signed, texts = _Borders(), _Borders(), 0
    for one in jsonl.read(path, _Text):
        texts += 1
        gold = {stop for _, stop in one.sentences[:-1]}
        found = {stop for _, stop in list(sentences(one.text))[:-1]}
        _count(every, found, gold)
        _count(signed, *({stop for stop in stops if _is_signed(one.text, stop)} for stops in (found, gold)))
    if not every.gold:
        raise EvaluationError(f"В {path} нет границ предложений. Нужны строки вида {{text, sentences}}.")
    return {
        "size": {"texts": texts, "borders": every.gold},
        "borders": {
            "f1": every.f1,
            "precision": every.right / max(every.found, 1),
            "recall": every.right / every.gold,
            "f1_signed": signed.f1,
        },
    }


def lemmas(folder: Path) -> Numbers:
    """The share of right lemmas over the `.conllu` files of `folder`, and words a second of CPU, unprepared.

    Raises EvaluationError where there are none.
    """
    tokens = [token for path in sorted(folder.glob("*.conllu")) for token in _tokens(path)]
    if not tokens:
        raise EvaluationError(f"В {folder} нет файлов .conllu с леммами.")
    lemma("слово")  # opens the dictionary
    lemma.cache_clear()
    start = time.process_time()
    found = [lemma(form) for form, _, _ in tokens]
    seconds = time.process_time() - start
    counted = [given == gold for given, (_, gold, kind) in zip(found, tokens, strict=True) if kind in CONTENT]
    return {
        "size": {"words": len(tokens), "content_words": len(counted)},
        "lemmas": {"right": sum(counted) / len(counted)},
        "speed": {"words_per_second": round(len(tokens) / seconds)},
    }


def line(numbers: Numbers) -> str:
    """The numbers in a line of Russian."""
    if "borders" in numbers:
        found, size = numbers["borders"], numbers["size"]
        return (
            f"Границы предложений: F1 {100 * found['f1']:.2f} на {size['borders']:.0f} границах "
            f"(точность {100 * found['precision']:.2f}, полнота {100 * found['recall']:.2f}); "
            f"там, где предложение закрыто знаком, F1 {100 * found['f1_signed']:.2f}."
        )
    return (
        f"Леммы: верны {100 * numbers['lemmas']['right']:.2f} % из {numbers['size']['content_words']:.0f} "
        f"знаменательных слов; {numbers['speed']['words_per_second']:.0f} слов в секунду без подготовки."
    )


def _count(borders: _Borders, found: set[int], gold: set[int]) -> None:
    borders.found += len(found)
    borders.right += len(found & gold)
    borders.gold += len(gold)


def _is_signed(text: str, stop: int) -> bool:
    return text[stop - 1] in _ENDINGS


def _tokens(path: Path) -> Iterator[tuple[str, str, str]]:
    """Folded form, folded lemma and part of speech of every word and sign."""
    for _, row in jsonl.lines(path):
        cells = row.split("\t")
        if row.startswith("#") or len(cells) < _COLUMNS or not cells[0].isdigit():
            continue
        yield fold(cells[1]), fold(cells[2]), cells[3]
