"""Letters (.eml, .mbox) and saved pages (.mht): who wrote to whom and when, the text, what is attached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import partial

from rag.errors import ArticleError
from rag.library.decoding import decode, normal
from rag.library.files import LARGEST, check_size
from rag.library.reading.completing import completed
from rag.library.reading.markup import markup_text
from rag.library.reading.pages import page
from rag.library.reading.pieces import Known, Piece, Pieces, Source, digest, source_of
from rag.library.reading.telling import tell
from rag.types import Article, ArticleInfo

_BEGIN = b"From "  # a line that begins with it, behind an empty one, begins a letter of a mailbox
_LARGEST_LETTER = 50 * 1024**2  # bytes: most of them are attachments
_HEADERS = {"From": "От кого", "To": "Кому", "Cc": "Копия"}


def letter(source: Source) -> Article:
    """The article in an .eml. Raises ArticleError."""
    return _article(source.read(), source.id)


def mailbox(source: Source) -> Pieces:
    """The letters of an .mbox, one after the other."""
    number = 0
    for number, data in enumerate(_letters(source), 1):
        article_id = f"{source.id}/{number}"
        yield Piece(article_id, digest(data), partial(_article, data, article_id))
    if not number:
        raise ArticleError("это не почтовый ящик mbox: в нём нет строки «From …»")


def saved_page(source: Source) -> Article:
    """The article on a page that a browser saved with its pictures in one file (.mht)."""
    for part in _message(source.read()).walk():
        if part.get_content_type() == "text/html":
            url = str(part.get("Content-Location") or "") or None
            known = Known(
                url if url and url.startswith("http") else source.known.url, part.get_content_charset()
            )
            return page(source_of(_bytes(part), source.name, source.id, known))
    raise ArticleError("внутри .mht нет страницы")


def _letters(source: Source) -> Iterator[bytes]:
    """Bytes of each letter: streamed, which the mailbox module of Python, made for paths, can't."""
    lines: list[bytes] = []
    size, is_after_empty, has_begun = 0, True, False
    with source.open() as file:
        done = 0
        for line in file:
            done += len(line)
            if is_after_empty and line.startswith(_BEGIN):
                tell(done, source.size)
                if has_begun:
                    yield b"".join(lines)
                lines, size, has_begun = [], 0, True
            elif has_begun:
                lines.append(line[1:] if line.lstrip(b">").startswith(_BEGIN) and line[:1] == b">" else line)
                size += len(line)
                check_size(size, _LARGEST_LETTER)
            is_after_empty = not line.strip()
    if has_begun:
        yield b"".join(lines)


def _message(data: bytes) -> EmailMessage:
    try:
        return message_from_bytes(data, policy=policy.default)
    except (MessageError, ValueError, IndexError):
        raise ArticleError("это не письмо, или оно повреждено") from None


def _article(data: bytes, article_id: str) -> Article:
    message = _message(data)
    text = "\n\n".join(filter(None, (each.strip() for each in _texts(message))))
    check_size(len(text), LARGEST)
    names = [name for part in message.walk() if (name := _name(part))]
    head = [f"{told}: {said}" for name, told in _HEADERS.items() if (said := _header(message, name))]
    day = _moment(_header(message, "Date"))
    head += [f"Дата: {day:%d.%m.%Y %H:%M}"] if day else []
    attached = f"Вложения: {', '.join(names)}" if names else ""
    if not text and not head:
        raise ArticleError("в письме нет ни текста, ни адресов")
    info = ArticleInfo(
        article_id,
        _header(message, "Subject"),
        published=day.date().isoformat() if day else None,
        author=_header(message, "From") or None,
    )
    return completed(normal("\n\n".join(filter(None, ("\n".join(head), text, attached)))), info)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except (MessageError, ValueError, IndexError, AttributeError):  # what its parser makes of broken ones
        return ""


def _moment(said: str) -> datetime | None:
    try:
        return parsedate_to_datetime(said) if said else None
    except ValueError:
        return None


def _name(part: EmailMessage) -> str:
    """What an attachment is called."""
    try:
        return " ".join((part.get_filename() or "").split())
    except (MessageError, ValueError, IndexError, AttributeError):
        return ""


def _texts(message: EmailMessage) -> Iterator[str]:
    """All that is to be read; of several shapes of the same text the plain one."""
    kind = message.get_content_type()
    if message.is_multipart():
        parts = [each for each in message.iter_parts() if isinstance(each, EmailMessage)]
        if kind == "multipart/alternative":
            parts = _best(parts)
        for part in parts:
            yield from _texts(part)
    elif (
        kind.startswith("text/") and not _name(message) and message.get_content_disposition() != "attachment"
    ):
        text = decode(_bytes(message), message.get_content_charset())
        yield markup_text(text) if kind == "text/html" else text


def _best(parts: list[EmailMessage]) -> list[EmailMessage]:
    plain = [each for each in parts if each.get_content_type() == "text/plain" and _bytes(each).strip()]
    return plain[:1] or parts[-1:]


def _bytes(part: EmailMessage) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
