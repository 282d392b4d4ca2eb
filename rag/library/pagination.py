"""Where the pages of articles begin and how they were read: the table `pagination`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rag.database import GIVEN, Session
from rag.types import Article

Pages = tuple[tuple[int, int], ...]
TABLE = (
    "CREATE TABLE IF NOT EXISTS pagination ("
    "article_id TEXT PRIMARY KEY, pages TEXT NOT NULL, remark TEXT NOT NULL) WITHOUT ROWID"
)


def put(db: Session, article: Article) -> None:
    """Note the pages of `article` in place of those it had before."""
    drop(db, [article.id])
    if article.pages or article.remark:
        row = (article.id, json.dumps(article.pages), article.remark)
        db.execute("INSERT INTO pagination VALUES (?, ?, ?)", row)


def drop(db: Session, article_ids: Sequence[str]) -> None:
    db.executemany("DELETE FROM pagination WHERE article_id = ?", [(each,) for each in article_ids])


def known(db: Session, article_ids: Sequence[str]) -> dict[str, tuple[Pages, str]]:
    """Pages and remark of those of the articles that have any."""
    sql = f"SELECT article_id, pages, remark FROM pagination WHERE article_id IN {GIVEN}"
    rows = db.execute(sql, (json.dumps(list(article_ids)),)).fetchall()
    return {row[0]: (tuple((start, page) for start, page in json.loads(row[1])), row[2]) for row in rows}
