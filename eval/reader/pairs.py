"""Short statements of who did what to whom, with claims and questions that only order and case tell apart.

`python -m eval.reader.pairs --seed 1 --most 8000 --out FILE.jsonl`

«Орлова обвинила Панова» and «Панова обвинил Орлов» share their words; what has to be learnt is who plays
which part, in whatever order. A claim made true has a false twin of the same words, so words tell nothing.
`--kept` makes them of the sixth of verbs and names that no network learns, to measure with.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from eval.reader.examples import Example, Label
from eval.reader.forms import parses, with_capitals

SOURCE = "own-pairs"
_KEPT = 6  # one in so many verbs and names
_ASKED = 0.15  # share of the claims put as a question, in each of two ways
_FAMILY = 4  # letters that tell surnames apart
_CASES = ("accs", "datv", "gent", "ablt")
_PEOPLE = """Егор Панов|Павел Орлов|Тимур Касымов|Илья Громов|Антон Лавров|Денис Титов|Марат Ахметов|
    Роман Белов|Анна Орлова|Дарья Панова|Алия Касымова|Вера Громова|Ольга Лаврова|Инна Титова|
    Жанна Ахметова|Елена Белова|Панов|Орлов|Касымов|Громов|Рогов|Седов|Волков|Ершов|Панова|Орлова|
    Касымова|Громова|Рогова|Седова|Волкова|Ершова"""
_JOBS = """учитель|ученик|директор|рабочий|врач|больной|тренер|вратарь|министр|губернатор|мэр|фермер|
    сосед|адвокат|прокурор|редактор|журналист|продавец|покупатель|отец|сын|брат|дед|внук|мать|дочь|сестра|
    повар|официант|водитель|механик|капитан|матрос|поэт|художник|актёр|режиссёр|профессор|студент|
    студентка|учительница"""
_LANDS = """Казахстан|Россия|Китай|Армения|Турция|Узбекистан|Грузия|Германия|Франция|Иран|Япония|Индия|
    Польша|Сербия|Греция|Монголия|Алжир|Бразилия|Канада|Норвегия"""
_TOWNS = "Орск|Тверь|Казань|Омск|Самара|Вологда|Псков|Рязань|Томск|Калуга|Тула|Пермь"
_FIRMS = """компания «Рубин»|компания «Вектор»|завод «Прогресс»|фонд «Опора»|банк «Север»|
    холдинг «Меридиан»|агентство «Маяк»|комбинат «Утёс»|Norvex|Altera|Brightline|Kestrel|Omnico|Lumina|
    Harwell|Tessera"""
_CLUBS = "клуб «Заря»|клуб «Волна»|команда «Сокол»|команда «Буря»|клуб «Ястреб»|команда «Искра»"
# What is done, how its object stands (preposition and case), and what may follow.
_DEEDS = {
    "human": """обвинить accs во лжи|обвинить accs в шпионаже|поддержать accs|похвалить accs за терпение|
        поблагодарить accs за помощь|раскритиковать accs|пригласить accs на праздник|догнать accs|
        обогнать accs|победить accs|сменить accs на этом посту|заменить accs|узнать accs|обмануть accs|
        спасти accs|разбудить accs|простить accs|защитить accs|навестить accs|позвонить datv|
        написать datv|помочь datv|ответить datv|уступить datv|возразить datv|поверить datv|
        угрожать datv судом|подарить datv книгу|одолжить datv сто рублей|продать datv дом|
        вернуть datv долг|показать datv письмо|пообещать datv поддержку|передать datv документы|
        получить от gent письмо|купить у gent машину|взять у gent кредит|узнать от gent новость|
        пожаловаться на accs|подать в суд на accs|сослаться на accs|указать на accs|отказаться от gent""",
    "group": """купить accs|поглотить accs|обойти accs по прибыли|опередить accs на год|
        обвинить accs в сговоре|поддержать accs|обогнать accs по добыче|победить accs в финале|
        обыграть accs|критиковать accs|поставить datv вагоны|продать datv нефть|передать datv патент|
        заплатить datv штраф|уступить datv участок|предложить datv союз|отправить datv запрос|
        одолжить datv средства|проиграть datv|помочь datv зерном|купить у gent газ|получить от gent заказ|
        арендовать у gent склад|подать в суд на accs|пожаловаться на accs|отстать от gent|зависеть от gent""",
}  # fmt: skip
# Said the same with the parts exchanged.
_CONVERSES = """купить у gent X=продать datv X|получить от gent X=передать datv X|
    победить accs=проиграть datv|обогнать accs=отстать от gent|арендовать у gent X=сдать datv X|
    обыграть accs=проиграть datv|взять у gent взаймы X=одолжить datv X|
    унаследовать от gent X=завещать datv X|сменить accs=уступить место datv"""
_THINGS = "дом|участок|склад|станок|картина|лодка|машина|магазин|мельница|рукопись|патент"
_MUTUAL = """встретиться с ablt|договориться с ablt|поссориться с ablt|сыграть вничью с ablt|
    подписать соглашение с ablt|заключить мир с ablt|обменяться письмами с ablt|объединиться с ablt"""
_DEGREES = """старше|младше;выше|ниже;богаче|беднее;сильнее|слабее;опытнее|неопытнее;быстрее|медленнее;
    крупнее|мельче;дороже|дешевле;моложе|старше"""
_WHEN = "|||вчера|в пятницу|в мае|весной|в прошлом году|накануне|утром|два дня назад".split("|")
_SOURCES = "|||По словам очевидцев, |Как сообщили в ведомстве, |По данным газеты, |Известно, что ".split("|")


def listed(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split("|") if each.strip()]


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody or something that acts, by its name in the nominative."""

    name: str

    @property
    def gender(self) -> str:
        """That of the verb behind it: «компания «Рубин» купила», «Norvex купил»."""
        head = self.name.split()[0]
        return "masc" if head.isascii() else str(_noun(head).tag.gender)

    def in_(self, case: str) -> str:
        """The name in a case; Latin names and what stands in quotes keep their form."""
        head, *rest = self.name.split()
        if head.isascii():
            return self.name
        if "«" in self.name:
            return " ".join((formed(head, case), *rest))
        return " ".join(formed(each, case) for each in (head, *rest))


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb in the infinitive, what parts it from its object, the object's case, and what follows."""

    verb: str
    between: str
    case: str
    rest: str

    @classmethod
    def of(cls, text: str, thing: str = "") -> Deed:
        """«купить у gent X» of a `thing`."""
        words = text.split()
        place = next(at for at, word in enumerate(words) if word in _CASES)
        rest = " ".join(words[place + 1 :]).replace("X", formed(thing, "accs") if thing else "")
        return cls(words[0], " ".join(words[1:place]), words[place], rest)

    def told(self, who: Who, whom: Who, order: str) -> str:
        """The bare statement: the parts as `order` has them, «svo» or «ovs» where forms tell the parts."""
        order = order if self.shows(whom) else "svo"
        parts = {"s": who.in_("nomn"), "v": past(self.verb, who.gender), "o": self.object(whom)}
        words = [parts[each] for each in order]
        if self.rest:
            words.insert(order.index("v") + 1 if order == "ovs" else 3, self.rest)
        return " ".join(words)

    def object(self, whom: Who) -> str:
        return f"{self.between} {whom.in_(self.case)}".strip()

    def shows(self, whom: Who) -> bool:
        """True where its form tells that `whom` is the object, wherever it stands."""
        return bool(self.between) or whom.in_(self.case) != whom.in_("nomn")


@lru_cache(maxsize=5_000)
def _noun(word: str) -> Any:
    """The parse of a nominative: a surname before a thing, feminine where it ends like one."""
    found = [each for each in parses(word) if each.tag.POS in ("NOUN", "ADJF") and "nomn" in each.tag]
    single = [each for each in found if each.tag.number == "sing"]
    single.sort(key=lambda each: "Surn" not in each.tag)
    wanted = "femn" if word[-1] in "ая" else "masc"
    return next((each for each in single if each.tag.gender == wanted), single[0])


def formed(word: str, case: str) -> str:
    form = _noun(word).inflect({case, "sing"})
    return with_capitals(str(form.word), word) if form else word


@lru_cache(maxsize=5_000)
def past(verb: str, gender: str) -> str:
    """A verb in the past, of several without `gender`."""
    infinitive = next(each for each in parses(verb) if each.tag.POS == "INFN")
    form = {gender, "sing"} if gender else {"plur"}
    return str(infinitive.inflect({"VERB", "past", *form}).word)


class Maker:
    """Draws statements from the verbs and names that are learnt, or from those that are kept."""

    def __init__(self, random: Random, kept: bool) -> None:
        self.random = random
        self.names = {
            "human": [self.of(text, kept) for text in (_PEOPLE, _PEOPLE, _JOBS)],
            "group": [self.of(text, kept) for text in (_LANDS, _TOWNS, _FIRMS, _FIRMS, _CLUBS)],
        }
        self.deeds = {kind: self.of(text, kept) for kind, text in _DEEDS.items()}
        self.converses = [each.split("=") for each in self.of(_CONVERSES, kept)]
        self.mutual = self.of(_MUTUAL, kept)
        self.degrees = [each.split("|") for each in "".join(_DEGREES.split()).split(";")]
        self.things = listed(_THINGS)

    def of(self, text: str, kept: bool) -> list[str]:
        return [each for number, each in enumerate(listed(text)) if (number % _KEPT == 0) == kept]

    def pair(self, kind: str) -> tuple[Who, Who, Who]:
        """Two that act on each other, and a third one of their sort."""
        sorts = [_of_one_each(each, self.random) for each in self.names[kind]]
        sort = self.random.choice([each for each in sorts if len(each) > 2])
        one, other, third = (Who(name) for name in self.random.sample(sort, 3))
        return one, other, third

    def statements(self, article: str) -> Iterator[Example]:
        makers = (self.deed, self.deed, self.deed, self.converse, self.mutually, self.degree, self.gapped)
        yield from self.random.choice(makers)(article)

    def deed(self, article: str) -> Iterator[Example]:
        kind = self.random.choice(("human", "group"))
        one, other, third = self.pair(kind)
        deed = Deed.of(self.random.choice(self.deeds[kind]), self.random.choice(self.things))
        text = self.framed(deed.told(one, other, self.order()))
        claims: list[tuple[str, Label]] = [
            (deed.told(one, other, self.order()), "supported"),
            (deed.told(other, one, self.order()), "contradicted"),
        ]
        strangers: list[tuple[str, Label]] = [
            (deed.told(one, third, "svo"), "not_stated"),
            (deed.told(third, other, self.order()), "not_stated"),
        ]
        claims += self.random.sample(strangers, 1)
        yield from self.claimed(article, text, claims, deed.verb)
        yield from self.asked(article, text, deed, one, other)

    def converse(self, article: str) -> Iterator[Example]:
        kind = self.random.choice(("human", "group"))
        one, other, _ = self.pair(kind)
        thing = self.random.choice(self.things)
        sides = [Deed.of(each, thing) for each in self.random.choice(self.converses)]
        self.random.shuffle(sides)
        first, second = sides
        text = self.framed(first.told(one, other, self.order()))
        claims: list[tuple[str, Label]] = [
            (second.told(other, one, self.order()), "supported"),
            (second.told(one, other, self.order()), "contradicted"),
            (first.told(one, other, self.order()), "supported"),
            (first.told(other, one, self.order()), "contradicted"),
        ]
        yield from self.claimed(article, text, claims, first.verb, second.verb)

    def mutually(self, article: str) -> Iterator[Example]:
        one, other, third = self.pair(self.random.choice(("human", "group")))
        deed = Deed.of(self.random.choice(self.mutual))
        text = self.framed(deed.told(one, other, "svo"))
        claims: list[tuple[str, Label]] = [
            (deed.told(other, one, "svo"), "supported"),
            (deed.told(*self.random.choice(((third, one), (other, third))), "svo"), "not_stated"),
        ]
        yield from self.claimed(article, text, claims)

    def degree(self, article: str) -> Iterator[Example]:
        one, other, _ = self.pair("human")
        more, less = self.random.sample(self.random.choice(self.degrees), 2)
        text = sentence(self.random.choice(_SOURCES) + f"{one.in_('nomn')} {more} {other.in_('gent')}")
        claims: list[tuple[str, Label]] = [
            (f"{other.in_('nomn')} {less} {one.in_('gent')}", "supported"),
            (f"{one.in_('nomn')} {less} {other.in_('gent')}", "contradicted"),
            (f"{other.in_('nomn')} {more} {one.in_('gent')}", "contradicted"),
            (f"{one.in_('nomn')} {more}, чем {other.in_('nomn')}", "supported"),
        ]
        yield from self.claimed(article, text, claims)

    def gapped(self, article: str) -> Iterator[Example]:
        """«Панова обвинила Орлова, а Седов — Волкова»."""
        kind = self.random.choice(("human", "group"))
        one, other, third = self.pair(kind)
        fourth = self.pair(kind)[0]
        if fourth.name in (one.name, other.name, third.name):
            return
        deed = Deed.of(self.random.choice(self.deeds[kind]))
        text = self.framed(f"{deed.told(one, other, 'svo')}, а {third.in_('nomn')} — {deed.object(fourth)}")
        claims: list[tuple[str, Label]] = [
            (deed.told(third, fourth, self.order()), "supported"),
            (deed.told(*self.random.choice(((one, fourth), (third, other))), self.order()), "contradicted"),
            (deed.told(one, other, self.order()), "supported"),
            (deed.told(*self.random.choice(((other, one), (fourth, third))), self.order()), "contradicted"),
        ]
        yield from self.claimed(article, text, claims, deed.verb)
        yield from self.asked(article, text, deed, third, fourth)

    def human_deed(self) -> Deed:
        """What one does to another."""
        return Deed.of(self.random.choice(self.deeds["human"]))

    def order(self) -> str:
        return "svo" if self.random.random() < 0.6 else "ovs"

    def framed(self, told: str, is_open: bool = True) -> str:
        """With who says so and when, as a sentence; `is_open`: the day may stand behind, too."""
        when = self.random.choice(_WHEN)
        is_last = is_open and self.random.random() < 0.5
        told = f"{told} {when}".strip() if is_last else f"{when} {told}".strip()
        return sentence(self.random.choice(_SOURCES) + told)

    def claimed(
        self, article: str, text: str, claims: Sequence[tuple[str, Label]], *verbs: str
    ) -> Iterator[Example]:
        """The claims, some asked: «Правда, что …?», and with one of `verbs` (infinitives) «Купил ли …?»."""
        for told, label in claims:
            chance = self.random.random()
            claim = sentence(told)
            if chance < _ASKED:
                claim = f"{self.random.choice(('Правда, что', 'Верно ли, что'))} {told}?"
            elif chance < 2 * _ASKED:
                claim = _whether(told, verbs) or claim
            yield Example(claim, text, article, SOURCE, label=label)

    def asked(self, article: str, text: str, deed: Deed, who: Who, whom: Who) -> Iterator[Example]:
        """«Кто обвинил Панова?», with an answer and, of the one who did it, without."""
        for subject, answered in ((whom, True), (who, False)):
            question = f"Кто {past(deed.verb, 'masc')} {deed.object(subject)} {deed.rest}".strip() + "?"
            start = text.find(with_first_capital(who.in_("nomn")) if text.startswith(
                with_first_capital(who.in_("nomn"))) else who.in_("nomn"))  # fmt: skip
            span = (start, start + len(who.in_("nomn"))) if answered and start >= 0 else None
            if answered == (span is not None):
                yield Example(question, text, article, SOURCE, span=span)


def _of_one_each(names: Sequence[str], random: Random) -> list[str]:
    """One of each surname: «Орлова» is a form of «Орлов»."""
    return list({name.split()[-1][:_FAMILY]: name for name in random.sample(names, len(names))}.values())


def with_first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _whether(told: str, verbs: Sequence[str]) -> str | None:
    """«Купил ли Панов дом?» of «Панов купил дом»."""
    forms = {past(verb, gender) for verb in verbs for gender in ("masc", "femn", "neut", "")}
    words = told.split()
    place = next((at for at, word in enumerate(words) if word in forms), None)
    if place is None or "не" in words or "," in told:
        return None
    return with_first_capital(" ".join((words[place], "ли", *words[:place], *words[place + 1 :]))) + "?"


def sentence(told: str) -> str:
    return with_first_capital(told) + "."


def pairs(seed: int, most: int, kept: bool = False) -> list[Example]:
    """`most` examples, of the kept verbs and names or of the others; the same for the same seed."""
    maker, found = Maker(Random(seed), kept), list[Example]()
    number = 0
    while len(found) < most:
        found += maker.statements(f"pairs/{number}")
        number += 1
    return found[:most]


def write(make: Callable[[int, int, bool], list[Example]], description: str | None) -> None:
    """The command that writes what `make` makes of a seed."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--most", type=int, default=8_000)
    options.add_argument("--kept", action="store_true", help="of the kept words, to measure with")
    options.add_argument("--out", type=Path, required=True)
    given = options.parse_args()
    with given.out.open("w", encoding="utf-8") as file:
        for each in make(given.seed, given.most, given.kept):
            file.write(json.dumps(asdict(each), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write(pairs, __doc__)
