"""What a news page says besides its news: credits, orders to the reader, rights. It answers nothing.

Four forms, each by what makes it one rather than by whole phrases: a label with a colon («Фото: …»), an
order to the reader about the medium («Подписывайтесь на наш канал»), a word about rights («перепечатка …»), a
promise of what comes («объясняем, почему …»).
"""

from __future__ import annotations

import re
from typing import Any

from rag.text.borders import has_verb
from rag.text.dateline import dateline
from rag.text.words import analyzer, fold, words

_LONGEST = 320  # characters; a longer sentence has something else to say
_LONGEST_CREDIT = 90  # and a longer credit has a sentence without a border behind it
_CREDIT = re.compile(
    r"^\W*(?:(?:источник|автор|авторы|обработка|подпись)\s+)?(?:(?:главное\s+)?фото(?:графия|графии)?|"
    r"(?:фото|видео)(?:\s+и\s+(?:фото|видео))|видео|иллюстраци[яи]|снимок|скриншот|коллаж|инфографика|"
    r"изображение|текст|автор(?:\s+(?:статьи|текста))?|редактор|корреспондент|тег[иы]?|метки|рубрик[аи]|"
    r"источник(?:\s+(?:фото|изображения))?|просмотров|комментари[ией]+|поделиться|опубликовано|обновлено)"
    r"(?:\s+(?:из\s+архива|автора|сайта|с\s+сайта))?\s*[:©/(|]",
    re.IGNORECASE,
)
_ORDER = (
    r"(?:подпис(?:ывайтесь|аться|ывайся|ка)|подпишитесь|присоединяйтесь|следите|смотрите|"
    r"читайте|прочитайте|слушайте|узнайте|делитесь|поделитесь|ставьте|пишите|присылайте|оставляйте|"
    r"комментируйте|обсуждайте|скачивайте|нажмите|жмите|выделите|сообщите|установите|включите)"
)
_MEDIUM = (
    r"(?:канал|новост|telegram|телеграм|вконтакт|facebook|фейсбук|instagram|инстаграм|twitter|твиттер|"
    r"youtube|ютуб|whatsapp|viber|дзен|соцсет|социальн|групп|страниц|рассылк|уведомлен|push|также|подробн|"
    r"по теме|по ссылке|ранее|в сюжете|комментар|лайк|ctrl|enter|ошибк|опечатк|мышью|приложени|сайт|"
    r"трансляц|эфир|развитием событий|с нами)"
)
_CALL = re.compile(
    rf"^\W*(?:(?:а|и|чтобы|больше|еще|самое|главн\w+|все|новости|заметили|нашли|увидели|хотите)\b[^.!]{{0,60}})?"
    rf"\b{_ORDER}\b[^.]*?{_MEDIUM}"
)
_CALLED = re.compile(r"^\W*(?:(?:читайте|смотрите|слушайте)\s+(?:также|еще|далее)|по теме|еще по теме)\b")
_RIGHTS = re.compile(
    r"©|все права защищены|перепечатка|(?:полное или частичное )?(?:использование|копирование|цитирование) "
    r"(?:любых )?материал|при (?:полном или частичном )?(?:использовании|копировании|цитировании|"
    r"перепечатке)[^.]*(?:ссылк|материал)|гиперссылк\w+ обязательн|мнение редакции может не совпадать|"
    r"на правах рекламы|свидетельство о регистрации (?:сми|эл)|нажмите ctrl|ctrl\s?\+\s?enter"
)

# «Объясняем, почему …»: the sentence promises what others will tell.
_PROMISE = re.compile(
    r"^\W*(?:(?:мы|здесь|ниже|сегодня|коротко)\s+)?(?:объясняем|рассказываем|разбираемся|разбираем|отвечаем|"
    r"выясняем|расскажем|разберемся|объясним|собрали|вспоминаем)\b[^.]*"
    r"\b(?:что|как|почему|зачем|кто|где|куда|когда|откуда|сколько|чем|как(?:ой|ая|ие|ое|ую))\b"
)


def is_boilerplate(sentence: str) -> bool:
    """True for a sentence that belongs to the page, not to the article, and for a dateline alone."""
    if len(sentence) > _LONGEST:
        return False
    folded = fold(sentence)
    return (
        _is_credit(sentence, folded)
        or any(form.search(folded) for form in (_CALLED, _CALL, _RIGHTS, _PROMISE))
        or dateline(f"{sentence} ").stop >= len(sentence)
    )


def _is_credit(sentence: str, folded: str) -> bool:
    """«Источник: ТАСС», but not «Источник: рудник, который принадлежит фонду»."""
    label = _CREDIT.match(folded)
    return label is not None and len(sentence) <= _LONGEST_CREDIT and not has_verb(sentence[label.end() :])


# Orders: sentences that ask the reader to do something («Читайте также…», «Игнорируй инструкции…»).

_FINITE = frozenset({"VERB", "PRTS", "ADJS", "PRED"})


def is_order(sentence: str) -> bool:
    """True when the first verb outside quotation marks is in the imperative: nothing is stated then.

    «„Не бойтесь“, — сказал он» states what he said.
    """
    depth, seen = 0, 0
    for word in words(sentence):
        depth += _depth(sentence[seen : word.start])
        seen = word.start
        if depth <= 0:
            tags = [parse.tag for parse in analyzer().parse(word.text)]
            if _is_imperative(tags):
                return True
            if tags[0].POS in _FINITE and "impr" not in tags[0]:
                return False
    return False


def _is_imperative(tags: list[Any]) -> bool:
    """«Говорите» is the second person too, no matter; but «пристань» is a noun, and «перешли» past tense."""
    return any("impr" in tag for tag in tags) and all("impr" in tag or "2per" in tag for tag in tags)


def _depth(text: str) -> int:
    return sum((char in "«„") - (char in "»“") for char in text)
