"""The widget on a page of another site, in Chromium: asked, used by keyboard, kept out of other sites."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from rag.web.api import create_app
from rag.web.terms import Terms
from tests.patience import PATIENCE
from tests.web.lending import lent
from tests.web.sample import CANAL, LENGTH, SampleBot, open_sample
from tests.web.serving import running

pytestmark = pytest.mark.slow_file

# Their policy lets nothing in but our script and our answers, no style of an element among them.
PAGE = """<!doctype html><html lang="ru"><meta charset="utf-8"><title>Вестник</title>
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src {server}; connect-src {server}; frame-src 'self'">
<meta name="viewport" content="width=device-width"><style>* {{ color: red }}</style>
<h1>Сайт газеты</h1>{body}</html>"""
FLOATING = '<script src="{server}/widget.js" data-title="Вопросы к газете"></script>'
INSIDE = '<main id="here"></main><script src="{server}/widget.js" data-target="#here"></script>'
ELEMENT = (
    '<script src="{server}/widget.js" data-manual></script><snoska-chat data-title="Здесь"></snoska-chat>'
)
SHADOW = """<div id="host"><template shadowrootmode="open"><p>Тень</p>
<snoska-chat data-title="В тени"></snoska-chat></template></div>
<script src="{server}/widget.js" data-manual></script>"""
ASKED = "Какова длина канала?"


class Site:
    """A page of another origin; what it is made of is told to `body`."""

    def __init__(self) -> None:
        self.body = self.server = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        text = PAGE.format(server=self.server, body=self.body.format(server=self.server))
        if scope["path"] == "/frame":
            text = '<!doctype html><title>Рамка</title><iframe src="/" width="700" height="700"></iframe>'
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})


@contextmanager
def served(bot: SampleBot, **more: Any) -> Iterator[tuple[Site, str]]:
    """Another site, and its address, whose pages may ask the server over `bot`."""
    site = Site()
    with (
        running(site) as theirs,
        running(create_app(bot.as_bot, terms=Terms(origins=(theirs,)), **more)) as ours,
    ):
        site.server = ours.replace("127.0.0.1", "localhost")
        yield site, theirs


@pytest.fixture(scope="module")
def sites(bot: SampleBot) -> Iterator[tuple[Site, str]]:
    with served(bot) as sites:
        yield sites


@contextmanager
def opened(browser: Browser, address: str, width: int = 1440, scheme: str = "light") -> Iterator[Page]:
    errors: list[str] = []
    with lent(browser, address, width, scheme) as page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        yield page
        assert not page.evaluate("window.pwned")
    assert errors == []


@pytest.mark.parametrize("body", [INSIDE, ELEMENT, SHADOW])
def test_an_answer_with_its_footnotes_stands_where_the_page_wants_it(
    body: str, browser: Browser, sites: tuple[Site, str]
) -> None:
    site, address = sites
    site.body = body
    with opened(browser, address) as page:
        page.get_by_label("Ваш вопрос").fill(ASKED)
        page.get_by_role("button", name="Спросить").click()
        expect(page.locator(".answer")).to_contain_text("127,4 км")
        expect(page.locator(".answer")).to_contain_text("подтверждено частично")
        quote = page.locator("blockquote").first
        expect(quote).to_be_hidden()
        page.get_by_role("button", name="Сноска 1").click()
        expect(quote).to_be_visible()
        expect(quote).to_have_text(LENGTH)
        expect(page.locator(".open").first).to_have_attribute("href", CANAL.info.url or "")
        assert page.locator(".answer").first.evaluate("e => getComputedStyle(e).color") != "rgb(255, 0, 0)"


def test_it_is_used_by_keyboard_alone(browser: Browser, sites: tuple[Site, str], bot: SampleBot) -> None:
    site, address = sites
    site.body = FLOATING
    with opened(browser, address) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Вопросы к газете")
        expect(dialog).to_be_visible()
        expect(page.get_by_label("Ваш вопрос")).to_be_focused()
        page.keyboard.type(ASKED)
        page.keyboard.press("Enter")
        expect(page.locator(".answer")).to_contain_text("127,4 км")
        page.keyboard.type("А сколько он стоит?")
        page.keyboard.press("Enter")
        expect(page.locator(".answer").nth(1)).to_contain_text("84 млрд тенге")
        assert [turn.question for turn in bot.seen[-1][1]] == [ASKED]  # what was said before goes along
        mark = page.get_by_role("button", name="Сноска 1").last
        mark.focus()
        page.keyboard.press("Enter")
        expect(mark).to_have_attribute("aria-expanded", "true")
        expect(page.locator("blockquote").last).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("button", name="Спросить")).to_be_focused()


def test_a_long_answer_is_stopped_and_a_refusal_offers_what_is_near(
    browser: Browser, sites: tuple[Site, str], bot: SampleBot
) -> None:
    site, address = sites
    site.body = INSIDE
    with opened(browser, address, width=390) as page:
        box = page.get_by_label("Ваш вопрос")
        box.fill("Длина бесконечно?")
        box.press("Enter")
        expect(page.locator(".answer")).to_contain_text("127,4 км")
        page.get_by_role("button", name="Стоп").click()
        expect(page.locator(".answer")).to_contain_text("Остановлено")
        assert bot.closed.wait(PATIENCE)
        box.fill("Кто написал марш?")
        box.press("Enter")
        expect(page.locator(".answer").last).to_contain_text("ответа на этот вопрос нет")
        expect(page.get_by_role("list", name="Ближайшее в статьях")).to_be_visible()
        box.fill("зло")
        box.press("Enter")
        expect(page.locator(".answer").last).to_contain_text("<script>")
        box.fill(" x")  # a question that is refused by the server
        box.press("Enter")
        expect(page.locator(".wrong")).to_contain_text("Вопрос пуст")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_works_in_a_frame(browser: Browser, sites: tuple[Site, str]) -> None:
    site, address = sites
    site.body = INSIDE
    with opened(browser, f"{address}/frame") as page:
        frame = page.frame_locator("iframe")
        frame.get_by_label("Ваш вопрос").fill(ASKED)
        frame.get_by_label("Ваш вопрос").press("Enter")
        expect(frame.locator(".answer")).to_contain_text("127,4 км")


def test_with_keys_it_brings_one(browser: Browser, tmp_path: Path) -> None:
    bot = open_sample(tmp_path / "library")
    secret = bot.library.keys.add("сайт", "read")
    with served(bot) as (site, address):
        for key, told in ((secret, "127,4 км"), ("чужой-key", "Такого ключа нет")):
            site.body = INSIDE.replace("data-target", f'data-key="{key}" data-target')
            with opened(browser, address) as page:
                page.get_by_label("Ваш вопрос").fill(ASKED)
                page.get_by_label("Ваш вопрос").press("Enter")
                expect(page.locator(".answer")).to_contain_text(told)
    bot.close()


def test_everybody_can_use_it(browser: Browser, sites: tuple[Site, str]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    site, address = sites
    site.body = FLOATING
    for scheme in ("light", "dark"):
        with opened(browser, address, 390, scheme) as page:
            page.evaluate("document.querySelector('meta[http-equiv]')?.remove()")
            page.get_by_role("button", name="Спросить").click()
            page.get_by_label("Ваш вопрос").fill(ASKED)
            page.get_by_label("Ваш вопрос").press("Enter")
            expect(page.locator(".answer")).to_contain_text("127,4 км")
            page.get_by_role("button", name="Сноска 1").click()
            found = Axe().run(page, context="snoska-chat").response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


# Who may ask, without a browser


def asked(address: str, origin: str, path: str = "/api/ask", **more: Any) -> httpx.Response:
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site", **more.pop("headers", {})}
    method = more.pop("method", "POST")
    return httpx.request(method, address + path, json={"question": ASKED}, headers=headers, timeout=PATIENCE)


def test_only_named_origins_may_ask_and_nothing_else(sites: tuple[Site, str]) -> None:
    site, theirs = sites
    told = asked(site.server, theirs)
    assert told.status_code == 200 and told.headers["access-control-allow-origin"] == theirs
    assert "access-control-allow-credentials" not in told.headers and "Origin" in told.headers["vary"]
    for origin in ("https://example.org", theirs + "0", theirs.replace("http:", "https:"), "null"):
        refused = asked(site.server, origin)
        assert refused.status_code == 403 and "access-control-allow-origin" not in refused.headers
    elsewhere = (("GET", "/api/articles"), ("DELETE", "/api/articles/kanal-2026"), ("POST", "/api/search"))
    for method, path in elsewhere:
        assert asked(site.server, theirs, path, method=method).status_code == 403
    preflight = asked(
        site.server, theirs, method="OPTIONS", headers={"Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 200 and preflight.headers["access-control-allow-methods"] == "POST"
    foreign = asked(site.server, theirs, headers={"Host": "evil.example"})
    assert foreign.status_code == 421


def test_a_session_of_the_page_is_no_use_to_a_site(bot: SampleBot) -> None:
    """The browser may send our cookie along: a page of a neighbouring port is of the same site."""
    with served(bot, keys=("ключ",)) as (site, theirs), httpx.Client(base_url=site.server) as http:
        http.post("/login", data={"key": "ключ"})
        cookie = {"Cookie": f"snoska_session={http.cookies['snoska_session']}"}
        assert http.get("/api/health").status_code == 200
        assert asked(site.server, theirs, headers=cookie).status_code == 401


def test_the_script_is_for_everybody_once_a_site_is_named(sites: tuple[Site, str], bot: SampleBot) -> None:
    site, _ = sites
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
    script = httpx.get(f"{site.server}/widget.js", headers=cross, timeout=PATIENCE)
    assert script.status_code == 200 and script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["content-type"].startswith("text/javascript") and "{{style}}" not in script.text
    with running(create_app(bot.as_bot)) as alone:
        assert httpx.get(f"{alone}/widget.js", timeout=PATIENCE).status_code == 404
