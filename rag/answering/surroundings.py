"""Hits with what governs their sentences: headings, heads of tables, what announces a list, and the sentences
that «он» and «там» at their beginning point back at; does a sentence lean on the one before it at all?

A passage is cut by length, so all this may stand before it. It is read off the article when a question is
answered; offsets stay those of the article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

from rag.answering.substitution import FORMS
from rag.text.borders import has_verb
from rag.text.entities import entities
from rag.text.phrases import Phrase, phrases
from rag.text.readings import Reading
from rag.text.sentences import sentences
from rag.text.structure import Structure
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer, lemmas
from rag.types import Above, Article, Citation, Hit, Passage, SourceSentence, page_at

_GOVERNS = 50_000  # characters above a passage that are looked at

structure = lru_cache(maxsize=256)(Structure)
_SENTENCES = 2  # of the passage before: a sentence is read with as many
_REACH = 1_200  # characters of the article that are looked at


def surrounded(hits: Sequence[Hit], text_of: Callable[[str], str | None]) -> list[Hit]:
    """`hits` with the `above` of every sentence, and its words among the sentence's lemmas.

    `text_of(article_id)` is the text of an article, None where it is gone.
    """
    return [_surrounded(hit, text_of(hit.article.id)) for hit in hits]


def headings_above(text: str, place: int, title: str) -> tuple[str, ...]:
    """The headings above `place` in `text`, the widest first, without the article's title."""
    begin = max(0, place - _REACH)
    found = structure(text[begin : place + _REACH])
    return tuple(each for each in found.path(place - begin) if each != title)


def _surrounded(hit: Hit, text: str | None) -> Hit:
    passage = hit.passage
    if text is None or text[passage.start : passage.stop] != passage.text:
        return hit
    begin = max(0, passage.start - _GOVERNS)
    found = structure(text[begin : passage.stop])
    if not found.governs:
        return hit
    sentences = tuple(_placed(passage, each, found, begin) for each in passage.sentences)
    return replace(hit, passage=replace(passage, sentences=sentences))


def _placed(passage: Passage, sentence: SourceSentence, found: Structure, begin: int) -> SourceSentence:
    place = sentence.start - begin
    if found.is_heading(place):
        return replace(sentence, above=Above(names=not has_verb(passage.quote(sentence))))
    headings = tuple(each for each in found.path(place) if each != passage.title)
    row = found.row(place)
    told, heads = "", None
    if row and row.heads:
        first, last = row.heads
        told, heads = row.told, (first + begin, found.text[first:last])
    names = row is not None and row.is_head
    nearest = found.nearest(place) if headings else None
    stands = (begin + found.text.index(nearest.text, nearest.start), nearest.text) if nearest else None
    above = Above(headings, found.lead(place), told, heads, names, stands)
    if above == Above():
        return sentence
    said = lemmas(told) if told else list(sentence.lemmas)
    return replace(sentence, lemmas=(*said, *lemmas(". ".join(headings))), above=above)


def led(hits: Sequence[Hit], text_of: Callable[[str], str | None]) -> list[Hit]:
    """`hits`, those that open with a word that points back with their `lead` in front.

    `text_of(article_id)` is the text of an article, None where it is gone.
    """
    return [_led(hit, text_of) if _leans(hit.passage) else hit for hit in hits]


def _leans(passage: Passage) -> bool:
    if not passage.start or not passage.sentences:
        return False
    opening = passage.quote(passage.sentences[0])
    return not opening.endswith("?") and leans(opening)


def _led(hit: Hit, text_of: Callable[[str], str | None]) -> Hit:
    passage, text = hit.passage, text_of(hit.article.id)
    if text is None or text[passage.start : passage.stop] != passage.text:
        return hit
    before = _before(text, passage.start)
    if not before:
        return hit
    wider = replace(
        passage,
        start=before[0].start,
        text=text[before[0].start : passage.stop],
        sentences=(*before, *passage.sentences),
    )
    return replace(hit, passage=wider, lead=len(before))


def _before(text: str, stop: int) -> list[SourceSentence]:
    """The last whole sentences of `text` before `stop`."""
    begin = max(0, stop - _REACH)
    spans = [(begin + first, begin + last) for first, last in sentences(text[begin:stop])]
    whole = spans[1:] if begin else spans
    return [SourceSentence(*span, tuple(lemmas(text[slice(*span)]))) for span in whole[-_SENTENCES:]]


def standing(
    citations: Iterable[Citation], article_of: Callable[[str], Article | None]
) -> tuple[Citation, ...]:
    """`citations` with their context and page; those of articles that are gone stay as they are."""
    return tuple(_standing(each, article_of(each.article_id)) for each in citations)


def _standing(citation: Citation, article: Article | None) -> Citation:
    if article is None or article.text[citation.start : citation.stop] != citation.quote:
        return citation
    page = page_at(article.pages, citation.start)
    headings = headings_above(article.text, citation.start, citation.title)
    return replace(citation, page=page, context=(*headings, *([f"с. {page}"] if page else [])))


# Does a sentence say on its own what it speaks of, or does it lean on the one before it?
#
# «Он основал компанию», «Также подписаны…», «Первая — чтобы…» lean. The rules look at how a sentence
# opens: a third-person pronoun with nothing before it to agree with, a word that points back, a
# connective.

_REACH_OF_PRONOUN = 7  # words: a pronoun behind them belongs to what the sentence itself has named
_POINTING = frozenset({"этот", "тот", "такой", "оба", "последний", "первый", "второй", "третий", "другой"})
# Of these the ordinals and «последний», «другой» point back only where no noun of their own follows.
_WITH_NOUN = frozenset({"этот", "тот", "такой"})
_POINTERS = frozenset("это там тогда туда оттуда здесь так поэтому потому оттого затем отсюда".split())
_CONNECTIVES = tuple(
    tuple(words.split())
    for words in (
        "также | кроме того | кроме этого | при этом | при том | вместе с тем | в то же время | к тому же | "
        "более того | тем не менее | таким образом | помимо этого | помимо того | однако | впрочем | зато | "
        "но | а | и все же | причем | тем самым | то есть | иначе говоря | стало быть | в результате | "
        "после этого | до этого | для этого | об этом | из-за этого | благодаря этому | ни того"
    ).split("|")
)
_FINITE = frozenset({"VERB", "PRTS", "ADJS", "PRED"})
_NAMED = frozenset({"UNKN", "LATN"})  # names no grammar knows the case of
_SUBJECTS = frozenset("он она оно кто что это который которая которое я ты никто ничто все всё то".split())
_NOT_POINTING = ("так как", "так называемый", "тогда как", "так что", "а также")


def leans(sentence: str) -> bool:
    """True where `sentence` needs the one before it to be understood."""
    found = tokens(sentence)
    opening = [token for token in found if token.kind != "sign"][:_REACH_OF_PRONOUN]
    if not opening:
        return False
    return _points_back(opening) or pronoun(sentence) is not None or _lacks_subject(sentence, found)


def _lacks_subject(sentence: str, found: Sequence[Token]) -> bool:
    """True for «В Астане собирает тепловозы»: who does it was said before.

    Only a singular verb of the third person tells: «добывают» needs no subject, nor does «удалось».
    """
    verb = next((token for token in found if token.grammar.part in _FINITE), None)
    if verb is None or verb.grammar.part != "VERB":
        return False
    tag = analyzer().parse(verb.folded)[0].tag
    personal = "3per" in tag or (tag.tense == "past" and tag.gender in ("masc", "femn"))
    if tag.number != "sing" or not personal or "Impe" in tag or verb.folded.endswith(("ся", "сь")):
        return False
    if any(map(_may_stand_for_subject, found, [None, *found])):
        return False
    if any(token.grammar.part in _NAMED and token.start < verb.start for token in found):
        return False
    return not any(
        (reading.case == "nomn" or (not reading.case and phrase.start < verb.start))
        and reading.number == "sing"
        and (not tag.gender or not reading.gender or reading.gender == tag.gender)
        for phrase in phrases(sentence)
        for reading in phrase.readings
    )


def _may_stand_for_subject(token: Token, before: Token | None) -> bool:
    """«кто», «двадцать стран», «5 стран» (but not «в 2019 году»), «строить», a name in quotes."""
    if token.kind == "number":
        return before is None or before.grammar.part != "PREP"
    return token.folded in _SUBJECTS or token.grammar.part in ("NUMR", "INFN") or token.text in '«"'


def _points_back(opening: Sequence[Token]) -> bool:
    folded = tuple(token.folded for token in opening)
    start = " ".join(folded[:2])
    if any(start.startswith(each) for each in _NOT_POINTING):
        return False
    if folded[0] in _POINTERS or any(folded[: len(each)] == each for each in _CONNECTIVES):
        return True
    first = opening[1] if opening[0].grammar.part == "PREP" and len(opening) > 1 else opening[0]
    lemma = first.grammar.lemma
    if lemma not in _POINTING and folded[0] not in ("оба", "обе", "обоих"):
        return False
    following = opening[opening.index(first) + 1 :]
    owns_noun = bool(following) and following[0].grammar.part in (
        "NOUN",
        "ADJF",
        "NUMR",
        "NUMB",
        "LATN",
        "UNKN",
    )
    return lemma in _WITH_NOUN or not owns_noun


def pronoun(sentence: str) -> Token | None:
    """The third-person pronoun near the start of `sentence` that nothing before it there explains."""
    found = tokens(sentence)
    words = [token for token in found if token.kind != "sign"][:_REACH_OF_PRONOUN]
    here = next((token for token in words if token.folded in FORMS), None)
    if here is None:
        return None
    named = takewhile(lambda phrase: phrase.start < here.start, phrases(sentence))
    return None if any(_agrees(here, phrase) for phrase in named) else here


def _agrees(here: Token, phrase: Phrase) -> bool:
    return any(_fits(here, reading) for reading in phrase.readings)


def _fits(here: Token, reading: Reading) -> bool:
    numbers, genders, _ = FORMS[here.folded]
    if reading.number not in numbers.split():
        return False
    return reading.number == "plur" or not reading.gender or not genders or reading.gender in genders.split()


def person_meant(here: Token, before: str) -> str | None:
    """Whom the pronoun `here` means, in the nominative; None where the sentence `before` leaves a doubt.

    It leaves none when it names one person who agrees, and nothing else that could be its subject.
    """
    spans = {(entity.start, entity.stop) for entity in entities(before) if entity.kind == "person"}
    names = [phrase for start, stop in sorted(spans) for phrase in phrases(before[start:stop])[:1]]
    fitting = {name.in_case("nomn"): name for name in names if name.is_person and _agrees(here, name)}
    if len(fitting) != 1 or FORMS[here.folded][0] != "sing":
        return None
    ((nominative, _),) = fitting.items()
    rivals = (phrase for phrase in phrases(before) if not _is_of(phrase, before, spans))
    return None if any(_may_be_subject(here, phrase) for phrase in rivals) else nominative


def _is_of(phrase: Phrase, before: str, spans: set[tuple[int, int]]) -> bool:
    """True for the person's own phrase: the name, and the title right before it."""
    for start, stop in spans:
        between = before[phrase.stop : start].strip(' ,—–«"')
        titled = not between or any(reading.animate for reading in phrase.readings)
        if (phrase.start < stop and start < phrase.stop) or (phrase.stop <= start and titled):
            return True
    return False


def _may_be_subject(here: Token, phrase: Phrase) -> bool:
    return not phrase.nested and any(
        reading.case in ("nomn", "") and _fits(here, reading) for reading in phrase.readings
    )
