"""What a Russian question asks for: a person, a date, a quantity, …

The question word decides first («когда» → a date); «какой» and «каков» leave it to the noun they stand
with («в каком году» → a date, «какова площадь» → a quantity); without a question word a verb makes it
a yes/no question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from rag.text.question_words import (
    ADVERBS,
    CALLED,
    PRONOUNS,
    Asked,
    Kind,
    agreeing_noun,
    first_parse,
    is_of,
    lemma_of,
    normal_form,
    noun_after,
    parses,
    question_word,
    without_opening,
)


@dataclass(frozen=True, slots=True)
class Question:
    """`head` is the lemma of the noun asked about («в каком году» → год); `polar`: yes or no will do."""

    kind: Kind
    head: str | None
    polar: bool


_ORDERS = frozenset("перечислить назвать привести указать перечисли назови".split())
_MEANS = frozenset({"означать", "значить", "обозначать", "расшифровываться", "подразумеваться"})
_TRUE = ("правда", "верно")
_PREDICATES = ("VERB", "PRTS", "ADJS", "PRED")  # parts of speech (OpenCorpora)
_EXTENTS = frozenset({"долго", "далеко", "много", "быстро", "часто", "высоко", "глубоко", "сильно", "мало"})


@lru_cache(maxsize=1_000)  # retrieval and writing ask the same
def analyse(question: str) -> Question:
    """What `question` asks for; stress marks, «ё», case and a missing «?» make no difference."""
    kind, head = _kind(without_opening(Asked.of(question)))
    return Question(kind, head, kind == "yesno")


def _kind(asked: Asked) -> tuple[Kind, str | None]:
    if not asked.words:
        return "other", None
    if lemma_of(asked.words[0]) in _ORDERS:
        return _of_order(asked)
    place = question_word(asked)
    if "ли" in asked.words and (place is None or asked.words.index("ли") < place):
        return "yesno", None
    if place is None or (asked.words[0] in _TRUE and asked.at(1) == "что"):
        return _without_question_word(asked)
    return _of_question_word(asked, place)


def _of_order(asked: Asked) -> tuple[Kind, str | None]:
    """«Назовите столицу» asks for a place, «Назовите участников» for a list."""
    for word in asked.words[1:]:
        for parse in parses(word):
            if parse.tag.POS == "NOUN" and parse.tag.case in ("accs", "gent"):
                head = normal_form(parse)
                kind = kind_of_noun(head, parse.tag)
                return ("list" if parse.tag.number == "plur" or kind == "other" else kind), head
    return "list", None


def _without_question_word(asked: Asked) -> tuple[Kind, str | None]:
    compares = any(is_of(word, "COMP") for word in asked.words[1:])  # «подробнее о мосте» doesn't
    if asked.words[0] in _TRUE or compares or any(is_of(word, *_PREDICATES) for word in asked.words):
        return "yesno", None
    noun = next((parse for word in asked.words if (parse := first_parse(word)).tag.POS == "NOUN"), None)
    if noun is None or len(asked.words) < 2:
        return "other", normal_form(noun) if noun else None
    return kind_of_noun(normal_form(noun), noun.tag), normal_form(noun)


def _of_question_word(asked: Asked, place: int) -> tuple[Kind, str | None]:
    word = lemma_of(asked.words[place])
    if word in PRONOUNS:
        return _of_noun(asked, place)
    if word == "кто":
        return _of_who(asked, place)
    if word == "что":
        return _of_what(asked, place)
    if word == "как":
        return _of_how(asked, place)
    head = noun_after(asked, place + 1) if word in ("сколько", "чей") else None
    return ADVERBS[word], head


def _of_who(asked: Asked, place: int) -> tuple[Kind, str | None]:
    following = asked.words[place + 1 :]
    if following and following[0] == "это" and lemma_of(asked.at(place + 2)) == "такой":
        return "definition", noun_after(asked, place + 3)
    if following and lemma_of(following[0]) == "такой":
        return "definition", noun_after(asked, place + 2)
    if following and place == 0 and all(_is_name(word) for word in following):
        return "definition", lemma_of(following[-1])
    return "person", None


def _of_what(asked: Asked, place: int) -> tuple[Kind, str | None]:
    """«Что такое …», «что означает …», «из-за чего …», «что является столицей …»."""
    before, after = asked.at(place - 1), asked.at(place + 1)
    if _is_reason(asked, place):
        return "reason", None
    if (
        lemma_of(after) in ("такой", *_MEANS)
        or "за" in (after, asked.at(place + 2) if after == "это" else "")
        or {"представлять", "собой"} <= _all_lemmas(asked)
    ):
        return "definition", noun_after(asked, place + 2)
    if lemma_of(after) in ("понимать", "пониматься", "подразумевать") or before == "под":
        return "definition", noun_after(asked, place + 2)
    if lemma_of(after) in ("являться", "быть"):
        return _of_predicate(asked, place + 2)
    return "other", None


def _of_predicate(asked: Asked, place: int) -> tuple[Kind, str | None]:
    for word in asked.words[place:]:
        parse = first_parse(word)
        if parse.tag.POS == "NOUN":
            head = normal_form(parse)
            return (kind_of_noun(head, parse.tag) if parse.tag.case == "ablt" else "other"), head
    return "other", None


def _is_reason(asked: Asked, place: int) -> bool:
    """«из-за чего», «для чего», «в связи с чем»: words() parts «из-за» into «из» and «за»."""
    before = asked.words[max(0, place - 3) : place]
    return (
        before[-2:] == ("из", "за") or before[-1:] in (("для",), ("ради",)) or before == ("в", "связи", "с")
    )


def _of_how(asked: Asked, place: int) -> tuple[Kind, str | None]:
    following = [lemma_of(word) for word in asked.words[place + 1 : place + 5]]
    if any(word in CALLED for word in following):
        return "name", noun_after(asked, place + 1)
    if following and following[0] in _EXTENTS:
        return "quantity", None
    if following and following[0] == "давно":
        return "date", None
    if any(word in _MEANS for word in following[:2]):
        return "definition", noun_after(asked, place + 2)
    return "other", None


def _of_noun(asked: Asked, place: int) -> tuple[Kind, str | None]:
    """«в каком году», «какова площадь», «каким был бюджет», «какие страны»."""
    noun = agreeing_noun(asked, place)
    if noun is None:
        return "other", None
    head = normal_form(noun)
    if head == "образ" or (head == "причина" and asked.at(place - 1) in ("по", "")):
        return ("reason" if head == "причина" else "other"), head
    kind = kind_of_noun(head, noun.tag)
    if head == "число" and noun.tag.case == "gent":
        return "date", head
    if head == "часть" and lemma_of(asked.at(place - 1)) in ("в", "из"):
        return "place", head
    if noun.tag.number == "plur" and "Pltm" not in noun.tag and kind not in ("quantity", "date", "reason"):
        return "list", head
    return kind, head


def _all_lemmas(asked: Asked) -> set[str]:
    return {*map(lemma_of, asked.words), *asked.words}


def _is_name(word: str) -> bool:
    return any(mark in first_parse(word).tag for mark in ("Name", "Surn", "Patr"))


# Nouns that say what is asked for: «в каком году» → a date, «какова площадь» → a quantity.

NounKind = Literal["person", "date", "quantity", "place", "organisation", "name", "reason", "other"]

_WORDS: dict[NounKind, str] = {
    "date": """год месяц день дата век время период десятилетие столетие тысячелетие эпоха неделя квартал
        полугодие сезон момент пора лето весна осень зима час""",
    "quantity": """площадь длина протяженность стоимость доля процент объем сумма количество высота население
        численность рост вес масса скорость бюджет цена возраст температура мощность емкость глубина ширина
        расстояние размер число курс срок продолжительность длительность зарплата выручка прибыль запас
        пошлина часть диаметр радиус частота плотность тираж дистанция ставка соотношение кпд доход расход
        убыток долг дефицит вместимость производительность калибр давление напряжение
        величина коэффициент индекс налог тариф оклад пенсия кредит вложение капитал ввп концентрация
        содержание добыча экспорт импорт оборот товарооборот износ разница толщина интервал счет
        финансирование капитализация затрата способность перепад годовщина дальность
        явка показатель проба угол дебит норма лимит штраф тоннаж грузоподъемность""",
    "place": """страна город область регион республика штат деревня село континент материк район улица
        адрес столица остров река море порт аэропорт озеро гора месторождение пещера государство край округ
        провинция губерния поселок площадка территория граница станция вокзал залив океан побережье местность
        мегаполис полуостров пролив хребет вулкан долина пустыня кладбище родина
        местонахождение расположение местоположение графство уезд волость кантон поселение""",
    "organisation": """компания фонд банк министерство агентство организация фирма корпорация университет
        предприятие завод ведомство партия группа холдинг клуб команда институт музей школа учреждение издание
        газета журнал телеканал канал концерн суд комитет консорциум альянс союз ассоциация академия биржа
        издательство служба департамент управление подразделение оператор подрядчик производитель
        разработчик поставщик застройщик авиакомпания киностудия студия лейбл инвестор акционер парламент
        правительство бюро комиссия совет структура орган фабрика комбинат застройка колледж лига федерация
        сборная театр радиостанция сеть перевозчик регулятор владелец""",
    "name": "название имя термин слово прозвище псевдоним кличка наименование позывной девиз заголовок титул",
    "person": "фамилия человек лицо личность отчество персона кандидатура герой персонаж",
    "reason": "причина цель мотив",
}
_KINDS: dict[str, NounKind] = {word: kind for kind, listed in _WORDS.items() for word in listed.split()}
_ANIMALS = frozenset(
    """животное птица рыба кошка собака зверь насекомое вид змея лягушка паук бабочка бактерия вирус
    конь лошадь бык хищник млекопитающее существо организм моллюск""".split()
)


def kind_of_noun(lemma: str, tag: Any) -> NounKind:
    """The kind of answer a noun asks for; `tag` (pymorphy3's) tells people from things."""
    if lemma in _KINDS:
        return _KINDS[lemma]
    is_person = "anim" in tag and "neut" not in tag and lemma not in _ANIMALS
    return "person" if is_person else "other"
