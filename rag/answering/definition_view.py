"""A sentence with the places where it names what is to be defined, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.answering.span_view import Seen
from rag.text.tokens import Token, tokens
from rag.text.words import is_function_word

Mention = tuple[int, int]  # first and last token of what is to be defined

OBLIQUE = 0.1  # less strength where the explaining phrase is declined
_LONGEST = 32  # tokens of an explanation
_FURTHER_NAMES = 2  # of a person, between those that are asked about
NOMINAL = frozenset({"NOUN", "ADJF", "Name", "LATN", "number", "open", "close"})
NAMES = frozenset({"Name", "LATN"})
FINITE = frozenset({"VERB", "short"})
CLOSES_CLAUSE = frozenset({"end", "comma"})
_NEW_CLAUSE = frozenset("и но однако поэтому его ее их он она оно они это ему ей".split())
_INNER = frozenset((*'«»„“”"—–-+', "де", "фон", "ван", "аль", "ди"))
OPEN, _CLOSE = '«„“"', '»”"'
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
class Definition:
    """How much a sentence explains (0 to 1); offsets of the part that does, if it reads well alone."""

    strength: float
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class DefinitionView:
    """A sentence with the places where it names the term."""

    seen: Seen
    term: Term

    @property
    def tokens(self) -> Sequence[Token]:
        return self.seen.tokens

    @property
    def classes(self) -> Sequence[str]:
        return self.seen.classes

    @cached_property
    def brackets(self) -> tuple[int, ...]:
        """How many round brackets each token stands in; the brackets themselves stand inside."""
        depths, depth = [], 0
        for token in self.tokens:
            depth += token.text == "("
            depths.append(depth)
            depth = max(0, depth - (token.text == ")"))
        return tuple(depths)

    def mentions(self) -> Iterator[Mention]:
        """Runs of tokens that name the term in full, quotation marks included."""
        place, size = 0, len(self.tokens)
        while place < size:
            last, held = place - 1, frozenset[int]()
            while (here := self._next_of_term(last + 1, held)) is not None:
                last, held = here[0], held | {here[1]}
            if self.term.is_whole(held):
                yield self._quoted(place, last)
            place = max(last, place) + 1

    def _next_of_term(self, start: int, held: frozenset[int]) -> tuple[int, int] | None:
        """The next token of the term from `start` on and its word; only signs may stand before it inside."""
        place = start
        while held and place < len(self.tokens) and self._may_stand_inside(place, start):
            place += 1
        word = self.term.place(self.tokens[place]) if place < len(self.tokens) else None
        return None if word is None or word in held else (place, word)

    def _may_stand_inside(self, place: int, start: int) -> bool:
        """Signs, «фон», and further names of a person: «Пётр Ильич Лавров»."""
        is_name = self.classes[place] in NAMES and place < start + _FURTHER_NAMES
        is_further = is_name and self.term.is_somebody and not self.term.has(self.tokens[place])
        return self.tokens[place].folded in _INNER or is_further

    def _quoted(self, first: int, last: int) -> Mention:
        if first and self.tokens[first - 1].text in OPEN:
            first -= 1
        if last + 1 < len(self.tokens) and self.tokens[last + 1].text in _CLOSE:
            last += 1
        return first, last

    def behind(self, place: int) -> int:
        """The first token from `place` on that no bracket holds."""
        outer = self.brackets[place - 1] if 0 < place <= len(self.tokens) else 0
        while place < len(self.tokens) and self.brackets[place] > outer:
            place += 1
        return place

    def text_at(self, place: int) -> str:
        return self.tokens[place].folded if 0 <= place < len(self.tokens) else ""

    def class_at(self, place: int) -> str:
        return self.classes[place] if 0 <= place < len(self.tokens) else "end"

    def cases(self, first: int, last: int) -> frozenset[str]:
        """The cases the phrase may stand in, told by its first noun or name; none where nothing tells."""
        inside = self.tokens[first : last + 1]
        if not inside:
            return frozenset()
        noun = next((t for t in inside if t.grammar.part in ("NOUN", "UNKN")), inside[0])
        return noun.grammar.cases if noun.grammar.known else frozenset()

    def is_name(self, mention: Mention) -> bool:
        """True for a name: a capital inside the sentence, Latin letters, quotation marks."""
        first, last = mention
        if self.tokens[first].text in OPEN:
            return True
        return (
            any(name in NAMES for name in self.classes[first : last + 1])
            or self.tokens[first].is_abbreviation
        )

    def opens_clause(self, first: int) -> bool:
        """True where only adjectives and names stand between `first` and the begin of its clause."""
        place = first - 1
        while place >= 0 and (self._may_open(place) or self._is_forename(place)):
            place -= 1
        return (
            place < 0 or self.tokens[place].text in ".;:!?]" or (self.classes[place] == "dash" and not place)
        )

    def _may_open(self, place: int) -> bool:
        return self.classes[place] in ("ADJF", "Name", "LATN", "open") or self.text_at(place) == "и"

    def _is_forename(self, place: int) -> bool:
        grammar = self.tokens[place].grammar
        return not place and bool(grammar.marks & {"Name", "Surn", "Patr", "UNKN"} or not grammar.known)

    def may_be_subject(self, mention: Mention) -> bool:
        cases = self.cases(*mention)
        return "nomn" in cases or not cases

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        if last < first:
            return None
        return self.tokens[first].start, self.tokens[last].stop

    def explanation(self, first: int) -> tuple[int, int] | None:
        """From `first` to where the explanation ends."""
        last = first - 1
        outer = self.brackets[first]
        comma = None
        for place in range(first, min(first + _LONGEST, len(self.tokens))):
            if self.brackets[place] > outer:
                continue
            if self._ends(place):
                return self.span(first, last)
            if self.classes[place] == "comma":
                comma = last
            last = place
        is_whole = last == len(self.tokens) - 1
        return self.span(first, last if is_whole or comma is None else comma)

    def _ends(self, place: int) -> bool:
        token = self.tokens[place]
        if token.text in ";:!?" or (token.text == "." and self._is_full_stop(place)):
            return True
        if self.classes[place] == "dash" and token.start and self.tokens[place - 1].stop < token.start:
            return True
        return self.classes[place] == "comma" and self.text_at(place + 1) in _NEW_CLAUSE

    def _is_full_stop(self, place: int) -> bool:
        following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        return following is None or following.is_capital

    def is_explaining(self, place: int) -> bool:
        """True where an explanation may begin: «остаток …», «то, что …», not «в печи», «12 тонн»."""
        if self.text_at(place) in ("то", "тот", "та", "один", "одна", "одно", "так", "когда"):
            return True
        name, cases = (
            self.class_at(place),
            self.tokens[place].grammar.cases if place < len(self.tokens) else (),
        )
        return name in ("NOUN", "ADJF", "Name", "LATN", "open") and ("nomn" in cases or not cases)


def points_back(token: Token) -> bool:
    """«этот», «его», «другой»: no part of what something is."""
    return "Apro" in token.grammar.marks or token.folded in ("его", "ее", "их")


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
