"""An article as safe HTML, with a quote marked in it. Pure functions; markupsafe escapes every text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import quote

from markupsafe import Markup, escape

from rag.library.records import Edition
from rag.text.structure import SIGNS, Row, Structure, enclosed
from rag.types import Article, ArticleInfo, page_at
from rag.web.parts import Part, around, parts_of
from rag.web.templating import rendered
from rag.web.wording import russian_date

NO_TOOLS = Markup("")
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")
_Mark = Callable[[int, int], Markup]  # from one offset to another in a paragraph
Places = Sequence[tuple[int, int]]


def _nowhere(_: str) -> Places:
    return ()


def article_html(
    article: Article,
    start: int,
    stop: int,
    softly: Callable[[str], Places] = _nowhere,
    note: str = "",
    tools: Markup = NO_TOOLS,
    pictured: bool = False,
    rest: str = "",
) -> Markup:
    """An article with the characters from `start` to `stop` marked; wrong offsets mark nothing.

    `softly` finds the places of a text, in order, that are marked softly where the quote leaves them; `note`
    stands on top, `tools` are what can be done with the article. `pictured`: there are pictures of its pages,
    and that of the quote is shown. Of a long article only the parts about the quote are there, if the others
    can be had at the address `rest`.
    """
    info = article.info
    above = _page_html(article, start, stop) if pictured and start < stop else Markup("")
    parts = parts_of(article.text)
    shown = around(parts, start, stop) if rest else range(len(parts))
    bodies = parts_html(article.text, parts, shown, (start, stop), softly, above)
    return rendered(
        "reader",
        info=info,
        start=start,
        stop=stop,
        byline=byline_html(info.source, info.published),
        link=link_html(info.url),
        remarks=(note, article.remark),
        tools=tools,
        parts=[
            {"size": part.stop - part.start, "body": bodies.get(number), "follows": part.start > part.begun}
            for number, part in enumerate(parts)
        ],
        rest=rest,
    )


def parts_html(
    text: str,
    parts: Sequence[Part],
    numbers: Sequence[int],
    quoted: tuple[int, int],
    softly: Callable[[str], Places] = _nowhere,
    above: Markup = Markup(""),  # noqa: B008
) -> dict[int, Markup]:
    """The paragraphs of some parts of `text`, by the number of the part; `above` as for `body_html`."""
    made = {}
    for number in numbers:
        part = parts[number]
        found = softly(text[part.start : part.stop])
        soft = [(part.start + start, part.start + stop) for start, stop in found]
        made[number] = body_html(text, [quoted], soft, above=above, part=part)
    return made


def _page_html(article: Article, start: int, stop: int) -> Markup:
    """The page on which a quote begins, as a picture that unfolds."""
    page = page_at(article.pages, start)
    if page is None:
        return Markup("")
    address = f"api/articles/{quote(article.id)}/pages/{page}.png?start={start}&stop={stop}"
    return rendered("printed", page=page, address=address)


def missing_html(message: str) -> Markup:
    """What the panel shows instead of an article it can't open."""
    return rendered("missing", message=message)


def link_html(url: str | None) -> Markup:
    """Only web addresses become links: `javascript:` and the like are dropped."""
    if not url or not re.match(r"https?://", url, re.IGNORECASE):
        return Markup("")
    return Markup(
        '<p class="link"><a href="{}" target="_blank" rel="noopener noreferrer">Первоисточник</a></p>'
    ).format(url)


def body_html(
    text: str,
    quotes: Places,
    soft: Places = (),
    anchor: str = "",
    above: Markup = Markup(""),  # noqa: B008
    part: Part | None = None,
) -> Markup:
    """Paragraphs of `text`, or of a `part` of it; a quote that spans several is marked in each of them.

    With an `anchor`, each mark can be linked to by it and the offset where the mark begins. `above` stands
    above the paragraph in which the first quote begins.
    """
    first = quotes[0][0] if quotes else -1
    part = part or Part(0, len(text), 0)
    opening = part.opening(text)
    return Markup("").join(
        (above if match.start() <= first < match.end() else Markup(""))
        + (
            _paragraph(match.group(), match.start(), quotes, soft, anchor, part.begun, opening)
            if opening and match.start() == part.start
            else _paragraph(match.group(), match.start(), quotes, soft, anchor, match.start())
        )
        for match in _PARAGRAPH.finditer(text, part.start, part.stop)
        if match.group().strip()
    )


def _paragraph(
    text: str, offset: int, quotes: Places, soft: Places, anchor: str, begun: int, opening: str = ""
) -> Markup:
    """One paragraph, which begins at `offset` of its article; a table is one, too.

    Where it goes on from another part, it began at `begun` with the lines of `opening`, which aren't shown.
    """
    whole, shown = opening + text, len(opening)  # as if nothing stood between them
    before = offset - shown

    def marked(start: int, stop: int) -> Markup:
        return _marked(whole[start:stop], before + start, quotes, soft, anchor)

    def unmarked(start: int, stop: int) -> Markup:
        return _marked(whole[start:stop], before + start, (), soft, anchor)

    def place(of: int) -> int:
        return of - begun if of < begun + shown else max(of - before, shown)

    rows = Structure(whole).rows
    if below := [row for row in rows if row.start >= shown]:
        passed = _passed(rows, [(place(start), place(stop)) for start, stop in quotes], len(whole))
        table = _table(below, lambda row: unmarked if row in passed else marked)
        around = marked(shown, below[0].start), marked(below[-1].stop, len(whole))
        above, under = (
            Markup("<p>{}</p>").format(each) if each.striptags().strip() else "" for each in around
        )
        return Markup("{}{}{}").format(above, table, under)
    kind = re.match(r"#{1,6}\s|>\s", whole)
    tag = "p" if kind is None else "h3" if kind[0].startswith("#") else "blockquote"
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), marked(shown, len(whole)))


def _passed(rows: Sequence[Row], quotes: Places, length: int) -> set[Row]:
    """The rows that a quote only passes between the heads of a table and the row that it is of, its last.

    That one lies in another part where the quote ends beyond the `length` characters of this one.
    """
    passed, meant = set[Row](), set[Row]()
    for start, stop in quotes:
        inside = [row for row in rows if row.start < stop and start < row.stop]
        if inside and inside[0].is_head and start == inside[0].start:
            last = len(inside) - (stop <= length)
            passed.update(inside[1:last])
            meant.update(inside[last:])
    return passed - meant


def _table(rows: Sequence[Row], mark_of: Callable[[Row], _Mark]) -> Markup:
    """Rows of cells as a table."""
    lines = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup("<{0}>{1}</{0}>").format(
                    Markup("th" if row.is_head else "td"), mark_of(row)(cell.start, cell.stop)
                )
                for cell in row.cells
            )
        )
        for row in rows
    )
    return Markup('<div class="table"><table><tbody>{}</tbody></table></div>').format(lines)


def _marked(
    text: str, offset: int, quotes: Sequence[tuple[int, int]], soft: Sequence[tuple[int, int]], anchor: str
) -> Markup:
    """A stretch of an article with the quotes in it marked."""
    parts, done = [], 0
    for start, stop in _inside(quotes, offset, len(text)):
        if start >= done:
            parts += [_softly(text, done, start, offset, soft)]
            named = Markup(' id="{}{}"').format(anchor, offset + start) if anchor else Markup("")
            parts += [Markup("<mark{}>{}</mark>").format(named, marked_up(text, start, stop))]
            done = stop
    return Markup("").join([*parts, _softly(text, done, len(text), offset, soft)])


def _inside(spans: Sequence[tuple[int, int]], offset: int, length: int) -> list[tuple[int, int]]:
    """The parts of `spans` in the `length` characters from `offset`, counted from there, in order."""
    within = ((max(start - offset, 0), min(stop - offset, length)) for start, stop in spans)
    return sorted((start, stop) for start, stop in within if start < stop)


def _softly(text: str, start: int, stop: int, offset: int, soft: Sequence[tuple[int, int]]) -> Markup:
    """`text[start:stop]` with the places of `soft` in it marked; `soft` is in order."""
    first = bisect_left(soft, (offset + start, 0))
    last = bisect_left(soft, (offset + stop, 0))
    parts, done = [], start
    for begin, end in ((a - offset, min(b - offset, stop)) for a, b in soft[first:last]):
        parts += [
            marked_up(text, done, begin),
            Markup('<span class="match">{}</span>').format(text[begin:end]),
        ]
        done = end
    return Markup("").join([*parts, marked_up(text, done, stop)])


def byline_html(source: str | None, published: str | None) -> Markup:
    """Source and date of an article, or nothing where neither is known."""
    day = Markup('<span class="day">{}</span>').format(russian_date(published)) if published else None
    parts = [part for part in (source, day) if part]
    return Markup('<span class="byline">{}</span>').format(Markup(", ").join(parts)) if parts else Markup("")


# What can be done with an open article, as safe HTML: correct it, look at its versions.


def tools_html(edition: Edition) -> Markup:
    """What can be done with an article as it is now."""
    info = edition.article.info
    original = quote(info.id) if edition.original else ""
    return rendered("tools", info=info, day=_day(info), version=edition.version, original=original)


def changed_html(article_id: str, version: int | None) -> Markup:
    """Under an article as it was quoted: what has changed since that version, where it is still kept."""
    return rendered("changed", article_id=article_id, version=version) if version else Markup("")


def _day(info: ArticleInfo) -> str:
    """The day of publication as it is typed here."""
    try:
        return date.fromisoformat(info.published or "").strftime("%d.%m.%Y")
    except ValueError:
        return info.published or ""


# Articles as HTML that shows what their Markdown means, with every character where it is counted.

_ANY = re.compile(r"[#>*_`~\[]|^[ \t]*[-+]", re.MULTILINE)  # looked for first: most paragraphs have no sign
_TAGS = {"strong": "b", "em": "i", "code": "code"}


def marked_up(text: str, start: int = 0, stop: int | None = None) -> Markup:
    """`text[start:stop]` as HTML with every one of its characters, the signs hidden by the style."""
    stop = len(text) if stop is None else stop
    if not _ANY.search(text, start, stop):
        return escape(text[start:stop])
    parts, done = [], start
    for found in SIGNS.finditer(text, start, stop):
        parts += [escape(text[done : found.start()]), _shown(found)]
        done = found.end()
    return Markup("").join([*parts, escape(text[done:stop])])


def _shown(found: re.Match[str]) -> Markup:
    kind, inner = enclosed(found)
    if not kind:
        bullet = Markup('<span class="bullet"></span>') if found.lastgroup == "item" else Markup("")
        return Markup('<span class="sign">{}</span>').format(found[0]) + bullet
    start, stop = found.start(kind) - found.start(), found.end(kind) - found.start()
    before, after = (
        Markup('<span class="sign">{}</span>').format(each) for each in (found[0][:start], found[0][stop:])
    )
    if kind == "label":
        words = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
            found["url"], inner
        )
    else:
        words = Markup("<{0}>{1}</{0}>").format(Markup(_TAGS[kind.rstrip("_")]), inner)
    return before + words + after
