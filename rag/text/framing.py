"""Words that frame a claim and add nothing to it: who says so, and that an amount amounts to something."""

from __future__ import annotations

from rag.text.name_spans import ORGANISATIONS, PLACES
from rag.text.pieces import Piece

# Any of these may stand for another or be left out: «по словам Токаева» is «Токаев заявил».
_SAYING = frozenset(
    """сообщать сообщить сообщаться сообщение передавать передать писать написать отмечать отметить отмечаться
    заявлять заявить заявление говорить говориться сказать рассказать уточнить уточнять подчеркнуть
    подчеркивать добавить добавлять пояснить пояснять указать указывать напомнить напоминать слово данные
    информация сведение""".split()
)
_AMOUNTING = frozenset(
    "составлять составить насчитывать насчитываться равняться оцениваться достигать исчисляться".split()
)


# Verbs that leave it to a noun to say what is done.
_LIGHT = frozenset(
    """провести проводить получить получать оказать оказывать нанести осуществить осуществлять произвести
    производить дать принять вести""".split()
)
_PERIODS = frozenset({"год", "месяц", "неделя", "день", "час"})


def is_light(piece: Piece) -> bool:
    """True for «провести» of «провести встречу»."""
    return piece.kind == "word" and piece.group == "verb" and bool(piece.lemmas & _LIGHT)


def frames(piece: Piece, following: Piece | None) -> bool:
    """True for a word that says only how a claim is known, how an amount is told, or what sort a name is.

    «Компания» says so before a name: «компания «Вабтек»».
    """
    if piece.kind != "word":
        return False
    if piece.lemmas & (_SAYING | _AMOUNTING):
        return True
    if following is not None and "каждый" in piece.lemmas and following.lemmas & _PERIODS:
        return True  # «каждый год» of «ежегодно», «в год»
    return (
        following is not None and following.kind == "name" and bool(piece.lemmas & (ORGANISATIONS | PLACES))
    )
