"""Former texts of articles: a citation opens the one it quotes, and a removed article can be put back.

A version is a text: the same text under another title is none of its own. Times are ISO (UTC).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from rag.database import Session
from rag.library import pagination
from rag.library.records import Edition, Edits, Entry, Original, Signature
from rag.library.rows import INFO, info_of
from rag.text import differing
from rag.types import Article, ArticleInfo, Stretch

REMEMBERED = timedelta(days=30)  # how long a removed article can be put back
_FORMER = "version, info, text, since, until, rest"
_NOW = f"{INFO}, text, version, coalesce(since, indexed_at), original"


def keep(db: Session, article_id: str, until: str) -> None:
    """Make the article's present text a former one."""
    sql = (
        f"SELECT {INFO}, text, characters, version, coalesce(since, indexed_at), content_hash, "
        "settings_hash, origin, edits, original FROM articles WHERE id = ?"
    )
    row = db.execute(sql, (article_id,)).fetchone()
    text, characters, version, since, content, settings, origin, edits, original = row[8:]
    pages, remark = pagination.known(db, [article_id]).get(article_id, ((), ""))
    rest = {"content": content, "settings": settings, "origin": origin, "edits": edits, "original": original}
    rest |= {"pages": pages, "remark": remark}
    info = json.dumps(asdict(info_of(row)), ensure_ascii=False)
    values = (article_id, version, info, zlib.compress(text.encode()), characters, json.dumps(rest), since)
    db.execute("DELETE FROM versions WHERE article_id = ? AND version = ?", (article_id, version))
    db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", (*values, until))


def number(db: Session, article: Article, now: str) -> tuple[int, str]:
    """The version that `article` is about to be and since when; a text that it replaces is kept."""
    sql = "SELECT text = ?, version, coalesce(since, indexed_at) FROM articles WHERE id = ?"
    held = db.execute(sql, (article.text, article.id)).fetchone()
    if held and held[0]:
        return held[1], held[2]
    if held:
        keep(db, article.id, now)
        return held[1] + 1, now
    last = db.execute(
        f"SELECT {_FORMER} FROM versions WHERE article_id = ? ORDER BY version DESC LIMIT 1", (article.id,)
    ).fetchone()
    if last is None:
        return 1, now
    db.execute("UPDATE versions SET removed = NULL WHERE article_id = ?", (article.id,))
    if _edition(last).article.text != article.text:
        return last[0] + 1, now
    db.execute("DELETE FROM versions WHERE article_id = ? AND version = ?", (article.id, last[0]))
    return last[0], last[3]


def remove(db: Session, ids: Iterable[str], now: str) -> None:
    """Keep what is needed to put articles back that are about to be removed."""
    for article_id in ids:
        keep(db, article_id, now)
        db.execute("UPDATE versions SET removed = ? WHERE article_id = ?", (now, article_id))


def forget_removed(db: Session, now: str) -> None:
    """Forget articles that were removed too long ago to be put back."""
    last = (datetime.fromisoformat(now) - REMEMBERED).isoformat(timespec="seconds")
    db.execute("DELETE FROM versions WHERE removed < ?", (last,))


def forget_all(db: Session) -> int:
    """Forget every former text, those of removed articles too; how many they were."""
    return db.execute("DELETE FROM versions").rowcount


def compared(old: Edition, new: Edition) -> list[Stretch]:
    """What became of the text of one version in another one."""
    return differing.compared(old.article.text, new.article.text)


def editions(db: Session, article_id: str) -> list[Edition]:
    """All versions of an article with their texts, newest first; none where it was never held."""
    rows = db.execute(
        f"SELECT {_FORMER} FROM versions WHERE article_id = ? ORDER BY version DESC", (article_id,)
    )
    former = [_edition(row) for row in rows]
    now = present(db, article_id)
    return [now, *former] if now else former


def present(db: Session, article_id: str) -> Edition | None:
    """An article as it is now."""
    row = db.execute(f"SELECT {_NOW} FROM articles WHERE id = ?", (article_id,)).fetchone()
    return _present(db, row) if row else None


def edition(db: Session, article_id: str, version: int) -> Edition | None:
    """One version of an article."""
    sql = f"SELECT {_NOW} FROM articles WHERE id = ? AND version = ?"
    if row := db.execute(sql, (article_id, version)).fetchone():
        return _present(db, row)
    sql = f"SELECT {_FORMER} FROM versions WHERE article_id = ? AND version = ?"
    row = db.execute(sql, (article_id, version)).fetchone()
    return _edition(row) if row else None


def quoting(db: Session, article_id: str, start: int, quote: str) -> int | None:
    """The newest version that has `quote` at `start`; None where none has."""
    sql = "SELECT version, substr(text, ?, ?) = ? FROM articles WHERE id = ?"
    row = db.execute(sql, (start + 1, len(quote), quote, article_id)).fetchone()
    if row and row[1]:
        return int(row[0])
    found = (
        each.version
        for each in editions(db, article_id)
        if each.article.text[start : start + len(quote)] == quote
    )
    return next(found, None)


def removed(db: Session, ids: Sequence[str]) -> list[Entry]:
    """The articles among `ids` that can be put back, as they were."""
    entries = []
    for article_id in dict.fromkeys(ids):
        sql = (
            f"SELECT {_FORMER} FROM versions WHERE article_id = ? AND removed IS NOT NULL "
            "ORDER BY version DESC LIMIT 1"
        )
        if row := db.execute(sql, (article_id,)).fetchone():
            rest, found = json.loads(row[5]), _edition(row)
            signature, edits = Signature(rest["content"], rest["settings"]), json.loads(rest["edits"])
            entry = Entry(found.article, (), signature, rest["origin"], edits=edits, original=found.original)
            entries.append(entry)
    return entries


def all_edits(db: Session) -> dict[str, Edits]:
    """What has been set by hand, by the article's id."""
    rows = db.execute("SELECT id, edits FROM articles WHERE edits <> '{}'")
    return {article_id: json.loads(edits) for article_id, edits in rows}


def kept_files(db: Session) -> set[str]:
    """The digests of the kept files of all articles and former texts."""
    now = db.execute("SELECT original FROM articles WHERE original IS NOT NULL").fetchall()
    former = db.execute("SELECT rest FROM versions WHERE rest LIKE '%digest%'").fetchall()
    kept = [*(row[0] for row in now), *(json.loads(row[0]).get("original") for row in former)]
    return {original.digest for each in kept if (original := original_from(each))}


def original_from(kept: str | None) -> Original | None:
    """The kept file that a row speaks of."""
    return Original(**json.loads(kept)) if kept else None


def _edition(row: Sequence[str]) -> Edition:
    """From the columns of _FORMER."""
    version, info, text, since, until, more = row
    known, rest = json.loads(info), json.loads(more)
    article = Article(
        ArticleInfo(**{**known, "tags": tuple(known["tags"])}),
        zlib.decompress(text).decode(),  # type: ignore[arg-type]
        tuple((start, page) for start, page in rest["pages"]),
        rest["remark"],
    )
    return Edition(int(version), article, since, until, original_from(rest["original"]))


def _present(db: Session, row: Sequence[str]) -> Edition:
    """From the columns of _NOW."""
    text, version, since, original = row[8:]
    pages, remark = pagination.known(db, [row[0]]).get(row[0], ((), ""))
    article = Article(info_of(row), text, pages, remark)
    return Edition(int(version), article, since, None, original_from(original))
