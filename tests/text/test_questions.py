"""What questions ask for, a line a form; how much of the topic a word carries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.question_words import salience
from rag.text.questions import Question, analyse
from rag.text.words import lemma
from tests.tables import rows

KINDS = """
person | Кто подписал договор от имени завода?
person | кем построена плотина
person | Чья подпись стоит под приказом?
person | Какой министр посетил рудник?
person | Какова фамилия директора школы?
person | Назовите фамилию первого губернатора
person | А кто возглавляет экспедицию?
date | когда же начнётся стройка
date | Какого числа прошло собрание?
date | В какой день недели закрыт музей?
date | В каком веке построили крепость?
date | Как давно ушёл ледник?
date | Дата основания завода
quantity | Сколько тонн меди выплавляют за год?
quantity | Скольким рабочим выдали премию?
quantity | Какова площадь заповедника?
quantity | Какую долю в проекте получит фонд?
quantity | Какой был бюджет у экспедиции?
quantity | Как долго длился полёт?
quantity | Какое число участников приехало?
quantity | Какую часть нефти качают по этой трубе?
quantity | Если груз вырастет вдвое, какова будет стоимость перевозки?
place | Куда увезли архив?
place | Назовите столицу этой республики
place | Какой город стал столицей ханства?
place | Что является столицей края?
place | В какой части материка водятся антилопы?
place | Подскажите, пожалуйста, где ближайшая станция
organisation | Какая компания строит завод?
organisation | Каким агентством сделан снимок?
name | как звали коня полководца
name | Как ещё называют этот маршрут?
name | Он открыл три острова, как его звали?
definition | Что такое «зелёный коридор»
definition | кто такие бурлаки
definition | Что означает слово «аркан»?
definition | Как расшифровывается ЖБИ?
definition | Что представляет собой этот прибор?
definition | Что понимают под обогащением руды?
definition | Что это за вещество — шлак?
definition | Кто это такой — Пётр Лавров?
definition | Кто Ирина Петровна?
definition | Расскажи, что такое шлак
reason | Из-за чего сорвались переговоры?
reason | По какой причине отложили запуск?
reason | С какой целью создан фонд?
reason | Для чего служит клапан?
reason | В связи с чем отменили рейс?
list | Какие страны граничат с республикой?
list | Какими металлами богат край?
list | Назовите три условия договора
list | Приведите примеры тугоплавких металлов.
yesno | Правда, что завод закрыли?
yesno | Вырос ли экспорт, когда отменили пошлину?
yesno | Завод уже работает?
yesno | новый мост длиннее старого
yesno | правда что из лодок семь новых
other | Что измеряет барометр?
other | Каким образом крепят рельсы?
other | О чём договорились стороны?
other | Как работает турбина?
other | Какого цвета изумруд?
other | ?!
"""
HEADS = """
год | В каком году основан город?
компания | Какая компания строит завод?
протяженность | Какова протяжённость трубопровода?
бюджет | Какой был бюджет у экспедиции?
тонна | Сколько тонн меди выплавляют за год?
страна | С какими странами торгует край?
столица | Что является столицей края?
приток | Как называется главный приток реки?
None | Когда открыли мост?
None | Кто подписал договор?
"""
VARIANTS = (
    "Какова протяжённость дороги?",
    "КАКОВА ПРОТЯЖЕННОСТЬ ДОРОГИ",
    "Какова́ протяжённость доро́ги?",
    "Ну и какова протяжённость дороги",
    "Подскажите, пожалуйста: какова протяжённость дороги?",
    "Не знаете, какова протяжённость дороги?",
)
# The share of its weight that a word keeps: names, verbs, adverbs, pronouns, politeness, «is»
SALIENCE = """
1.0 | рудник wabtec 2025 богатый казахстан
0.7 | добывать построил
0.6 | быстро нельзя
0.5 | мой
0.45 | подскажите здравствуйте
0.3 | есть называется
"""


@pytest.mark.parametrize(("kind", "question"), rows(KINDS))
def test_kind(kind: str, question: str) -> None:
    assert analyse(question).kind == kind


@pytest.mark.parametrize(("head", "question"), rows(HEADS))
def test_head(head: str, question: str) -> None:
    assert str(analyse(question).head) == head


@pytest.mark.parametrize("question", VARIANTS)
def test_wording_makes_no_difference(question: str) -> None:
    assert analyse(question) == Question("quantity", "протяженность", polar=False)


def test_polar_is_yes_or_no() -> None:
    assert analyse("Есть ли в крае золото?") == Question("yesno", None, polar=True)
    assert not analyse("Где в крае золото?").polar


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = analyse(text)
    assert found.polar == (found.kind == "yesno")


@pytest.mark.parametrize(("share", "words"), rows(SALIENCE))
def test_salience(share: str, words: str) -> None:
    assert {salience(lemma(word)) for word in words.split()} == {float(share)}
