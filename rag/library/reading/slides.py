"""Presentations (.pptx): every slide under «Слайд 3. Выручка» with its lines, tables, charts and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.reading.completing import completed
from rag.library.reading.packages import package
from rag.library.reading.packed import BROKEN, opened
from rag.library.reading.pieces import Source
from rag.library.reading.tables import cell_text, table_text
from rag.library.reading.telling import counting
from rag.library.reading.trees import local, words_of, xml_of
from rag.types import Article, ArticleInfo

_WHAT = "презентации PowerPoint"
_NO_AUTHORS = frozenset({"", "steve canny", "user", "пользователь", "admin", "администратор"})
_WRONG = (KeyError, ValueError, AttributeError, SyntaxError)  # lxml's are SyntaxErrors
_DIAGRAM = "/diagramData"  # a part that SmartArt keeps its texts in


def slides(source: Source) -> Article:
    """The article in a .pptx. Raises ArticleError."""
    pptx = package("pptx", "python-pptx", _WHAT)
    data = source.read()
    with opened(BytesIO(data), "презентация PowerPoint (.pptx)"):
        pass  # within bounds
    try:
        presentation = pptx.Presentation(BytesIO(data))
        described = presentation.core_properties
        title, author = (" ".join((each or "").split()) for each in (described.title, described.author))
        shown = counting(presentation.slides, len(presentation.slides))
        texts = [slide_text(number, *_slide(each)) for number, each in enumerate(shown, 1)]
        first = next((name for name in map(_name, presentation.slides) if name), "")
    except (*BROKEN, *_WRONG, pptx.exc.PythonPptxError) as error:
        raise ArticleError("это не презентация (.pptx), или она повреждена; сохраните её заново") from error
    known = title if title.lower() not in ("", "powerpoint presentation", "презентация powerpoint") else first
    writer = author if author.lower() not in _NO_AUTHORS else None
    info = ArticleInfo(source.id, known, url=source.known.url, author=writer)
    return completed(normal("\n\n".join(texts)), info)


def slide_text(number: int, title: str, parts: Iterable[str], notes: str) -> str:
    """A slide as it is told, of any kind of presentation."""
    heading = f"## Слайд {number}. {title}" if title else f"## Слайд {number}"
    said = [part.strip() for part in parts]
    return "\n\n".join(filter(None, [heading, *said, f"Заметки: {notes.strip()}" if notes.strip() else ""]))


def _name(slide: Any) -> str:
    title = slide.shapes.title
    return " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""


def _slide(slide: Any) -> tuple[str, list[str], str]:
    title = slide.shapes.title
    shapes = [each for each in slide.shapes if title is None or each.shape_id != title.shape_id]
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    parts = [text for shape in shapes for text in _shape(shape)]
    return _name(slide), [*parts, *_diagrams(slide)], notes.text if notes is not None else ""


def _shape(shape: Any) -> Iterator[str]:
    """Texts of a shape, or of those in a group."""
    if hasattr(shape, "shapes"):
        for each in shape.shapes:
            yield from _shape(each)
    elif getattr(shape, "has_table", False) and shape.has_table:
        rows = [[cell_text(cell.text) for cell in row.cells] for row in shape.table.rows]
        yield table_text(rows, int(bool(shape.table.first_row)))
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        yield _chart(shape.chart)
    elif shape.has_text_frame and not _is_number(shape):
        yield "\n".join(_lines(shape))


def _is_number(shape: Any) -> bool:
    return (
        shape.is_placeholder
        and shape.placeholder_format.type is not None
        and (shape.placeholder_format.type.name == "SLIDE_NUMBER")
    )


def _lines(shape: Any) -> Iterator[str]:
    """Paragraphs; those of a slide's body are items of its list."""
    said = [" ".join(each.text.split()) for each in shape.text_frame.paragraphs]
    said = [each for each in said if each]
    kind = shape.placeholder_format.type if shape.is_placeholder else None
    is_list = len(said) > 1 and kind is not None and kind.name in ("BODY", "OBJECT")
    return (f"- {each}" if is_list else each for each in said)


def _chart(chart: Any) -> str:
    """A chart as the table behind it."""
    title = " ".join(chart.chart_title.text_frame.text.split()) if chart.has_title else ""
    plot = chart.plots[0]
    names = [str(each) for each in plot.categories]
    rows = [["", *(cell_text(series.name) for series in plot.series)]]
    for number, name in enumerate(names):
        values = [series.values[number] if number < len(series.values) else None for series in plot.series]
        rows.append(
            [cell_text(name), *("" if each is None else f"{each:.15g}".replace(".", ",") for each in values)]
        )
    return "\n\n".join(filter(None, (title, table_text(rows, 1))))


def _diagrams(slide: Any) -> Iterator[str]:
    """Lines of SmartArt, which python-pptx doesn't know."""
    for relation in slide.part.rels.values():
        if relation.reltype.endswith(_DIAGRAM) and not relation.is_external:
            points = xml_of(relation.target_part.blob, _WHAT).iter()
            lines = [words_of(each) for each in points if local(each) == "pt"]
            yield "\n".join(f"- {line}" for line in lines if line)
