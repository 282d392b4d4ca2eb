"""Whose post is told? «Генеральный директор Acme Иван Петров» doesn't say who heads another company.

Asked who holds a post somewhere, a sentence that gives the post, each time with somebody else's name right
behind it, or that has another thing headed («делегацию возглавлял Петров»), tells of another holder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.answering.same_word import is_same
from rag.text.entities import entities_of
from rag.text.questions import analyse
from rag.text.tokens import Token, tokens

# Posts at the head of something: any of them may be called by another.
_HEADS = frozenset("директор гендиректор глава руководитель президент председатель начальник шеф ceo".split())
_OTHER_POSTS = frozenset(
    """министр премьер премьер-министр посол губернатор мэр аким секретарь канцлер король император князь
    хан эмир султан царь тренер капитан ректор сенатор""".split()
)
_BEING = frozenset({"быть", "являться", "стать"})
_LEADING = frozenset("возглавлять возглавить руководить".split())
_MANAGING = frozenset({"руководить"})  # it governs the instrumental
_AROUND = 5  # tokens from a verb to what is headed


def tells_another_holder(question: str, sentence: str) -> bool:
    """True where every post like the asked one belongs to somebody else in `sentence`."""
    wanted, owner, asked = _asked(question)
    if not wanted or not owner:
        return False
    found = tokens(sentence)
    told = [*_posts(sentence, found, wanted, owner), *_headed(found, wanted, asked)]
    if not told and _is_firm(question, owner):
        told = [False for token in found if token.grammar.lemma in _OTHER_POSTS - wanted]
        told = [] if any(token.grammar.lemma in wanted for token in found) else told
    return bool(told) and not any(told)


def asks_holder(question: str) -> bool:
    """True where it is asked who holds a post."""
    return bool(_asked(question)[0])


def tells_no_post(question: str, sentence: str) -> bool:
    """True where it is asked who heads a firm, and `sentence` speaks of no such post."""
    wanted, owner, _ = _asked(question)
    return (
        bool(wanted and owner)
        and _is_firm(question, owner)
        and all(token.grammar.lemma not in wanted for token in tokens(sentence))
    )


def names_owner(question: str, sentence: str, *around: str) -> bool:
    """True where it is told where the asked post is, or the question names nothing.

    The texts `around` tell it only of a sentence that names no other place or firm.
    """
    wanted, owner, asked = _asked(question)
    leads = any(token.grammar.lemma in _MANAGING for token in asked)  # «руководил восстанием»
    if not wanted or not owner or leads or _names_one_of(owner, sentence):
        return True
    found = tokens(sentence)
    holders = _holders(sentence, found)
    others = [
        each
        for each in entities_of(sentence, found)
        if each.kind in ("place", "organisation")
        and not any(start <= each.start < stop for start, stop in holders)
    ]
    return not others and any(_names_one_of(owner, text) for text in around)


def _names_one_of(owner: Sequence[Token], text: str) -> bool:
    return any(_is_owner(owner, token) for token in tokens(text))


def _is_owner(owner: Sequence[Token], name: Token) -> bool:
    """One of the question's names, or their abbreviation («РЖД»)."""
    initials = "".join(token.folded[0] for token in owner)
    return any(is_same(asked, name) for asked in owner) or (
        name.is_abbreviation and len(name.text) > 1 and name.folded[0] == initials[:1]
    )


def _is_firm(question: str, owner: Sequence[Token]) -> bool:
    """«Wabtec», «Тау-Кен Самрук»: no minister or mayor heads it."""
    return "«" in question or all(token.is_latin for token in owner)


@lru_cache(maxsize=200)
def _asked(question: str) -> tuple[frozenset[str], tuple[Token, ...], tuple[Token, ...]]:
    """What posts are asked for (lemmas), the names of where, and all words of the question."""
    found = tuple(token for token in tokens(question) if token.kind == "word")
    post = _post(found)
    if post is None or analyse(question).kind != "person":
        return frozenset(), (), found
    wanted = _HEADS | _LEADING if post.grammar.lemma in _HEADS | _LEADING else {post.grammar.lemma}
    owner = tuple(token for place, token in enumerate(found) if place and _is_name(token))
    return frozenset(wanted), owner, found


def _post(found: Sequence[Token]) -> Token | None:
    """The post of «Кто (сейчас) (генеральный) директор …», «Кто возглавляет …»; None for other questions.

    «Кто из министров был на встрече?» asks for no holder.
    """
    if not found or found[0].folded not in ("кто", "кем"):
        return None
    for token in found[1:]:
        if token.grammar.lemma in _HEADS | _OTHER_POSTS | _LEADING:
            return token
        if token.grammar.part not in ("ADJF", "ADVB") and token.grammar.lemma not in _BEING:
            return None
    return None


def _is_name(token: Token) -> bool:
    return token.is_capital or token.is_latin


def _posts(
    sentence: str, found: Sequence[Token], wanted: frozenset[str], owner: Sequence[Token]
) -> Iterator[bool]:
    """For every post with an owner's name behind it: is it the one that is asked about?"""
    holders = _holders(sentence, found)
    for place, token in enumerate(found):
        if token.grammar.lemma not in wanted - _LEADING:
            continue
        names = [
            each
            for each in _behind(found, place)
            if not any(start <= each.start < stop for start, stop in holders)
        ]
        # «Директор Jane Doe»: in Latin letters a person looks like a firm
        if names and (holders or not all(name.is_latin for name in names)):
            yield any(_is_owner(owner, name) for name in names)


def _holders(sentence: str, found: Sequence[Token]) -> list[tuple[int, int]]:
    """Where persons are named that can be no firms."""
    named = entities_of(sentence, found)
    firms = {(each.start, each.stop) for each in named if each.kind == "organisation"}
    persons = {(each.start, each.stop) for each in named if each.kind == "person"}
    return sorted(persons - firms)


def _behind(found: Sequence[Token], place: int) -> Iterator[Token]:
    """Names behind a post, up to the first word that goes on with something else."""
    for token in found[place + 1 :]:
        if token.kind == "sign" and token.text in '«»"„“':
            continue
        is_owned = token.kind == "word" and "gent" in token.grammar.cases
        if token.kind != "word" or not (_is_name(token) or is_owned):
            return
        if _is_name(token):
            yield token


def _headed(found: Sequence[Token], wanted: frozenset[str], asked: Sequence[Token]) -> Iterator[bool]:
    """For every verb that heads something: is that something in the question?"""
    for place, token in enumerate(found):
        if token.grammar.lemma not in wanted & _LEADING:
            continue
        near = found[max(0, place - _AROUND) : place + _AROUND + 1]
        nouns = [each for each in near if each.grammar.part == "NOUN" or _is_name(each)]
        is_managed = token.grammar.lemma in _MANAGING
        objects = [each for each in nouns if _is_object(each, is_managed)]
        if objects or any(is_same(word, each) for word in asked for each in nouns):
            yield any(is_same(word, each) for word in asked for each in objects or nouns)


def _is_object(token: Token, is_managed: bool) -> bool:
    """«делегацией» of «руководил», «делегацию» of «возглавлял»: a noun in no other case."""
    cases = token.grammar.cases
    return "ablt" in cases if is_managed else "accs" in cases and not cases & {"nomn", "gent"}
