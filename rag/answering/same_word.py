"""Whether a word of the question and one of a sentence are the same: by lemma, by another name, by sound."""

from __future__ import annotations

from rag.answering.span_view import PREFIX
from rag.text.tokens import Token

# A state is also called by its capital and by its people.
_STATES = (
    ("сша", "штат", "вашингтон", "америка", "американец", "американский"),
    ("россия", "москва", "россиянин", "российский", "рф"),
    ("китай", "пекин", "китаец", "китайский", "кнр"),
    ("великобритания", "лондон", "британец", "британский"),
    ("германия", "берлин", "немец", "немецкий"),
    ("франция", "париж", "француз", "французский"),
    ("казахстан", "астана", "казахстанец", "казахстанский"),
)
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziiklmnoprstufhie", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
    | {"y": "i", "w": "v", "c": "k", "-": "", "'": ""}
)


def is_same(asked: Token, token: Token) -> bool:
    """True for «Казахстана» and «Астана», «Вабтек» and Wabtec, «службу» and «служба»."""
    if token.kind != "word":
        return False
    one, other = asked.grammar.lemma, token.grammar.lemma
    if one == other or (len(one) >= PREFIX and one[:PREFIX] == other[:PREFIX]):
        return True
    if any(one in names and other in names for names in _STATES):
        return True
    return asked.is_latin != token.is_latin and asked.is_capital and _sounds(asked) == _sounds(token)


def _sounds(token: Token) -> str:
    """The name in Latin letters, its beginning only: endings are declined."""
    return token.folded.translate(_LATIN)[: PREFIX + 1]
