"""What the network reads at once: a question (or claim), what stands above a text, and the text."""

from __future__ import annotations

from dataclasses import dataclass

from rag.reading.tokens import END, START, Splitter

MOST_QUESTION = 48  # tokens each; longer ones are cut
MOST_CONTEXT = 40
MOST_TEXT = 192
# The prefixes that multilingual-e5 was trained with (Wang et al., 2024, arXiv 2402.05672).
_QUESTION_PREFIX = "query: "
_TEXT_PREFIX = "passage: "


@dataclass(frozen=True, slots=True)
class Window:
    """Ids of «<s> query: question </s> </s> passage: context </s> text </s>».

    `question`: the slice of the question's tokens, its prefix left out. `first`: where the text begins, and
    `spans`, its tokens' places in characters of the text.
    """

    ids: list[int]
    question: slice
    first: int
    spans: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.ids)


def window(splitter: Splitter, question: str, context: str, text: str) -> Window:
    """The window over `text`; each of the three may be empty, and what is too long is cut at its end."""
    prefix = splitter.tokens(_QUESTION_PREFIX).ids
    asked = splitter.tokens(question, MOST_QUESTION).ids
    above = splitter.tokens(_TEXT_PREFIX + context, MOST_CONTEXT).ids
    read = splitter.tokens(text, MOST_TEXT)
    opening = [START, *prefix, *asked, END, END, *above, END]
    begin = 1 + len(prefix)
    return Window([*opening, *read.ids, END], slice(begin, begin + len(asked)), len(opening), read.spans)
