"""The documentation at /docs/TOPIC: every topic opens, its links lead somewhere, nothing is from outside."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin

import httpx
import pytest

from rag import docs
from rag.web.topics import anchor, body_html


def links(page: str) -> list[str]:
    return [unquote(link) for link in re.findall(r'<a href="([^"]+)"', page)]


@pytest.mark.parametrize("name", docs.NAMES)
def test_a_topic_opens_and_its_links_lead_somewhere(name: str, http: httpx.Client) -> None:
    answered = http.get(f"/docs/{name}")
    page = answered.text
    assert (answered.status_code, http.head(f"/docs/{name}").status_code) == (200, 200)
    found = docs.find(name)
    assert found and f'<h1 id="{anchor(found.title)}">{found.title}</h1>' in page
    assert not re.findall(r"<\w[^>]* src=|url\(|@import", page) and "<!-- " not in page
    assert f'<a href="{name}" aria-current="page">' in page
    for link in links(page):
        address, _, heading = urljoin(f"/docs/{name}", link).partition("#")
        if address.startswith(("http://", "https://")) or address == "/":
            continue
        there = http.get(address)
        assert there.status_code == 200, link
        assert not heading or f'id="{heading}"' in there.text, link


def test_the_description_of_the_api_leads_to_every_topic(http: httpx.Client) -> None:
    page = http.get("/docs").text
    assert {f"docs/{name}" for name in docs.NAMES} <= set(links(page))
    assert "POST</code> <code>/api/ask" in page


def test_a_topic_that_is_not_there_names_the_nearest(http: httpx.Client) -> None:
    told = http.get("/docs/setings")
    assert told.status_code == 404
    assert "«Настройки»: /docs/settings" in told.json()["detail"]
    assert "Похоже" not in http.get("/docs/qqqq").json()["detail"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("## Свои ключи, `RAG_X`", '<h2 id="свои-ключи-rag_x">Свои ключи, <code>RAG_X</code></h2>'),
        ("[ключи](security.md#ключи)", "<p>[ключи]</p>"),
        ("<b>не HTML</b>", "<p>&lt;b&gt;не HTML&lt;/b&gt;</p>"),
        ("[бот](../../bot.py)", "<p>бот (<code>rag/bot.py</code>)</p>"),
        ("[corpus/README.md](../../../corpus/README.md#x)", "<p>corpus/README.md</p>"),
        ("![снимок](../../web/a.png)\n\nДальше", "<p>Дальше</p>"),
        ("<!-- measured:run -->\nДальше", "<p>Дальше</p>"),
    ],
)
def test_markdown_becomes_this(text: str, html: str) -> None:
    made = str(body_html(text)).strip()
    if "security" in text:
        made = re.sub(r'<a href="security#[^"]+">(.*?)</a>', r"[\1]", made)
    assert made == html
