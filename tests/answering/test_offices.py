"""Whose post a sentence tells; one line per shape."""

import pytest

from rag.answering.offices import asks_holder, names_owner, tells_another_holder, tells_no_post

HEAD = "Кто генеральный директор «Заря-Руда»?"


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        (HEAD, True),
        ("Кто сейчас возглавляет службу?", True),
        ("Кто был первым президентом Ливонии?", True),
        ("Кто из министров был на встрече?", False),
        ("Кто убил князя?", False),
        ("Какой президент посещал школу?", False),
    ],
)
def test_who_holds_a_post_is_asked(question: str, asks: bool) -> None:
    assert asks_holder(question) is asks


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        (HEAD, "Генеральный директор Acme Steel Иван Петров ответил утром.", True),
        (HEAD, "Директор «Заря-Руда» Иван Петров ответил утром.", False),
        (HEAD, "Глава Acme Steel Иван Петров и глава «Заря-Руда» Пётр Волков встретились.", False),
        (HEAD, "Генеральный директор Иван Петров ответил утром.", False),
        ("Кто глава Acme?", "Генеральный директор Jane Doe ответила утром.", False),
        ("Кто глава Acme?", "На подписании с Acme был министр торговли Иван Петров.", True),
        ("Кто возглавляет Службу Ливонии?", "Делегацию Ливонии возглавлял Иван Петров.", True),
        ("Кто возглавляет Службу Ливонии?", "Службу возглавляет Иван Петров.", False),
        ("Кто президент Казахстана?", "Президент Франции Иван Петров приехал.", True),
        ("Кто написал закон Казахстана?", "Президент Франции Иван Петров приехал.", False),
    ],
)
def test_a_post_with_anothers_name_behind_it_is_anothers(question: str, text: str, another: bool) -> None:
    assert tells_another_holder(question, text) is another


@pytest.mark.parametrize(
    ("question", "text", "around", "named"),
    [
        ("Кто президент Казахстана?", "Президент Казахстана Иван Петров приехал.", "", True),
        ("Кто президент Казахстана?", "Президент Иван Петров приехал.", "Казахстан ждёт гостей.", True),
        ("Кто президент Казахстана?", "Президент Иван Петров приехал.", "Франция ждёт гостей.", False),
        (
            "Кто президент Казахстана?",
            "Банк Франции учредили при президенте Иване Петрове.",
            "Казахстан ждёт гостей.",
            False,
        ),
        ("Кто написал роман?", "Роман написал Иван Петров.", "", True),
    ],
)
def test_where_the_post_is_must_be_named(question: str, text: str, around: str, named: bool) -> None:
    assert names_owner(question, text, around) is named


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("Кто возглавляет Лесную службу Чили?", "Делегацию возглавлял министр Рощин.", True),
        ("Кто возглавляет Лесную службу Чили?", "Лесную службу Чили возглавляет Рощин.", False),
        ("Кто возглавляет Лесную службу Чили?", "Службу лесов Чили возглавил Рощин.", False),
        ("Кто руководит заводом «Искра»?", "Шахтой «Долгая» руководит Рощин.", True),
        ("Кто руководит заводом «Искра»?", "Заводом руководит Рощин.", False),
        ("Кто директор «Сол-Мет Норук»?", "По словам директора Norda Mining Петра Рощина, всё готово.", True),
        ("Кто директор Sol-Met?", "Директор «Сол-Мет» Рощин уехал.", False),
        ("Кто директор завода?", "Директор Norda Mining Рощин уехал.", False),
        ("Кто президент США?", "Президент Соединённых Штатов уехал.", False),
        ("Кто президент США?", "Президент Чили Пётр Рощин уехал.", True),
        ("Кто президент США?", "Президент Рощин уехал.", False),
        ("Кто президент Чили?", "Президентом республики стал Пётр Рощин.", False),
        ("Кто президент США?", "Министр обороны Чили Рощин уехал.", False),
        ("Кто министр финансов Чили?", "Министр обороны Перу Пётр Рощин уехал.", True),
        ("Кто министр финансов Чили?", "Министр финансов Пётр Рощин уехал.", False),
        ("Кто подписал договор?", "Директор Norda Mining Рощин уехал.", False),
        ("Где директор завода «Искра»?", "Директор Norda Mining Рощин уехал.", False),
    ],
)
def test_who_heads_one_thing_does_not_head_another(question: str, text: str, another: bool) -> None:
    assert tells_another_holder(question, text) == another


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Кто руководит фирмой Norda?", "Фирма Norda купила участок в Омской области.", True),
        ("Кто руководит фирмой Norda?", "Глава Norda Пётр Рощин купил участок.", False),
        ("Кто президент Чили?", "Пётр Рощин избран в Чили на второй срок.", False),
        ("Кто купил фирму Norda?", "Фирма Norda куплена Петром Рощиным.", False),
    ],
)
def test_who_heads_a_firm_is_told_where_a_post_is(question: str, text: str, expected: bool) -> None:
    assert tells_no_post(question, text) == expected
