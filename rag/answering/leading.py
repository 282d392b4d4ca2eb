"""What a passage leans on stands at the end of the one before it: «Они лежат в степи» opens a passage.

Such a hit is read with the last sentences of the passage before, which explain and answer nothing themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.answering.referents import leans
from rag.text.sentences import sentences
from rag.text.words import lemmas
from rag.types import Hit, Passage, SourceSentence

_SENTENCES = 2  # of the passage before: a sentence is read with as many
_REACH = 1_200  # characters of the article that are looked at


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
