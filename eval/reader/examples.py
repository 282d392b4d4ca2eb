"""One example that the reading network learns from, whatever set it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Label = Literal["supported", "contradicted", "not_stated", "not_supported"]  # the last: one of the two before


@dataclass(frozen=True, slots=True)
class Example:
    """A question or claim with one text to read.

    A question (`label` None) has the `span` of its answer inside `text`, `(start, stop)` in characters, or
    None where `text` doesn't answer. A claim, or a polar question, has a `label` and no span. `context` is
    what stands above or before the text (title, headings, the sentence before); no answer is taken from it.
    `article` tells folds apart: examples of one article never part.
    """

    question: str
    text: str
    article: str
    source: str
    context: str = ""
    span: tuple[int, int] | None = None
    label: Label | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        assert self.span is None or (
            self.label is None and 0 <= self.span[0] < self.span[1] <= len(self.text)
        )
