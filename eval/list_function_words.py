"""Write down every form of a function word that pymorphy3's dictionary knows.

`python -m eval.list_function_words` writes rag/text/function_words.txt, in about 20 seconds: the words whose
likeliest part of speech is one of a closed class, or whose lemma is listed in rag/text/function_words.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from rag.text import function_words
from rag.text.function_words import FILE, HEADER, LEMMAS, PARTS_OF_SPEECH
from rag.text.lemma_rules import usual_lemmas
from rag.text.words import analyzer, fold, lemma

_TARGET = Path(function_words.__file__).with_name(FILE)


def is_function_word(word: str) -> bool:
    """What the dictionary says of a folded form."""
    return analyzer().parse(word)[0].tag.POS in PARTS_OF_SPEECH or lemma(word) in LEMMAS


def found() -> list[str]:
    """All folded function words, sorted."""
    return sorted(word for word in set(_candidates()) if is_function_word(word))


def _candidates() -> Iterator[str]:
    """Forms that are one in any of their meanings."""
    for word, tag, normal, *_ in analyzer().dictionary.iter_known_words(""):
        if tag.POS in PARTS_OF_SPEECH or fold(normal) in LEMMAS:
            yield fold(word)
    yield from (form for form, usual in usual_lemmas().items() if usual in LEMMAS)


def main() -> int:
    words = found()
    _TARGET.write_text(HEADER + "".join(f"{word}\n" for word in words), encoding="utf-8")
    print(f"{len(words)} words: {_TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
