"""Short statements in which one word decides: «отказался», «не …, а …», whose figure it is, who «она» is.

`python -m eval.reader.constructions --seed 1 --most 8000 --out FILE.jsonl`

Made as those of pairs.py are, with its names: each claim has a twin of the same words that is told otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from eval.reader.examples import Example, Label
from eval.reader.pairs import SOURCE, Maker, Who, formed, past, sentence, write

_WORKS = """продать дом|починить лодку|закончить рукопись|построить мельницу|открыть магазин|
    купить станок|подписать договор|закрыть завод|отремонтировать мост|сдать экзамен|вернуть деньги|
    отменить рейс|снести сарай|оплатить счёт|выиграть суд|посадить сад|получить премию|
    возглавить комиссию|написать книгу|найти работу"""
# What becomes of a deed behind these: done, not done, or nobody says.
_MODES: dict[Label, str] = {
    "supported": "смочь V|суметь V|успеть V|смочь наконец V|всё-таки суметь V|не забыть V",
    "contradicted": """не смочь V|не суметь V|не успеть V|отказаться V|забыть V|раздумать V|передумать V|
        не стать V|не захотеть V|так и не собраться V""",
    "not_stated": """захотеть V|пообещать V|предложить V|пожелать V|попросить коллег V|
        разрешить соседям V|подготовиться V|замечтать V|посоветовать друзьям V|запланировать V|
        надеяться V|согласиться V|решить V|вознамериться V""",
}
_OPPOSITE: dict[Label, Label] = {
    "supported": "contradicted",
    "contradicted": "supported",
    "not_stated": "not_stated",
}
_GOODS = """дом участок склад станок лодка мельница рукопись машина картина ковёр диван сервиз книга лампа
    шкаф""".split()
_PLACES = (
    "школа|больница|библиотека|мост|стадион|театр|музей|вокзал|рынок|парк|бассейн|гостиница|пекарня".split(
        "|"
    )
)
_FIELDS = "медь|золото|нефть|уголь|пшеница|рис|олово|железо|свинец|хлопок|шерсть|рыба|мёд".split("|")
_MONTHS = "январе|феврале|марте|апреле|мае|июне|июле|августе|сентябре|октябре|ноябре|декабре".split("|")
_ORDINALS = "первом|втором|третьем|четвёртом|пятом|шестом|седьмом|восьмом|девятом|десятом".split("|")


class Constructions:
    """Draws them with the names of a `Maker`."""

    def __init__(self, maker: Maker, kept: bool) -> None:
        self.maker, self.random = maker, maker.random
        self.works = maker.of(_WORKS, kept)
        self.modes = {label: maker.of(text, kept) for label, text in _MODES.items()}

    def any(self, article: str) -> Iterator[Example]:
        makers = (self.mode, self.mode, self.contrast, self.members, self.reported, self.prices, self.months,
                  self.ranks, self.pronoun)  # fmt: skip
        yield from self.random.choice(makers)(article)

    def people(self) -> tuple[Who, Who, Who]:
        return self.maker.pair("human")

    def work(self) -> tuple[str, str]:
        """A verb in the infinitive, and its object."""
        verb, _, thing = self.random.choice(self.works).partition(" ")
        return verb, thing

    def mode(self, article: str) -> Iterator[Example]:
        """«Панов отказался продать дом»: he did not."""
        who, other, _ = self.people()
        verb, thing = self.work()
        label = self.random.choice(list(self.modes))
        frame = self.random.choice(self.modes[label])
        told = f"{who.in_('nomn')} {_finite(frame, who.gender)}".replace("V", f"{verb} {thing}")
        text = self.maker.framed(told)
        did, didnt = f"{past(verb, who.gender)} {thing}", f"не {past(verb, who.gender)} {thing}"
        claims: list[tuple[str, Label]] = [
            (f"{who.in_('nomn')} {did}", label),
            (f"{who.in_('nomn')} {didnt}", _OPPOSITE[label]),
            (told, "supported"),
        ]
        if self.random.random() < 0.3:
            claims.append((f"{other.in_('nomn')} {past(verb, other.gender)} {thing}", "not_stated"))
        yield from self.maker.claimed(article, text, claims, verb)

    def contrast(self, article: str) -> Iterator[Example]:
        """«Дом продал не Панов, а Орлова»."""
        who, other, _ = self.people()
        verb, thing = self.work()
        did = past(verb, other.gender)
        text = self.random.choice(
            (
                f"{thing} {past(verb, 'masc')} не {who.in_('nomn')}, а {other.in_('nomn')}",
                f"{thing} {did} {other.in_('nomn')}, а не {who.in_('nomn')}",
                f"{other.in_('nomn')} {did} {thing}, а {who.in_('nomn')} — нет",
                f"в отличие от {who.in_('gent')}, {other.in_('nomn')} {did} {thing}",
            )
        )
        text = self.maker.framed(text, False)
        mine = past(verb, who.gender)
        claims: list[tuple[str, Label]] = [
            (f"{thing} {did} {other.in_('nomn')}", "supported"),
            (f"{thing} {mine} {who.in_('nomn')}", "contradicted"),
            (f"{who.in_('nomn')} не {mine} {thing}", "supported"),
            (f"{other.in_('nomn')} не {did} {thing}", "contradicted"),
        ]
        yield from self.maker.claimed(article, text, claims, verb)
        yield self._question(article, text, f"Кто {past(verb, 'masc')} {thing}?", other.in_("nomn"))

    def members(self, article: str) -> Iterator[Example]:
        """«Договор подписали Панов, Орлова и Седов, а Волков отказался»."""
        one, two, three = self.people()
        others = [each for each in self.people() if each.name not in (one.name, two.name, three.name)]
        if len(others) < 2:
            return
        verb, thing = self.work()
        out, stranger = others[:2]
        names = f"{one.in_('nomn')}, {two.in_('nomn')} и {three.in_('nomn')}"
        did = past(verb, "")
        tail = self.random.choice(
            (f"а {out.in_('nomn')} — нет", f"а {out.in_('nomn')} {past('отказаться', out.gender)}",
             f"{out.in_('nomn')} {past('остаться', out.gender)} в стороне")
        )  # fmt: skip
        text = self.maker.framed(f"{thing} {did} {names}, {tail}", False)
        each = self.random.choice((one, two, three))
        claims: list[tuple[str, Label]] = [
            (f"{each.in_('nomn')} {past(verb, each.gender)} {thing}", "supported"),
            (f"{out.in_('nomn')} {past(verb, out.gender)} {thing}", "contradicted"),
            (f"{out.in_('nomn')} не {past(verb, out.gender)} {thing}", "supported"),
            (f"{stranger.in_('nomn')} {past(verb, stranger.gender)} {thing}", "not_stated"),
        ]
        yield from self.maker.claimed(article, text, claims, verb)
        yield self._question(article, text, f"Кто {past(verb, 'masc')} {thing}?", names)

    def reported(self, article: str) -> Iterator[Example]:
        """«Панов сообщил, что Орлова продала дом»."""
        who, other, _ = self.people()
        verb, thing = self.work()
        saying = self.random.choice(("сообщить", "рассказать", "написать", "подтвердить", "вспомнить"))
        mine, theirs = past(verb, who.gender), past(verb, other.gender)
        said, says = past(saying, who.gender), f"{who.in_('nomn')} {past(saying, who.gender)}"
        happened = f"{other.in_('nomn')} {theirs} {thing}"
        text = sentence(
            self.random.choice((f"{says}, что {happened}", f"{happened}, {said} {who.in_('nomn')}"))
        )
        turned = f"{other.in_('nomn')} {past(saying, other.gender)}, что {mine} {thing} {who.in_('nomn')}"
        claims: list[tuple[str, Label]] = [
            (f"{says}, что {thing} {theirs} {other.in_('nomn')}", "supported"),
            (turned, "not_stated"),
            (f"{who.in_('nomn')} {mine} {thing}", "not_stated"),
            (f"о том, что {happened}, {said} {who.in_('nomn')}", "supported"),
        ]
        yield from self.maker.claimed(article, text, claims)

    def prices(self, article: str) -> Iterator[Example]:
        """«Дом стоит 300 рублей, лодка — 450, а диван — 120»."""
        goods = self.random.sample(_GOODS, 4)
        values = self.random.sample(range(11, 990), 4)
        unit = self.random.choice(("рублей", "тысяч рублей", "долларов", "тенге"))
        text = self._row([f"{goods[0]} стоит {values[0]} {unit}"], goods[1:3], [str(v) for v in values[1:3]])
        first, second, third, missing = goods
        more, less = (first, second) if values[0] > values[1] else (second, first)
        most = max(zip(values[:3], goods, strict=False))[1]
        claims: list[tuple[str, Label]] = [
            (f"{second} стоит {values[1]} {unit}", "supported"),
            (f"{second} стоит {values[0]} {unit}", "contradicted"),
            (f"{missing} стоит {values[2]} {unit}", "not_stated"),
            (f"{more} дороже, чем {less}", "supported"),
            (f"{less} дороже, чем {more}", "contradicted"),
            (f"{less} дешевле, чем {more}", "supported"),
            (f"дороже всего — {most}", "supported"),
            (f"дороже всего — {self.random.choice([g for g in (first, second, third) if g != most])}",
             "contradicted"),
        ]  # fmt: skip
        yield from self.maker.claimed(article, text, self.random.sample(claims, 5))
        yield from self._which(article, text, "Сколько стоит {}?", goods, ["", *map(str, values[1:3])])

    def months(self, article: str) -> Iterator[Example]:
        """«Школу открыли в мае, библиотеку — в июле, а музей — в марте»."""
        places = [formed(each, "accs") for each in self.random.sample(_PLACES, 4)]
        verb = self.random.choice(("открыли", "закрыли", "построили", "отремонтировали", "продали"))
        numbers = self.random.sample(range(12), 4)
        months = [f"в {_MONTHS[each]}" for each in numbers]
        text = self._row([f"{places[0]} {verb} {months[0]}"], places[1:3], months[1:3])
        first, second, _, missing = places
        early, late = (first, second) if numbers[0] < numbers[1] else (second, first)
        claims: list[tuple[str, Label]] = [
            (f"{second} {verb} {months[1]}", "supported"),
            (f"{second} {verb} {months[0]}", "contradicted"),
            (f"{second} {verb} {months[3]}", "contradicted"),
            (f"{missing} {verb} {months[2]}", "not_stated"),
            (f"{early} {verb} раньше, чем {late}", "supported"),
            (f"{late} {verb} раньше, чем {early}", "contradicted"),
            (f"{late} {verb} позже, чем {early}", "supported"),
        ]
        yield from self.maker.claimed(article, text, self.random.sample(claims, 5))
        yield from self._which(article, text, f"Когда {verb} {{}}?", places, ["", *months[1:3]])

    def ranks(self, article: str) -> Iterator[Example]:
        """«По меди область на третьем месте, по золоту — на шестом»."""
        fields = [formed(each, "datv") for each in self.random.sample(_FIELDS, 4)]
        numbers = self.random.sample(range(10), 4)
        ranks = [f"на {_ORDINALS[each]}" for each in numbers]
        who = self.random.choice(("область", "страна", "республика"))
        text = self._row(
            [f"по {fields[0]} {who} {ranks[0]} месте"], [f"по {each}" for each in fields[1:3]], ranks[1:3]
        )
        claims: list[tuple[str, Label]] = [
            (f"по {fields[1]} {who} {ranks[1]} месте", "supported"),
            (f"{who} {ranks[2]} месте по {fields[2]}", "supported"),
            (f"по {fields[1]} {who} {ranks[0]} месте", "contradicted"),
            (f"{who} {ranks[1]} месте по {fields[2]}", "contradicted"),
            (f"{who} {ranks[1]} месте по {fields[3]}", "not_stated"),
        ]
        yield from self.maker.claimed(article, text, claims)
        yield from self._which(article, text, f"На каком месте {who} по {{}}?", fields, ["", *ranks[1:3]])

    def pronoun(self, article: str) -> Iterator[Example]:
        """«Панова позвонила Орлову. Потом он продал дом»: the gender tells who."""
        who, other, third = self.people()
        if who.gender == other.gender:
            return
        verb, thing = self.work()
        deed = self.maker.human_deed()
        doer, idle = self.random.sample((who, other), 2)
        told = f"{'он' if doer.gender == 'masc' else 'она'} {past(verb, doer.gender)} {thing}"
        before = sentence(deed.told(who, other, "svo"))
        text = sentence(self.random.choice(("потом ", "вскоре ", "а утром ", "")) + told)
        claims: list[tuple[str, Label]] = [
            (f"{thing} {past(verb, doer.gender)} {doer.in_('nomn')}", "supported"),
            (f"{thing} {past(verb, idle.gender)} {idle.in_('nomn')}", "contradicted"),
            (f"{third.in_('nomn')} {past(verb, third.gender)} {thing}", "not_stated"),
        ]
        yield from self.maker.claimed(article, f"{before} {text}", claims)

    def _row(self, first: list[str], names: Sequence[str], values: Sequence[str]) -> str:
        rest = [f"{name} — {value}" for name, value in zip(names, values, strict=True)]
        joint = self.random.choice((", ", "; "))
        last = self.random.choice((joint, ", а ", " и "))
        return sentence(joint.join([*first, *rest[:-1]]) + last + rest[-1])

    def _which(
        self, article: str, text: str, question: str, names: Sequence[str], values: Sequence[str]
    ) -> Iterator[Example]:
        place = self.random.choice((1, 2))
        yield self._question(article, text, question.format(names[place]), values[place], names[place])
        yield self._question(article, text, question.format(names[3]), None)

    def _question(
        self, article: str, text: str, question: str, answer: str | None, behind: str = ""
    ) -> Example:
        if answer is None:
            return Example(question, text, article, SOURCE)
        start = text.lower().index(answer.lower(), text.lower().index(behind.lower()) + len(behind))
        return Example(question, text, article, SOURCE, span=(start, start + len(answer)))


def _finite(frame: str, gender: str) -> str:
    """«Не смочь V» as somebody of a gender did it: «не смог V»."""
    endings = ("ть", "чь", "ться")
    return " ".join(past(word, gender) if word.endswith(endings) else word for word in frame.split())


def constructions(seed: int, most: int, kept: bool = False) -> list[Example]:
    """`most` examples, of the kept words or of the others; the same for the same seed."""
    made, found = Constructions(Maker(Random(seed), kept), kept), list[Example]()
    number = 0
    while len(found) < most:
        found += made.any(f"constructions/{number}")
        number += 1
    return found[:most]


if __name__ == "__main__":
    write(constructions, __doc__)
