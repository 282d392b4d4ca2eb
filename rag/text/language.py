"""Whether a text is Russian, by its letters: enough to leave other languages alone and to say so."""

from __future__ import annotations

import re

from rag.text.words import words

# Letters that Ukrainian, Belarusian, Kazakh, Kyrgyz, Tatar … have and Russian doesn't.
_OTHER_CYRILLIC = re.compile("[іїєґўәғқңөұүһҗҡҙҫҳӣӯј]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_SHARE = 1 / 3  # of the words; a Russian question may hold a foreign name
_FEWEST = 3  # Latin words: fewer may be a name typed as a query


def is_russian(text: str) -> bool:
    """False for a text in another language; True where that can't be told."""
    found = [text[word.start : word.stop] for word in words(text) if not word.is_number]
    if not found:
        return True
    if has_other_letters(text):
        return False
    latin = [word for word in found if _LATIN.search(word) and not _CYRILLIC.search(word)]
    return len(latin) < _FEWEST or len(latin) < len(found)


def has_other_letters(text: str) -> bool:
    """True where a third of the words have letters that Cyrillic alphabets other than Russian have."""
    found = [text[word.start : word.stop] for word in words(text) if not word.is_number]
    others = sum(_OTHER_CYRILLIC.search(word) is not None for word in found)
    return bool(others) and others >= _SHARE * len(found)
