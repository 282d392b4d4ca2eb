import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ArticleError
from rag.library.decoding import decode, normal

RUSSIAN = "Посевная в этом году началась раньше: весна тёплая, и сеялки вышли в поле уже в марте."
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "koi8-r", "cp866")


@pytest.mark.parametrize(
    "text",
    [
        RUSSIAN,
        RUSSIAN.upper(),
        RUSSIAN.lower(),
        "Рудник открыли весной",
        "мост открыт",
        "ПРИВЕТ",
        "Ёлки-палки",
        "Title: Мост через реку. Bridge opened, мост открыли в 2026 году.",
        "A long English beginning of a page. " * 100 + RUSSIAN,
        RUSSIAN * 2000,
    ],
    ids=range(10),
)
def test_encodings_that_are_read(text: str) -> None:
    assert [name for name in ENCODINGS if decode(text.encode(name)) != text] == []


def test_what_a_server_says_decides_between_equals_only() -> None:
    assert decode(RUSSIAN.encode("koi8-r"), "windows-1251") == RUSSIAN
    assert decode(RUSSIAN.encode("cp1251"), "utf-8") == RUSSIAN
    assert decode(RUSSIAN.encode("cp866"), "no such encoding") == RUSSIAN


def test_a_table_in_cp866_keeps_its_borders() -> None:
    table = "│Мост     │Длина    │\n├─────────┼─────────┤\n│Каменный │120 м    │"
    assert decode(table.encode("cp866")) == table


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (RUSSIAN.encode("mac-cyrillic"), "кодировка не распознана"),
        (RUSSIAN.encode("iso8859-5"), "кодировка не распознана"),
        ("Größe café naïve".encode("latin-1"), "кодировка не распознана"),
        (bytes(range(128, 256)), "кодировка не распознана"),
        (b"PK\x03\x04\x00\x00\x00", "двоичный"),
        (RUSSIAN.encode("utf-32"), "UTF-32"),
        (b"\xff\xfe\x00\xd8\x41", "UTF-16"),
    ],
)
def test_what_is_no_text_is_reported(data: bytes, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        decode(data)


def test_what_is_stored_is_composed_and_has_one_kind_of_line_break() -> None:
    assert normal("\ufeffа\r\nб\rв\u2028г\x07д\x0be") == "а\nб\nв\nг д\ne"
    assert normal("и\u0306од, е\u0308лка, за\u0301мок") == "йод, ёлка, за\u0301мок"


@given(st.binary(max_size=200))
def test_any_bytes_give_a_text_or_a_reason(data: bytes) -> None:
    try:
        text = normal(decode(data))
    except ArticleError as error:
        assert str(error)
    else:
        assert "\r" not in text and "\0" not in text
