"""The signs of Markdown in articles: found where they are hidden, left out where a text is only read."""

from __future__ import annotations

import re

from rag.text.structure import last_row

# Where pairs overlap, the first one counts; nothing is nested.
SIGNS = re.compile(
    r"(?P<head>^#{1,6}[ \t]+)"
    r"|(?P<cited>^>[ \t]?)|(?P<fence>^[ \t]*(?:```|~~~)[^`\n]*$)|(?P<rule>^(?:-{3,}|\*{3,}|_{3,})[ \t]*$)"
    r"|(?P<item>^[ \t]*[-*+][ \t]+(?=\S))"
    r"|\*\*(?P<strong>[^*\n]+?)\*\*|(?<!\w)__(?P<strong_>[^_\n]+?)__(?!\w)"
    r"|(?<![\w*])\*(?P<em>[^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<em_>[^_\s](?:[^_\n]*[^_\s])?)_(?!\w)"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<!!)\[(?P<label>[^\[\]\n]+)\]\((?P<url>https?://[^\s()<>\"']+)\)"
    r"|(?P<lone>\*\*)",
    re.MULTILINE,
)
_ENCLOSING = ("strong", "strong_", "em", "em_", "code", "label")


def unmarked(text: str) -> str:
    """`text` without Markdown signs; items of lists keep their marks."""
    return SIGNS.sub(lambda found: enclosed(found)[1] if found.lastgroup != "item" else found[0], text)


def plain(quote: str) -> str:
    """A quote for the places where it is only read: without Markdown signs; of a table its last row, told."""
    return (last_row(quote) if "|" in quote else "") or unmarked(quote)


def enclosed(found: re.Match[str]) -> tuple[str, str]:
    """The kind of what a match of SIGNS encloses, and its text; neither for a sign by itself."""
    return next(((name, found[name]) for name in _ENCLOSING if found[name] is not None), ("", ""))
