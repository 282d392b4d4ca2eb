"""PDF, Word and EPUB: one article each."""

import docx
import pytest

from rag.errors import ArticleError
from rag.library.reading import packages
from rag.types import ArticleInfo

from .making import docx_of, epub_of, only, pdf_of
from .written import saved

FIRST = (
    "Вестник переправы · № 7\n"
    "Длина нового моста через Лену составила 3128 метров, и это самый\n"
    "длинный мост республики. Работы вела компания Росмост, которая пере-\n"
    "праву проектировала. Жители юго-\n"
    "западных районов ждали её «с нетерпением», говорят строители и\n"
    "1"
)
SECOND = (
    "Вестник переправы · № 7\n"
    "проектировщики.\n"
    "Второй абзац рассказывает о людях, которые строили этот мост через\n"
    "реку несколько лет подряд без выходных.\n"
    "2"
)
THIRD = "Вестник переправы · № 7\nКонец статьи о мосте.\n3"


def test_the_text_of_a_pdf_has_whole_words_and_paragraphs_and_no_margins() -> None:
    named = only(pdf_of("Рудник открыт весной.\nОн даёт медь.", title="Отчёт.docx"), "a.pdf")
    assert named.info.title == "Рудник открыт весной", "the name of a file is none"
    article = only(pdf_of(FIRST, SECOND, THIRD, title="Мост через Лену", author="Иван Петров"), "a.pdf")
    assert (article.info.title, article.info.author) == ("Мост через Лену", "Иван Петров")
    assert article.text.split("\n\n") == [
        "Длина нового моста через Лену составила 3128 метров, и это самый длинный мост республики. Работы "
        "вела компания Росмост, которая переправу проектировала. Жители юго-западных районов ждали её "
        "«с нетерпением», говорят строители и проектировщики.",
        "Второй абзац рассказывает о людях, которые строили этот мост через реку несколько лет подряд без "
        "выходных.",
        "Конец статьи о мосте.",
        "Вестник переправы · № 7",
    ]


def test_a_missing_package_is_named_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(packages, "import_module", missing)
    with pytest.raises(
        ArticleError, match="читать PDF, нужен пакет pypdfium2: python -m pip install pypdfium2"
    ):
        only(pdf_of("Рудник."), "a.pdf")


RUN = "<w:r><w:t>{}</w:t></w:r>"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f'<w:ins w:id="1" w:author="а">{RUN.format("новый ")}</w:ins>', "Склад новый открыт."),
        ('<w:del w:id="1" w:author="а"><w:r><w:delText>старый </w:delText></w:r></w:del>', "Склад открыт."),
        (f'<w:moveTo w:id="1" w:author="а">{RUN.format("большой ")}</w:moveTo>', "Склад большой открыт."),
        (f'<w:smartTag w:element="place">{RUN.format("Омска ")}</w:smartTag>', "Склад Омска открыт."),
        (f'<w:fldSimple w:instr="DOCPROPERTY x">{RUN.format("№ 5 ")}</w:fldSimple>', "Склад № 5 открыт."),
        (f"<w:sdt><w:sdtContent>{RUN.format('зерна ')}</w:sdtContent></w:sdt>", "Склад зерна открыт."),
        (f'<w:hyperlink w:anchor="a">{RUN.format("муки ")}</w:hyperlink>', "Склад муки открыт."),
    ],
    ids=["inserted", "deleted", "moved", "smart tag", "field", "content control", "link"],
)
def test_what_stands_inside_a_line_of_word(inside: str, text: str) -> None:
    space = '<w:r><w:t xml:space="preserve">Склад </w:t></w:r>'
    inside = inside.replace("<w:t>", '<w:t xml:space="preserve">')
    assert only(docx_of(f"<w:p>{space}{inside}{RUN.format('открыт.')}</w:p>"), "a.docx").text == text


def test_boxes_and_footnotes_of_word_are_read() -> None:
    box = (
        "<w:p><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
        f"<w:p>{RUN.format('Вход с реки.')}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    data = docx_of(f"<w:p>{RUN.format('Склад открыт.')}{note}</w:p>{box}", "Кроме понедельника.")
    assert only(data, "a.docx").text == "Склад открыт.\n\nВход с реки.\n\nКроме понедельника."


def test_headings_tables_inside_tables_lists_and_margins_of_word_are_read() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Утвердил Рогов"
    document.sections[0].footer.paragraphs[0].text = "стр. 3"
    for text, level in (("Склад", 1), ("Часы\nработы", 2), ("", 2)):
        document.add_heading(text, level)
    for text in ("Взвесить.", "Принять."):
        document.add_paragraph(text, style="List Number")
    table = document.add_table(2, 2)
    for place, text in zip(((0, 0), (0, 1), (1, 0)), ("Рейс", "Время", "Тара"), strict=True):
        table.cell(*place).text = text
    cell = table.cell(1, 1)
    cell.text = "9:40"
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Суббота", "10:55"
    assert only(saved(document.save), "a.docx").text == (
        "# Склад\n\n## Часы работы\n\n1. Взвесить.\n2. Принять.\n\n"
        "Рейс | Время\nТара | 9:40; Суббота: 10:55\n\nУтвердил Рогов"
    )


def test_headings_of_a_page_are_marked_and_bold_text_is_not() -> None:
    told = "Склад открыт каждый день, кроме <b>воскресенья</b>, и принимает <em>всё</em>, что привезут."
    page = (
        f"<html><head><title>Склад</title></head><body><article><h1>Склад</h1><p>{told}</p>"
        "<h2>Часы работы</h2><p>С <strong>восьми</strong> утра до шести часов вечера.</p></article>"
        "</body></html>"
    )
    text = only(page.encode(), "a.html").text
    assert "## Часы работы" in text.split("\n")
    assert "С восьми утра до шести" in text
    assert "*" not in text


BOOK = {
    "one.xhtml": "<h1>Глава первая</h1><p>Рудник открыли весной. Он даёт <b>медь</b>.</p>",
    "two.xhtml": "<h1>Глава вторая</h1><ul><li>руда</li><li>медь</li></ul>",
}


def test_a_book() -> None:
    metadata = (
        "<dc:title>Медь и люди</dc:title><dc:creator>Пётр Иванов</dc:creator>"
        "<dc:creator>Ольга Ким</dc:creator><dc:publisher>Сноска</dc:publisher>"
        "<dc:date>2024-05-06</dc:date><dc:subject>медь</dc:subject>"
    )
    article = only(epub_of(BOOK, metadata), "a.epub")
    assert article.info == ArticleInfo(
        "a", "Медь и люди", "Сноска", "2024-05-06", tags=("медь",), author="Пётр Иванов, Ольга Ким"
    )
    assert article.text == (
        "# Глава первая\n\nРудник открыли весной. Он даёт медь.\n\n# Глава вторая\n\n- руда\n- медь"
    )
