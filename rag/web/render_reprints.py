"""«ещё 3 публикации»: the articles that say the same as a found passage, folded away."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.types import Reprint
from rag.web.render_article import byline_html
from rag.web.wording import more_publications

_FOLDED = Markup('<details class="reprints"><summary>{}</summary><ul>{}</ul></details>')
_LISTED = Markup(
    '<li><button type="button" class="reprint" data-article="{article}" data-start="{start}" '
    'data-stop="{stop}"><cite>{title}</cite>{byline}</button></li>'
)


def reprints_html(reprints: Sequence[Reprint]) -> Markup:
    """The reprints behind a line that counts them; a click on one opens its article. Nothing for none."""
    if not reprints:
        return Markup("")
    listed = Markup("").join(
        _LISTED.format(
            article=reprint.article_id,
            start=reprint.start,
            stop=reprint.stop,
            title=reprint.title,
            byline=byline_html(reprint.source, reprint.published),
        )
        for reprint in reprints
    )
    return _FOLDED.format(more_publications(len(reprints)), listed)
