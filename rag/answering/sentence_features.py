"""The features of a sentence as an answer, from how it and its surroundings match the question.

A sentence is read with what stands before it: pronouns and ellipses refer back («Он назначен…»), and a line
of a list with what announces the list. A title that names several things («О тербии и диспрозии») doesn't say
of which of them a sentence tells: where the sentence names another of them, the title vouches for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.answering.definitions import explains
from rag.answering.surroundings import pronoun
from rag.matching.matcher import Matches
from rag.text.boilerplate import is_boilerplate
from rag.text.questions import Question
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer, lemmas
from rag.types import Hit, Query, SourceSentence

Floats = NDArray[np.float64]

FROM_MATCHES = ("own", "context", "context_rare", "verb", "passage_score", "opens_passage", "place")
# What promises an answer of the kind asked for, besides the question's own words: «потому что» answers
# «почему», a row of commas «какие», and what explains a thing «что такое» (definitions.py).
CUES = ("defines", "gives_cause", "lists")
# Looked for only in sentences that it could make the best.
TYPED = ("typed", "bound")
SENTENCE_FEATURES = (*FROM_MATCHES, *CUES, *TYPED)
# How much of the sentence before, and of the one before that, counts as context; less the further back.
_ONE_BACK, _TWO_BACK = 0.9, 0.7
_OF_ENTITIES = frozenset({"person", "date", "quantity", "place", "organisation", "name"})
_FAR = 10  # sentences from the opening of a passage: further down is as far
_ITEM_REACH = 6  # characters before a sentence that tell a line of a list
_JOINTS = frozenset({",", "и"})
_CAUSE = re.compile(
    r"потому|поскольку|так как|из-за|благодаря|причин|поэтому|чтобы|ради|вследствие|в связи с|иначе|позволя|"
    r"помога|нужен|нужн|необходим|служит|использ|примен|добавля(?:ю|е)т|изготавлива|делают|"
    r"ид[её]т на |идут на |это способ|возможность|стремясь|стремл|опаса|в целях|ввиду|привел",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:^|\n)\s*(?:[-•*–—]|\d+[.)])\s*$")
_PARTS = 4  # as many commas and «и» as make a list for sure
_AUXILIARY = frozenset({"быть", "являться", "стать", "мочь"})


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence of one hit with its features, in the order of SENTENCE_FEATURES; TYPED are 0."""

    hit: Hit
    sentence: SourceSentence
    text: str
    features: tuple[float, ...]


def rows(query: Query, question: Question, hits: Sequence[Hit], matches: Matches) -> Iterator[Row]:
    """Every sentence of `hits` that may answer: a question answers nothing, nor does «Читайте также»."""
    asked = list(dict.fromkeys(query.lemmas))
    verbs = [row for row, each in enumerate(asked) if is_verb(each)]
    defining = question.kind == "definition"
    rare = _rarity(matches, _own(hits, matches))
    for place, hit in enumerate(hits):
        table = _of_hit(matches, place)
        texts = [hit.passage.told(sentence) for sentence in hit.passage.sentences]
        title = title_columns(asked, hit.article.title, matches.titles[:, place], texts)
        context = _with_context(table, title, texts, _leads(hit, texts))
        columns = (
            matches.share(table),
            matches.share(context),
            rare @ context,
            table[verbs].max(axis=0, initial=0.0),
        )
        for number, (sentence, text) in enumerate(zip(hit.passage.sentences, texts, strict=True)):
            if number < hit.lead or sentence.above.names or text.endswith("?") or is_boilerplate(text):
                continue
            explained = explains(query.text, text) if defining else 0.0
            down = number - hit.lead
            matched = [float(column[number]) for column in columns]
            if explained == 1.0:
                matched[1:3] = 1.0, 1.0  # it is about the term, be it in other words
            found = _lent(hit, hits) if down == 0 and question.kind in _OF_ENTITIES else 0.0
            whole = (*matched, max(_retrieved(hit), found), float(down == 0), min(down, _FAR) / _FAR)
            yield Row(hit, sentence, text, (*whole, *cues(question, text, explained), *(0.0 for _ in TYPED)))


def _of_hit(matches: Matches, place: int) -> Floats:
    borders = [*matches.first.tolist(), matches.sentences.shape[1]]
    return matches.sentences[:, borders[place] : borders[place + 1]]


def _own(hits: Sequence[Hit], matches: Matches) -> NDArray[np.bool_]:
    """Which sentences are a hit's own, and not the lead of its passage."""
    own = np.ones(matches.sentences.shape[1], bool)
    for hit, first in zip(hits, matches.first.tolist(), strict=True):
        own[first : first + hit.lead] = False
    return own


def _rarity(matches: Matches, own: NDArray[np.bool_]) -> Floats:
    """Shares of the lemmas' weights, higher for what few of the sentences found have.

    «На каком месте страна по запасам угля?»: places, the country and reserves stand everywhere, coal hardly.
    """
    held = matches.sentences[:, own].sum(axis=1)
    weights = matches.weights * np.log((own.sum() + 1) / (1 + held))
    weights = np.maximum(weights, 1e-6)
    return np.asarray(weights / weights.sum())


def _retrieved(hit: Hit) -> float:
    """The score that the weights were fitted with: a cross-encoder's says something else."""
    return hit.scores["rerank"] if "final" in hit.scores and "rerank" in hit.scores else hit.score


def _lent(hit: Hit, hits: Sequence[Hit]) -> float:
    """What the opening of `hit` has of the score of the passage before; 0 where that wasn't found."""
    if not hit.lead:
        return 0.0
    place = hit.article.id, hit.passage.sentences[hit.lead - 1].stop
    before = (_retrieved(other) for other in hits if (other.article.id, other.passage.stop) == place)
    return _ONE_BACK * max(before, default=0.0)


def _leads(hit: Hit, texts: Sequence[str]) -> dict[int, int]:
    """Lines of lists, each with the sentence that announces its list by a colon."""
    passage, leads, lead = hit.passage, dict[int, int](), None
    for number, sentence in enumerate(passage.sentences):
        start = sentence.start - passage.start
        is_line = is_item(passage.text[max(0, start - _ITEM_REACH) : start])
        if is_line and lead is not None:
            leads[number] = lead
        elif texts[number].endswith(":"):
            lead = number
        elif not is_line:
            lead = None
    return leads


def _with_context(table: Floats, title: Floats, texts: Sequence[str], leads: dict[int, int]) -> Floats:
    """Matches of each sentence (columns) together with the title and the two sentences before.

    A sentence behind a question answers it, so it has all of the question's matches.
    """
    asks = np.array([text.endswith("?") for text in texts])
    together = np.maximum(table, title)
    together[:, 1:] = np.maximum(together[:, 1:], np.where(asks, 1.0, _ONE_BACK)[:-1] * table[:, :-1])
    together[:, 2:] = np.maximum(together[:, 2:], _TWO_BACK * table[:, :-2])
    for number, lead in leads.items():
        together[:, number] = np.maximum(together[:, number], _ONE_BACK * together[:, lead])
    return together


def title_columns(asked: Sequence[str], title: str, matched: Floats, texts: Sequence[str]) -> Floats:
    """The title's matches of `asked` lemmas (rows) for each of the sentences `texts` (columns).

    `matched` are those of the title alone, a number a lemma.
    """
    columns = np.repeat(matched[:, None], len(texts), axis=1)
    found = tokens(title) if any(joint in title for joint in _JOINTS) else []
    peers = {
        row: others for row, each in enumerate(asked) if matched[row] and (others := _peers(each, found))
    }
    if peers:
        for number, text in enumerate(texts):
            _without_others(columns[:, number], asked, peers, _meant(text, texts[:number]))
    return columns


def _without_others(
    column: Floats, asked: Sequence[str], peers: Mapping[int, frozenset[str]], said: frozenset[str]
) -> None:
    for row, others in peers.items():
        if said & others and asked[row] not in said:
            column[row] = 0.0


def _meant(text: str, before: Sequence[str]) -> frozenset[str]:
    """Lemmas of a sentence, and of the one that its pronoun points back at."""
    own = frozenset(lemmas(text))
    return own | frozenset(lemmas(before[-1])) if before and pronoun(text) is not None else own


def _peers(asked: str, found: Sequence[Token]) -> frozenset[str]:
    """Lemmas of the nouns that the title's tokens `found` join with `asked` by a comma or «и»."""
    place = next((number for number, token in enumerate(found) if token.grammar.lemma == asked), None)
    if place is None or found[place].grammar.part != "NOUN":
        return frozenset()
    sides = (_joined(found[place], found[place + 1 :]), _joined(found[place], found[:place][::-1]))
    return frozenset(lemma for side in sides for lemma in side) - {asked}


def _joined(own: Token, side: Sequence[Token]) -> list[str]:
    peers: list[str] = []
    for joint, token in zip(side[::2], side[1::2], strict=False):
        alike = token.grammar.part == "NOUN" and bool(token.grammar.cases & own.grammar.cases)
        if joint.text not in _JOINTS or not alike:
            break
        peers.append(token.grammar.lemma)
    return peers


def cues(question: Question, text: str, explained: float = 0.0) -> tuple[float, ...]:
    """One value from 0 to 1 for each of CUES.

    `explained` is how much `text` says of what a thing is.
    """
    return (
        explained if question.kind == "definition" else 0.0,
        float(question.kind == "reason" and bool(_CAUSE.search(text))),
        min(text.count(",") + text.count(" и "), _PARTS) / _PARTS if question.kind == "list" else 0.0,
    )


def is_item(before: str) -> bool:
    """True for a line of a list: `before` is the text up to it."""
    return bool(_ITEM.search(before))


@lru_cache(maxsize=20_000)
def is_verb(lemma: str) -> bool:
    """True for a verb that says something: «подписать», not «быть»."""
    return lemma not in _AUXILIARY and analyzer().parse(lemma)[0].tag.POS in ("INFN", "VERB")
