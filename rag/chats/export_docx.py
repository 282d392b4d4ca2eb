"""A conversation as a Word document with real footnotes, at the foot of the page where they are cited.

python-docx has no footnotes of its own: their part of the package (ECMA-376, 17.11) is written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from rag.chats.document import Footnote, Line, footnotes, runs, sections
from rag.chats.records import Exchange
from rag.errors import SettingsError
from rag.text.setting import mark_goes_before_stop

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
MISSING = "Для Word нужен пакет python-docx. Поставьте его: .venv/bin/python -m pip install python-docx"
_STYLES = {"item": "List Bullet", "heading": "Heading 2"}


def document(title: str, exchanges: Sequence[Exchange]) -> bytes:
    """The conversation as the bytes of a .docx file. Raises SettingsError without python-docx."""
    try:
        from docx import Document
    except ModuleNotFoundError:
        raise SettingsError(MISSING) from None
    made = Document()
    parts = sections(exchanges)
    made.core_properties.title = _sound(title)[:255]
    made.core_properties.author = "Сноска"
    made.add_heading(_sound(title), 0)
    for part in parts:
        if part.question != title:
            made.add_heading(_sound(part.question), 1)
        for kind, lines in runs(part.lines):
            _add(made, kind, lines)
    notes = footnotes(parts)
    if notes:
        _attach(made, notes)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def _add(made: Any, kind: str, lines: Sequence[Line]) -> None:
    """Sentences are one paragraph, rows one table, all else a paragraph each."""
    if kind == "row":
        _add_table(made, lines)
        return
    running = made.add_paragraph() if kind == "text" else None
    for place, line in enumerate(lines):
        paragraph = running or made.add_paragraph(style=_STYLES.get(kind))
        _write(paragraph, line, continued=running is not None and place > 0)


def _add_table(made: Any, rows: Sequence[Line]) -> None:
    heads = rows[0].heads
    table = made.add_table(0, len(heads), "Table Grid")
    for cell, head in zip(table.add_row().cells, heads, strict=True):
        cell.paragraphs[0].add_run(_sound(head)).bold = True
    for row in rows:
        for cell, said in zip(table.add_row().cells, row.under_heads(), strict=True):
            _write(cell.paragraphs[0], said, continued=False)
    made.add_paragraph()  # Word keeps tables that follow each other apart only so


def _write(paragraph: Any, line: Line, continued: bool) -> None:
    before_stop = bool(line.footnotes) and mark_goes_before_stop(line.text)
    text = line.text[:-1] if before_stop else line.text
    run = paragraph.add_run((" " if continued else "") + _sound(text))
    run.italic = True if line.kind == "remark" else None
    for note in line.footnotes:
        mark = paragraph.add_run()
        mark.font.superscript = True
        mark._r.append(_element("footnoteReference", id=str(note.number)))
    if before_stop:
        paragraph.add_run(".")


def _attach(made: Any, notes: Sequence[Footnote]) -> None:
    """Put the part that holds `notes` into the package."""
    from docx.opc.oxml import serialize_part_xml
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    root = _element("footnotes")
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        rule = _element("footnote", type=kind, id=str(number))
        rule.append(_paragraph(_run(_element(kind))))
        root.append(rule)
    for note in notes:
        root.append(_footnote(note))
    part = Part(PackURI("/word/footnotes.xml"), _CONTENT, serialize_part_xml(root), made.part.package)
    made.part.relate_to(part, _RELATION)


def _footnote(note: Footnote) -> Any:
    raised = _element("rPr")
    raised.append(_element("vertAlign", val="superscript"))
    mark = _run(raised)
    mark.append(_element("footnoteRef"))
    text = _element("t")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = _sound(f" {note.text}" + (f". {note.url}" if note.url else ""))
    footnote = _element("footnote", id=str(note.number))
    footnote.append(_paragraph(mark, _run(text)))
    return footnote


def _paragraph(*runs: Any) -> Any:
    paragraph = _element("p")
    paragraph.extend(runs)
    return paragraph


def _run(child: Any) -> Any:
    run = _element("r")
    run.append(child)
    return run


def _element(name: str, **attributes: str) -> Any:
    """A WordprocessingML element with attributes of the same vocabulary."""
    from docx.oxml.ns import nsdecls
    from docx.oxml.parser import parse_xml

    element = parse_xml(f"<w:{name} {nsdecls('w')}/>")
    for key, value in attributes.items():
        element.set(f"{{{_WORD}}}{key}", value)
    return element


def _sound(text: str) -> str:
    """`text` without the control characters that XML can't hold."""
    return "".join(sign for sign in text if sign in "\t\n" or sign >= " ").encode(errors="replace").decode()
