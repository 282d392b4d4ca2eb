"""Where the words of a question stand in a text, in whatever form: «Казахстан» in «Казахстану»."""

from __future__ import annotations

from rag.text.words import content_lemmas, word_lemmas

READ = 300_000  # characters: an article is rarely longer, and looking up its words takes a second


def occurrences(question: str, text: str) -> list[tuple[int, int]]:
    """Spans of `text`, in order, whose words have a lemma of a content word of `question`."""
    wanted = {each for each in content_lemmas(question) if len(each) > 1}
    return [(word.start, word.stop) for word, found in word_lemmas(text[:READ]) if found in wanted]
