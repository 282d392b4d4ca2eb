"""Words that turn a claim round, put in the place of others: «больше» and «меньше», «мать» and «отец»."""

from __future__ import annotations

import re
from random import Random

from eval.reader.fillers import (
    MONTHS,
)
from eval.reader.forms import parses, with_capitals

WORDS = (
    ("больше", "меньше"),
    ("более", "менее"),
    ("выше", "ниже"),
    ("раньше", "позже"),
    ("дороже", "дешевле"),
    ("впервые", "в очередной раз"),
    ("свыше", "менее"),
    ("быстрее", "медленнее"),
    ("чаще", "реже"),
    ("старше", "младше"),
    ("до", "после"),
    ("накануне", "после"),
    ("все", "лишь некоторые"),
    ("всех", "лишь некоторых"),
    ("большинство", "меньшинство"),
    ("большинства", "меньшинства"),
    ("половина", "четверть"),
    ("половину", "четверть"),
    ("некоторые", "все"),
    ("некоторых", "всех"),
    ("часть", "треть"),
    ("только", "не только"),
    ("вдвое", "втрое"),
    ("ежегодно", "ежемесячно"),
    ("ежедневно", "еженедельно"),
    ("бесплатно", "за плату"),
    ("официально", "неофициально"),
    ("добровольно", "принудительно"),
    ("незаконно", "законно"),
    ("публично", "тайно"),
    ("утром", "вечером"),
    ("вечером", "утром"),
    ("ночью", "днем"),
    ("днем", "ночью"),
    ("весной", "осенью"),
    ("осенью", "весной"),
    ("летом", "зимой"),
    ("зимой", "летом"),
    ("единогласно", "с минимальным перевесом"),
    ("частично", "полностью"),
    ("полностью", "частично"),
)
_CASED = (
    "первый последний|второй третий|третий четвертый|последний первый|крупный мелкий"
    "|старший младший|младший старший|северный южный|южный северный|западный восточный"
    "|восточный западный|новый старый|высокий низкий|низкий высокий|большой небольшой"
    "|рекордный минимальный|внешний внутренний|внутренний внешний|бывший нынешний|нынешний бывший"
    "|положительный отрицательный|отрицательный положительный|российский украинский"
    "|американский российский|британский французский|китайский японский|немецкий французский"
    "|французский немецкий|украинский российский|мужской женский|женский мужской|верхний нижний"
    "|бесплатный платный|государственный частный|частный государственный|открытый закрытый"
    "|сильный слабый|молодой пожилой|максимальный минимальный|минимальный максимальный"
    "|крупнейший мельчайший|рост снижение|снижение рост|увеличение сокращение"
    "|сокращение увеличение|повышение снижение|падение рост|победа поражение|поражение победа"
    "|покупка продажа|продажа покупка|мужчина женщина|женщина мужчина|отец мать|мать отец|сын дочь"
    "|дочь сын|брат сестра|сестра брат|муж жена|жена муж|экспорт импорт|импорт экспорт"
    "|начало конец|конец начало|север юг|юг север|запад восток|восток запад|январь июнь"
    "|министр замминистра|открытие закрытие|закрытие открытие|введение отмена|отмена введение"
    "|создание ликвидация|назначение увольнение"
)
_OTHERS = {pair.split()[0]: pair.split()[1] for pair in _CASED.split("|")}
_EVENT = re.compile(
    r" (?:начала|выборов|войны|отъезда|встречи|прибытия|вылета|окончания|матча|суда|голосования|"
    r"праздник\w+|визита|"
    rf"саммита|заседания|переговоров|\d{{1,2}} (?:{'|'.join(MONTHS['of'])})|\d{{4}} года)"
)


def may_stand(text: str, match: re.Match[str], old: str) -> bool:
    """Whether `old`, found at `match`, has the meaning here whose opposite is known."""
    after, before = text[match.end() :], text[: match.start()].lower()
    if old in ("до", "накануне"):
        return bool(_EVENT.match(after)) and not re.search(r"(?:^| )(?:от|с|со) ", before[-30:])
    if old == "более":
        return bool(re.match(r" (?:чем )?\d", after))
    if old in ("все", "всех"):
        return bool(re.match(r" [а-я]+(?:ые|ие|ы|и|а|ых|их|ов|ей)\b", after)) and not re.match(
            r" (?:же|еще|равно|это)", after
        )
    return True


def other_in_form(text: str, random: Random, fixed: str = "") -> str | None:
    """`text` with an adjective or noun turned round; `fixed` may not change its gender."""
    found = [
        match for match in re.finditer(r"(?<![\w«\"-])[А-ЯЁа-яё]{3,}(?![\w-])", text) if _other(match.group())
    ]
    random.shuffle(found)
    for match in found:
        parse = parses(match.group())[0]
        other = parses(_OTHERS[_other(match.group())])[0]
        grammemes = {str(each) for each in (parse.tag.case, parse.tag.number) if each}
        if parse.tag.POS == "ADJF" and parse.tag.gender:
            grammemes.add(str(parse.tag.gender))
        if parse.tag.POS == "NOUN" and (
            parse.tag.gender != other.tag.gender and _agrees_with_neighbours(text, match, fixed)
        ):
            continue
        form = other.inflect(grammemes)
        same_ending = form is not None and (parse.tag.POS == "NOUN" or form.word[-1] == match.group()[-1])
        if (
            form is not None
            and same_ending
            and parse.tag.POS in ("ADJF", "NOUN")
            and (match.group()[0].islower() or match.start() == 0)
        ):
            new = with_capitals(str(form.word), match.group())
            return text[: match.start()] + new + text[match.end() :]
    return None


def _other(word: str) -> str:
    parse = parses(word)[0]
    lemma_ = str(parse.normal_form).replace("ё", "е")
    return lemma_ if lemma_ in _OTHERS else ""


def _agrees_with_neighbours(text: str, match: re.Match[str], fixed: str) -> bool:
    """True where another gender would break the sentence: an adjective before, or the subject."""
    before = text[: match.start()].split()[-1:]
    adjective = bool(before) and parses(before[0])[0].tag.POS in ("ADJF", "PRTF")
    return adjective or fixed == match.group().lower().replace("ё", "е")
