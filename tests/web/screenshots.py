"""Pictures of the chat page over the shipped corpus.

python -m tests.web.screenshots          # rag/web/screenshot*.png, those in the README
python -m tests.web.screenshots FOLDER   # every scene at every width, light and dark, to look at
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.chromium import chromium
from tests.web.serving import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "rag" / "web"
QUESTION = "Какова протяжённость коридора TRIPP?"
FOLLOW_UP = "А какова его протяжённость?"
UNANSWERED = "Кто выиграл чемпионат мира по шахматам?"
WIDTHS = (1440, 1024, 390)


@contextmanager
def product() -> Iterator[str]:
    """The page over corpus/, served from a throw-away library."""
    from rag import assemble
    from rag.config import Config
    from rag.web.api import create_app
    from rag.web.page import mount

    with tempfile.TemporaryDirectory() as folder:
        config = Config(data=Path(folder), models=ROOT / ".snoska" / "models")
        with assemble.open_library(config) as library:
            library.index([ROOT / "corpus"])
        with (
            assemble.open_bot(config) as bot,
            running(create_app(bot, lambda app: mount(app, bot))) as address,
        ):
            yield address


@contextmanager
def opened(browser: Browser, address: str, width: int, scheme: str = "light") -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="ru-RU",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".greeting")
    yield page
    context.close()


def ask(page: Page, question: str, exchanges: int) -> None:
    box = page.get_by_label("Ваш вопрос")
    box.fill(question)
    box.press("Enter")
    page.wait_for_selector(f".exchange:nth-child({exchanges})[data-state=done]")


def read(page: Page) -> None:
    """Open the article behind the last answer's first footnote, or its first card."""
    page.locator(".exchange:last-child").locator(".footnote, .card").first.click()
    page.wait_for_selector("#reader mark")
    page.mouse.move(5, 5)
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(400)  # the scrolling to the quote


def readme_pictures() -> None:
    """The README's pictures: an answer with its article open, the library, an evaluation, a phone."""
    with product() as address, chromium() as browser:
        with opened(browser, address, 1440) as page:
            ask(page, QUESTION, 1)
            read(page)
            page.screenshot(path=PICTURES / "screenshot.png")
            library(page)
            page.screenshot(path=PICTURES / "screenshot-library.png")
            evaluation(page)
            page.screenshot(path=PICTURES / "screenshot-evaluation.png")
        with opened(browser, address, 390, "dark") as page:
            ask(page, QUESTION, 1)
            page.evaluate("document.activeElement.blur()")
            page.screenshot(path=PICTURES / "screenshot-phone.png")


def library(page: Page) -> None:
    page.get_by_role("button", name="Библиотека").click()
    page.wait_for_selector(".articles tbody tr")


def evaluation(page: Page) -> None:
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("refusals")
    page.get_by_role("button", name="Проверить").click()
    page.wait_for_selector(".run[data-running=false]", timeout=60_000)


def all_pictures(folder: Path) -> None:
    """Every scene at every width, light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    with product() as address, chromium() as browser:
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                with opened(browser, address, width, scheme) as page:
                    scenes(page, folder / f"{width}-{scheme}")


def scenes(page: Page, prefix: Path) -> None:
    def shoot(name: str) -> None:
        page.wait_for_timeout(300)
        page.screenshot(path=f"{prefix}-{name}.png")

    shoot("1-greeting")
    ask(page, QUESTION, 1)
    shoot("2-answer")
    read(page)
    shoot("3-article")
    ask(page, FOLLOW_UP, 2)
    shoot("4-follow-up")
    ask(page, UNANSWERED, 3)
    shoot("5-refusal")
    ask(page, "?", 4)
    shoot("6-error")
    page.locator(".footnote").first.hover()
    shoot("7-hint")
    library(page)
    shoot("8-library")
    evaluation(page)
    shoot("9-evaluation")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        all_pictures(Path(sys.argv[1]))
    else:
        readme_pictures()
