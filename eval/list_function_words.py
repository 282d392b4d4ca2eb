"""Write down every form of a function word that pymorphy3's dictionary knows.

`python -m eval.list_function_words` writes rag/text/function_words.txt, in about 20 seconds: the words whose
likeliest part of speech is one of a closed class, or whose lemma is listed in rag/text/words.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from rag.text import words as russian_words
from rag.text.lemma_rules import usual_lemmas
from rag.text.words import (
    FUNCTION_LEMMAS,
    FUNCTION_PARTS,
    FUNCTION_WORDS_FILE,
    FUNCTION_WORDS_HEADER,
    analyzer,
    fold,
    lemma,
)

_TARGET = Path(russian_words.__file__).with_name(FUNCTION_WORDS_FILE)


def is_function_word(word: str) -> bool:
    """What the dictionary says of a folded form."""
    return analyzer().parse(word)[0].tag.POS in FUNCTION_PARTS or lemma(word) in FUNCTION_LEMMAS


def found() -> list[str]:
    """All folded function words, sorted."""
    return sorted(word for word in set(_candidates()) if is_function_word(word))


def _candidates() -> Iterator[str]:
    """Forms that are one in any of their meanings."""
    for word, tag, normal, *_ in analyzer().dictionary.iter_known_words(""):
        if tag.POS in FUNCTION_PARTS or fold(normal) in FUNCTION_LEMMAS:
            yield fold(word)
    yield from (form for form, usual in usual_lemmas().items() if usual in FUNCTION_LEMMAS)


def main() -> int:
    words = found()
    _TARGET.write_text(FUNCTION_WORDS_HEADER + "".join(f"{word}\n" for word in words), encoding="utf-8")
    print(f"{len(words)} words: {_TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
