"""RSS and Atom: an article an entry; where the feed was fetched, its pages are read for the whole text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urljoin

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.reading.addresses import is_address, slug
from rag.library.reading.completing import completed
from rag.library.reading.packages import package
from rag.library.reading.pages import page, plain
from rag.library.reading.pieces import Piece, Pieces, Source, digest
from rag.library.reading.telling import counting
from rag.types import Article, ArticleInfo

MOST_ENTRIES = 1_000
_TEXTS = (
    "yandex_full-text",
    "turbo_content",
    "fulltext",
    "summary",
)  # after `content`, which it always knows
_CAPTIONS = ("title", "description", "text")
_SHORT = 600  # characters: an entry of fewer is a summary, and its page is read


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a feed says of one article."""

    info: ArticleInfo
    text: str


def feed(source: Source, follow: Callable[[str], Source] | None = None) -> Pieces:
    """The articles of a feed. `follow` fetches a page; without it only the feed itself is read.

    An entry of a feed that was fetched is called after its own address, so that it stays when the feed
    has moved on. Raises ArticleError.
    """
    found = _parsed(source.read())
    given: set[str] = set()
    entries = found.entries[:MOST_ENTRIES]
    for number, raw in enumerate(counting(entries, len(entries)), 1):
        link = _whole_link(raw, found.feed, source.known.url)
        own = slug(link) if is_address(link) else str(number)
        article_id = own if follow and is_address(link) else f"{source.id}/{own}"
        if article_id in given:
            continue  # told twice
        given.add(article_id)
        entry = _entry(raw, found.feed, article_id, link)
        origin = link if follow and is_address(link) else None
        yield Piece(article_id, digest(repr(entry).encode()), partial(_article, entry, follow), origin)


def is_feed(beginning: bytes) -> bool:
    """Whether bytes begin as RSS, Atom or RDF do."""
    head = beginning[:4096].lower()
    return any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf"))


def _parsed(data: bytes) -> Any:
    feedparser = package("feedparser", "feedparser", "ленты RSS и Atom")
    if b"<!entity" in data[:65536].lower():
        raise ArticleError("в ленте объявлены сущности XML; такие не читаются")
    found = feedparser.parse(data)
    if not found.entries:
        reason = "в ленте нет статей" if found.version else "это не лента RSS или Atom"
        raise ArticleError(reason)
    return found


def _entry(raw: Any, about: Any, article_id: str, link: str) -> _Entry:
    text = _text(raw)
    info = ArticleInfo(
        article_id,
        title=" ".join(plain(str(raw.get("title") or "")).split()),
        source=" ".join(plain(str(about.get("title") or "")).split()) or None,
        url=link or None,
        tags=tuple(str(each.get("term")) for each in raw.get("tags") or [] if each.get("term")),
        author=str(raw.get("author") or "").strip() or None,
        published_raw=str(raw.get("published") or raw.get("updated") or "").strip() or None,
    )
    return _Entry(info, normal(text))


def _whole_link(raw: Any, about: Any, address: str | None) -> str:
    """The address of an entry; a relative one is of the site that the feed names, or comes from."""
    link = str(raw.get("link") or "").strip()
    site = next((each for each in (str(about.get("link") or ""), address or "") if is_address(each)), "")
    try:
        return urljoin(site, link) if link and site else link
    except ValueError:  # an address that is none
        return link


def _text(raw: Any) -> str:
    """The longest text of an entry, before it what it is announced with, behind it the captions of pictures.

    What is in the text already is not told again.
    """
    contents = [str(each.get("value") or "") for each in raw.get("content") or []]
    fields = [str(raw.get(name) or "") for name in _TEXTS]
    texts = sorted((plain(each).strip() for each in [*contents, *fields]), key=len, reverse=True)
    pictures = [str(each.get(name) or "") for each in raw.get("media_content") or [] for name in _CAPTIONS]
    captions = [
        plain(each).strip() for each in [*(str(raw.get(f"media_{n}") or "") for n in _CAPTIONS), *pictures]
    ]
    told: list[str] = []
    seen = ""
    for number, text in enumerate([*texts, *captions]):
        folded = " ".join(text.rstrip(" .…").split()).casefold()
        if folded and folded not in seen:
            told.insert(0 if number < len(texts) else len(told), text)
            seen += f"\n{folded}"
    return "\n\n".join(told)


def _article(entry: _Entry, follow: Callable[[str], Source] | None) -> Article:
    """The entry, with the text of its page where that says more."""
    own = completed(entry.text, entry.info)
    if not follow or not entry.info.url or len(entry.text) >= _SHORT:
        return own
    try:
        whole = page(follow(entry.info.url))
    except ArticleError:
        if not entry.text.strip():
            raise
        return own
    if len(whole.text) <= len(entry.text):
        return own
    known = entry.info
    return completed(
        whole.text,
        replace(
            whole.info,
            id=known.id,
            title=known.title or whole.info.title,
            source=known.source or whole.info.source,
            published=None,
            published_raw=known.published_raw or whole.info.published_raw or whole.info.published,
            tags=known.tags or whole.info.tags,
            author=known.author or whole.info.author,
            url=known.url,
        ),
    )
