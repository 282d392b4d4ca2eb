"""How much of a question's topic a word of it carries, beside how rare it is.

«Подскажите, можно ли сделать…»: rare in an encyclopedia, yet about nothing. Verbs and adverbs of a question
are said otherwise in the answer more often than its nouns and names are.
"""

from __future__ import annotations

from functools import lru_cache

from rag.text.words import analyzer

# Chosen on five sets together (nDCG@10, sum of gains): all weights 1 to these: danetqa +1.4, danetqa+news
# +1.2, support +1.4, tydiqa+news +0.2, xquad and xquad-sentences within 0.1.
_ASKING = 0.45
_BEING = 0.3
_PRONOUN = 0.5
_ADVERB = 0.6
_VERB = 0.7

# What is said to whoever is asked.
_ASKING_LEMMAS = frozenset(
    """добрый день вечер утро здравствовать здравствуйте привет подсказать сказать пожалуйста рассказать
    спасибо хотеть помочь мочь можно нужно надо пж плиз спс люди ребята вопрос подробный узнать
    интересный объяснить уточнить напомнить""".split()
)
# What says that something is, is called or is somewhere.
_BEING_LEMMAS = frozenset(
    """есть быть являться находиться существовать называться звать называть бывать иметь состоять очень
    весь самый""".split()
)


@lru_cache(maxsize=50_000)
def salience(lemma: str) -> float:
    """The share of its IDF that a question's lemma counts with, 0.3 to 1."""
    if lemma in _BEING_LEMMAS:
        return _BEING
    if lemma in _ASKING_LEMMAS:
        return _ASKING
    if not "а" <= lemma[0] <= "я":
        return 1.0
    tag = analyzer().parse(lemma)[0].tag
    if "Apro" in tag or tag.POS == "NPRO":
        return _PRONOUN
    if tag.POS in {"INFN", "VERB"}:
        return _VERB
    return _ADVERB if tag.POS in {"ADVB", "PRED", "PRCL", "CONJ", "COMP", "INTJ"} else 1.0
