"""A draft out of chosen sentences: how each is said, its footnotes, where sources differ or say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rag.answering.deciding import decision, verdict_of
from rag.answering.definitions import definition
from rag.answering.disagreeing import Conflict, conflicts
from rag.answering.evidence import Evidence, Findings
from rag.answering.quoting import Said, said
from rag.answering.rereading import short_of
from rag.answering.same_thing import stands
from rag.answering.sentence_features import ANSWERING
from rag.answering.spans import short_answer
from rag.answering.verification import verify
from rag.matching.likeness import is_untelling
from rag.text.setting import NO, YES
from rag.types import (
    AnswerKind,
    ArticleInfo,
    Citation,
    Disagreement,
    Draft,
    Hit,
    Passage,
    Reader,
    Sentence,
    Version,
    YesNo,
)

_WORDS = {"yes": YES, "no": NO}


class Footnotes:
    """Citations, numbered in the order they are asked for; the same stretch is cited once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], Citation] = {}

    @property
    def all(self) -> tuple[Citation, ...]:
        return tuple(self._known.values())

    def of(self, line: Said) -> Citation:
        return self.at(line.evidence.hit, line.start, line.quote)

    def of_heads(self, line: Said) -> Iterator[int]:
        """The number of the heads of the table that `line` is a row of, where its quote doesn't hold them."""
        heads = line.evidence.sentence.above.heads
        if heads and heads[0] < line.start and line.text == line.evidence.sentence.above.told:
            yield self.at(line.evidence.hit, *heads).number

    def at(self, hit: Hit, start: int, quote: str) -> Citation:
        article, stop = hit.article, start + len(quote)
        key = (article.id, start, stop)
        if key not in self._known:
            self._known[key] = Citation(
                number=len(self._known) + 1,
                article_id=article.id,
                title=article.title,
                source=article.source,
                url=article.url,
                published=article.published,
                quote=quote,
                start=start,
                stop=stop,
                passage_id=hit.passage.id,
            )
        return self._known[key]


def composed(
    question: str, reading: Findings, chosen: Sequence[Evidence], reader: Reader | None = None
) -> Draft:
    """The whole draft; `chosen` are sentences of `reading` (at least one) in the order they are said.

    `reader` is the network that has read them, if one has.
    """
    best = reading.evidence[0]
    lines, footnotes = _lines(chosen), Footnotes()
    verdict = _verdict(question, reading, lines, reader)
    short = _WORDS[verdict] if verdict else _short_answer(question, reading, [best, *chosen])
    is_above = short is not None and _is_above(short, best)
    sentences = tuple(
        sentence
        for line in lines
        for sentence in (
            *([_heading(footnotes, best)] if is_above and line.covers(best) else ()),
            Sentence(line.text, tuple(_numbers(footnotes, line, reading.evidence)), "supported"),
        )
    )
    # A part with a pronoun that the sentence is shown with a name for stands nowhere.
    is_said = verdict is not None or any(short in each.text for each in sentences if short)
    return Draft(
        sentences=sentences,
        disagreements=tuple(
            _disagreement(each, footnotes, lines) for each in conflicts(question, reading, chosen)
        ),
        citations=footnotes.all,
        short_answer=short if is_said else None,
        confidence=reading.confidence,
        found=True,
        verdict=verdict,
        polar=reading.question.polar,
        listed=_are_facts_of_one_kind(reading, lines),
    )


def quoted(chosen: Sequence[Evidence], kind: AnswerKind, listed: bool = False) -> Draft:
    """A draft that says `chosen`, in that order, and answers no single question."""
    lines, footnotes = _lines(chosen), Footnotes()
    sentences = tuple(
        Sentence(line.text, (footnotes.of(line).number, *footnotes.of_heads(line)), "supported")
        for line in lines
    )
    return Draft(sentences, footnotes.all, confidence=1.0, found=True, listed=listed, kind=kind)


def _short_answer(question: str, reading: Findings, said: Sequence[Evidence]) -> str | None:
    """The short answer in the first of the sentences `said`; of «что такое» the first that explains."""
    if reading.question.polar:
        return None
    if said[0].reading is not None:
        return short_of(said[0])
    if reading.question.kind == "definition":
        found = ((each.text, definition(question, each.text)) for each in said)
        return next((text[slice(*each.span)] for text, each in found if each and each.span), None)
    span = short_answer(question, said[0].text)
    return said[0].text[span.start : span.stop] if span else None


def _is_above(short: str, best: Evidence) -> bool:
    """True for a short answer that the heading of the best sentence has and the sentence itself hasn't."""
    return short in best.heading and short not in best.text


def _heading(footnotes: Footnotes, best: Evidence) -> Sentence:
    """The heading right above a sentence, as a sentence of its own."""
    start, text = best.sentence.above.nearest or (0, "")
    return Sentence(text, (footnotes.at(best.hit, start, text).number,), "supported")


def _verdict(question: str, reading: Findings, lines: Sequence[Said], reader: Reader | None) -> YesNo | None:
    """Yes or no, where that is asked and decided."""
    if not reading.question.polar:
        return None
    if reader is not None:
        return verdict_of(question, [line.evidence for line in lines], reader)
    published = [line.evidence.hit.article.published for line in lines]
    return decision(question, [line.quote for line in lines], published)


def growing(whole: Draft) -> Iterator[Draft]:
    """`whole` as it is written, a sentence more each time; where sources differ comes last."""
    for count in range(1, len(whole.sentences)):
        shown = whole.sentences[:count]
        last = max(number for sentence in shown for number in sentence.citations)
        # The short answer stands in the best sentence, which may be one still to come.
        is_there = whole.short_answer and any(whole.short_answer in each.text for each in shown)
        is_there = is_there or whole.short_answer in (YES, NO)
        yield replace(
            whole,
            sentences=shown,
            citations=whole.citations[:last],
            short_answer=whole.short_answer if is_there else None,
            disagreements=(),
        )
    yield whole


def _lines(chosen: Sequence[Evidence]) -> list[Said]:
    lines: list[Said] = []
    for each in chosen:
        if not any(line.covers(each) for line in lines):
            whole = said(each, just_said=bool(lines) and _follows(each, lines[-1]))
            repeats = any(_overlap(whole, line) for line in lines)
            lines.append(said(each, just_said=True) if repeats else whole)
    return lines


def _overlap(one: Said, other: Said) -> bool:
    is_same = one.evidence.hit.article.id == other.evidence.hit.article.id
    return is_same and one.start < other.stop and other.start < one.stop


def _follows(each: Evidence, line: Said) -> bool:
    """True when `line` ends with the sentence right before `each`."""
    passage = each.hit.passage
    place = passage.sentences.index(each.sentence)
    is_same = line.evidence.hit.article.id == each.hit.article.id
    return is_same and place > 0 and passage.sentences[place - 1].stop == line.stop


def _numbers(footnotes: Footnotes, line: Said, found: Sequence[Evidence]) -> Iterator[int]:
    """The footnotes of a line: its own, and those of other sources where it is a sentence and no more."""
    yield footnotes.of(line).number
    yield from footnotes.of_heads(line)
    if line.text.count("\n") or line.quote not in line.evidence.text:
        return
    for other in other_sources(line.evidence, found):
        yield footnotes.of(_alone(other)).number


def _alone(evidence: Evidence) -> Said:
    """A quote of just the sentence."""
    return Said(evidence, evidence.text, evidence.sentence.start, evidence.sentence.stop)


def _are_facts_of_one_kind(reading: Findings, lines: Sequence[Said]) -> bool:
    """True for the parts of a list that was asked for, and for several answers that don't tell one story."""
    if len(lines) < 2 or any("\n" in line.text for line in lines):
        return False
    lists = {line.evidence.list_name for line in lines}
    if reading.question.kind == "list" or (len(lists) == 1 and None not in lists):
        return True
    apart = len({line.evidence.hit.article.id for line in lines}) == len(lines)
    return apart and reading.question.kind in ANSWERING and all(line.evidence.is_typed for line in lines)


def _disagreement(conflict: Conflict, footnotes: Footnotes, lines: Iterable[Said]) -> Disagreement:
    shown = list(lines)
    versions = []
    for each in conflict.statements:
        line = next((line for line in shown if line.covers(each.evidence)), _alone(each.evidence))
        citation = footnotes.of(line)
        versions.append(
            Version(each.value, citation.number, citation.source, citation.published, each.stated)
        )
    return Disagreement(conflict.matter, tuple(versions), conflict.develops)


# Sentences of several sources that say the same: given once, with a footnote for each source.
#
# Another source stands under a line only when it supports the whole line: by the check that every answer
# goes through (numbers, names, denials), and when it has every telling word: itself, in kin or in synonym.

MOST_SOURCES = 4  # footnotes under one line
_KNOWN = 0.7  # of a sentence's telling words; one that has more of its own is said as well
_SHORTEST = 3  # telling words; of fewer nobody can tell whether they are about the same


def says_all_of(other: Evidence, sentence: Evidence) -> bool:
    """True when `other` supports every word of `sentence`."""
    if other.place == sentence.place:
        return True
    return _covers(frozenset(other.sentence.lemmas), sentence.sentence.lemmas) and (
        verify(sentence.text, [other.text]).support == "supported"
    )


def says_the_same(each: Evidence, before: Evidence) -> bool:
    """True when `each` supports all of `before` and adds hardly anything to it."""
    if set(each.sentence.lemmas) == set(before.sentence.lemmas):
        return True
    told = {lemma for lemma in each.sentence.lemmas if not is_untelling(lemma)}
    held = frozenset(before.sentence.lemmas)
    known = sum(1 for lemma in told if stands(lemma, held))
    return known >= _KNOWN * len(told) and says_all_of(each, before)


def _covers(held: frozenset[str], said: Sequence[str]) -> bool:
    telling = {each for each in said if not is_untelling(each)}
    if len(telling) < _SHORTEST:
        return telling == {each for each in held if not is_untelling(each)}
    return all(stands(each, held) for each in telling)


def other_sources(sentence: Evidence, found: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence of each other article that supports all of `sentence`, best first."""
    chosen: dict[str, Evidence] = {}
    for other in (*found, *_reprinted(sentence)):
        article = other.hit.article.id
        if len(chosen) == MOST_SOURCES - 1:
            break
        if article != sentence.hit.article.id and article not in chosen and says_all_of(other, sentence):
            chosen[article] = other
    return list(chosen.values())


def _reprinted(sentence: Evidence) -> Iterator[Evidence]:
    """Sentences of the passages that were found to retell the one `sentence` is from."""
    for hit in _reprint_hits(sentence.hit):
        for each in hit.passage.sentences:
            yield Evidence(hit, each, hit.passage.quote(each), (), sentence.score)


def _reprint_hits(hit: Hit) -> Iterator[Hit]:
    for each in hit.reprints:
        passage = Passage(
            each.passage_id, each.article_id, each.start, each.stop, each.text, each.sentences, each.title
        )
        info = ArticleInfo(each.article_id, each.title, each.source, each.published, each.url)
        if each.text:
            yield Hit(passage, info, hit.score)
