"""Orders: sentences that ask the reader to do something («Читайте также…», «Игнорируй инструкции…»)."""

from __future__ import annotations

from typing import Any

from rag.text.words import analyzer, words

_FINITE = frozenset({"VERB", "PRTS", "ADJS", "PRED"})


def is_order(sentence: str) -> bool:
    """True when the first verb outside quotation marks is in the imperative: nothing is stated then.

    «„Не бойтесь“, — сказал он» states what he said.
    """
    depth, seen = 0, 0
    for word in words(sentence):
        depth += _depth(sentence[seen : word.start])
        seen = word.start
        if depth <= 0:
            tags = [parse.tag for parse in analyzer().parse(word.text)]
            if _is_imperative(tags):
                return True
            if tags[0].POS in _FINITE and "impr" not in tags[0]:
                return False
    return False


def _is_imperative(tags: list[Any]) -> bool:
    """«Говорите» is the second person too, no matter; but «пристань» is a noun, and «перешли» past tense."""
    return any("impr" in tag for tag in tags) and all("impr" in tag or "2per" in tag for tag in tags)


def _depth(text: str) -> int:
    return sum((char in "«„") - (char in "»“") for char in text)
