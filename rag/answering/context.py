"""What earlier turns were about: the phrases a new question may refer to, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.answering.wording import NO_ARTICLES, NOTHING_NEAR, REFUSAL
from rag.text.entities import entities
from rag.text.phrases import Phrase, phrases
from rag.text.questions import analyse
from rag.text.readings import Reading
from rag.text.setting import DEVELOPS, DISAGREE, NO, UNDECIDED, YES
from rag.text.words import fold

_REFUSALS = tuple(fold(said)[:24] for said in (REFUSAL, NOTHING_NEAR, NO_ARTICLES))
_FOOTNOTE = re.compile(r"\s*\[\d+\]|\*\*")
_DECIDING = re.compile(rf"^(?:{YES}|{NO}|{UNDECIDED})\. ")
_DIFFERING = re.compile(rf"\n\n(?:{DISAGREE}|{DEVELOPS}):")
_DOUBTFUL = -3.5  # the weight of what is better left unsaid
_USED = 600  # characters of an answer: what follows is detail

# Nouns that say what of a thing is asked; the thing itself stands behind them in the genitive.
RELATIONS = frozenset(
    """срок доля цена стоимость сумма размер объем площадь длина ширина протяженность мощность глубина высота
    вес масса население столица дата автор директор гендиректор глава руководитель президент владелец
    основатель учредитель участник сторона цель причина условие результат итог состав штаб-квартира адрес
    название имя возраст должность профессия национальность гражданство образование запас добыча
    производство экспорт импорт потребление бюджет выручка прибыль оборот капитал количество число
    численность номер год место этап маршрут содержание суть смысл значение роль задача функция
    премьер-министр премьер министр посол канцлер король мэр губернатор тренер капитан режиссер
    преимущество недостаток риск последствие особенность свойство назначение применение история пакет
    происхождение стоимость инвестор партнер подрядчик конкурент температура скорость плотность
    символ формула уровень статус ставка курс доход расход долг валюта язык площадка резерв""".split()
)
_FRAMES = frozenset(
    """год месяц день век раз процент доллар рубль тонна километр метр миллион миллиард тысяча место образ
    время момент случай вопрос вид тип честь ответ сторона мир начало конец""".split()
)


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier turn: its question (standalone), its answer without footnotes, what it referred to."""

    question: str
    answer: str
    kind: str
    asked: tuple[Phrase, ...]
    said: tuple[Phrase, ...]
    meant: tuple[Phrase, ...] = ()

    @classmethod
    def of(cls, question: str, answer: str, referent: str = "") -> Past:
        """The turn as it is used; a refusal says nothing."""
        said = _FOOTNOTE.sub("", _DIFFERING.split(answer)[0][:_USED]).strip()
        said = "" if fold(said).startswith(_REFUSALS) else _DECIDING.sub("", said, count=1)
        kind = analyse(question).kind
        named_together = tuple(phrase for phrase in phrases(referent) if not phrase.nested)
        meant = named_together if len(named_together) > 1 else tuple(phrases(referent)[:1])
        return cls(question, said, kind, tuple(phrases(question)), tuple(phrases(said)), meant)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that may be meant, with how likely that is; `reading` is the one that agrees."""

    phrase: Phrase
    weight: float


@dataclass(frozen=True, slots=True)
class Several:
    """Names said together: «Мартин Эберхард и Марк Тарпеннинг»."""

    members: tuple[Phrase, ...]

    @property
    def readings(self) -> tuple[Reading, ...]:
        return (Reading("", "plur", "", True),)

    def in_case(self, case: str) -> str:
        *first, last = (member.in_case(case) for member in self.members)
        return f"{', '.join(first)} и {last}"


Agrees = Callable[[Reading], bool]


def anything(_: Reading) -> bool:
    """Every phrase agrees."""
    return True


def referent(
    past: Sequence[Past], agrees: Agrees, *, whole: bool = False, role: str = "", of_things: bool = False
) -> Phrase | None:
    """The likeliest phrase with a reading that agrees, read so; `whole` prefers the thing as it was asked
    about («мощность завода») to what it is of («завод»). Of several that may be subject or object, the one
    that had the `role` (nomn, accs) is likelier to have it again. `of_things`: neither persons nor
    those who did it are meant."""
    found = [
        candidate
        for age, turn in enumerate(reversed(past))
        for candidate in _candidates(turn, age, agrees, whole, role)
        if not (of_things and _is_party(candidate.phrase, turn))
    ]
    best = max(found, key=lambda candidate: candidate.weight, default=None)
    return best.phrase if best and best.weight > _DOUBTFUL else None


def _is_party(phrase: Phrase, turn: Past) -> bool:
    """A person, or whatever was the answer to «кто»."""
    return phrase.is_person or (phrase.text == turn.answer and turn.kind in ("person", "organisation"))


def _candidates(turn: Past, age: int, agrees: Agrees, whole: bool, role: str) -> Iterator[Candidate]:
    for phrase in turn.meant[:1]:
        if read := _read(phrase, agrees):
            yield Candidate(read, _weight(read, turn, age, 0, whole) + 4)
    for order, phrase in enumerate(turn.asked):
        if read := _read(phrase, agrees):
            weight = _weight(read, turn, age, order, whole) + _as_asked(read, turn, whole)
            yield Candidate(read, weight + _in_role(phrase, turn, role))
    focus = _focus(turn)
    for order, phrase in enumerate(turn.said):
        if read := _read(phrase, agrees):
            yield Candidate(
                read, _weight(read, turn, age, order, whole) + _as_said(read, turn, phrase is focus, whole)
            )


def _read(phrase: Phrase, agrees: Agrees) -> Phrase | None:
    readings = tuple(reading for reading in phrase.readings if agrees(reading))
    if not readings:
        return None
    return Phrase(
        phrase.text,
        phrase.tokens,
        phrase.first,
        phrase.head,
        phrase.head_last,
        phrase.last,
        readings,
        phrase.nested,
    )


def _weight(phrase: Phrase, turn: Past, age: int, order: int, whole: bool) -> float:
    weight = -3.0 * age - 0.3 * order
    if phrase.lemma in _FRAMES or _is_measure(phrase) or _in_figure(phrase):
        weight -= 5
    elif phrase.lemma in RELATIONS and not whole:
        weight -= 2.5
    if phrase.is_name:
        weight += 1
    if phrase.readings[0].gender or phrase.readings[0].number == "plur":
        weight += 0.7
    return weight


def _as_asked(phrase: Phrase, turn: Past, whole: bool) -> float:
    weight = 2.0 if turn.kind == "definition" else 1.0
    if phrase.nested:
        weight -= 1.5 if whole else 0.6
    if phrase.asked and not whole and phrase.readings[0].number == "sing":
        weight -= 2
    return weight


def _in_role(phrase: Phrase, turn: Past, role: str) -> float:
    """«Когда Конгресс одобрил документ?» — «А кто его подписал?»: the subject comes before the object."""
    parts = [other for other in turn.asked if _is_part(other)]
    if not role or phrase not in parts:
        return 0.0
    subject = len(parts) == 1 or phrase == parts[0]
    return 1.5 if subject is (role == "nomn") or len(parts) == 1 else 0.0


def _is_part(phrase: Phrase) -> bool:
    """True for what may be the subject or the object of its question."""
    cases = {reading.case for reading in phrase.readings}
    return not (phrase.nested or phrase.preposition or phrase.asked) and bool(cases & {"nomn", "accs"})


def _as_said(phrase: Phrase, turn: Past, in_focus: bool, whole: bool) -> float:
    if turn.kind == "definition":
        return -1.5
    weight = -0.5 - phrase.nested - 3.0 * whole
    if in_focus:
        weight += 1.0 if turn.kind == "place" else 3.0
    if turn.kind == "person" and phrase.is_person and not phrase.nested:
        weight += 2.0
    return weight


def _focus(turn: Past) -> Phrase | None:
    """The phrase of the answer that answers: the first of the kind asked for, else its first name."""
    wanted = {entity.start for entity in entities(turn.answer) if entity.kind == turn.kind}
    names = [phrase for phrase in turn.said if not phrase.nested and not _is_measure(phrase)]
    sort = {phrase.lemma for phrase in turn.asked if phrase.asked} - _FRAMES - RELATIONS
    if (one := next((phrase for phrase in turn.said if phrase.lemma in sort), None)) is not None:
        return one  # «какая поправка» — «поправка Джексона»
    if turn.kind == "person":
        alone = (p for p in names if p.is_person and p.text != turn.answer)
        latin = (p for p in names if p.tokens[p.head].is_latin and str(p) not in turn.question)
        persons = (p for p in names if p.is_person)
        return next(alone, None) or next(persons, None) or next(latin, None) or next(iter(names), None)
    if sort or turn.kind in ("organisation", "place", "name", "list"):
        return next(
            (p for p in names if any(p.start <= start < p.stop for start in wanted)), next(iter(names), None)
        )
    return None


def _in_figure(phrase: Phrase) -> bool:
    return any(
        e.kind in ("date", "quantity") and e.start <= phrase.start < e.stop for e in entities(phrase.text)
    )


def _is_measure(phrase: Phrase) -> bool:
    before = phrase.tokens[phrase.first - 1] if phrase.first else None
    return before is not None and before.kind == "number"


def _listed(turn: Past) -> list[Phrase]:
    """The longest run of phrases joined by «,» and «и» in the answer of `turn`."""
    runs: list[list[Phrase]] = []
    for phrase in (p for p in turn.said if not p.nested):
        between = turn.answer[runs[-1][-1].stop : phrase.start].strip() if runs else "—"
        if between in (",", "и", ", и", "или", ", а также", "а также"):
            runs[-1].append(phrase)
        else:
            runs.append([phrase])
    return max(runs, key=len, default=[])


def several(past: Sequence[Past]) -> Several | None:
    """The names listed in the last answer, unless the turn speaks of something else in the plural; those
    that the last question meant still are. «Сколько озёр …?» — «Два: Ладога и Онега» lists the lakes."""
    turn = past[-1]
    if len(turn.meant) > 1:
        return Several(turn.meant)
    plural = [
        p
        for p in (*turn.meant, *turn.asked)
        if p.readings[0].number == "plur" and p.lemma not in _FRAMES and not p.asked
    ]
    members = _listed(turn)
    if plural or len(members) < 2 or not all(member.is_name for member in members):
        return None
    return Several(tuple(members))
