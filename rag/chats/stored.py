"""Answers, exchanges, filters and the articles of the evidence as they are kept, and back.

What comes back shows the same as what was kept.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from hashlib import blake2b
from typing import Any

from rag.chats.records import Exchange, Opinion
from rag.text.setting import SMALL_TALK
from rag.types import (
    Answer,
    AnswerKind,
    Article,
    ArticleInfo,
    Citation,
    Disagreement,
    Filters,
    Hit,
    Passage,
    Repair,
    Reprint,
    Sentence,
    Turn,
    Version,
)

Json = Mapping[str, Any]
_AS_THEY_ARE = ("question", "standalone_question", "found", "text", "short_answer", "confidence", "writer")


def answer_from(given: Json) -> Answer:
    """The answer whose `as_dict()` is `given`; its passages come without sentences and lemmas."""
    return Answer(
        **{name: given[name] for name in _AS_THEY_ARE},
        sentences=tuple(_sentence(each) for each in given["sentences"]),
        citations=tuple(_known(Citation, each) for each in given["citations"]),
        hits=tuple(_hit(each) for each in given["hits"]),
        notes=tuple(given["notes"]),
        elapsed_ms=given["elapsed_ms"],
        repairs=tuple(_known(Repair, each) for each in given["repairs"]),
        listed=given["listed"],
        disagreements=tuple(_disagreement(each) for each in given["disagreements"]),
        answer_id=given.get("answer_id", ""),
        verdict=given.get("verdict"),
        kind=given.get("kind") or _kind_of(given),
        missing=given.get("missing"),
    )


def _kind_of(given: Json) -> AnswerKind:
    """The kind of an answer of an earlier version, which didn't say."""
    if given["found"]:
        return "answer"
    return "talk" if given["writer"] == SMALL_TALK else "refusal"


def _known(noun: Any, given: Json) -> Any:
    """A flat noun from its fields; a field that a later version added is passed over."""
    return noun(**{name: _flat(given[name]) for name in noun.__slots__ if name in given})


def _flat(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _sentence(given: Json) -> Sentence:
    return Sentence(given["text"], tuple(given["citations"]), given["support"], tuple(given["reasons"]))


def _hit(given: Json) -> Hit:
    passage = Passage(
        given["passage_id"], given["article_id"], given["start"], given["stop"], given["text"], ()
    )
    info = ArticleInfo(given["article_id"], given["title"], given["source"], given["published"], given["url"])
    reprints = tuple(_known(Reprint, each) for each in given["reprints"])
    scored = (given["score"], given["ranks"], given["scores"])
    return Hit(passage, info, *scored, reprints=reprints, page=given.get("page"))


def _disagreement(given: Json) -> Disagreement:
    versions = tuple(_known(Version, each) for each in given["versions"])
    return Disagreement(given["matter"], versions, given["develops"])


def exchange_json(exchange: Exchange) -> str:
    """What is kept of an exchange; its opinion is kept apart."""
    kept = {
        "question": exchange.question,
        "answer": exchange.answer.as_dict() if exchange.answer else None,
        "error": exchange.error,
        "state": exchange.state,
        "scope": exchange.scope,
        "as_typed": exchange.as_typed,
        "told": exchange.told,
    }
    return sound(json.dumps(kept, ensure_ascii=False))


def remembered_json(answer: Answer, history: Sequence[Turn]) -> str:
    """What is kept of an answer that belongs to no chat, with the turns before it."""
    told = [[turn.question, turn.answer] for turn in history]
    return sound(json.dumps({"answer": answer.as_dict(), "history": told}, ensure_ascii=False))


def remembered_from(kept: str) -> tuple[Answer, tuple[Turn, ...]]:
    given = json.loads(kept)
    return answer_from(given["answer"]), tuple(Turn(*each) for each in given["history"])


def sound(text: str) -> str:
    """`text` without halves of characters, which a browser may send and no file can hold."""
    return text.encode(errors="replace").decode()


def exchange_from(exchange_id: str, kept: str, opinion: Opinion | None = None) -> Exchange:
    """The exchange that was kept. One whose writing a crash cut short comes back as stopped."""
    given = json.loads(kept)
    answer, state = given.pop("answer"), given.pop("state")
    return Exchange(
        **given,
        answer=answer_from(answer) if answer else None,
        state="stopped" if state == "writing" else state,
        opinion=opinion,
        id=exchange_id,
    )


def filters_json(filters: Filters | None) -> str | None:
    return json.dumps(asdict(filters), default=date.isoformat, ensure_ascii=False) if filters else None


def filters_from(kept: str | None) -> Filters | None:
    """The filters that were kept; None where there were none."""
    if not kept:
        return None
    given = json.loads(kept)
    since, until = (date.fromisoformat(each) if each else None for each in (given["since"], given["until"]))
    sources, articles, tags = (tuple(given[name]) for name in ("sources", "articles", "tags"))
    return Filters(since, until, sources, articles, tags)


def packed(article: Article) -> tuple[str, bytes]:
    """What is kept of `article`, and the digest it is known by."""
    content = json.dumps(asdict(article), ensure_ascii=False).encode(errors="surrogatepass")
    return blake2b(content, digest_size=16).hexdigest(), zlib.compress(content)


def unpacked(content: bytes) -> Article:
    given = json.loads(zlib.decompress(content).decode(errors="surrogatepass"))
    info = given["info"]
    return Article(ArticleInfo(**{**info, "tags": tuple(info["tags"])}), given["text"])


def text_digest(text: str) -> str:
    """What tells two texts apart."""
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()
