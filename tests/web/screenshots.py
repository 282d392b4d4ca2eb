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

from tests.patience import PATIENCE
from tests.web.chromium import chromium
from tests.web.lending import lent
from tests.web.serving import running
from tests.web.visiting import ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "rag" / "web"
QUESTION = "Какова протяжённость коридора TRIPP?"
FOLLOW_UP = "А какова его протяжённость?"
POLAR = "Правда ли, что протяжённость коридора TRIPP — 80 км?"
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
    with lent(browser, address, width, scheme, alone=True) as page:
        page.goto(address)
        page.wait_for_selector(".greeting")
        yield page


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
    page.wait_for_selector(".run[data-running=false]", timeout=1000 * PATIENCE)


def all_pictures(folder: Path) -> None:
    """Every scene at every width, light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    with product() as address, chromium() as browser:
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                with opened(browser, address, width, scheme) as page:
                    scenes(page, folder / f"{width}-{scheme}")


def scenes(page: Page, prefix: Path) -> None:
    """Each state of the page, one picture each."""
    for scene in (talk_scenes, list_scenes, library_scenes):
        for name in scene(page):
            if not page.get_by_role("tooltip").is_visible():
                page.mouse.move(5, 5)
            page.wait_for_timeout(300)
            page.screenshot(path=f"{prefix}-{name}.png")


def talk_scenes(page: Page) -> Iterator[str]:
    """A conversation; gives the name of each state as it is shown."""
    yield "01-greeting"
    ask(page, QUESTION, 1)
    yield "02-answer"
    read(page)
    yield "03-article"
    page.get_by_role("button", name="Закрыть статью").click()
    ask(page, FOLLOW_UP, 2)
    yield "04-follow-up"
    ask(page, POLAR, 3)
    page.locator("[data-decided] summary").last.click()
    page.locator("[data-decided] li", has_not_text="…").last.wait_for()
    yield "05-verdict"
    ask(page, UNANSWERED, 4)
    yield "06-refusal"
    ask(page, "?", 5)
    yield "07-error"
    page.locator(".footnote").first.hover()
    yield "08-hint"
    page.get_by_role("button", name="Ответ не помог").last.click()
    yield "09-feedback"
    page.get_by_role("button", name="Где искать").click()
    yield "10-where"
    page.get_by_role("button", name="Где искать").click()


def list_scenes(page: Page) -> Iterator[str]:
    """The list of chats and what covers the page."""
    if not page.locator("#history").is_visible():
        page.get_by_role("button", name="Разговоры").click()
    page.locator(".chat summary").first.click()
    yield "11-chats"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Клавиши").click()
    yield "12-keys"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.locator("#offline", has_text="потеряна").wait_for()
    yield "13-offline"
    page.context.set_offline(False)
    page.goto(page.url)
    page.locator(".exchange").first.wait_for()


def library_scenes(page: Page) -> Iterator[str]:
    """The library, an upload in it, an evaluation."""
    library(page)
    yield "14-library"
    files: list[FilePayload] = [
        {
            "name": "Маяк.txt",
            "mimeType": "text/plain",
            "buffer": "Маяк\n\nВысота маяка — 41 метр.".encode(),
        },
        {"name": "снимок.bin", "mimeType": "application/octet-stream", "buffer": b"\0\1\2\3"},
    ]
    page.locator("[data-files]").set_input_files(files)
    page.locator(".batch[data-state=partly]").wait_for()
    yield "15-upload"
    page.locator(".articles [data-pick]").first.check()
    page.locator(".articles [data-read]").nth(1).click()
    page.wait_for_selector("#reader article")
    yield "16-library-article"
    page.keyboard.press("Escape")
    evaluation(page)
    yield "17-evaluation"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        all_pictures(Path(sys.argv[1]))
    else:
        readme_pictures()
