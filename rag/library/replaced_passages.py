"""Passages that were replaced a moment ago: until every index has followed, a search finds and reads them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence

from rag.database import GIVEN, Session
from rag.library.rows import PASSAGE, passage_of
from rag.types import Passage

# Seconds for which they can still be read: far more than any search takes.
_RETIREMENT = 60.0
_COLUMNS = "id, article_id, start, stop, text, spans, lemmas, title, title_lemmas"


def retire(db: Session, article_id: str, following: Sequence[Passage]) -> None:
    """Keep the passages of an article for a while that those `following` don't hold any more."""
    kept = json.dumps([passage.id for passage in following])
    db.execute(
        f"INSERT INTO retired SELECT {PASSAGE}, ? FROM articles a JOIN passages p ON p.article_id = a.id "
        f"WHERE a.id = ? AND p.id NOT IN {GIVEN} ON CONFLICT (id) DO UPDATE SET since = excluded.since, "
        "lemmas = excluded.lemmas, title = excluded.title, title_lemmas = excluded.title_lemmas",
        (time.time(), article_id, kept),
    )


def among(db: Session, ids: Sequence[str], found: Mapping[str, Passage]) -> dict[str, Passage]:
    """Replaced passages among `ids`, of articles of which nothing newer was `found`."""
    newer = {passage.article_id for passage in found.values()}
    sql = f"SELECT {_COLUMNS} FROM retired WHERE id IN {GIVEN}"
    return {
        row[0]: passage_of(row) for row in db.execute(sql, (json.dumps(list(ids)),)) if row[1] not in newer
    }


def drop(db: Session) -> list[str]:
    """Forget those that no search can be at any more; the ids of passages that are nowhere now."""
    last = time.time() - _RETIREMENT
    sql = "SELECT id FROM retired WHERE since < ? AND id NOT IN (SELECT id FROM passages)"
    gone = [row[0] for row in db.execute(sql, (last,))]
    db.execute("DELETE FROM retired WHERE since < ?", (last,))
    return gone
