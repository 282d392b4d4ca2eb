"""Article → passages: runs of whole sentences, 500–900 characters, with exact offsets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from rag.text.dateline import dateline
from rag.text.sentences import sentences, with_run_in_headings
from rag.text.words import lemmas
from rag.types import Article, Passage, SourceSentence

SHORTEST = 500
LONGEST = 900
# Part of the settings hash: raise it when the same article would be split differently.
SPLIT_VERSION = 7

Span = tuple[int, int]


@dataclass(slots=True)
class _Group:
    """Neighbouring sentences on the way to a passage."""

    spans: list[Span]

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def stop(self) -> int:
        return self.spans[-1][1]


def split(article: Article, tell: Callable[[float], None] = lambda share: None) -> list[Passage]:
    """Passages of `article`, in order, that together hold every sentence once.

    None is longer than LONGEST unless a single sentence is. A dateline belongs to no passage. `tell` is
    given the share that is done.
    """
    start = dateline(article.text).stop
    body = article.text[start:]
    spans = [(left + start, right + start) for left, right in with_run_in_headings(body, sentences(body))]
    spans = spans or sentences(article.text)  # nothing but a dateline
    title = tuple(lemmas(article.info.title))
    passages = []
    for group in _groups(article.text, spans):
        passages.append(_passage(article, group, title))
        tell(group.stop / len(article.text))
    return passages


def passage_id(article_id: str, start: int, text: str) -> str:
    """16 hexadecimal digits, the same on every machine."""
    return blake2b(f"{article_id}\0{start}\0{text}".encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _passage(article: Article, group: _Group, title: tuple[str, ...]) -> Passage:
    text = article.text[group.start : group.stop]
    parts = tuple(
        SourceSentence(start, stop, tuple(lemmas(article.text[start:stop]))) for start, stop in group.spans
    )
    return Passage(
        id=passage_id(article.id, group.start, text),
        article_id=article.id,
        start=group.start,
        stop=group.stop,
        text=text,
        sentences=parts,
        title=article.info.title,
        title_lemmas=title,
    )


def _groups(text: str, spans: list[Span]) -> list[_Group]:
    groups: list[_Group] = []
    for span in spans:
        if groups and _takes(text, groups[-1], span):
            groups[-1].spans.append(span)
        else:
            groups.append(_Group([span]))
    return _without_short_tails(groups)


def _takes(text: str, group: _Group, span: Span) -> bool:
    """True when `group` should go on with `span`: it fits, and no good border lies between them."""
    if span[1] - group.start > LONGEST:
        return False
    is_paragraph_end = "\n" in text[group.stop : span[0]]
    return not (is_paragraph_end and group.stop - group.start >= SHORTEST)


def _without_short_tails(groups: list[_Group]) -> list[_Group]:
    """Join a short group to the one before it when both fit, else share their sentences evenly."""
    done: list[_Group] = []
    for group in groups:
        if done and group.stop - group.start < SHORTEST:
            done[-1:] = _merged(done[-1], group)
        else:
            done.append(group)
    return done


def _merged(first: _Group, second: _Group) -> list[_Group]:
    spans = first.spans + second.spans
    if second.stop - first.start <= LONGEST:
        return [_Group(spans)]
    cuts = [cut for cut in range(1, len(spans)) if _is_allowed(spans[:cut]) and _is_allowed(spans[cut:])]
    best = min(cuts, key=lambda cut: _longer_half(spans, cut))  # where they part now is one of the cuts
    return [_Group(spans[:best]), _Group(spans[best:])]


def _is_allowed(spans: list[Span]) -> bool:
    return len(spans) == 1 or spans[-1][1] - spans[0][0] <= LONGEST


def _longer_half(spans: list[Span], cut: int) -> int:
    return max(spans[cut - 1][1] - spans[0][0], spans[-1][1] - spans[cut][0])
