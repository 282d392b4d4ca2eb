"""One line per bug: `|` stands where sentences part. A text is its own expectation."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.borders import Border, deciding_rule
from rag.text.sentences import LONGEST, sentences, with_run_in_headings

BORDERS = [
    # razdel alone gets these right; they must stay right
    "Он живёт на ул. Абая, д. 10, кв. 5.| |Там тихо.",
    "Добыли 854 тыс. тонн руды.| |Это рекорд.",
    "Автор — А. С. Пушкин.| |Он родился в Москве.",
    "Рост составил 7,5 %.| |Цена — 1 250 000 тенге.",
    "«Вы уедете?» — спросил он.| |Ответа не было.",
    "Он сказал: «Мы готовы».| |Все кивнули.",
    # a new line is a border
    "Первый заголовок|\n\n|Второй абзац без точки|\n|Третья строка",
    "# |Большой заголовок|\n\n- |первый пункт|\n- |Второй пункт",
    "> |Чужие слова.| |Их продолжение.",
    # … unless the line was wrapped inside a sentence
    "Длинная строка письма обрывается\nпосередине предложения.| |Потом новая.",
    "Этапы:|\n|разведка недр",
    # abbreviation_left
    "Дуэль была в 1837 г.| |Его друг всё видел.",
    "Дом построили в 1902 г.| |Архитектор остался неизвестен.",
    "В 1837 г. Пушкин погиб.",
    "По данным на 2020 г. Казахстан был первым.",
    "Как сообщалось, в 2020 г. Министерство ответило.",
    "В XX в. Россия изменилась.",
    "Слиток весит 50 г.| |Это немного.",
    "В г. В. Новгороде тихо.",
    "Перегрузка достигла 9 G.| |«Мы этого ждали», — сказал пилот.",
    "В колбе 50 г. «Экстракта» и закон 2015 г. «О недрах».",
    "Это прав. прит. Тобола.| |Берега его круты.",
    "Выступил к. ф.-м. н. Пётр Зуев, канд. хим. наук Марат Ли и чл.-корр. РАН.",
    "Цех закрыли в 2003 г.| |Жители уехали.",
    "Цех закрыли в 2003 г.| |Городской музей открыли позже.",
    "Год основания — 1932 г.| |Архив сохранился.",
    "В 2001—2009 гг. Зуев был послом.| |В 2010 г. Завод встал.",
    "Ширина 5 м.| |Смена длится до 18 ч.| |Вход — 20 руб.| |Касса внизу.",
    "Вершины гор.| |Там снег, а в гор. Омск и на ул. Абая дождь.",
    "Вакцина защищает их.| |Мы верим им.| |Зал им. Зуева полон.",
    "Ветер усилился до 25 м/с.| |Мост закрыли, скорость — 40 км/ч.| |Объезд есть.",
    "Аванс 5 т.р.| |Торг уместен.",
    "Он жил в Вост. Саянах и Сев. Осетии.| |Храм прп. Германа там же.| |Идёт сев.| |Он поздний.",
    "Мост снесли в 1990 г.| |Построен новый.",
    # initials_behind_surname
    "Пришли Зуев А. А. и Петров Б. Б.| |Встреча удалась.",
    "Книги Зуева А. П.| |Издано в Омске.",
    "Музей открыл А. Б. Воробей.",
    # letter_before_sentence
    "В печи 900 °C.| |Давление растёт.",
    "Найдите точку K.| |Длина отрезка равна двум.",
    "Его автор — J. P. Зуев, а не G. O. Бурр.",
    "Полезен витамин С.| |Он есть в лимоне.",
    "Играет Г. Ли.",
    # footnote_mark
    "Завод открыт в 2025 году.[3]| |Казахстан доволен.",
    "Так пишут.[1][2]| |Другие спорят.",
    "Так пишут.¹| |Другие спорят.²³| |Третьи молчат.*| |Четвёртые «ждут.»⁴| |Пятые спят.",
    "Завод открыт в 2025 году.1| |Он дымит.",
    "Площадь 5 м² и версия 1.5 готовы.",
    # opener_right
    "Турнир отменили| |В среду об этом сказал тренер| |Он не удивлён",
    "Концерт группы «Север»| |После зимы клуб открыли.",
    "Матч группа В и группа С, певица На Ли.",
    # glued
    "Металл ждут в странах Европы.|Безрезультатно завершились переговоры.",
    "Так не пойдёт!|Ищите другой путь.",
    "Он назвал это «победой».|Рынок вырос.",
    "Сайты Лента.Ру и Яндекс.Деньги открыты.",
    "Пишите на ул.Абая и в г.Астану, А.Иванову и т.Петрову.",
    "Домен snoska.kz и версия 2.Х ещё свободны.",
    # lower_case_letter_right, semicolon
    "Выделено 2 млрд долл. США на завод.",
    "Командовал ген. Петров.",
    "Станция даёт 5 млн. кВт в год.",
    "Первый ушёл; Второй остался.",
    # bullet_right; the end of bold text
    "Филиалы: |• Астана |• Алматы |• Шымкент",
    "**Что это такое?**| |Так называют коридор.",
    "**Где он?** и почему",
    # item_number_right
    "Открыли: |1. Рудник (5 скважин) |2. Завод |3. Порт",
    "Вот итог (9).| |1. Рудник (5 скважин) |2. Завод |3. Порт",
    "Живут они в доме 7.| |Там не бывал никто, а в доме 8.| |Петров бывал.",
    # domain_right
    "Сайты в зоне .РФ и .ДЕТИ открыты.| |Заявок много.",
    # a text without capitals
    "сообщение без заглавных.| |второе предложение! |третье",
    "адрес: ул. абая, д. 5.| |ждём вас",
]


def marked(text: str) -> str:
    """`text` with "|" at both ends of every sentence."""
    parts, last = [], 0
    for start, stop in sentences(text):
        parts += [text[last:start], "|", text[start:stop], "|"]
        last = stop
    return "".join([*parts, text[last:]])


@pytest.mark.parametrize("expected", BORDERS)
def test_borders(expected: str) -> None:
    text = expected.replace("|", "")
    parts = [part for part in expected.split("|") if part.strip() and part.strip() not in {"#", "-", ">"}]
    assert [text[start:stop] for start, stop in sentences(text)] == [part.strip() for part in parts], marked(
        text
    )


def test_the_deciding_rule_can_be_asked_for() -> None:
    border = Border("было в 1837 г", ".", " Его друг", "Это было в 1837 г")
    assert deciding_rule(border) == ("abbreviation_left", "split")


def test_an_endless_sentence_is_cut_at_a_clause() -> None:
    text = "слово слово, " * 1000
    spans = sentences(text)
    assert all(stop - start <= LONGEST for start, stop in spans)
    assert all(text[stop - 1] == "," for _, stop in spans)
    assert "".join(text[start:stop] for start, stop in spans).replace(" ", "") == text.replace(" ", "")


SPEECH = (
    "добрый день сегодня расскажу как мы чинили мост весной его закрыли на полгода мастер зуев сказал что "
    "балки прогнили потом привезли новые балки из тюмени они легче старых и не ржавеют но краска на них не "
    "держится летом бригада работала в две смены дождей почти не было и к сентябрю мост открыли теперь по "
    "нему ходят автобусы"
)


def test_speech_without_signs_is_parted_where_a_clause_begins() -> None:
    spans = sentences(SPEECH)
    assert len(spans) > 2
    assert all(50 <= stop - start <= 200 for start, stop in spans)
    assert {SPEECH[start:].split()[0] for start, _ in spans} <= {
        "добрый", "мастер", "потом", "но", "летом", "весной", "теперь", "они", "бригада"
    }  # fmt: skip
    assert " ".join(SPEECH[start:stop] for start, stop in spans) == SPEECH


def test_a_long_clause_with_a_full_stop_is_no_speech() -> None:
    clause = "Порядок выдачи " + "справок о составе семьи и " * 13 + "решений комиссии утверждён"
    assert len(sentences(f"{clause}.")) == 1 < len(sentences(clause))


@pytest.mark.parametrize(
    "text", ["а.б" * 10_000, "слово " * 20_000, "А" * 500_000, " \n" * 200_000, "#" * 200_000, "«" * 200_000]
)
def test_hostile_texts_end(text: str) -> None:
    assert all(start < stop <= len(text) for start, stop in sentences(text))


TEXTS = st.text(st.sampled_from('аб АБ.!?…«»"()[]1 \n—-•#*;,гв'), max_size=200)


@given(TEXTS)
def test_spans_are_in_order_and_hold_every_word(text: str) -> None:
    spans = sentences(text)
    assert all(start < stop for start, stop in spans)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
    assert all(text[start:stop] == text[start:stop].strip() for start, stop in spans)
    covered = set().union(*(range(*span) for span in spans))
    assert not [at for at, sign in enumerate(text) if sign.isalnum() and at not in covered]


@pytest.mark.parametrize(
    "parts",
    [
        "22 сентября 2025 года. В Нью-Йорке подписали контракт.| |Он вступил в силу.",
        "«Самрук-Казына». Фонд национального благосостояния.",
        "Сроки: добыча начнётся через три года.",
        "Они молчали.| |Потом заговорили.",
        "Совещание началось в десять утра.| |Итоги.| |Потом был обед.",
        "Казахстан, 2026 год.|\n|Рудник строят.",
    ],
)
def test_run_in_heading_stays_with_its_sentence(parts: str) -> None:
    """A verbless start of a line is joined to what it heads; nothing else is."""
    text = parts.replace("|", "")
    joined = [text[start:stop] for start, stop in with_run_in_headings(text, sentences(text))]
    assert joined == [part for part in parts.split("|") if part.strip()]
