"""A browser that visits a real server over a real library, as the tests of the page's features need it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit

from rag import assemble
from rag.config import Config
from rag.types import Article, ArticleInfo
from tests.web.lending import lent
from tests.web.sample import CANAL, HOSTILE, RIVAL, SampleBot
from tests.web.serving import running

if TYPE_CHECKING:
    from fastapi import FastAPI
    from playwright.sync_api import Browser, Page

    from rag.bot import Bot

SMELTER = Article(
    ArticleInfo(
        "zavod", "Новый завод в Темиртау", "Вечерняя сводка", "2026-01-15", "https://example.org/zavod"
    ),
    "Металлургический завод в Темиртау запустят в сентябре 2026 года. Мощность завода составит 450 тысяч "
    "тонн стали в год. Заводу нужны рабочие: о заводе рассказали школьникам.\n\n"
    + "Цех строят из бетонных плит, рядом проложили дорогу для грузовиков.\n\n" * 12
    + "Директором завода назначили Асель Турсунову, инженера с двадцатилетним опытом.",
)
Asked = TypeVar("Asked")
LENGTH, CAPACITY = "Какова длина канала через пустыню?", "Какова мощность завода в Темиртау?"
# Line by line: a mark that wraps from the middle of a line has other text in the corners of its bounding box.
IN_VIEW = """(selector) => {
    const element = document.querySelector(selector);
    const seen = (line) => {
        const top = document.elementFromPoint((line.left + line.right) / 2, (line.top + line.bottom) / 2);
        return line.top >= 0 && line.bottom <= innerHeight && line.left >= 0 && line.right <= innerWidth
            && element.contains(top);
    };
    const lines = [...(element?.getClientRects() ?? [])].filter((line) => line.width && line.height);
    return lines.length > 0 && lines.every(seen);
}"""

FITS = "document.documentElement.scrollWidth <= innerWidth"
# Counts what the stream of events brings.
COUNT = """
const request = window.fetch;
window.counted = 0;
window.fetch = async (...asked) => {
    const reply = await request(...asked);
    if (!reply.url.includes("/queue/data")) return reply;
    const count = new TransformStream({ transform(part, out) {
        window.counted += part.byteLength;
        out.enqueue(part);
    } });
    return new Response(reply.body.pipeThrough(count), reply);
};
"""
QUIET = (
    "() => window.before === counted || ((window.before = counted), false)"  # nothing came since it was asked
)


class Served(NamedTuple, Generic[Asked]):
    """The page over a bot, and where it is."""

    bot: Asked
    app: FastAPI
    address: str


@contextmanager
def real_bot(folder: Path) -> Iterator[Bot]:
    """A bot over a real index of four articles, one of them hostile."""
    with assemble.open_bot(Config(data=folder)) as bot:
        bot.library.add([CANAL, RIVAL, HOSTILE, SMELTER])
        yield bot


def with_page(bot: Bot | SampleBot, examples: Sequence[str] = (), **options: Any) -> FastAPI:
    """The application over `bot` with the page at `/`, which offers `examples`."""
    from rag.web.api import create_app
    from rag.web.page import mount

    asked = bot.as_bot if isinstance(bot, SampleBot) else bot
    return create_app(asked, lambda app: mount(app, asked, tuple(examples)), **options)


@contextmanager
def real_server(bot: Bot, port: int = 0, **options: Any) -> Iterator[str]:
    """The page over `bot`; gives its address."""
    with running(with_page(bot, (LENGTH, CAPACITY), **options), port) as address:
        yield address


@contextmanager
def visited(
    browser: Browser,
    address: str,
    width: int = 1440,
    scheme: str = "light",
    alone: bool = False,
    script: str = "",
) -> Iterator[Page]:
    """The page at its first visit; at the end, that it is no wider, and nothing came from outside.

    With `alone`, in a browser of its own, which the visit may change for good; one with a `script`, which
    runs before those of the page, is such a visit.
    """
    from playwright.sync_api import expect

    hosts: set[str | None] = set()
    errors: list[str] = []
    with lent(browser, address, width, scheme, alone or bool(script)) as page:
        if script:
            page.add_init_script(script)
        page.context.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        expect(page.locator("#conversation .exchanges")).to_be_visible()
        yield page
        assert not page.evaluate("window.pwned")
        assert page.evaluate(FITS), "the page scrolls sideways"
    assert errors == []
    assert hosts <= {"127.0.0.1", None, ""}  # the last ones: data: and blob:


def ask(page: Page, question: str, exchanges: int = 1) -> None:
    """Type a question, send it with Enter and wait for the whole answer, the `exchanges`th one."""
    box = page.get_by_label("Ваш вопрос")
    box.fill(question)
    box.press("Enter")
    answered(page, exchanges)


def answered(page: Page, exchanges: int) -> None:
    from playwright.sync_api import expect

    expect(page.locator(".exchange")).to_have_count(exchanges)
    expect(page.locator(".exchange").last).to_have_attribute("data-state", "done")


def in_view(page: Page, selector: str) -> None:
    """Wait until the element is inside the viewport with nothing over it."""
    page.wait_for_function(IN_VIEW, arg=selector)


def out_of_view(page: Page, selector: str) -> None:
    """Wait until the element is not wholly inside the viewport, or something lies over it."""
    page.wait_for_function(f"(selector) => !({IN_VIEW})(selector)", arg=selector)


def press(page: Page, key: str, code: str) -> None:
    """A key of a Russian layout, of which Playwright knows none."""
    page.evaluate(
        "(of) => document.body.dispatchEvent(new KeyboardEvent('keydown', of))",
        {"key": key, "code": code, "bubbles": True},
    )


def choose_set(page: Page, name: str, content: str | bytes) -> None:
    """Choose a file of questions of one's own on the page «Проверка»."""
    buffer = content.encode() if isinstance(content, str) else content
    page.get_by_label("Набор вопросов").select_option("")
    page.get_by_label("Файл с вопросами").set_input_files(
        {"name": name, "mimeType": "application/jsonl", "buffer": buffer}
    )


def run_set(page: Page, name: str, content: str | bytes, questions: int = 1) -> None:
    """Run such a file to its end."""
    from playwright.sync_api import expect

    choose_set(page, name, content)
    page.get_by_role("button", name="Проверить").click()
    told = f"Проверка закончена: {questions} из {questions}"
    expect(page.locator(".run .label").first).to_have_text(told)


# Drops a file called `name`, and one that nothing can be read in.
DROP = """([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, { type: "text/plain" }));
    data.items.add(new File([new Uint8Array([0, 1, 2, 3])], "bad.bin"));
    const zone = document.querySelector("[data-drop]");
    for (const type of ["dragover", "drop"])
        zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
