"""A quote with its source as Russian bibliographies set it (ГОСТ Р 7.0.5-2008), for the clipboard."""

from __future__ import annotations

import re
from datetime import date

from rag.text.structure import plain
from rag.types import Citation


def reference(citation: Citation, today: date | None = None) -> str:
    """«Цитата» (Заголовок // Источник. 23.02.2026. С. 14. URL: https://… (дата обращения: 01.03.2026)).

    What isn't known is left out. `today` is the day on which it was looked up.
    """
    quote = " ".join(plain(citation.quote).split())
    heading = " // ".join(_sentence(each) for each in (citation.title, citation.source or "") if each.strip())
    parts = [heading, *_dated(citation.published)]
    if citation.page is not None:
        parts.append(f"С. {citation.page}")
    if citation.url and re.match(r"https?://", citation.url, re.IGNORECASE):
        looked_up = (today or date.today()).strftime("%d.%m.%Y")
        parts.append(f"URL: {citation.url} (дата обращения: {looked_up})")
    return f"«{quote.strip('«» ')}» ({'. '.join(parts)})."


def _sentence(text: str) -> str:
    return " ".join(text.split()).rstrip(". ")


def _dated(published: str | None) -> list[str]:
    """The day as digits; a month or a year as it is known."""
    if not published:
        return []
    try:
        return [date.fromisoformat(published).strftime("%d.%m.%Y")]
    except ValueError:
        return [published]
