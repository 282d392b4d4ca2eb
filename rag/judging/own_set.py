"""The question set that readers make of what they were told: a file of the data folder.

Every line is a question of `python -m eval run`. Lines are appended whole and synced, so that none is lost.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from rag.judging.questions import Question
from rag.types import Answer, Turn

FILE = "questions.jsonl"
_LONGEST_HISTORY = 4  # turns: what a follow-up question may refer to


def line_of(answer: Answer, history: Sequence[Turn], good: bool, expected: str = "") -> Question:
    """The question set line that a reader's opinion of `answer` makes.

    A good answer is the gold itself: its verdict, its short answer, or its first sentence; a good refusal
    asks for a refusal. For a bad one, `expected` is the gold; without it only a refusal is right.
    """
    gold = expected.strip() or (_said(answer) if good else "")
    verdict = answer.verdict if good and not expected.strip() else None
    cited = {citation.article_id: None for citation in answer.citations} if good else {}
    known = repr((answer.question, gold, tuple(history))).encode(errors="replace")
    return Question(
        id=f"reader-{blake2b(known, digest_size=6).hexdigest()}",
        question=answer.question,
        answers=(gold,) if gold and not verdict else (),
        verdict=verdict,
        articles=tuple(cited) if gold else (),
        refuse=not gold,
        history=tuple(history[-_LONGEST_HISTORY:]),
        tags=("reader",),
    )


def _said(answer: Answer) -> str:
    if not answer.found:
        return ""
    sentences = [sentence.text for sentence in answer.sentences]
    return (answer.short_answer or "").strip() or (sentences[0] if sentences else answer.text)


class OwnSet:
    """The set in the data folder `folder`; a line that is there already isn't added twice."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._guard = threading.Lock()

    def add(self, question: Question) -> bool:
        """Append `question`; False when it is there already."""
        line = question.model_dump_json(by_alias=True, exclude={"quotes", "why"})
        with self._guard:
            known = self.content()
            if any(line == each for each in known.splitlines()):
                return False
            with self.path.open("a", encoding="utf-8") as file:
                # A line that a crash cut short must not swallow the next one.
                file.write(("" if not known or known.endswith("\n") else "\n") + line + "\n")
                file.flush()
                os.fsync(file.fileno())
        return True

    def content(self) -> str:
        """The whole file; empty where there is none yet."""
        return self.path.read_text(encoding="utf-8") if self.path.exists() else ""
