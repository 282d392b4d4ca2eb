"""What «что такое X» asks about: the words that name X, as they stand in the sentences of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.tokens import Token, tokens
from rag.text.words import is_function_word

_ASKING = frozenset(
    """такой означать являться называться значить термин слово понимать представлять собой расшифровываться
    обозначать подразумеваться рассказать объяснить пояснить""".split()
)
# «Что за компания X?»: the sentence need not repeat what kind of thing X is.
GENUS = frozenset(
    """компания фирма фонд корпорация организация предприятие месторождение проект человек вещество металл
    элемент банк группа служба формат аббревиатура сокращение понятие выражение""".split()
)


@dataclass(frozen=True, slots=True)
class Term:
    """What is to be defined: its words, and those of them that a sentence may leave out."""

    words: tuple[Token, ...]
    optional: frozenset[str]
    is_somebody: bool  # «кто такой»

    @classmethod
    def of(cls, question: str) -> Term:
        """The words of a question («что такое X») that name X."""
        asked = tokens(question)
        is_somebody = any(token.folded in ("кто", "кого", "кем") for token in asked)
        named = tuple(token for token in asked if _names(token))
        # Either of «Кто такие Иванов и Петров?» will do.
        several = is_somebody and any(token.folded == "и" for token in asked)
        spare = named if several else tuple(t for t in named if _is_spare(t)) + _qualifying(asked)
        optional = frozenset(token.grammar.lemma for token in spare)
        needed = [token for token in named if token.grammar.lemma not in optional]
        return cls(named, optional if needed or several else frozenset(), is_somebody)

    def place(self, token: Token) -> int | None:
        """Which of the words `token` is."""
        return next((place for place, word in enumerate(self.words) if _is_same(word, token)), None)

    def has(self, token: Token) -> bool:
        return self.place(token) is not None

    def is_in(self, text: str) -> bool:
        """True when `text` has all the words, wherever they stand."""
        return self.is_whole(frozenset(p for t in tokens(text) if (p := self.place(t)) is not None))

    def is_whole(self, places: frozenset[int]) -> bool:
        """True when `places` are all the words that a sentence must have."""
        return bool(places) and all(
            place in places or word.grammar.lemma in self.optional for place, word in enumerate(self.words)
        )


def _is_spare(token: Token) -> bool:
    return token.grammar.lemma in GENUS or _is_state(token)


def _qualifying(asked: Sequence[Token]) -> tuple[Token, ...]:
    """What says where the word is used: «шлак в литейном деле»."""
    place = next((place for place, token in enumerate(asked) if token.folded in ("в", "во", "на", "при")), 0)
    return tuple(asked[place:]) if place > 1 else ()


def _is_state(token: Token) -> bool:
    """«Национальный банк США»: whose it is may go without saying."""
    return "Geox" in token.grammar.marks and token.is_abbreviation


def _names(token: Token) -> bool:
    if token.kind == "sign" or token.grammar.lemma in _ASKING:
        return False
    return token.kind == "number" or not is_function_word(token.folded)


def _is_same(word: Token, token: Token) -> bool:
    if word.kind != token.kind:
        return False
    if word.folded == token.folded or (word.kind == "word" and word.grammar.lemma == token.grammar.lemma):
        return True
    # Foreign names are declined in ways no dictionary knows: «Алтхаус», «Алтхаусом».
    shorter, longer = sorted((word.folded, token.folded), key=len)
    is_name = token.is_capital and not word.is_latin and len(shorter) > 3
    return is_name and longer.startswith(shorter) and len(longer) - len(shorter) < 4
