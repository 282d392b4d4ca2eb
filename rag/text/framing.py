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


def frames(piece: Piece, following: Piece | None) -> bool:
    """True for a word that says only how a claim is known, how an amount is told, or what sort a name is.

    «Компания» says so before a name: «компания «Вабтек»».
    """
    if piece.kind != "word":
        return False
    if piece.lemmas & (_SAYING | _AMOUNTING):
        return True
    return (
        following is not None and following.kind == "name" and bool(piece.lemmas & (ORGANISATIONS | PLACES))
    )
