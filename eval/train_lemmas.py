"""Find the forms that mostly belong to another word than pymorphy3's first parse says.

`python -m eval.train_lemmas ARTICLES.jsonl`

natasha's tagger (slovnet, trained on news) reads every sentence; the parse that agrees with its tag best is
taken for the right one, and of equals the one of the commoner word. Writes rag/text/lemmas.txt: the forms,
known to the dictionary, whose commonest lemma is another than the rules give. No annotated text is used.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from natasha import NewsEmbedding, NewsMorphTagger
from razdel import tokenize

from eval import beir
from rag.text import lemma_rules
from rag.text.lemma_rules import SPECIAL, folded, mended
from rag.text.sentences import sentences
from rag.text.words import analyzer, fold

_LEAST, _SHARE = 2, 0.6  # of a form's occurrences: times, and share, that it is of another word
_LONGEST = 80  # tokens of a sentence
_TARGET = Path(lemma_rules.__file__).with_name("lemmas.txt")
_HEADER = "# form, the word it mostly belongs to; written by eval/train_lemmas.py\n"

Feats: TypeAlias = tuple[tuple[str, str], ...]
Tagged: TypeAlias = tuple[str, str, Feats]  # folded form, part of speech, features (Universal Dependencies)

# pymorphy3's marks as Universal Dependencies name them.
_PARTS = {
    **dict.fromkeys(("ADJF", "ADJS"), "ADJ"),
    **dict.fromkeys(("ADVB", "COMP", "PRED"), "ADV"),
    **dict.fromkeys(("VERB", "GRND", "INFN", "PRTF", "PRTS"), "VERB"),
    **dict.fromkeys(("NUMR", "NUMB"), "NUM"),
    "NOUN": "NOUN",
    "NPRO": "PRON",
    "CONJ": "CCONJ",
    "INTJ": "INTJ",
    "PRCL": "PART",
    "PREP": "ADP",
}
_SAME_PARTS = {"PROPN": "NOUN", "AUX": "VERB", "SCONJ": "CCONJ"}
_NEARLY = {("DET", "PRON"), ("DET", "ADJ"), ("PRON", "DET")}
_FEATURES = {
    "impf": ("Aspect", "Imp"),
    "perf": ("Aspect", "Perf"),
    "ablt": ("Case", "Ins"),
    "accs": ("Case", "Acc"),
    "datv": ("Case", "Dat"),
    **dict.fromkeys(("gent", "gen1", "gen2"), ("Case", "Gen")),
    **dict.fromkeys(("loct", "loc2"), ("Case", "Loc")),
    **dict.fromkeys(("nomn", "voct"), ("Case", "Nom")),
    "femn": ("Gender", "Fem"),
    "masc": ("Gender", "Masc"),
    "neut": ("Gender", "Neut"),
    "plur": ("Number", "Plur"),
    "sing": ("Number", "Sing"),
    "1per": ("Person", "1"),
    "2per": ("Person", "2"),
    "3per": ("Person", "3"),
    "futr": ("Tense", "Fut"),
    "past": ("Tense", "Past"),
    "pres": ("Tense", "Pres"),
    **dict.fromkeys(("ADJS", "PRTS"), ("Variant", "Short")),
    "COMP": ("Degree", "Cmp"),
    "impr": ("Mood", "Imp"),
    "anim": ("Animacy", "Anim"),
    "inan": ("Animacy", "Inan"),
}
_WEIGHTS = {"Animacy": 0.3}  # others count 1; the part of speech 2


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path, metavar="ARTICLES.jsonl")
    texts = [article.text for article in beir.distractors(parser.parse_args().articles)]
    found = table(counted(list(tagged(texts))))
    lines = (f"{form} {lemma}\n" for form, lemma in sorted(found.items()))
    _TARGET.write_text(_HEADER + "".join(lines), encoding="utf-8")
    print(f"{len(found)} forms: {_TARGET.name}")
    return 0


def tagged(texts: Iterable[str]) -> Iterator[Tagged]:
    """Every Russian word of `texts` as the tagger reads it."""
    tagger = NewsMorphTagger(NewsEmbedding())
    for markup in tagger.map(_tokens(texts)):
        for token in markup.tokens:
            form = fold(token.text)
            if form.isalpha() and "а" <= form[0] <= "я":
                yield form, token.pos, tuple(sorted(token.feats.items()))


def _tokens(texts: Iterable[str]) -> Iterator[list[str]]:
    for text in texts:
        for start, stop in sentences(text):
            tokens = [token.text for token in tokenize(text[start:stop])]
            if 1 < len(tokens) <= _LONGEST:
                yield tokens


def counted(words: Sequence[Tagged]) -> Mapping[str, Counter[str]]:
    """How often each form is of which lemma."""
    common = Counter(alone[0] for word in words if len(alone := _best(*word)) == 1)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for form, part, features in words:
        likely = {lemma: _score(form, lemma) for lemma in _best(form, part, features)}
        best = max(likely, key=lambda lemma: (common[lemma] + 1) * (likely[lemma] + 1e-4))
        found[form][best] += 1
    return found


def table(counts: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Forms whose commonest lemma is another than the rules give."""
    found = {}
    for form, lemmas in counts.items():
        (lemma, times), parses = lemmas.most_common(1)[0], analyzer().parse(form)
        is_sure = times >= max(_LEAST, _SHARE * lemmas.total())
        if form in SPECIAL or not is_sure or not parses[0].is_known or _is_settled(form, parses[0]):
            continue
        right = mended(form, sorted(parses, key=lambda parse: folded(parse) != lemma))
        if right != mended(form, parses):
            found[form] = right
    return found


def _is_settled(form: str, first: Any) -> bool:
    """A noun in its first form, or with a plural alone («выборы»), is left to itself."""
    return first.tag.POS == "NOUN" and (folded(first) == form or "Pltm" in first.tag)


@cache
def _best(form: str, part: str, features: Feats) -> tuple[str, ...]:
    """Lemmas of the parses that agree with the tag best, the likeliest first."""
    asked = dict(features)
    if asked.get("Number") == "Plur":
        asked.pop("Gender", None)  # else a word with a gender beats one that has the plural alone
    scores = [(_agreement(parse, part, asked), folded(parse)) for parse in analyzer().parse(form)]
    most = max(score for score, _ in scores)
    return tuple(dict.fromkeys(lemma for score, lemma in scores if score == most))


def _agreement(parse: Any, part: str, asked: Mapping[str, str]) -> float:
    own = "DET" if "Apro" in parse.tag else _PARTS.get(str(parse.tag.POS), "X")
    score = 2.0 if own == _SAME_PARTS.get(part, part) else 1.0 if (own, part) in _NEARLY else 0.0
    for mark in parse.tag.grammemes:
        name, value = _FEATURES.get(mark, ("", ""))
        if name and asked.get(name) == value:
            score += _WEIGHTS.get(name, 1.0)
    return score


@cache
def _score(form: str, lemma: str) -> float:
    return float(max(parse.score for parse in analyzer().parse(form) if folded(parse) == lemma))


if __name__ == "__main__":
    sys.exit(main())
