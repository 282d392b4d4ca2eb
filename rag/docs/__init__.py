"""The documentation, a Markdown file a topic: served at /docs/TOPIC, printed by `snoska help TOPIC`."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

FOLDER = Path(__file__).parent / "ru"
# In the order in which they are listed; the files of both languages have these names.
NAMES = (
    "page",
    "commands",
    "articles",
    "formats",
    "settings",
    "api",
    "programs",
    "evaluation",
    "figures",
    "models",
    "russian",
    "security",
    "operations",
    "scaling",
    "how",
    "files",
)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its name in addresses and commands, its Russian title, a line about it, all as Markdown."""

    name: str
    title: str
    about: str
    text: str


def topics() -> list[Topic]:
    """All of them, in the order in which they are listed."""
    return [_read(name) for name in NAMES]


def find(wanted: str) -> Topic | None:
    """The topic of this name or title; None where there is none."""
    return _known().get(_folded(wanted))


def nearest(wanted: str) -> Topic | None:
    """The topic that was probably meant; None where nothing is alike."""
    known = _known()
    near = get_close_matches(_folded(wanted), known, n=1, cutoff=0.5)
    return known[near[0]] if near else None


def _known() -> dict[str, Topic]:
    return {_folded(word): each for each in topics() for word in (each.title, each.name)}


def _folded(word: str) -> str:
    return " ".join(word.casefold().split())


def _read(name: str) -> Topic:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    title, about, _ = text.split("\n\n", 2)
    return Topic(name, title.removeprefix("# "), about, text)
