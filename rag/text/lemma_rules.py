"""Which of a word's dictionary forms is its lemma: pymorphy3's first parse, mended.

One form has one lemma, whatever stands around it: a question of three words has no context to choose by, and
must fall on the same lemma as the text. What context would choose most often is in lemmas.txt, a line a
form; `python -m eval.train_lemmas` finds it. Every rule is named after its reason and has its line in
tests/text/test_lemma_rules.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

# What an abbreviation stands for, where it stands for one thing only.
_ABBREVIATED = {
    "тыс": "тысяча",
    "млн": "миллион",
    "млрд": "миллиард",
    "трлн": "триллион",
    "руб": "рубль",
    "долл": "доллар",
    "мл": "миллилитр",
    "мг": "миллиграмм",
    "мм": "миллиметр",
}
# Comparatives that are adverbs nearly always; pymorphy3 takes each for an adjective's.
_ADVERBS = {
    "больше": "больше",
    "меньше": "меньше",
    "дальше": "дальше",
    "раньше": "раньше",
    "позже": "позже",
    "позднее": "позднее",
    "чаще": "часто",
    "реже": "редко",
}
# Questions ask «сколько стоит», whatever stands most often in the news.
_ASKED = {"стоит": "стоить", "стоят": "стоить"}
SPECIAL = {**_ABBREVIATED, **_ADVERBS, **_ASKED}
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_SHORTEST = 4  # letters of a word that the rules for unknown ones look at
_LIKELY_NAME = 0.15  # probability of the parse as a man's name
_VERBS = frozenset({"ADJF", "ADJS", "INFN", "VERB"})

Parses = Sequence[Any]
Rule = Callable[[str, str, Parses], str | None]


def chosen(word: str, parses: Parses) -> str:
    """The lemma of a folded `word` with these parses (at least one, the likeliest first), folded."""
    return usual_lemmas().get(word) or mended(word, parses)


def mended(word: str, parses: Parses) -> str:
    """The lemma that the rules give."""
    lemma = folded(parses[0])
    rules = _RULES if parses[0].is_known else _RULES_OF_UNKNOWN if len(word) >= _SHORTEST else ()
    return next(filter(None, (rule(word, lemma, parses) for rule in rules)), lemma)


def folded(parse: Any) -> str:
    """The dictionary form of a parse, «ё» as «е»."""
    return str(parse.normal_form).replace("ё", "е")


@cache
def usual_lemmas() -> dict[str, str]:
    """Forms that mostly belong to another word than their first parse says."""
    lines = files(__package__).joinpath("lemmas.txt").read_text(encoding="utf-8").splitlines()
    return {**dict(line.split() for line in lines if not line.startswith("#")), **SPECIAL}


# Known words


def _must(word: str, lemma: str, parses: Parses) -> str | None:
    """«должна» is of «должен», not of «должный»."""
    return "должен" if lemma == "должный" and parses[0].tag.POS == "ADJS" else None


def _soft_sign(word: str, lemma: str, parses: Parses) -> str | None:
    """«счастья», «варенья»: the word is spelled with «ье», pymorphy3 gives «ие»."""
    is_soft = lemma.endswith("ие") and word.startswith(f"{lemma[:-2]}ь")
    return f"{lemma[:-2]}ье" if is_soft else None


# Unknown words, most of them names


def _surname(word: str, lemma: str, parses: Parses) -> str | None:
    """«ялтинская» is of «ялтинский», not of «ялтинскай»."""
    return f"{lemma[:-2]}ий" if lemma.endswith("скай") else None


def _first_form(word: str, lemma: str, parses: Parses) -> str | None:
    """«Шрек» is no form of «Шрека»: what ends with a consonant stands in its first form."""
    return word if lemma == f"{word}а" and word[-1] in _CONSONANTS else None


def _man(word: str, lemma: str, parses: Parses) -> str | None:
    """«Бэтмена» is of «Бэтмен», as «Бэтмену» is: there are more men than women on «-а» in the news."""
    if not lemma.endswith("а") or lemma[-2:-1] not in _CONSONANTS:
        return None
    scores = {folded(each): each.score for each in reversed(parses) if each.tag.POS == "NOUN"}
    return lemma[:-1] if scores.get(lemma[:-1], 0) >= _LIKELY_NAME else None


def _no_verb(word: str, lemma: str, parses: Parses) -> str | None:
    """«Кристиансен» is no short adjective: a noun where it can be one."""
    if parses[0].tag.POS not in _VERBS or word[-1] not in _CONSONANTS:
        return None
    return next((word for each in parses if each.tag.POS == "NOUN" and folded(each) == word), None)


_RULES: tuple[Rule, ...] = (_must, _soft_sign)
_RULES_OF_UNKNOWN: tuple[Rule, ...] = (_surname, _first_form, _man, _no_verb)
