"""Prepositions, conjunctions, particles, pronouns, question words and the like: a closed class.

Every form of them that the dictionary knows is in function_words.txt, a line each, written by
`python -m eval.list_function_words`: to ask the dictionary takes a hundred times as long.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

PARTS_OF_SPEECH = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO"})
# Words with no topic of their own, though their part of speech is a content one.
LEMMAS = frozenset(
    """быть это этот тот он такой какой каковой который чей весь свой сам самый каков являться стать мочь
    где когда куда откуда почему зачем как сколько насколько ли же""".split()
)
FILE = "function_words.txt"
HEADER = "# folded forms; written by eval/list_function_words.py\n"


@cache
def function_words() -> frozenset[str]:
    """All of them, folded."""
    lines = files(__package__).joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
