"""Follow-up questions made standalone by rules: «А какова его протяжённость?» after «Что такое коридор X?».

Earlier questions are made standalone first, turn by turn. Then, in this order: pronouns and demonstratives
are replaced by what they stand for; a fragment takes the place of the part of the earlier question it fits;
a question about «срок» or «цена» of nothing gets the topic. A question with a topic of its own is returned
as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.context import Past
from rag.answering.demonstratives import demonstrated, member_named
from rag.answering.ellipsis import completed, is_fragment
from rag.answering.pronouns import Substituted, substitute
from rag.answering.question_part import asking
from rag.answering.topic_carryover import carried
from rag.types import Turn

TURNS = 5  # how many earlier turns count
_LONGEST = 400  # characters: longer questions bring their own topic
# What answers the answer before, not the question: «Хорошо, а что такое концентрат?».
_REPLY = r"(?:ну|да|так|хорошо|ладно|понятно|ясно|спасибо|ок)"
_POLITE = re.compile(rf"\A\W*{_REPLY}\s*[,.!—–-]", re.IGNORECASE)
_OPENING = re.compile(
    rf"^\W*(?:{_REPLY}[\s,.!—–-]+)?"
    r"(?:(?:а|и|но)\s+)?(?:(?:вот|же|что\s+насч[её]т|как\s+насч[её]т|насч[её]т|что\s+касается|как\s+же|если)\s+)?",
    re.IGNORECASE,
)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """`question` as it would be asked with no `history` (oldest turn first); unchanged if it needs none."""
    past: list[Past] = []
    for turn in history[-TURNS:]:
        if turn.question.strip() and len(turn.question) <= _LONGEST:
            meant = _resolved(turn.question, past)
            past.append(Past.of(meant.text, turn.answer, meant.referent))
    return _resolved(question, past).text


def at_once(question: str, history: Sequence[Turn]) -> Iterator[str | None]:
    """`standalone` in the shape that a language model's work has: it takes its time, this does not."""
    yield standalone(question, history)


def _resolved(question: str, past: Sequence[Past]) -> Substituted:
    if not past or len(question) > _LONGEST:
        return Substituted(question)
    core, opened = _without_opening(question)
    polite = _POLITE.match(question)
    member = member_named(core, past) or Substituted(core)
    meant = demonstrated(substitute(member, past), past)
    if meant.is_whole:
        text: str | None = meant.text
    elif is_fragment(meant.text, opened):
        text = completed(meant.text, past)
    else:
        text = carried(meant, opened, past)
    if text is None and meant.text == core:
        return Substituted(core[:1].upper() + core[1:] if polite else question)
    asks = text is not None or "?" in question or asking(meant.text) is not None
    return Substituted(_finished(text or meant.text, "?" if asks else ""), meant.referent)


def _without_opening(question: str) -> tuple[str, bool]:
    """The question without «А», «Ну а», «А что насчёт», and whether there was any."""
    match = _OPENING.match(question)
    core = question[match.end() :].strip() if match else question.strip()
    if not core:
        return question.strip(), False
    return core, bool(match and any(map(str.isalpha, match.group())))


def _finished(text: str, mark: str) -> str:
    """One capital at the start, one mark at the end."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([?,.!:])", r"\1", text).rstrip(" .,;:!?—–-")
    return text[:1].upper() + text[1:] + mark
