"""Latin names of the library that are typed as they sound: «вабтек» for Wabtec."""

from __future__ import annotations

from rag.text.known_words import KnownWords, in_dictionary
from rag.text.listed import stem
from rag.text.spelling import consonants, distance, sound_key, sound_prefixes
from rag.text.words import analyzer, lemma

_SHORTEST = 4  # letters


def as_latin(word: str, known: KnownWords, exactly: bool = False) -> str | None:
    """The library's Latin word that sounds like the Cyrillic `word`, `exactly` or nearly so; None for none.

    A word of the dictionary must be a noun and sound the same but for one letter.
    """
    listed = in_dictionary(word)
    if len(word) < _SHORTEST or (listed and "NOUN" not in analyzer().parse(word)[0].tag):
        return None
    slack = 1 if listed else len(word)
    for spelled in dict.fromkeys((lemma(word), word, stem(word))):
        key, frame = sound_key(spelled), consonants(spelled)
        for prefix in sound_prefixes(spelled):
            for held in known.starting(prefix):
                near = frame == consonants(held) != "" and distance(key, sound_key(held), slack) <= slack
                if sound_key(held) == key or (near and not exactly):
                    return held
    return None
