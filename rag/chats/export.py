"""Conversations as files (Markdown, a web page); answers and quotes for the clipboard. Word: export_docx.py.

Everything that comes from articles, models and readers is escaped: a file that is opened runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from markupsafe import Markup

from rag.chats.document import Footnote, Line, Section, footnotes, runs, sections
from rag.chats.records import Exchange
from rag.text import structure
from rag.text.setting import mark_goes_before_stop
from rag.types import Citation

Format = Literal["md", "html", "docx"]
TYPES: dict[Format, str] = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_STYLE = """
body { max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem; color: #1d1b18; background: #fcfbf8;
  font: 1.125rem/1.6 "PT Serif", "Noto Serif", Georgia, "Liberation Serif", serif; }
h1 { font-size: 2rem; line-height: 1.2; } h2 { margin-top: 2.5rem; font-size: 1.375rem; line-height: 1.25; }
.remark, ol { color: #5c564d; font-size: .9375rem; } sup a { color: #8f2d18; text-decoration: none; }
table { width: 100%; margin: 1rem 0; border-collapse: collapse; font-size: 1rem; }
:is(th, td) { padding: .4rem .75rem .4rem 0; border-top: 1px solid #e0dacd; text-align: left; }
ol { margin-top: 3rem; border-top: 1px solid #e0dacd; padding-top: 1rem; } a { color: #8f2d18; }
@media (prefers-color-scheme: dark) { body { color: #ebe6dc; background: #161513; }
  .remark, ol { color: #b3ab9e; } sup a, a { color: #e9967d; } :is(ol, th, td) { border-color: #383530; } }
"""
_PAGE = Markup(
    '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    "<style>{style}</style></head><body><main><h1>{title}</h1>{body}{notes}</main></body></html>"
)


def plain_text(exchange: Exchange) -> str:
    """One answer with its footnotes, for the clipboard."""
    (part,) = sections([exchange])
    said = "\n".join(
        _set(line, "".join(f" [{note.number}]" for note in line.footnotes)) for line in part.lines
    )
    notes = "\n".join(f"[{note.number}] {note.text}{_address(note)}" for note in footnotes([part]))
    return "\n\n".join(block for block in (part.question, said, notes) if block)


def _address(note: Footnote) -> str:
    return f". {note.url}" if note.url else ""


def _set(line: Line, marks: str) -> str:
    """`line` with its `marks` where a Russian setter puts them."""
    text = ("— " if line.kind == "item" else "") + line.text
    return f"{text[:-1]}{marks}." if marks and mark_goes_before_stop(text) else text + marks


def reference(citation: Citation, today: date | None = None) -> str:
    """A quote with its source as Russian bibliographies set it (ГОСТ Р 7.0.5-2008), for the clipboard:

    «Цитата» (Заголовок // Источник. 23.02.2026. С. 14. URL: https://… (дата обращения: 01.03.2026)).

    What isn't known is left out. `today` is the day on which it was looked up.
    """
    quote = " ".join(structure.plain(citation.quote).split())
    heading = " // ".join(
        _unstopped(each) for each in (citation.title, citation.source or "") if each.strip()
    )
    parts = [heading, *_dated(citation.published)]
    if citation.page is not None:
        parts.append(f"С. {citation.page}")
    if citation.url and re.match(r"https?://", citation.url, re.IGNORECASE):
        looked_up = (today or date.today()).strftime("%d.%m.%Y")
        parts.append(f"URL: {citation.url} (дата обращения: {looked_up})")
    return f"«{quote.strip('«» ')}» ({'. '.join(parts)})."


def _unstopped(text: str) -> str:
    """`text` on one line, without its last full stop."""
    return " ".join(text.split()).rstrip(". ")


def _dated(published: str | None) -> list[str]:
    """The day as digits; a month or a year as it is known."""
    if not published:
        return []
    try:
        return [date.fromisoformat(published).strftime("%d.%m.%Y")]
    except ValueError:
        return [published]


def markdown(title: str, exchanges: Sequence[Exchange]) -> str:
    """The conversation in Markdown, with footnotes as Pandoc and GitHub read them."""
    parts = sections(exchanges)
    blocks = [f"# {_plain(title)}"]
    for part in parts:
        heading = [f"## {_plain(part.question)}"] if part.question != title else []
        blocks += [*heading, *_markdown_blocks(part)]
    blocks += [
        f"[^{note.number}]: {_plain(note.text)}{f'. <{_url(note)}>' if note.url else ''}"
        for note in footnotes(parts)
    ]
    return "\n\n".join(blocks) + "\n"


def _markdown_blocks(part: Section) -> Iterator[str]:
    for kind, lines in runs(part.lines):
        told = [_markdown_line(line) for line in lines]
        if kind == "row":
            yield _markdown_table(lines)
        elif kind == "item":
            yield "\n".join(f"- {each}" for each in told)
        elif kind == "text":
            yield " ".join(told)
        else:
            yield from (f"**{each}**" if kind == "heading" else f"*{each}*" for each in told)


def _markdown_table(rows: Sequence[Line]) -> str:
    """Rows under the same heads."""
    heads = [_plain(head) for head in rows[0].heads]
    told = [[_markdown_line(cell) for cell in row.under_heads()] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *told))


def _markdown_line(line: Line) -> str:
    marks = "".join(f"[^{note.number}]" for note in line.footnotes)
    text = _plain(line.text)
    return f"{text[:-1]}{marks}." if marks and mark_goes_before_stop(text) else text + marks


def _plain(text: str) -> str:
    """`text` as one line that Markdown takes for words alone."""
    flat = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", flat)


def _url(note: Footnote) -> str:
    return re.sub(r"[<>\s\\]", "", note.url or "")


def web_page(title: str, exchanges: Sequence[Exchange]) -> str:
    """The conversation as one page that needs nothing else."""
    parts = sections(exchanges)
    body = Markup("").join(
        Markup("<section>{}{}</section>").format(_heading(part, title), Markup("").join(_html_blocks(part)))
        for part in parts
    )
    notes = Markup("").join(
        Markup('<li id="note-{0}" value="{0}">{1} {2}</li>').format(note.number, note.text, _link(note))
        for note in footnotes(parts)
    )
    listed = Markup('<ol aria-label="Сноски">{}</ol>').format(notes) if notes else notes
    return str(_PAGE.format(title=title, style=Markup(_STYLE), body=body, notes=listed))


def _heading(part: Section, title: str) -> Markup:
    """The question, unless the title above says it already."""
    return Markup("<h2>{}</h2>").format(part.question) if part.question != title else Markup("")


def _html_blocks(part: Section) -> Iterator[Markup]:
    for kind, lines in runs(part.lines):
        told = [_html_line(line) for line in lines]
        if kind == "row":
            yield _html_table(lines)
        elif kind == "item":
            items = Markup("").join(Markup("<li>{}</li>").format(each) for each in told)
            yield Markup("<ul>{}</ul>").format(items)
        elif kind == "text":
            yield Markup("<p>{}</p>").format(Markup(" ").join(told))
        else:
            tag = Markup("<h3>{}</h3>") if kind == "heading" else Markup('<p class="remark">{}</p>')
            yield from (tag.format(each) for each in told)


def _html_table(rows: Sequence[Line]) -> Markup:
    """Rows under the same heads."""
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(head) for head in rows[0].heads)
    told = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(_html_line(cell)) for cell in row.under_heads())
        )
        for row in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(heads, told)


def _html_line(line: Line) -> Markup:
    marks = Markup(",").join(
        Markup('<a href="#note-{0}" aria-label="Сноска {0}">{0}</a>').format(note.number)
        for note in line.footnotes
    )
    above = Markup("<sup>{}</sup>").format(marks) if marks else marks
    if marks and mark_goes_before_stop(line.text):
        return Markup("{}{}.").format(line.text[:-1], above)
    return Markup("{}{}").format(line.text, above)


def _link(note: Footnote) -> Markup:
    if not note.url:
        return Markup("")
    return Markup('<a href="{}" rel="noopener noreferrer">Первоисточник</a>').format(note.url)
