"""How fast the page opens and answers, over a small library in Chromium; prints a table.

python -m tests.web.page_speed

The bot looks its answers up, so what is measured is the page alone: from the key that sends a question to the
whole answer on the screen. "Bytes" are those of the stream of events. An article of 9 MB is opened at a quote
in its middle, until that is in view: by a click, and by its address, the start of the page included.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from rag.chats.records import Exchange
from rag.types import Article, ArticleInfo, Passage
from rag.web.visitors import COOKIE
from tests.web.chromium import chromium
from tests.web.lending import PLAIN
from tests.web.sample import open_sample
from tests.web.serving import running
from tests.web.visiting import COUNT, IN_VIEW, QUIET, ask, with_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUESTION = "Какова длина канала?"
OPENED = 5  # times
READY = """
new MutationObserver((_, watching) => {
    if (!document.body?.classList.contains("ready")) return;
    window.ready = performance.now();
    watching.disconnect();
}).observe(document, { attributes: true, childList: true, subtree: true });
"""
LOADED = """() => performance.getEntriesByType("resource").map((each) => [
    each.initiatorType, each.decodedBodySize, each.transferSize])"""
ASKED = """(question) => new Promise((done) => {
    const box = document.querySelector("#box textarea"), log = document.querySelector("#conversation");
    const number = log.querySelectorAll(".exchange").length, began = performance.now(), before = counted;
    new MutationObserver((_, watching) => {
        const all = log.querySelectorAll(".exchange");
        if (all.length <= number || all[all.length - 1].dataset.state !== "done") return;
        watching.disconnect();
        requestAnimationFrame(() => done([performance.now() - began, counted - before]));
    }).observe(log, { childList: true, subtree: true, attributes: true });
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.querySelector("#send").click());
})"""

SAID = "Ключи от маяка нашли под лестницей в 1907 году."
_LINE = "Смотритель записал, что волна была {} баллов, а лампу чистили {} раз. "
_DAYS = ["".join(_LINE.format(day % 9, line) for line in range(1 + day % 8)) for day in range(16_800)]
BIG = Article(ArticleInfo("mayak", "Журнал маяка"), "\n\n".join([*_DAYS[:8_400], SAID, *_DAYS[8_400:]]))
SEEN = f"""() => new Promise((done) => {{
    const seen = {IN_VIEW};
    const look = () => seen("#reader mark")
        ? done(performance.now() - (window.began ?? 0)) : requestAnimationFrame(look);
    look();
}})"""


@contextmanager
def served() -> Iterator[tuple[Any, Any, str]]:
    """The bot, the application and its address."""
    with tempfile.TemporaryDirectory() as folder:
        bot = open_sample(Path(folder))
        app = with_page(bot, (QUESTION,))
        with running(app) as address:
            yield bot, app, address


def opening(browser: Browser, address: str) -> tuple[float, float, list[tuple[str, int, int]]]:
    """First paint and usable, in milliseconds; of what was loaded the kind, the size and that on the wire."""
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(READY)
        page.goto(address)
        page.wait_for_function("window.ready")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        return paint, page.evaluate("ready"), [tuple(each) for each in page.evaluate(LOADED)]


def answered(page: Page) -> tuple[float, int]:
    """Milliseconds and bytes of one more answer."""
    page.wait_for_function(QUIET, polling=300)
    took, size = page.evaluate(ASKED, QUESTION)
    return took, size


def answers(browser: Browser, app: Any, bot: Any, address: str) -> dict[int, tuple[float, int]]:
    """What the first, the 50th and the 200th answer of a chat take."""
    taken = {}
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(COUNT)
        page.goto(address)
        page.wait_for_selector(".greeting")
        ask(page, QUESTION)  # the first one of the server warms it up
        page.goto(address)
        page.wait_for_selector(".greeting")
        taken[1] = answered(page)
        owner = next(each["value"] for each in context.cookies() if each["name"] == COOKIE)
        chat, told = page.url.rsplit("/", 1)[1], bot.ask(QUESTION)
        for number in (50, 200):
            for place in range(1, number - 1):
                app.state.kept.chats.save(owner, chat, place, Exchange(QUESTION, answer=told, state="done"))
            page.reload()
            page.wait_for_selector(".exchange")
            taken[number] = answered(page)
    return taken


def quoted(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds until a quote in the middle of `BIG` is in view: after a click, and by its address."""
    start = BIG.text.index(SAID)
    place = {"article": BIG.id, "start": start, "stop": start + len(SAID)}
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.add_init_script(READY)
        page.goto(address)
        page.wait_for_function("window.ready")
        page.evaluate("(place) => { window.began = performance.now(); snoska.read(place); }", place)
        clicked = page.evaluate(SEEN)
        page.goto(f"{address}{PLAIN}")
        page.goto(f"{address}/article/{BIG.id}#s={start}-{place['stop']}", wait_until="commit")
        return clicked, page.evaluate(SEEN)


def main() -> None:
    with served() as (bot, app, address), chromium() as browser:
        opening(browser, address)  # what a page loads is learned from the first one
        found = [opening(browser, address) for _ in range(OPENED)]
        taken = answers(browser, app, bot, address)
        bot.library.put(BIG, [Passage("mayak#0", BIG.id, 0, 9, BIG.text[:9], ())], "content", "settings")
        at_quote = [quoted(browser, address) for _ in range(OPENED)]
    paint, usable = median(each[0] for each in found), median(each[1] for each in found)
    loaded = found[-1][2]
    size, wire = sum(each[1] for each in loaded) // 1024, sum(each[2] for each in loaded) // 1024
    print(f"first paint      {paint:7.0f} ms")
    print(f"usable           {usable:7.0f} ms")
    print(f"loaded           {len(loaded):7} files, {size} KiB, {wire} KiB over the wire")
    for number, (took, sent) in taken.items():
        print(f"answer {number:<9} {took:7.0f} ms {sent:7} bytes")
    clicks, addresses = zip(*at_quote, strict=True)
    print(f"at its quote     {median(clicks):7.0f} ms, of {len(BIG.text.encode()) / 1e6:.1f} MB: by a click")
    print(f"                 {median(addresses):7.0f} ms: by its address")


if __name__ == "__main__":
    main()
