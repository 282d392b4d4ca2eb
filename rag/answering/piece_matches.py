"""Whether one piece of a text bears out a piece of another: the same figure, word or name, or its kin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.text import amounts
from rag.text.moments import bears_out
from rag.text.pieces import Piece
from rag.text.spelling import same_but_ending, sound_key
from rag.text.synonyms import equals, opposed, same_way
from rag.text.words import is_function_word

_OWNS, _BELONGS = frozenset({"владеть", "иметь"}), frozenset({"принадлежать"})
_CONVERSE = ((_OWNS, _BELONGS), (_BELONGS, _OWNS))
# Words with the same beginning («поставил», «поставка») are kin: so many letters, and this share of the
# shorter one.
_KIN, _KIN_SHARE = 5, 0.6
_SHORTEST_SOUND = 4  # letters of a name that may be spelled in the other alphabet


def same_figure(piece: Piece, held: Piece, years: Sequence[int]) -> bool:
    """True where a number or time is borne out; `years` are those that the source names."""
    if piece.moment and held.moment:
        return bears_out(piece.moment, held.moment, years)
    if piece.amount and held.amount:
        return amounts.fit(piece.amount, held.amount) != "other"
    year = _year(held)
    return year is not None and year in (_year(piece), *_century(piece))


def _year(piece: Piece) -> int | None:
    """The year that a bare number or a time names, if it is one."""
    if piece.amount and piece.amount.unit in (None, "год") and piece.amount.value == int(piece.amount.value):
        return int(piece.amount.value)
    moment = piece.moment
    if moment and moment.since.year == moment.until.year and (moment.until - moment.since).days > 360:
        return moment.since.year
    return None


def _century(piece: Piece) -> range:
    """The years of «XIX век»; none for other pieces."""
    if piece.amount is None or piece.amount.unit != amounts.CENTURY:
        return range(0)
    return range(100 * int(piece.amount.value) - 99, 100 * int(piece.amount.value) + 1)


def is_initial_of(piece: Piece, held: Piece) -> bool:
    """True for «А.» and «Айгуль»."""
    return held.kind == "name" and held.folded[0] == piece.folded[0]


@lru_cache(maxsize=100_000)
def _kin(word: str, other: str) -> bool:
    if is_function_word(word) or is_function_word(other):
        return False  # «последний» is no kin of «после»
    shared = next((at for at, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), None)
    shorter = min(len(word), len(other))
    shared = shorter if shared is None else shared
    return shared >= max(_KIN, _KIN_SHARE * shorter)


def related(piece: Piece, held: Piece) -> bool:
    """True where a word or name says what another one says: kin, a synonym, another spelling."""
    if held.amount or held.moment or opposed(piece.lemmas, held.lemmas):
        return False
    if piece.kind == "name" or held.kind == "name":
        return _same_name(piece, held)
    return same_way(piece.lemmas, held.lemmas) or any(
        other in equals(lemma) or _kin(lemma, other) for lemma in piece.lemmas for other in held.lemmas
    )


def _same_name(piece: Piece, held: Piece) -> bool:
    """«Пашиняном» and «Пашинян», wabtec and «Вабтек», «Казахстан» and «казахстанский», «А.» and «Айгуль»."""
    if held.initial:
        return piece.folded[0] == held.folded[0]
    word, other = piece.folded, held.folded
    if (
        "-" in other
        and "-" not in word
        and any(same_but_ending(word, part) or word == part for part in other.split("-"))
    ):
        return True
    if same_but_ending(word, other) or any(
        each in equals(lemma) for lemma in piece.lemmas for each in held.lemmas
    ):
        return True
    if word.isascii() != other.isascii() and min(len(word), len(other)) >= _SHORTEST_SOUND:
        return sound_key(word) == sound_key(other) or any(
            sound_key(w) == sound_key(o) for w in piece.lemmas for o in held.lemmas
        )
    return _is_adjective_of(piece, held) or _is_adjective_of(held, piece)


def _is_adjective_of(adjective: Piece, name: Piece) -> bool:
    """«российский» of «Россия», «армянский» of «Армения»: what is left of it begins the name."""
    for lemma in adjective.lemmas:
        stem = lemma.removesuffix("ий").removesuffix("ск")
        if lemma.endswith("ский") and any(
            other.startswith(stem[: max(4, len(stem) - 1)]) for other in name.lemmas
        ):
            return True
    return False


def parts_alike(piece: Piece, held: Piece) -> bool:
    """True for verbs that give the same parts to their nouns: one, or one in place of the other."""
    if piece.lemmas & held.lemmas:
        return True
    if any(piece.lemmas & one and held.lemmas & two for one, two in _CONVERSE):
        return False
    return same_way(piece.lemmas, held.lemmas) or any(held.lemmas & equals(each) for each in piece.lemmas)


def may_replace(piece: Piece, held: Piece) -> bool:
    """True for pieces of one sort, of which one may stand in place of the other."""
    figures = {"number", "time"}
    if piece.kind in figures or held.kind in figures:
        return piece.kind in figures and held.kind in figures
    if piece.kind == "name" and held.kind == "name":
        return True
    return (piece.group == "noun") == (held.group == "noun")
