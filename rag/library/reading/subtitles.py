"""Transcripts with times (.srt, .vtt): the words of the captions as sentences, under the time they begin.

A caption ends where a screen is full, not where a sentence does. So captions are joined; about every minute,
at the end of a sentence, a heading such as «## 1:05:10» says when what follows is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from io import StringIO

from rag.errors import ArticleError
from rag.library.decoding import decode, normal
from rag.library.reading.completing import completed
from rag.library.reading.packages import package
from rag.library.reading.pieces import Source
from rag.types import Article, ArticleInfo

_PART = 60  # seconds under one heading, and then on to the end of a sentence
_LONGEST_PART = 180  # where no sentence ends
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,100}\}")
_VOICE = re.compile(r"^\s*<v(?:\.[\w.-]+)?\s+([^<>\n]{1,100})>")
_ENDS = re.compile(r"[.!?…]['\"»)\]]*$")
_BLANKS = re.compile(r"\n[^\S\n]+\n")


@dataclass(frozen=True, slots=True)
class _Said:
    """A caption: at which second, by whom (if told), what."""

    second: int
    voice: str
    text: str


def subtitles(source: Source) -> Article:
    """The article in a transcript. Raises ArticleError."""
    said = list(_captions(source))
    text = "\n\n".join(f"## {_clock(part[0].second)}\n\n{_told(part)}" for part in _parts(said))
    title = source.id.rpartition("/")[2]
    return completed(normal(text), ArticleInfo(source.id, title, url=source.known.url))


def _captions(source: Source) -> Iterator[_Said]:
    webvtt = package("webvtt", "webvtt-py", "субтитры")
    text = _BLANKS.sub("\n\n", normal(decode(source.read(), source.known.charset)).lstrip())
    kind = "vtt" if text.startswith("WEBVTT") else "srt"
    try:
        captions = webvtt.from_buffer(StringIO(text), format=kind)
    except webvtt.errors.MalformedFileError:
        raise ArticleError("это не субтитры SRT или WebVTT, или файл повреждён") from None
    before = ""
    for caption in captions:
        lines = dict.fromkeys(_plain(line) for line in caption.raw_text.split("\n"))
        line = " ".join(filter(None, lines))
        if line and line != before:  # what rolls up is written twice
            voice = _VOICE.match(caption.raw_text)
            yield _Said(caption.start_in_seconds, _plain(voice[1]) if voice else "", line)
            before = line


def _plain(line: str) -> str:
    return " ".join(unescape(_TAG.sub("", line)).split())


def _parts(captions: list[_Said]) -> Iterator[list[_Said]]:
    """Captions of about a minute each."""
    part: list[_Said] = []
    for said in captions:
        if part:
            lasts = said.second - part[0].second
            is_end = _ENDS.search(part[-1].text) or said.voice != part[-1].voice
            if lasts >= _LONGEST_PART or (lasts >= _PART and is_end):
                yield part
                part = []
        part.append(said)
    if part:
        yield part


def _told(part: list[_Said]) -> str:
    """The words of captions; who speaks begins a paragraph, and so does «— » of a dialogue."""
    told, voice = "", ""
    for said in part:
        is_new = said.voice != voice
        speaks = f"{said.voice}: " if said.voice and is_new else ""
        separator = "\n" if is_new or re.match(r"[–—-]\s*\S", said.text) else " "
        told += (separator if told else "") + speaks + said.text
        voice = said.voice
    return told


def _clock(second: int) -> str:
    """«0:07», «1:05:10»."""
    hours, rest = divmod(second, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
