"""/docs/TOPIC: the documentation in Russian, one Markdown file a page; links lead from topic to topic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from rag import docs
from rag.errors import NotFoundError
from rag.web.docs import style
from rag.web.templating import rendered

if TYPE_CHECKING:
    from markdown_it.token import Token

router = APIRouter()
_API = "Все адреса API"
# Marks of measured tables, and pictures of the page: whoever reads this has the page itself.
_LEFT_OUT = re.compile(r"^(?:<!--.*?-->|!\[.*?\]\(.*?\))\n+", re.MULTILINE)


@router.api_route("/docs/{topic}", methods=["GET", "HEAD"], include_in_schema=False)
def topic_page(topic: str) -> HTMLResponse:
    """One topic as a page. Raises NotFoundError, which names the nearest one."""
    if topic not in docs.NAMES:
        near = docs.nearest(topic)
        meant = f" Похоже на «{near.title}»: /docs/{near.name}." if near else ""
        raise NotFoundError(f"Такой темы в справке нет.{meant} Все темы — на странице /docs.")
    return HTMLResponse(_page(topic))


@cache
def _page(name: str) -> Markup:
    topic = docs.find(name)
    assert topic
    return rendered(
        "topic",
        title=topic.title,
        style=style(),
        navigation=navigation("", "../docs", name),
        body=body_html(topic.text),
    )


def navigation(folder: str, api: str, current: str = "") -> Markup:
    """Links to every topic in `folder` and to the description of the API; `current` is where one is."""
    links = [
        (_API, api, not current),
        *((t.title, folder + t.name, t.name == current) for t in docs.topics()),
    ]
    return rendered("navigation", links=links)


def body_html(text: str) -> Markup:
    """A topic's Markdown as HTML: headings have the ids that GitHub gives them, wide things scroll."""
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = made.parse(_LEFT_OUT.sub("", text))
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following:
            token.attrSet("id", anchor(following.content))
        elif token.type == "inline" and token.children:
            token.children = list(_relinked(token.children))
    html = made.renderer.render(tokens, made.options, {})
    html = html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    return Markup(html.replace("<pre>", '<pre tabindex="0">'))


def anchor(heading: str) -> str:
    """«A language model» → «a-language-model», as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _relinked(tokens: Sequence[Token]) -> Iterator[Token]:
    """Links to topics lead to their pages; a file of the repository, which isn't here, is named."""
    from markdown_it.token import Token

    named = said = ""
    for token in tokens:
        address = str(token.attrGet("href") or "")
        if token.type == "link_open" and address.startswith("../"):
            named = address.removeprefix("../../../").replace("../../", "rag/").partition("#")[0]
        elif token.type == "link_close" and named:
            if said != named:
                yield Token("text", "", 0, content=" (")
                yield Token("code_inline", "code", 0, content=named)
                yield Token("text", "", 0, content=")")
            named = ""
        else:
            said = token.content
            if token.type == "link_open":
                token.attrSet("href", re.sub(r"^(\w+)\.md", r"\1", address))
            yield token
