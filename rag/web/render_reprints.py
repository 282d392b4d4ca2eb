"""«ещё 3 публикации»: the articles that say the same as a found passage, folded away."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.types import Reprint
from rag.web.render_article import byline_html
from rag.web.templating import rendered
from rag.web.wording import more_publications


def reprints_html(reprints: Sequence[Reprint]) -> Markup:
    """The reprints behind a line that counts them; a click on one opens its article. Nothing for none."""
    if not reprints:
        return Markup("")
    told = more_publications(len(reprints))
    return rendered("reprints", told=told, reprints=reprints, byline=byline_html)
