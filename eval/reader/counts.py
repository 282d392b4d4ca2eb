"""Questions for a number: «сколько домов», «на сколько процентов»."""

from __future__ import annotations

from random import Random

from eval.reader.asking import asked_of, verb_said
from eval.reader.clause_parts import Part, spelled
from eval.reader.clauses import Clause
from eval.reader.forms import lemma, reading
from eval.reader.trees import Sentence
from eval.reader.wording import group_forms, remaining, shown

_SCALES = frozenset("миллион млн тысяча тыс миллиард млрд триллион трлн".split())
_COUNTED = {"человек": "человек", "год": "лет", "лето": "лет"}


def how_many(clause: Clause, part: Part, random: Random) -> tuple[str, tuple[int, ...]] | None:
    """«Сколько домов»: the number alone; «на сколько процентов»."""
    sentence = clause.sentence
    if part.role not in ("nsubj", "nsubj:pass", "obj", "obl") or part.preposition not in (
        "",
        "на",
        "за",
        "до",
    ):
        return None
    number = sentence.child(part.head, "nummod", "nummod:gov")
    if (
        number is None
        or number not in part.shown
        or sentence.nodes[number].lower in ("несколько", "много", "один", "одна", "одно")
    ):
        return None
    head, answer = part.head, [each for each in part.shown if each < part.head]
    nouns = [head]
    if lemma(sentence.nodes[head]).strip(".") in _SCALES:
        counted = sentence.child(head, "nmod")
        if counted is None or (counted != head + 1 and sentence.nodes[head + 1].text != "."):
            return None
        head, nouns = counted, [counted]
    first_noun = next(
        (each for each in part.shown if number < each <= head and _goes_with(sentence, each, head)), head
    )
    answer = [each for each in part.shown if each < first_noun and sentence.nodes[each].rel != "case"]
    nouns = [each for each in part.shown if first_noun <= each <= head]
    told = _plural_genitive(sentence, nouns)
    if told is None or not answer or (part.preposition and answer[0] < number - 2):
        return None
    tail = tuple(each for each in part.shown if each > head)
    wh = " ".join(filter(None, (part.preposition, "сколько", told, spelled(sentence, tail)))).replace(
        " ,", ","
    )
    question = _counted_question(clause, part, wh, random)
    return (question, tuple(answer)) if question else None


def _goes_with(sentence: Sentence, place: int, head: int) -> bool:
    node = sentence.nodes[place]
    return place == head or (node.head == head and node.rel in ("amod", "acl"))


def _plural_genitive(sentence: Sentence, places: list[int]) -> str | None:
    forms = []
    for each in places:
        node = sentence.nodes[each]
        if node.text == "%":
            forms.append("процентов")
            continue
        found = reading(node)
        if found is None:
            return None
        fixed = _COUNTED.get(str(found.normal_form))
        form = found.inflect({"gent", "plur"}) if fixed is None else None
        word = fixed or (str(form.word) if form is not None else None)
        if word is None:
            return None
        forms.append(word)
    return " ".join(forms)


def _counted_question(clause: Clause, part: Part, wh: str, random: Random) -> str | None:
    if not part.role.startswith("nsubj"):
        return asked_of(clause, wh, part, random)
    forms = group_forms(clause, "neut", "sing")
    kept = remaining(clause, (part,), random, 0.7)
    if forms is None or kept is None:
        return None
    return f"{wh} {verb_said(clause, random, forms)} {' '.join(shown(clause, each) for each in kept)}".strip()
