import re
import string
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.noise import noisy
from rag.text.repair import MAX_LENGTH, Repaired, Repairer
from rag.text.words import lemmas

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


@pytest.fixture(scope="module")
def repairer() -> Repairer:
    return Repairer(Held(LIBRARY))


LAYOUT = [
    ("Rnj ghbukfcbk Ctqlf[vtnjdf& ", "Кто пригласил Сейдахметова? "),
    ("xnj nfrjt cjukfitybt&", "Что такое соглашение?"),
    ("crjkmrj htlrjptvtkmys[ 'ktvtynjd", "сколько редкоземельных элементов"),
    ("ult ,fyr?", "где банк?"),
    ("ult gjhn/", "где порт."),
    ("rjulf gjlgbcfkb vtvjhfylev d gjhne", "когда подписали меморандум в порту"),
    ("Где vtcnjhj;ltybt вольфрама?", "Где месторождение вольфрама?"),
    ("Кто строит завод Ышуьуты?", "Кто строит завод Siemens?"),
    ("ГЫПЫ", "USGS"),
    ("Что купил Ищуштп Рщдвштпы?", "Что купил Boeing Holdings?"),
    ("что такое RNR", "что такое КТК"),
    ("'nj gjghfdrf Cvbnf", "это поправка Смита"),
    ("rnj dkfltk Boeing Holdings", "кто владел Boeing Holdings"),
    ("[kt, b cjkm", "хлеб и соль"),
    ("{kt,", "Хлеб"),
    ("ghbdtn, rfr ltkf&", "привет, как дела?"),
]

TYPOS = [
    ("Когда подписан мемарандум?", "Когда подписан меморандум?"),
    ("в меморадуме", "в меморандуме"),
    ("меморнадума", "меморандума"),
    ("Месторожение вальфрама", "Месторождение вольфрама"),
    ("кому пренадлежит завод", "кому принадлежит завод"),
    ("Кто из минстров был", "Кто из министров был"),
    ("хвасты", "хвосты"),
    ("терьбий", "тербий"),
    ("диспрозй", "диспрозий"),
    ("дипсрозия", "диспрозия"),
    ("Сейдахмедов", "Сейдахметов"),
    ("МЕМАРАНДУМ", "МЕМОРАНДУМ"),
    ("сколко стоит порт", "сколько стоит порт"),
    ("кагда подписали", "когда подписали"),
    ("почиму", "почему"),
    ("скока стоит порт", "сколько стоит порт"),
    ("чё за меморандум", "что за меморандум"),
    ("клайпэда", "клайпеда"),
    ("рфахтование", "фрахтование"),
    ("консорцеум", "консорциум"),
    ("обезательства", "обязательства"),
    ("абязательства", "обязательства"),
    ("Renalt", "Renault"),
    ("Holdngs", "Holdings"),
]

SPACES = [
    ("подписалимеморандум", "подписали меморандум"),
    ("вмеморандуме", "меморандуме"),  # one letter too many is likelier than a lost space
    ("компанияSiemens", "компания Siemens"),
    ("Редкоземельныеэлементы тербий", "Редкоземельные элементы тербий"),
    ("мемо рандум и танкер", "меморандум и танкер"),
    ("Месторож дение вольфрама", "Месторождение вольфрама"),
    ("посол и ми нистр", "посол и министр"),
    ("намере ниях", "намерениях"),
    ("на меморандум", "на меморандум"),
]

SLIPS = [
    ("менорандум", "меморандум"),  # a key beside the right one
    ("меоморандум", "меморандум"),
    ("мммеморандум", "меморандум"),
    ("тнакер", "танкер"),
    ("танкеер", "танкер"),
    ("ранкер", "танкер"),
    ("вльфрам", "вольфрам"),
    ("волфрама", "вольфрама"),
    ("логистикка", "логистика"),
    ("Кто пригласил Сейдохметова?", "Кто пригласил Сейдахметова?"),
    ("Кто пригласил Сейдахметвоа?", "Кто пригласил Сейдахметова?"),
    ("стоит порто дорого", "стоит порто дорого"),
    ("магисраль", "магистраль"),
    ("ПРИЧААЛ", "ПРИЧАЛ"),
]

HEARD = [
    ("боинг", "boeing"),
    ("Сименс", "Siemens"),
    ("эксон", "exxon"),
    ("рено и рено", "рено и рено"),
    ("Балтик Гейт", "Baltic Гейт"),
]

KEPT = [
    "",
    " ",
    "?",
    "&",
    "Кто такой Дрозденко?",
    "Кто такой Мбаппе?",
    "что такое офшор",
    "Что такое SPAC и NASDAQ?",
    "Кто возглавляет Siemens Energy?",
    "What is the price of gold in the USA?",
    "Is it by air or by sea?",
    "Где ёлка у меморанду́ма?",
    "В чём суть поправки Смита?",
    "Сколько 12,5 % от 1 250 000?",
    "SELECT * FROM articles; DROP TABLE x; --",
    "<script>alert(1)</script>",
    "Магистраль, танкер и сухогруз",
    "армяно-русский меморандум",
    "Кому принадлежит ПАО и ООО?",
    "Зачем порту танкеры?",
    "О чём договорились министры энергетики?",
    "Сколько элементов добывает завод?",
    "Есть ли у Сейдахметовой завод?",
    "кто строит причалы Клайпеды",
    "Где стоит Boeing?",
    "прив",
    "катя и катер",
    "https://example.org/news?id=5&page=2",
    "почта info@example.org",
    "GPT-4 и COVID-19",
    "🙂🙂🙂",
    "\x00\x00",
]


@pytest.mark.parametrize(("typed", "meant"), [*LAYOUT, *TYPOS, *SPACES, *SLIPS, *HEARD])
def test_repaired(repairer: Repairer, typed: str, meant: str) -> None:
    assert repairer.repair(typed).text.casefold() == meant.casefold()


@pytest.mark.parametrize("question", KEPT)
def test_left_alone(repairer: Repairer, question: str) -> None:
    repaired = repairer.repair(question)
    assert (repaired.text, repaired.notes) == (question, ())


@pytest.mark.parametrize(
    ("typed", "notes"),
    [
        ("rnj ghbukfcbk министра", ["исправлена раскладка: «rnj ghbukfcbk» → «кто пригласил»"]),
        ("Где мемарандум?", ["исправлено: «мемарандум» → «меморандум»"]),
        (
            "ult порт и мемарандум",
            ["исправлена раскладка: «ult» → «где»", "исправлено: «мемарандум» → «меморандум»"],
        ),
    ],
)
def test_every_repair_is_told(repairer: Repairer, typed: str, notes: list[str]) -> None:
    assert list(repairer.repair(typed).notes) == notes


def test_company_decides_between_equally_near_words() -> None:
    repairer = Repairer(Held("Парусник вошёл в бухту. Бухгалтер считает порок. Бухгалтер считает порог."))
    assert repairer.repair("кто считает порто").notes == ()
    library = "Рыбаки чинят сети. Рыбаки чинят лодку. Повара режут сельдь. Сетка висит."
    assert Repairer(Held(library)).repair("рыбаки чинят сепи").text == "рыбаки чинят сети"


def test_the_language_knows_words_that_the_library_lacks() -> None:
    def background(lemma: str) -> float:
        return {"климат": 1e-4, "алтын": 1e-5}.get(lemma, 0.0)

    assert Repairer(Held("Танкер"), background).repair("климмат").text == "климат"
    assert Repairer(Held("Алтай"), background).repair("алтын").notes == ()


@pytest.mark.parametrize("sentence", re.split(r"(?<=[.?]) ", " ".join(LIBRARY.split())))
def test_a_sentence_of_the_library_is_left_alone(repairer: Repairer, sentence: str) -> None:
    for typed in (sentence, sentence.lower(), sentence.upper()):
        assert repairer.repair(typed) == Repaired(typed)


@given(st.sampled_from([meant for _, meant in [*TYPOS, *SPACES, *SLIPS]]), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_a_repaired_question_is_not_repaired_again(meant: str, seed: int) -> None:
    repairer = Repairer(Held(LIBRARY))
    once = repairer.repair(noisy(meant, "typos", seed, 0)).text
    assert repairer.repair(once).text == once


def test_the_more_frequent_of_equally_near_words_wins() -> None:
    repairer = Repairer(Held("танкер танкер танкер ранкер"))
    assert repairer.repair("данкер").text == "танкер"


def test_a_name_in_another_form_is_no_typo() -> None:
    repairer = Repairer(Held("пашинянин"))
    assert repairer.repair("Где Пашиняна встретили?").notes == ()


def test_pasted_texts_are_left_alone(repairer: Repairer) -> None:
    text = "мемарандум " * MAX_LENGTH
    assert repairer.repair(text).text == text


def test_nothing_is_repaired_towards_an_empty_library() -> None:
    assert Repairer(Held("")).repair("мемарандум о вальфраме").notes == ()


@given(st.text(alphabet=string.printable + "абвгдёжзъьэюя«»—\u0301\x00", max_size=60))
def test_any_text_is_repaired_to_some_text(text: str) -> None:
    repaired = Repairer(Held(LIBRARY)).repair(text)
    assert repaired.notes or repaired.text == text
