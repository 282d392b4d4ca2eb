"""What the product says in its own words, and how sentences and footnotes become one text."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Sentence

REFUSAL = "В корпусе нет ответа на этот вопрос."
NOTHING_NEAR = "В корпусе нет ответа на этот вопрос, и близких по теме отрывков не нашлось."


def render(sentences: Sequence[Sentence]) -> str:
    """Sentences with their footnote numbers before the closing mark: «… около 43 км [1].»"""
    return " ".join(_with_footnotes(sentence) for sentence in sentences)


def refusal(has_hits: bool) -> str:
    """What is said when the evidence is not there."""
    return REFUSAL if has_hits else NOTHING_NEAR


def cut(count: int) -> tuple[str, ...]:
    """A note on sentences that were left out because nothing supports them; none for none."""
    return (f"убрано предложений без подтверждения: {count}",) if count else ()


def _with_footnotes(sentence: Sentence) -> str:
    marks = "".join(f" [{number}]" for number in sentence.citations)
    text = sentence.text.rstrip()
    if text.endswith("."):
        return f"{text[:-1]}{marks}."
    return text + marks
