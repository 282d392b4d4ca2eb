"""Older documents: Rich Text (.rtf), and Word before 2007 (.doc) where some program can read it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.errors import ArticleError
from rag.library.decoding import decode, normal
from rag.library.reading.completing import completed
from rag.library.reading.packages import package
from rag.library.reading.pages import page
from rag.library.reading.pieces import Source, source_of
from rag.library.reading.tables import cell_text, table_text
from rag.library.reading.word import word
from rag.types import Article, ArticleInfo

_SECONDS = 120
_NO_PROGRAM = (
    "чтобы читать .doc, нужен LibreOffice или antiword: sudo apt-get install antiword; "
    "или сохраните файл как .docx"
)
# Groups with words of their own that striprtf leaves out: they are told behind the text.
_APART = re.compile(r"\{\\(?:\*\\)?(?P<kind>footnote|header[lrf]?|footer[lrf]?|shptxt|deleted)\b ?")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_OUTLINE = re.compile(r"\\outlinelevel([0-5])(?!\d) ?")
_TITLE = re.compile(r"\{\\title\s([^{}]{1,1000})\}")
_CODE_PAGE = re.compile(r"\\ansicpg(\d{3,5})")
_NOTE_MARK = re.compile(r"\\chftn(?![a-z])(?:sep|sepc)? ?")
_GAPS = re.compile(r"\n{3,}")


def rich_text(source: Source) -> Article:
    """The article in a .rtf. Raises ArticleError."""
    striprtf = package("striprtf.striprtf", "striprtf", "документы RTF")
    markup = source.read().decode("latin-1")
    if not markup.lstrip().startswith("{\\rtf"):
        raise ArticleError("это не документ RTF, или он повреждён; сохраните его заново")
    page_of_code = _CODE_PAGE.search(markup)
    encoding = f"cp{page_of_code[1]}" if page_of_code else "cp1251"

    def plain(part: str) -> str:
        try:
            told = striprtf.rtf_to_text(part, encoding=encoding, errors="replace")
        except (ValueError, LookupError, IndexError, RecursionError):
            raise ArticleError("документ RTF повреждён; сохраните его заново") from None
        return _GAPS.sub("\n\n", "\n".join(_with_tables(told.split("\n"))))

    body, apart = _parted(_NOTE_MARK.sub("", markup))
    body = _OUTLINE.sub(lambda found: "{" + "#" * (int(found[1]) + 1) + " }", body)
    said = [plain(f"{{\\rtf1 {each}}}").strip() for kind, each in apart if kind != "deleted"]
    title = _TITLE.search(markup)
    text = "\n\n".join([plain(body).strip(), *dict.fromkeys(filter(_has_words, said))])
    name = plain(f"{{\\rtf1 {title[1]}}}").strip() if title else ""
    return completed(normal(text), ArticleInfo(source.id, name, url=source.known.url))


def _parted(markup: str) -> tuple[str, list[tuple[str, str]]]:
    """The markup without the groups of _APART, and those: the kind of each and what is in it."""
    kept, apart, place = [], [], 0
    for group in _APART.finditer(markup):
        if group.start() < place:
            continue  # inside another one
        stop = _end(markup, group.end())
        kept.append(markup[place : group.start()])
        apart.append((re.sub(r"[lrf]$", "", group["kind"]), markup[group.end() : stop - 1]))
        place = stop
    return "".join([*kept, markup[place:]]), apart


def _end(markup: str, place: int) -> int:
    """Where the group ends that is open at `place`."""
    depth = 1
    for brace in _BRACE.finditer(markup, place):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if not depth:
            return brace.end()
    return len(markup) + 1


def _with_tables(lines: list[str]) -> Iterator[str]:
    """Lines with the rows of tables, «Год|Длина|», as they are told elsewhere."""
    rows: list[list[str]] = []
    for line in [*lines, ""]:
        if line.count("|") > 1 and line.endswith("|"):
            rows.append([" ".join(each.split()) for each in line[:-1].split("|")])
            continue
        if rows:
            yield from ("", table_text([[cell_text(each) for each in row] for row in rows]), "")
            rows = []
        yield " ".join(line.split())


def _has_words(text: str) -> bool:
    return any(map(str.isalpha, text))


def old_word(source: Source) -> Article:
    """The article in a .doc. Raises ArticleError, with what to install where no program reads it."""
    data = source.read()
    if data.lstrip()[:5] == b"{\\rtf":
        return rich_text(source)
    if data.startswith(b"PK\x03\x04"):
        return word(source)
    if data.lstrip()[:1] == b"<":
        return page(source)
    with TemporaryDirectory(prefix="snoska-") as folder:
        file = Path(folder) / "document.doc"
        file.write_bytes(data)
        if office := shutil.which("soffice") or shutil.which("libreoffice"):
            return word(source_of(_converted(office, file), source.name, source.id, source.known))
        if antiword := shutil.which("antiword"):
            text = decode(_ran([antiword, "-m", "UTF-8.txt", "-w", "0", str(file)]), "utf-8")
            return completed(normal(text).strip(), ArticleInfo(source.id, "", url=source.known.url))
    raise ArticleError(_NO_PROGRAM)


def _converted(office: str, file: Path) -> bytes:
    """The document as a .docx, by a LibreOffice with a profile of its own: another one may be running."""
    profile = f"-env:UserInstallation={(file.parent / 'profile').as_uri()}"
    _ran([office, profile, "--headless", "--convert-to", "docx", "--outdir", str(file.parent), str(file)])
    made = file.with_suffix(".docx")
    if not made.exists():
        raise ArticleError("это не документ Word (.doc), или он повреждён; сохраните его как .docx")
    return made.read_bytes()


def _ran(command: list[str]) -> bytes:
    """What a program has printed. Raises ArticleError."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise ArticleError(f".doc не прочитан за {_SECONDS} с; сохраните его как .docx") from None
    except OSError:
        raise ArticleError(_NO_PROGRAM) from None
    if done.returncode:
        raise ArticleError("это не документ Word (.doc), или он повреждён; сохраните его как .docx")
    return done.stdout
