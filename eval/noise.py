"""Questions as people mistype them: seeded, so that a noisy copy of a set is the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

from rag.text.candidates import NEIGHBOURS

# What the keys of the Russian layout give while the English one is switched on.
_RUSSIAN = 'йцукенгшщзхъфывапролджэячсмитьбюё.,?:;"№'
_ENGLISH = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`/?&^$@#"
_WRONG_LAYOUT = str.maketrans(_RUSSIAN, _ENGLISH)
_STRESS = str.maketrans("", "", "\u0300\u0301")
_WORD = re.compile(r"[а-яё]+", re.IGNORECASE)
_SPACE = re.compile(r"(?<=[а-яё]) (?=[а-яё])", re.IGNORECASE)
_MISTYPED = 4  # letters of the shortest word that gets a typo
_SPLIT = 5  # letters of the shortest word that a space gets into


def layout(text: str, random: Random) -> str:
    """The whole question in lower case, typed with the English layout on."""
    return text.translate(_STRESS).lower().translate(_WRONG_LAYOUT)


def typos(text: str, random: Random) -> str:
    """One or two slips in different words of at least four letters."""
    text = text.translate(_STRESS)
    long = [match for match in _WORD.finditer(text) if len(match.group()) >= _MISTYPED]
    chosen = random.sample(long, min(len(long), random.choice((1, 2))))
    for match in sorted(chosen, key=lambda match: -match.start()):
        text = text[: match.start()] + _mistyped(match.group(), random) + text[match.end() :]
    return text


def _mistyped(word: str, random: Random) -> str:
    """`word` with one slip that changes it: a neighbouring key, a letter less, one more, or two swapped."""
    slips = (_neighbour, _less, _more, _swapped)
    while (slipped := random.choice(slips)(word, random.randrange(len(word)), random)) == word:
        pass
    return slipped


def _near(letter: str, random: Random) -> str:
    """A key next to that of `letter`, in its case."""
    near = random.choice(NEIGHBOURS.get(letter.lower(), "й"))
    return near.upper() if letter.isupper() else near


def _neighbour(word: str, place: int, random: Random) -> str:
    return word[:place] + _near(word[place], random) + word[place + 1 :]


def _less(word: str, place: int, random: Random) -> str:
    return word[:place] + word[place + 1 :]


def _more(word: str, place: int, random: Random) -> str:
    """The key pressed twice, or one beside it together with it."""
    added = random.choice((word[place], _near(word[place], random)))
    return word[: place + 1] + added.lower() + word[place + 1 :]


def _swapped(word: str, place: int, random: Random) -> str:
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def marks(text: str, random: Random) -> str:
    """No «ё», no stress marks, and all letters small or all capital."""
    text = text.translate(_STRESS).replace("ё", "е").replace("Ё", "Е")
    return random.choice((text.lower(), text.upper()))


def glued(text: str, random: Random) -> str:
    """One space between two words is lost."""
    text = text.translate(_STRESS)
    places = [match.start() for match in _SPACE.finditer(text)]
    if not places:
        return text
    place = random.choice(places)
    return text[:place] + text[place + 1 :]


def split(text: str, random: Random) -> str:
    """One word of at least five letters falls in two parts of at least two."""
    text = text.translate(_STRESS)
    long = [match for match in _WORD.finditer(text) if len(match.group()) >= _SPLIT]
    if not long:
        return text
    word = random.choice(long)
    place = random.randrange(word.start() + 2, word.end() - 1)
    return text[:place] + " " + text[place:]


def mixed(text: str, random: Random) -> str:
    """One of the three that happen most: a wrong layout, typos, no marks and no case."""
    return random.choice((layout, typos, marks))(text, random)


Noise = Callable[[str, Random], str]
KINDS: Mapping[str, Noise] = {
    "mixed": mixed,
    "layout": layout,
    "typos": typos,
    "marks": marks,
    "glued": glued,
    "split": split,
}


def noisy(text: str, kind: str, seed: int, number: int) -> str:
    """Question `number` of a set with noise of one kind of KINDS."""
    return KINDS[kind](text, Random(f"{seed} {kind} {number}"))
