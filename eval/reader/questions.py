"""Questions made of a clause: a wh-word for one of its parts, the rest shortened and put in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from eval.reader.asking import asked_of, verb_said
from eval.reader.clause_parts import Part, is_pointing, spelled
from eval.reader.clauses import Clause
from eval.reader.counts import how_many
from eval.reader.fillers import COUNTRIES
from eval.reader.forms import CASES, GENDERS, lemma, parses
from eval.reader.trees import Sentence
from eval.reader.wording import (
    ACTING,
    adverbs_and_rest,
    group_forms,
    is_attribution,
    is_empty,
    remaining,
    sentence_case,
    shown,
)

_WH = {
    "Gen": ("кого", "чего"),
    "Dat": ("кому", "чему"),
    "Acc": ("кого", "что"),
    "Ins": ("кем", "чем"),
    "Loc": ("ком", "чём"),
}
_ASKED_PREPOSITIONS = frozenset("о об с со к ко от за против для над между перед про у".split())
_CAUSES = (
    "из-за",
    "благодаря",
    "вследствие",
    "ввиду",
    "в связи с",
    "в результате",
    "по причине",
    "в связи со",
)
_FRAMES = frozenset(
    """ход рамка результат случай условие время период момент день год отношение качество связь итог число
    соответствие очередь месяц неделя час минута сторона течение помощь счет основание сутки век век сила цель
    образ целое среднее свет вид адрес отличие сравнение помощь участие фон начало конец середина""".split()
)
_IN_WHAT = frozenset(
    """участвовать обвинить обвинять признаться нуждаться подозревать уличить заключаться состоять
    сомневаться""".split()
)
_GENERIC = frozenset(
    """компания фирма корпорация газета журнал агентство телеканал партия клуб команда город деревня село
    остров
    река фильм роман книга группа корабль компания организация штат провинция область село поселок район улица
    авиакомпания банк издание сериал альбом песня порт станция аэропорт фонд концерн холдинг радиостанция
    программа
    спектакль операция проект движение вирус спутник самолет ракета комплекс отель ресторан магазин завод
    театр""".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`answer` in characters of the sentence; `rule` names what made it."""

    question: str
    answer: tuple[int, int]
    rule: str
    clause: Clause
    part: Part


Rule = Callable[[Clause, Part, Random], "tuple[str, tuple[int, ...]] | None"]


def questions(clause: Clause, random: Random) -> Iterator[Asked]:
    """One question for every part that a rule can ask for, in order of the parts."""
    if clause.subject is None or is_pointing(clause.sentence, clause.subject):
        return
    for part in clause.parts:
        if clause.sentence.nodes[part.head].pos == "PRON":
            continue
        if is_pointing(clause.sentence, part) or is_empty(clause, part) or is_attribution(clause, part):
            continue
        for rule in random.sample(RULES, len(RULES)):
            made = rule(clause, part, random)
            answer = span(clause.sentence, made[1]) if made else None
            if made and answer and len(made[0].split()) > 2 and _is_telling(clause, part, made[0]):
                yield Asked(_ended(made[0]), answer, rule.__name__, clause, part)
                break


def _ended(question: str) -> str:
    return sentence_case(question.rstrip(",")) + "?"


def _is_telling(clause: Clause, part: Part, question: str) -> bool:
    """More than «Кто выступил?»: a name, a number or two nouns stand in it."""
    nouns = sum(
        clause.sentence.nodes[each].pos in ("NOUN", "PROPN", "NUM", "X")
        for other in clause.parts
        if other is not part
        for each in other.shown
        if clause.sentence.nodes[each].text in question
    )
    names = any(word[0].isupper() or word[0].isdigit() for word in question.split()[1:] if word)
    return nouns >= 2 or (nouns == 1 and names)


def span(sentence: Sentence, places: tuple[int, ...]) -> tuple[int, int] | None:
    """Characters of `places` in the sentence, without quotes that only frame them."""
    places = tuple(places)
    while places and sentence.nodes[places[0]].text in '«"(,':
        if sentence.nodes[places[-1]].text in '»")' and len(places) > 2:
            inside = [sentence.nodes[each].text for each in places[1:-1]]
            if any(each in '«»"' for each in inside):
                break
            places = places[:-1]
        places = places[1:]
    if not places or list(places) != list(range(places[0], places[-1] + 1)):
        return None
    start, stop = sentence.nodes[places[0]].start, sentence.nodes[places[-1]].stop
    return (start, stop) if stop - start <= 160 else None


def who(clause: Clause, part: Part, random: Random) -> tuple[str, tuple[int, ...]] | None:
    """The subject: «кто», «что», «какая страна»."""
    if not part.role.startswith("nsubj") or part.kind in ("number", "date"):
        return None
    if clause.sentence.nodes[part.head].pos not in ("NOUN", "PROPN", "X"):
        return None
    wh, gender = _subject_word(clause, part, random)
    forms = group_forms(clause, gender, "sing")
    kept = remaining(clause, (part,), random, 0.6)
    if forms is None or not kept:
        return None
    adverbs, kept = adverbs_and_rest(clause, kept)
    rest = [shown(clause, each) for each in kept]
    verb = " ".join((*(shown(clause, each) for each in adverbs), verb_said(clause, random, forms)))
    before = [each for each in kept if each.first < min(clause.group) and each.kind in ("date", "place")]
    before = [each for each in before if len(each.shown) < 5]
    if before and random.random() < 0.5:
        rest.remove(shown(clause, before[0]))
        question = f"{wh} {shown(clause, before[0])} {verb} {' '.join(rest)}"
    else:
        question = f"{wh} {verb} {' '.join(rest)}"
    return question.strip(), _answer_of(clause, part, random)


def _subject_word(clause: Clause, part: Part, random: Random) -> tuple[str, str]:
    node = clause.sentence.nodes[part.head]
    if part.kind in ("person", "animate") or lemma(node) in ACTING:
        return "кто", "masc"
    if part.kind == "place" and lemma(node) in COUNTRIES and len(part.shown) == 1:
        return ("какая страна", "femn") if random.random() < 0.8 else ("кто", "masc")
    if part.kind == "organisation" or node.name == "ORG":
        return ("какая организация", "femn") if random.random() < 0.2 else ("кто", "masc")
    return "что", "neut"


def _answer_of(clause: Clause, part: Part, random: Random) -> tuple[int, ...]:
    """The whole part, or the name alone where its bearer is told with a title."""
    inside = [
        (first, stop) for first, stop, kind in clause.sentence.names if kind == "PER" and first in part.shown
    ]
    joined = any(clause.sentence.nodes[each].rel == "conj" for each in part.shown)
    if part.kind == "person" and len(inside) == 1 and not joined and random.random() < 0.8:
        return tuple(range(*inside[0]))
    start = 0
    while start < len(part.shown) - 1 and (
        clause.sentence.nodes[part.shown[start]].rel == "case"
        or clause.sentence.nodes[part.shown[start]].pos == "PART"
    ):
        start += 1
    return part.shown[start:]


def whom(clause: Clause, part: Part, random: Random) -> tuple[str, tuple[int, ...]] | None:
    """Objects without and with a preposition: «кого», «чему», «о чём», «с кем»."""
    node = clause.sentence.nodes[part.head]
    case = node.feature("Case")
    if (
        part.kind in ("date", "number")
        or part.role not in ("obj", "iobj", "obl", "obl:agent")
        or case not in _WH
    ):
        return None
    if (
        part.kind == "place"
        and part.role == "obl"
        and part.preposition in ("в", "во", "на", "из", "с", "со", "от", "к")
    ):
        return None
    if case == "Gen" and part.preposition in ("с", "со", "от", "до") and part.kind == "thing":
        return None
    if node.pos not in ("NOUN", "PROPN", "X"):
        return None
    is_living = part.kind in ("person", "animate") or (node.name == "ORG" and case in ("Dat", "Ins"))
    if lemma(node) in _FRAMES or (
        part.role == "obl" and part.preposition == "" and case != "Ins" and case != "Dat"
    ):
        return None
    preposition = {"об": "о", "со": "с", "ко": "к", "во": "в"}.get(part.preposition, part.preposition)
    if preposition and preposition not in _ASKED_PREPOSITIONS and not _asks_in_what(clause, preposition):
        return None
    wh = f"{preposition} {_WH[case][0 if is_living else 1]}".strip()
    if case == "Gen" and not preposition and part.role == "obj" and not clause.is_denied and not is_living:
        wh = (
            "чего"
            if lemma(clause.node) in ("требовать", "добиваться", "добиться", "достичь", "лишиться")
            else ""
        )
    question = asked_of(clause, wh, part, random) if wh else None
    return (question, _answer_of(clause, part, random)) if question else None


def _asks_in_what(clause: Clause, preposition: str) -> bool:
    return preposition == "в" and lemma(clause.node) in _IN_WHAT


def where(clause: Clause, part: Part, random: Random) -> tuple[str, tuple[int, ...]] | None:
    """«Где», «куда», «откуда», «в каком городе»."""
    case = clause.sentence.nodes[part.head].feature("Case")
    if part.kind != "place" or part.role != "obl":
        return None
    words = {
        ("в", "Loc"): "где",
        ("на", "Loc"): "где",
        ("в", "Acc"): "куда",
        ("на", "Acc"): "куда",
        ("из", "Gen"): "откуда",
        ("около", "Gen"): "где",
        ("возле", "Gen"): "где",
        ("близ", "Gen"): "где",
        ("под", "Ins"): "где",
    }
    preposition = {"во": "в"}.get(part.preposition, part.preposition)
    wh = words.get((preposition, case))
    node = clause.sentence.nodes[part.head]
    if (
        wh is None
        or lemma(clause.node) in _IN_WHAT
        or (lemma(node) in ("суд", "центр", "дом") and wh == "куда")
    ):
        return None
    is_country = lemma(node) in COUNTRIES and len(part.shown) == 2
    if is_country and random.random() < 0.5:
        wh = {
            ("в", "Loc"): "в какой стране",
            ("в", "Acc"): "в какую страну",
            ("из", "Gen"): "из какой страны",
        }.get((preposition, case), wh)
    question = asked_of(clause, wh, part, random)
    answer = (
        part.shown
        if wh in ("где", "куда", "откуда") and random.random() < 0.7
        else _answer_of(clause, part, random)
    )
    return (question, answer) if question else None


def when(clause: Clause, part: Part, random: Random) -> tuple[str, tuple[int, ...]] | None:
    """«Когда», «в каком году», «какого числа»."""
    if part.kind != "date" or part.role not in ("obl", "advmod") or part.preposition not in ("", "в", "во"):
        return None
    node, text = clause.sentence.nodes[part.head], spelled(clause.sentence, part.shown)
    if (
        part.role == "obl"
        and not any(each.isdigit() for each in text)
        and node.feature("Case") not in ("Acc", "Loc", "Gen")
    ):
        return None
    wh, answer = "когда", part.shown
    years = [
        each
        for each in part.shown
        if clause.sentence.nodes[each].text.isdigit() and len(clause.sentence.nodes[each].text) == 4
    ]
    if lemma(node) == "год" and len(part.shown) == 3 and years and random.random() < 0.6:
        wh, answer = "в каком году", tuple(years) if random.random() < 0.7 else part.shown[1:]
    elif (
        clause.sentence.nodes[part.shown[0]].text.isdigit() and len(part.shown) == 2 and random.random() < 0.4
    ):
        wh = "какого числа"
    question = asked_of(clause, wh, part, random)
    return (question, answer) if question else None


def why(clause: Clause, part: Part, random: Random) -> tuple[str, tuple[int, ...]] | None:
    """«Почему», «из-за чего», «что стало причиной»."""
    if part.role != "obl" or part.preposition not in _CAUSES or is_pointing(clause.sentence, part):
        return None
    wh = random.choice(("почему", "почему", "из-за чего", "по какой причине"))
    if part.preposition == "благодаря":
        wh = random.choice(("благодаря чему", "почему"))
    question = asked_of(clause, wh, part, random)
    answer = part.shown if wh in ("почему", "по какой причине") else _answer_of(clause, part, random)
    return (question, answer) if question else None


def which(clause: Clause, part: Part, random: Random) -> tuple[str, tuple[int, ...]] | None:
    """«В каком городе», «какая компания»: the name behind a general word."""
    sentence, node = clause.sentence, clause.sentence.nodes[part.head]
    case, gender = CASES.get(node.feature("Case")), GENDERS.get(node.feature("Gender"))
    names = tuple(each for each in part.shown if each > part.head)
    if (
        lemma(node) not in _GENERIC
        or node.feature("Number") != "Sing"
        or not names
        or case is None
        or gender is None
    ):
        return None
    first = sentence.nodes[names[0]]
    if not (
        first.text in '«"'
        or (first.text[0].isupper() and first.rel in ("appos", "nmod", "flat", "flat:foreign", "flat:name"))
    ):
        return None
    if first.text not in '«"' and first.feature("Case") == "Gen" and case != "gent":
        return None  # «район Москвы» is no name
    grammemes = {case, gender} if case != "accs" or gender != "masc" else {"nomn", "masc"}
    form = parses("какой")[0].inflect(grammemes)
    before = [each for each in part.shown if each < part.head and sentence.nodes[each].rel != "case"]
    if form is None or before:
        return None
    wh = f"{part.preposition} {form.word} {node.lower}".strip()
    if not part.role.startswith("nsubj"):
        question = asked_of(clause, wh, part, random)
    else:
        kept = remaining(clause, (part,), random, 0.6)
        question = (
            f"{wh} {verb_said(clause, random)} {' '.join(shown(clause, each) for each in kept)}"
            if kept
            else None
        )
        if question and random.random() < 0.3 and kept:
            relative = {"masc": "который", "femn": "которая", "neut": "которое"}[gender]
            rest = " ".join(shown(clause, each) for each in kept)
            question = f"как называется {node.lower}, {relative} {verb_said(clause, random)} {rest}"
    return (question, names) if question else None


RULES: tuple[Rule, ...] = (who, whom, where, when, how_many, why, which)
