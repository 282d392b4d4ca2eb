"""The Russian keyboard: which keys lie next to each other, and what they give on the English layout."""

from __future__ import annotations

ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")


def _neighbours() -> dict[str, str]:
    """Each row lies half a key to the right of the one above."""
    found: dict[str, set[str]] = {letter: set() for row in ROWS for letter in row}
    for height, row in enumerate(ROWS):
        for place, letter in enumerate(row):
            near = {(height, place - 1), (height, place + 1), (height + 1, place - 1), (height + 1, place)}
            for above, column in near:
                if above < len(ROWS) and 0 <= column < len(ROWS[above]):
                    other = ROWS[above][column]
                    found[letter].add(other)
                    found[other].add(letter)
    return {letter: "".join(sorted(others)) for letter, others in found.items()}


NEIGHBOURS = _neighbours()
