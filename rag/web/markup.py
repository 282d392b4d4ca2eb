"""Articles as HTML that shows what their Markdown means, with every character where it is counted."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from rag.text.structure import SIGNS, enclosed

_ANY = re.compile(r"[#>*_`~\[]|^[ \t]*[-+]", re.MULTILINE)  # looked for first: most paragraphs have no sign
_TAGS = {"strong": "b", "em": "i", "code": "code"}


def marked_up(text: str, start: int = 0, stop: int | None = None) -> Markup:
    """`text[start:stop]` as HTML with every one of its characters, the signs hidden by the style."""
    stop = len(text) if stop is None else stop
    if not _ANY.search(text, start, stop):
        return escape(text[start:stop])
    parts, done = [], start
    for found in SIGNS.finditer(text, start, stop):
        parts += [escape(text[done : found.start()]), _shown(found)]
        done = found.end()
    return Markup("").join([*parts, escape(text[done:stop])])


def _shown(found: re.Match[str]) -> Markup:
    kind, inner = enclosed(found)
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
