"""Lists on the page look like lists: facts of one kind, and what sources say differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from rag.types import Answer, Disagreement, Filters, Turn, Version
from rag.web.api import create_app
from tests.web.sample import SampleBot, open_sample
from tests.web.serving import running
from tests.web.visiting import ask

pytestmark = pytest.mark.browser
QUESTION = "Какова длина канала?"
LIST = ".answer ul.listed"


class ListingBot(SampleBot):
    """Says everything as a list, and that its sources differ."""

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Iterator[Answer]:
        for answer in super().stream(question, history, filters, as_typed):
            versions = (Version("127,4 км", 1, "Вести", "2026-03-02"), Version("131 км", 2, "Степь", None))
            yield replace(answer, listed=True, disagreements=(Disagreement("figure", versions),))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from rag.web.page import mount

    sample = open_sample(tmp_path_factory.mktemp("library"))
    bot = ListingBot(sample.library)
    with running(create_app(bot.as_bot, lambda app: mount(app, bot.as_bot, [QUESTION]))) as address:
        yield address


def test_every_item_has_its_bullet_in_view(page: Page) -> None:
    ask(page, QUESTION)
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        items = page.locator(f"{LIST} > li")
        assert items.count() == 2
        for item in items.all():
            assert item.evaluate("each => getComputedStyle(each).listStyleType") == "disc"
            # The bullet hangs left of its item: there must be room for it inside the column.
            left = item.evaluate("each => each.getBoundingClientRect().left")
            column = page.locator(".answer").evaluate("each => each.getBoundingClientRect().left")
            assert left - column >= 16
        told = page.locator(".disagreement tbody tr")
        assert told.count() == 2
        for row in told.all():
            box = row.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
