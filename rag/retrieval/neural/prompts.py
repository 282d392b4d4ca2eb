"""What a model wants to stand before a question and before a passage.

Families trained with prompts lose several points without them. Most models save theirs; the table is
for the well-known ones that don't.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

NONE = "none"  # the value of a setting that means: no prompt, whatever the model says


@dataclass(frozen=True, slots=True)
class Prompts:
    """Put before a text as they are, blanks and all; empty: nothing is."""

    query: str = ""
    passage: str = ""

    def __str__(self) -> str:
        """How a name tells them; nothing where there are none."""
        return f" («{self.query}», «{self.passage}»)" if self.query or self.passage else ""


_SEARCH = Prompts("search_query: ", "search_document: ")
_E5 = Prompts("query: ", "passage: ")
# By the model's own name, from its card.
_FAMILIES: tuple[tuple[str, Prompts], ...] = (
    (
        r"e5.*instruct",
        Prompts(
            "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
        ),
    ),
    (r"(^|[-_.])e5([-_.]|$)", _E5),
    (r"^user-(base|large)", _E5),
    (r"bge-m3", Prompts()),
    (r"frida|ru-en-rosberta|nomic-embed", _SEARCH),
)
_QUERY_NAMES = ("query", "search_query")
_PASSAGE_NAMES = ("document", "passage", "corpus", "search_document")


def prompts(
    name: str, saved: Mapping[str, str | None], query: str | None = None, passage: str | None = None
) -> Prompts:
    """The prompts of the model `name`: those given, else those `saved` with it, else its family's."""
    known = _saved(saved) or _of_family(name)
    return Prompts(_chosen(query, known.query), _chosen(passage, known.passage))


def _chosen(given: str | None, known: str) -> str:
    if given is None:
        return known
    return "" if given == NONE else given


def _saved(saved: Mapping[str, str | None]) -> Prompts | None:
    query = next((saved[name] for name in _QUERY_NAMES if saved.get(name)), None)
    passage = next((saved[name] for name in _PASSAGE_NAMES if saved.get(name)), None)
    return Prompts(query or "", passage or "") if query or passage else None


def _of_family(name: str) -> Prompts:
    own = name.rstrip("/").rsplit("/", 1)[-1].lower()
    return next((known for pattern, known in _FAMILIES if re.search(pattern, own)), Prompts())
