"""Who somebody is: «Кто министр транспорта Италии?», «Кто такой Сильвио Берлускони?»."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from eval.reader.clause_parts import spelled
from eval.reader.clauses import Clause
from eval.reader.questions import Asked, span
from eval.reader.trees import Sentence
from eval.reader.wording import lowered

_VAGUE = frozenset("мистер господин госпожа сэр лорд леди брат сестра отец мать сын дочь товарищ".split())


def who_is(clause: Clause, random: Random) -> Iterator[Asked]:
    """Of names with a title before them, in the nominative."""
    sentence, subject = clause.sentence, clause.subject
    if subject is None:
        return
    for first, stop, kind in sentence.names:
        title = _title(sentence, first) if kind == "PER" else None
        if title is None or first not in subject.places:
            continue
        name = sentence.text[sentence.nodes[first].start : sentence.nodes[stop - 1].stop]
        role = lowered(clause, title[0], spelled(sentence, title))
        is_woman = sentence.nodes[first].feature("Gender") == "Fem"
        if random.random() < 0.5:
            who = random.choice(
                (
                    f"Кто {'такая' if is_woman else 'такой'} {name}?",
                    f"Кем является {name}?",
                    f"Какую должность занимает {name}?",
                )
            )
            if "должность" in who and not any(
                role.startswith(each)
                for each in (
                    "министр",
                    "глава",
                    "директор",
                    "президент",
                    "губернатор",
                    "премьер",
                    "мэр",
                    "председатель",
                )
            ):
                who = f"Кем является {name}?"
            answer, rule = span(sentence, title), "role"
        else:
            who = f"Кто {role}?"
            answer, rule = span(sentence, tuple(range(first, stop))), "role holder"
        if answer:
            yield Asked(who, answer, rule, clause, subject)


def _title(sentence: Sentence, first: int) -> tuple[int, ...] | None:
    """The words of the title just before the name that begins at `first`."""
    name = sentence.nodes[first]
    head = name.head if name.rel == "appos" else -1
    if head < 0 or head >= first:
        return None
    node = sentence.nodes[head]
    places = [each for each in sentence.subtree(head, frozenset({first})) if each < first]
    if (
        node.pos != "NOUN"
        or node.feature("Case") != "Nom"
        or node.feature("Animacy") != "Anim"
        or node.lower in _VAGUE
    ):
        return None
    if not 2 <= len(places) <= 9 or places != list(range(places[0], first)):
        return None
    if any(
        sentence.nodes[each].pos in ("VERB", "PUNCT", "CCONJ", "PRON", "DET")
        and sentence.nodes[each].text not in '«»"'
        for each in places
    ):
        return None
    return tuple(places)
