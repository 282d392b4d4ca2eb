"""The page where it is not alone: behind a proxy, behind a login, over a server that is started again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from rag.bot import Bot
from tests.processes import free_port
from tests.web.chromium import REBOUND, patient
from tests.web.proxy import Proxy
from tests.web.serving import running
from tests.web.visiting import CAPACITY, LENGTH, answered, ask, in_view, real_bot, real_server, visited

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
KEY = "ключ-читателя"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with real_bot(tmp_path_factory.mktemp("real")) as bot:
        yield bot


def test_behind_a_reverse_proxy_with_a_prefix(bot: Bot, browser: Browser) -> None:
    with (
        real_server(bot, root_path="/snoska") as inner,
        running(Proxy(inner, "/snoska")) as outer,
        visited(browser, f"{outer}/snoska/", alone=True) as page,
    ):
        outside: list[str] = []
        page.on("request", lambda request: outside.append(request.url))
        ask(page, CAPACITY)
        page.locator(".footnote").first.click()
        in_view(page, "#reader mark")
        page.get_by_role("button", name="Ответ помог").click()
        expect(page.locator(".feedback .told")).to_have_text("Сохранено.")
        page.get_by_role("button", name="Библиотека").click()
        expect(page.locator(".articles tbody tr")).to_have_count(4)
        page.reload()
        answered(page, 1)
        page.get_by_role("button", name="Вопросы").click()
        link = page.locator("a.act").evaluate("link => link.href")
        assert outside and all(url.startswith((f"{outer}/snoska/", "data:", "blob:")) for url in outside)
        page.goto(link)
        expect(page.locator("h1")).to_have_text(CAPACITY)
        page.goto(f"{outer}/snoska/")
        expect(page.locator(".greeting")).to_be_visible()


TRIED = """async (address) => {
    const told = async (path, init) => {
        try { return (await fetch(address + path, { credentials: "include", ...init })).status; }
        catch (error) { return String(error); }
    };
    const body = JSON.stringify({ data: [], fn_index: 0, session_hash: "x" });
    return [
        await told("/api/articles"),
        await told("/config"),
        await told("/api/articles/kanal-2026", { method: "DELETE" }),
        await told("/gradio_api/queue/join", { method: "POST", body, mode: "no-cors" }),
    ];
}"""


def test_foreign_pages_read_and_write_nothing(bot: Bot, browser: Browser) -> None:
    """One under a name that resolves to this machine, one of another server here."""
    context = browser.new_context()
    with real_server(bot) as address, running(Proxy(address, "/none")) as other:
        page = patient(context.new_page())
        port = address.rpartition(":")[2]
        refused = page.goto(f"http://{REBOUND}:{port}/")
        assert refused and refused.status == 421
        assert page.evaluate(TRIED, "") == [421] * 4
        page.goto(f"{other}/page")
        assert page.evaluate(TRIED, address) == ["TypeError: Failed to fetch"] * 4
        opened = page.goto(address)
        assert opened and opened.status == 200  # the reader's own visit
        context.close()
    assert bot.library.article("kanal-2026").text


def test_a_login_stands_before_the_page(bot: Bot, browser: Browser) -> None:
    with real_server(bot, keys=(KEY,)) as address:
        context = browser.new_context(locale="ru-RU")
        page = patient(context.new_page())
        page.goto(f"{address}/?chat=none")
        page.get_by_label("Ключ").fill("не тот")
        page.get_by_role("button", name="Войти").click()
        expect(page.get_by_role("alert")).to_contain_text("Такого ключа нет.")
        page.get_by_label("Ключ").fill(KEY)
        page.keyboard.press("Enter")
        expect(page.locator(".greeting")).to_be_visible()
        ask(page, CAPACITY)
        page.get_by_role("button", name="Ответ помог").click()
        expect(page.locator(".feedback .told")).to_have_text("Сохранено.")
        context.clear_cookies()
        page.reload()
        expect(page.get_by_label("Ключ")).to_be_visible()
        page.get_by_label("Ключ").fill(KEY)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Разговоры").click()
        page.get_by_role("link", name="Выйти").click()
        expect(page.get_by_label("Ключ")).to_be_visible()
        page.goto(address)
        expect(page.get_by_label("Ключ")).to_be_visible()
        context.close()


def test_a_restarted_server_is_found_again(bot: Bot, browser: Browser) -> None:
    port = free_port()
    with real_server(bot, port) as address:
        context = browser.new_context(locale="ru-RU")
        page = patient(context.new_page())
        page.clock.install()
        page.goto(address)
        ask(page, CAPACITY)
        page.get_by_label("Ваш вопрос").fill("Недописанный вопрос")
    page.clock.fast_forward(8_000)  # it looks again by itself
    expect(page.locator("#offline")).to_contain_text("Связь с сервером потеряна")
    with real_server(bot, port):
        expect(page.locator("#offline")).to_be_hidden()  # the page opens again by itself
        answered(page, 1)
        expect(page.get_by_label("Ваш вопрос")).to_have_value("Недописанный вопрос")
        ask(page, LENGTH, 2)
        context.close()
