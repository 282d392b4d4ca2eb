"""How a clause is put into words: verbs, parts, and synonyms and opposites that are governed alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

from eval.reader.clause_parts import Part, is_pointing, spelled
from eval.reader.clauses import Clause
from eval.reader.forms import lemma, parses, reading, verb_agreeing, with_capitals
from eval.reader.trees import Node
from rag.text.name_kinds import ORGANISATIONS

_SYNONYMS = """купить приобрести|покупать приобретать|вырасти возрасти увеличиться
    увеличиться вырасти возрасти
    снизиться уменьшиться сократиться|сократиться уменьшиться снизиться|уменьшиться сократиться снизиться
    расти увеличиваться|снижаться сокращаться уменьшаться|сообщить рассказать|построить возвести
    начаться стартовать
    завершиться закончиться|закончиться завершиться|состояться пройти|скончаться умереть|умереть скончаться
    подчеркнуть отметить|использовать применять|найти обнаружить|обнаружить найти|
    произойти случиться|случиться произойти|сократить уменьшить|увеличить повысить|повысить увеличить
    прибыть приехать
    приехать прибыть|показать продемонстрировать|планировать намереваться|намереваться планировать собираться
    собираться планировать намереваться|возглавить|посетить|арестовать взять|потребовать|погибнуть|начать
    завершить закончить|закончить завершить|требовать добиваться|заявить сообщить|учредить основать
    основать учредить
    отменить аннулировать|получить|выпустить|победить|напасть|применить использовать|осуществить провести
    опубликовать обнародовать|обнародовать опубликовать|предложить|просить|разместить|превысить превзойти
    сформировать создать|создать сформировать|разработать создать|обсудить|одобрить утвердить
    утвердить одобрить
    подписать заключить|выделить направить|заявлять говорить|
    попросить|решить|выяснить установить|опасаться бояться|пообещать обещать|начинаться|привлечь
    потерять лишиться
    похитить украсть|украсть похитить|уничтожить|сыграть исполнить|пострадать|поблагодарить|убить
    пытаться стараться
    попытаться постараться|обратиться|изучить исследовать|помогать|спасти|стать оказаться
    прекратить остановить
    продлить|разорвать|выбрать избрать|избрать выбрать|соорудить построить|вернуться возвратиться
    возвратиться вернуться"""
_GOVERNED_OTHERWISE = {
    ("требовать", "добиваться"),
    ("потерять", "лишиться"),
    ("арестовать", "взять"),
    ("подписать", "заключить"),
    ("стать", "оказаться"),
    ("сыграть", "исполнить"),
}
_OPPOSITES = """вырасти снизиться|возрасти снизиться|увеличиться уменьшиться|увеличить уменьшить
    повысить понизить
    повыситься понизиться|сократить увеличить|снизить повысить|сократиться увеличиться|снизиться вырасти
    упасть вырасти
    уменьшиться увеличиться|уменьшить увеличить|подняться опуститься|расти снижаться|увеличиваться сокращаться
    снижаться расти|сокращаться увеличиваться|подорожать подешеветь|подешеветь подорожать|дорожать дешеветь
    дешеветь дорожать|открыть закрыть|закрыть открыть|открыться закрыться|закрыться открыться|начать завершить
    завершить начать|начаться завершиться|завершиться начаться|закончиться начаться|поддержать осудить
    осудить поддержать|разрешить запретить|запретить разрешить|разрешать запрещать|запрещать разрешать
    ввести отменить|отменить ввести|подтвердить опровергнуть|опровергнуть подтвердить|принять отклонить
    отклонить принять|одобрить отклонить|отвергнуть принять|купить продать|продать купить|приобрести продать
    выиграть проиграть|проиграть выиграть|ускорить замедлить|усилить ослабить|ослабить усилить
    ускориться замедлиться
    улучшить ухудшить|ухудшить улучшить|улучшиться ухудшиться|ухудшиться улучшиться|расширить сузить
    создать ликвидировать
    построить снести|создать упразднить|выжить погибнуть|погибнуть выжить|освободить задержать
    задержать отпустить
    арестовать освободить|включить исключить|исключить включить|родиться умереть
    потерять получить|получить лишиться|прибыть отбыть|взлететь приземлиться|согласиться отказаться
    обвинить оправдать
    оправдать обвинить|осудить оправдать|продлить прервать|восстановить разрушить|импортировать экспортировать
    экспортировать импортировать|превысить недобрать|разрушить восстановить|похвалить раскритиковать
    раскритиковать похвалить|критиковать поддерживать|поддерживать критиковать|подписать расторгнуть
    заключить расторгнуть
    увеличивать сокращать|сокращать увеличивать|повышать снижать|снижать повышать|укрепить ослабить"""
_OTHERWISE_GOVERNED = {("получить", "лишиться"), ("превысить", "недобрать")}
ATTRIBUTIONS = frozenset(
    """данные данный слово мнение информация версия сведение оценка сообщение заявление подсчет расчет
    источник""".split()
)
# Institutions that act as people do: one asks «кто» for them.
ACTING = ORGANISATIONS | frozenset(
    """власть семья команда сборная пара большинство группировка делегация экипаж оппозиция руководство
    редакция
    население молодежь жюри дума госдума кремль разведка минобороны фсб мвд следствие прокуратура бригада
    экспедиция
    ансамбль оркестр войско подразделение хор банда пресс-служба издание нато еврокомиссия ес оон минздрав
    ведомство""".split()
)
IN_WHAT = frozenset(
    """участвовать обвинить обвинять признаться нуждаться подозревать уличить убедиться заключаться
    состоять сомневаться
    находиться располагаться жить проживать содержаться работать служить оказаться остаться
    оставаться""".split()
)
_CIRCUMSTANTIAL = frozenset(
    (
        "после",
        "во время",
        "из-за",
        "в связи с",
        "в ходе",
        "при",
        "в результате",
        "благодаря",
        "накануне",
        "среди",
        "вместе с",
        "помимо",
        "кроме",
        "в рамках",
        "через",
        "в течение",
        "за",
        "несмотря на",
        "около",
        "возле",
    )
)
_EMPTY = frozenset(
    """при этом кроме того частности первую очередь свою очередь том числе также тоже уже еще ранее теперь
    даже вот
    однако именно вообще сейчас вновь снова затем потом сначала впоследствии позднее позже пока наконец
    итак так
    то же время собственно конечно кстати напротив наоборот тогда пор""".split()
)


def _table(lines: str, excluded: set[tuple[str, str]]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for row in lines.replace("\n", "|").split("|"):
        first, *others = row.split() or [""]
        kept = [each for each in others if (first, each) not in excluded]
        table.setdefault(first, []).extend(kept)
    return table


@cache
def _synonyms() -> dict[str, list[str]]:
    return _table(_SYNONYMS, _GOVERNED_OTHERWISE)


@cache
def _opposites() -> dict[str, list[str]]:
    return _table(_OPPOSITES, _OTHERWISE_GOVERNED)


def synonym(node: Node, random: Random) -> str | None:
    return _other_verb(node, _synonyms().get(lemma(node), []), random)


def opposite(node: Node, random: Random) -> str | None:
    return _other_verb(node, _opposites().get(lemma(node), []), random)


def opposite_in(text: str, random: Random) -> str | None:
    """`text` with one of its verbs turned round, in the same form."""
    for match in re.finditer(r"(?<![\w-])[а-яё]{4,}(?![\w-])", text):
        found = next((each for each in parses(match.group())[:1] if each.tag.POS in ("VERB", "PRTS")), None)
        others = _opposites().get(str(found.normal_form).replace("ё", "е"), []) if found is not None else []
        other = (
            next((each for each in parses(random.choice(others)) if each.tag.POS == "INFN"), None)
            if others
            else None
        )
        if found is not None and other is not None and (form := _in_same_form(found, other, match.group())):
            return text[: match.start()] + form + text[match.end() :]
    return None


def _other_verb(node: Node, others: list[str], random: Random) -> str | None:
    found = reading(node)
    if found is None or not others:
        return None
    other = next((each for each in parses(random.choice(others)) if each.tag.POS == "INFN"), None)
    return _in_same_form(found, other, node.text) if other is not None else None


def _in_same_form(found: Any, other: Any, like: str) -> str | None:
    tag = found.tag
    if tag.POS == "INFN":
        return with_capitals(str(other.normal_form), like)
    grammemes = {str(each) for each in (tag.POS, tag.number, tag.gender, tag.tense, tag.person) if each}
    if tag.POS == "PRTS" and other.tag.aspect != tag.aspect:
        return None
    if tag.tense in ("pres", "futr") and other.tag.aspect != tag.aspect:
        return None
    form = other.inflect(grammemes)
    return with_capitals(str(form.word), like) if form is not None else None


def group_forms(clause: Clause, gender: str, number: str) -> dict[int, str] | None:
    """The finite verbs of the group made to agree with another subject."""
    forms = {}
    for place in clause.group:
        node = clause.sentence.nodes[place]
        if node.pos not in ("VERB", "AUX") or node.feature("VerbForm") == "Inf":
            continue
        form = verb_agreeing(node, gender, number)
        if form is None:
            return None
        forms[place] = form
    return forms


def lowered(clause: Clause, place: int, text: str) -> str:
    """`text`, which begins with the word of `place`, as it is written inside a sentence."""
    node = clause.sentence.nodes[place]
    is_name = node.pos == "PROPN" or node.name or (node.text.isupper() and len(node.text) > 1)
    is_first = place == 0 or (clause.sentence.nodes[place - 1].text in '«"' and place == 1)
    if is_first and not is_name and text[1:2].islower():
        return text[0].lower() + text[1:]
    return (
        text
        if not is_first or is_name or (len(text) > 1 and text[1].isupper())
        else text.lower()
        if len(text) == 1
        else text[0].lower() + text[1:]
    )


def shown(clause: Clause, part: Part, forms: dict[int, str] | None = None) -> str:
    return lowered(clause, part.shown[0], spelled(clause.sentence, part.shown, forms))


def group_words(clause: Clause, forms: dict[int, str] | None = None) -> str:
    return lowered(clause, clause.group[0], spelled(clause.sentence, clause.group, forms)).lower()


def is_attribution(clause: Clause, part: Part) -> bool:
    return part.preposition == "согласно" or (
        part.preposition in ("по", "со") and lemma(clause.sentence.nodes[part.head]) in ATTRIBUTIONS
    )


def is_empty(clause: Clause, part: Part) -> bool:
    """«Уже», «при этом», «кроме того»: nothing is lost without it."""
    return part.role in ("advmod", "obl") and all(
        clause.sentence.nodes[each].lower in _EMPTY for each in part.shown
    )


def is_droppable(clause: Clause, part: Part) -> bool:
    """A circumstance that the verb doesn't need."""
    if part.role not in ("obl", "advmod") or part.head == (clause.infinitive or -1):
        return False
    if part.kind == "date" or is_empty(clause, part) or is_attribution(clause, part):
        return True
    if part.role == "advmod":
        return False
    if not _is_circumstantial(clause, part):
        return False
    position = clause.parts.index(part)
    verb = max(clause.group)
    between = [other for other in clause.parts[:position] if other.first > verb]
    return part.first < min(clause.group) or any(not other.role.startswith("nsubj") for other in between)


def _is_circumstantial(clause: Clause, part: Part) -> bool:
    if part.preposition in ("в", "во", "на"):
        case = clause.sentence.nodes[part.head].feature("Case")
        return case == "Loc" and lemma(clause.node) not in IN_WHAT
    return part.preposition in _CIRCUMSTANTIAL


def remaining(
    clause: Clause, without: tuple[Part, ...], random: Random, keeping: float = 0.5
) -> list[Part] | None:
    """The parts that a question or a claim still tells; None where one that's needed points elsewhere."""
    kept = []
    for part in clause.parts:
        if part in without or is_empty(clause, part) or is_attribution(clause, part):
            continue
        pointing = is_pointing(clause.sentence, part)
        if pointing and part.preposition in ("о", "об"):
            return None
        if is_droppable(clause, part) and (pointing or random.random() > keeping):
            continue
        if pointing:
            return None
        kept.append(part)
    return kept


def adverbs_and_rest(clause: Clause, kept: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """The adverbs that stand before the verb and stay there, and the other parts."""
    verb = min(clause.group)
    adverbs = [each for each in kept if each.role == "advmod" and each.kind != "date" and each.first < verb]
    return adverbs, [each for each in kept if each not in adverbs]


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
