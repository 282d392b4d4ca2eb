"""Markdown signs of articles: left out where a text is only read, hidden where its characters are counted."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

# Where pairs overlap, the first one counts; nothing is nested.
_SIGNS = re.compile(
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
_INNER = ("strong", "strong_", "em", "em_", "code", "label")
_TAGS = {"strong": "b", "em": "i", "code": "code"}


def unmarked(text: str) -> str:
    """`text` without Markdown signs."""
    return _SIGNS.sub(lambda found: _inner(found)[1] if found.lastgroup != "item" else found[0], text)


def marked_up(text: str, start: int = 0, stop: int | None = None) -> Markup:
    """`text[start:stop]` as HTML with every one of its characters, the signs hidden by the style."""
    stop = len(text) if stop is None else stop
    parts, done = [], start
    for found in _SIGNS.finditer(text, start, stop):
        parts += [escape(text[done : found.start()]), _shown(found)]
        done = found.end()
    return Markup("").join([*parts, escape(text[done:stop])])


def _inner(found: re.Match[str]) -> tuple[str, str]:
    """The kind of what the signs enclose, and its text; neither for a sign by itself."""
    return next(((name, found[name]) for name in _INNER if found[name] is not None), ("", ""))


def _shown(found: re.Match[str]) -> Markup:
    kind, inner = _inner(found)
    if not kind:
        bullet = Markup('<span class="bullet"></span>') if found.lastgroup == "item" else Markup("")
        return Markup('<span class="sign">{}</span>').format(found[0]) + bullet
    start, stop = found.start(kind) - found.start(), found.end(kind) - found.start()
    before, after = (
        Markup('<span class="sign">{}</span>').format(each) for each in (found[0][:start], found[0][stop:])
    )
    if kind == "label":
        words = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
            found["url"], inner
        )
    else:
        words = Markup("<{0}>{1}</{0}>").format(Markup(_TAGS[kind.rstrip("_")]), inner)
    return before + words + after
