"""What a library may hold after a kill: what a plan's first steps made, and every text an article has had."""

from __future__ import annotations

from dataclasses import dataclass

from rag.errors import NotFoundError
from rag.library.library import Library
from rag.library.reading.pieces import digest

BATCH = 5  # articles: small, for more moments to be killed at
Texts = dict[str, str]
Histories = dict[str, list[str]]  # the texts that an article has had, hashed, oldest first
Step = dict[str, str | None]  # text by article id, None: removed; done as a whole or not at all


@dataclass(slots=True)
class Plan:
    """One round: articles sent, files changed and gone, articles removed, in this order."""

    sent: Texts
    changed: Texts
    gone: list[str]
    removed: list[str]
    encoder: str = "static"
    rebuild: bool = False

    @property
    def steps(self) -> list[tuple[str, str | None]]:
        """What becomes of each article, in the order in which it is done."""
        put = [*sorted(self.sent.items()), *sorted(self.changed.items())]
        return [*put, *((each, None) for each in (*self.gone, *self.removed))]


def violations(plan: Plan, before: Texts, held: Texts, sure: set[str]) -> tuple[list[str], int]:
    """What of `held` the plan's first steps don't explain, and how many steps were done but not said.

    `before` is what was held when the plan began, `sure` are the articles whose steps were said to be done.
    """
    steps = [(article_id, text) for article_id, text in plan.steps if before.get(article_id) != text]
    done = [held.get(article_id) == text for article_id, text in steps]
    said = [article_id in sure for article_id, _ in steps]
    first = done.index(False) if False in done else len(done)
    in_flight = max(0, first - sum(said[:first]))
    others = {each: text for each, text in held.items() if each not in dict(steps)}
    wrong = {
        "сделано не по порядку": any(done[first:]),
        "потеряно подтверждённое": any(said[first:]),
        "не подтверждено больше одной партии": in_flight > max(BATCH, len(plan.gone), len(plan.removed)),
        "изменено лишнее": others != {each: text for each, text in before.items() if each not in dict(steps)},
    }
    return [what for what, is_so in wrong.items() if is_so], in_flight


def lost_versions(before: Histories, held: Texts, had: Histories) -> list[str]:
    """The articles whose texts so far (`had`) aren't those they had `before` and the one that is `held`."""
    found = []
    for article_id in sorted({*before, *had}):
        expected = list(before.get(article_id, []))
        text = _hash(held[article_id]) if article_id in held else None
        if text and expected[-1:] != [text]:
            expected.append(text)
        if had.get(article_id) != expected:
            found.append(f"версии статьи {article_id} не те")
    return found


def history(opened: Library, article_id: str) -> list[str]:
    """The hashes of an article's texts, oldest first. A version under a wrong number shows as a gap."""
    try:
        editions = opened.versions(article_id)
    except NotFoundError:
        return []
    texts = {each.version: _hash(each.article.text) for each in editions}
    return [texts.get(number, "") for number in range(1, max(texts) + 1)]


def _hash(text: str) -> str:
    return digest(text.encode())
