"""Questions as they are typed, pasted and attacked with: cleaned, then repaired towards a library's words."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.noise import noisy
from rag.text.repair import MAX_LENGTH, Repaired, Repairer, clean
from rag.text.words import lemmas, words
from tests.tables import lines, rows

LIBRARY = """
Меморандум о намерениях подписали министр энергетики и посол. Завод строит компания Siemens Energy.
Месторождение вольфрама принадлежит Boeing Holdings; министры обсудили поправку Смита и пошлины.
Редкоземельные элементы тербий и диспрозий. Проект Baltic Gate, консорциум KTK, станция USGS.
Отходы обогащения называют хвостами. Кто пригласил Сейдахметова на соглашение с Renault и Exxon?
Фрахтование судов, логистика, Клайпеда, Магистраль, танкер, сухогруз. Банк Bosch. Причал КТК.
Обязательства выкупа продукции. Порт стоит дорого.
"""


class Held:
    """A vocabulary in memory."""

    def __init__(self, text: str) -> None:
        found = lemmas(text)
        self.counts = {lemma: found.count(lemma) for lemma in found}
        self.sentences = [set(lemmas(sentence)) for sentence in text.split(".")]

    def frequencies(self, lemmas: Sequence[str]) -> list[int]:
        return [self.counts.get(lemma, 0) for lemma in lemmas]

    def with_prefix(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        found = [pair for pair in self.counts.items() if pair[0].startswith(prefix)]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def together(self, lemma: str, others: Sequence[str]) -> float:
        beside = [len(held.intersection(others)) for held in self.sentences if lemma in held]
        return max(beside, default=0) / len(others)


@cache
def repairer() -> Repairer:
    return Repairer(Held(LIBRARY))


# What is typed | what is meant
LAYOUT = """
xnj nfrjt cjukfitybt& | Что такое соглашение?
crjkmrj htlrjptvtkmys[ 'ktvtynjd | сколько редкоземельных элементов
rjulf gjlgbcfkb vtvjhfylev d gjhne | когда подписали меморандум в порту
Где vtcnjhj;ltybt вольфрама? | Где месторождение вольфрама?
Кто строит завод Ышуьуты? | Кто строит завод Siemens?
ГЫПЫ | USGS
что такое RNR | что такое КТК
'nj gjghfdrf Cvbnf | это поправка Смита
rnj dkfltk Boeing Holdings | кто владел Boeing Holdings
Что купил Ищуштп Рщдвштпы? | Что купил Boeing Holdings?
[kt, b cjkm | хлеб и соль
{kt, | Хлеб
"""
TYPOS = """
Когда подписан мемарандум? | Когда подписан меморандум?
меморнадума | меморандума
Месторожение вальфрама | Месторождение вольфрама
Кто из минстров был | Кто из министров был
хвасты | хвосты
терьбий | тербий
Сейдахмедов | Сейдахметов
сколко стоит порт | сколько стоит порт
кагда подписали | когда подписали
скока стоит порт | сколько стоит порт
чё за меморандум | что за меморандум
рфахтование | фрахтование
Renalt | Renault
# a key beside the right one, a letter twice or thrice, two swapped, one lost, a name
менорандум | меморандум
мммеморандум | меморандум
ПРИЧААЛ | ПРИЧАЛ
тнакер | танкер
ранкер | танкер
Кто пригласил Сейдохметова? | Кто пригласил Сейдахметова?
Кто пригласил Сейдахметвоа? | Кто пригласил Сейдахметова?
стоит порто дорого | стоит порто дорого
"""
SPACES = """
подписалимеморандум | подписали меморандум
# one letter too many is likelier than a lost space
вмеморандуме | меморандуме
компанияSiemens | компания Siemens
Редкоземельныеэлементы тербий | Редкоземельные элементы тербий
Месторож дение вольфрама | Месторождение вольфрама
мемо рандум и танкер | меморандум и танкер
на меморандум | на меморандум
"""
HEARD = """
боинг | boeing
эксон | exxon
рено и рено | рено и рено
Балтик Гейт | Baltic Гейт
"""
KEPT = """
?
&
Кто такой Мбаппе?
что такое офшор
Что такое SPAC и NASDAQ?
What is the price of gold in the USA?
<script>alert(1)</script>
Где ёлка у меморанду\u0301ма?
В чём суть поправки Смита?
Сколько 12,5 % от 1 250 000?
SELECT * FROM articles; DROP TABLE x; --
армяно-русский меморандум
Кому принадлежит ПАО и ООО?
Зачем порту танкеры?
Есть ли у Сейдахметовой завод?
прив
https://example.org/news?id=5&page=2
почта info@example.org
GPT-4 и COVID-19
🙂🙂🙂
"""


@pytest.mark.parametrize(("typed", "meant"), rows(LAYOUT + TYPOS + SPACES + HEARD))
def test_repaired(typed: str, meant: str) -> None:
    assert repairer().repair(typed).text.casefold() == meant.casefold()


def test_blanks_at_the_ends_stay() -> None:
    typed = "Rnj ghbukfcbk Ctqlf[vtnjdf& "
    assert repairer().repair(typed).text == "Кто пригласил Сейдахметова? "


@pytest.mark.parametrize("question", [*lines(KEPT), "", " ", "\x00\x00"])
def test_left_alone(question: str) -> None:
    repaired = repairer().repair(question)
    assert (repaired.text, repaired.notes) == (question, ())


def test_every_repair_is_told() -> None:
    assert repairer().repair("ult порт и мемарандум").notes == (
        "исправлена раскладка: «ult» → «где»",
        "исправлено: «мемарандум» → «меморандум»",
    )


def test_company_and_frequency_decide_between_equally_near_words() -> None:
    library = "Парусник вошёл в бухту. Бухгалтер считает порок. Бухгалтер считает порог."
    assert Repairer(Held(library)).repair("кто считает порто").notes == ()
    library = "Рыбаки чинят сети. Рыбаки чинят лодку. Повара режут сельдь. Сетка висит."
    assert Repairer(Held(library)).repair("рыбаки чинят сепи").text == "рыбаки чинят сети"
    assert Repairer(Held("танкер танкер танкер ранкер")).repair("данкер").text == "танкер"


def test_a_name_in_another_form_is_no_typo() -> None:
    assert Repairer(Held("пашинянин")).repair("Где Пашиняна встретили?").notes == ()


def test_the_language_knows_words_that_the_library_lacks() -> None:
    def background(lemma: str) -> float:
        return {"климат": 1e-4, "алтын": 1e-5}.get(lemma, 0.0)

    assert Repairer(Held("Танкер"), background).repair("климмат").text == "климат"
    assert Repairer(Held("Алтай"), background).repair("алтын").notes == ()


@pytest.mark.parametrize("sentence", re.split(r"(?<=[.?]) ", " ".join(LIBRARY.split())))
def test_a_sentence_of_the_library_is_left_alone(sentence: str) -> None:
    for typed in (sentence, sentence.lower(), sentence.upper()):
        assert repairer().repair(typed) == Repaired(typed)


@given(st.sampled_from([meant for _, meant in rows(TYPOS + SPACES)]), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_a_repaired_question_is_not_repaired_again(meant: str, seed: int) -> None:
    once = repairer().repair(noisy(meant, "typos", seed, 0)).text
    assert repairer().repair(once).text == once


def test_pasted_texts_are_left_alone_and_an_empty_library_repairs_nothing() -> None:
    text = "мемарандум " * MAX_LENGTH
    assert repairer().repair(text).text == text
    assert Repairer(Held("")).repair("мемарандум о вальфраме").notes == ()


@given(st.text(alphabet=string.printable + "абвгдёжзъьэюя«»—\u0301\x00", max_size=60))
def test_any_text_is_repaired_to_some_text(text: str) -> None:
    repaired = repairer().repair(text)
    assert repaired.notes or repaired.text == text


# Before that: what can be asked at all


@pytest.mark.parametrize(
    ("question", "cleaned"),
    [
        ("  Кто \n\t это ?  ", "Кто это ?"),
        ("Кто\0это", "Кто это"),
        ("Кто\u2028это\u2029?", "Кто это ?"),
        ("Кто \ud800 это", "Кто это"),
        ("Где \ue000 мост?", "Где мост?"),
        ("про\u0438\u0306ма е\u0308лка", "пройма ёлка"),
        ("1\u00a0250\u00a0000 тонн", "1 250 000 тонн"),
        ("за\u0301мок", "за\u0301мок"),
        ("😀 мост 😀", "😀 мост 😀"),
        ("'; DROP TABLE articles; --", "'; DROP TABLE articles; --"),
        ("5", "5"),
    ],
)
def test_clean(question: str, cleaned: str) -> None:
    assert clean(question) == cleaned


@pytest.mark.parametrize(
    "question",
    ["", " \n ", "\0\0", "?!… — «»", "😀🇰🇿", "а", "a\u0301", "а б в", "\ud800", "\u200b\ufeff", "%s \\ [["],
)
def test_nothing_is_left_where_there_is_nothing_to_look_for(question: str) -> None:
    assert clean(question) == ""


@given(st.text(st.characters(), max_size=60))
@settings(deadline=None)
def test_what_is_left_can_be_asked(question: str) -> None:
    cleaned = clean(question)
    assert clean(cleaned) == cleaned
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    cleaned.encode()
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert bool(cleaned) == any(words(cleaned))
