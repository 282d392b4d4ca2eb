"""What no client sends, but somebody will: heads, bodies and addresses as raw bytes at the socket."""

from __future__ import annotations

import json
import re
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.patience import PATIENCE

pytestmark = pytest.mark.slow_file

JSON = "Content-Type: application/json"


def answer(address: str, head: str, body: bytes = b"") -> bytes:
    """What is answered to these very bytes; with a body the first line, as the server may hang up on it."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), PATIENCE) as connection:
        lines = f"{head}\r\nHost: {place.netloc}\r\nConnection: close\r\n"
        lines += f"Content-Length: {len(body)}\r\n" if body else ""
        connection.sendall(lines.encode("latin-1") + b"\r\n" + body)
        told = connection.makefile("rb")
        return told.readline() if body else told.read()


def sent(address: str, head: str, body: bytes = b"") -> int:
    """The status of that answer."""
    return int(answer(address, head, body).split()[1])


HEADERS = [
    "Origin: http://[",
    "Origin: http://[::1",
    "Origin: \xff",
    "Sec-Fetch-Site: \xff",
    "If-None-Match: \xff, \x22",
    "Last-Event-ID: \xff:\xff",
    "Authorization: Bearer \xff\xfe",
    "Cookie: \xff=\xff;;;=; snoska_reader=",
    "X-Request-ID: \xff",
    "X-Forwarded-Host: [",
    "Accept: \xff",
    "Accept-Encoding: \xff;q=x",
    "Content-Type: multipart/form-data",
    "Content-Type: multipart/form-data; boundary=",
    "Content-Type: application/json; charset=x-none",
    "Range: bytes=9-1",
    "X-Long: " + "x" * 9_000,
]


@pytest.mark.parametrize(
    "line", ["GET /api/articles", "POST /api/ask", "POST /api/articles", "DELETE /api/articles/x"]
)
def test_no_header_breaks_anything(address: str, line: str) -> None:
    body = b'{"question": "\xd0\xb0\xd0\xb0"}' if line.startswith("POST") else b""
    for header in HEADERS:
        assert sent(address, f"{line} HTTP/1.1\r\n{header}", body) < 500, header[:40]


BODIES = [
    b'{"question": "\xff\xfe"}',
    b'{"question": "\\ud800"}',
    b'{"question": "a", "question": "b", "question": {}}',
    b'{"question": NaN}',
    b'{"question": 1e999}',
    b'{"question": "a", "history": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"question": "\x00\x00\x00"}',
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    b'{"filters": {"from": "9999-99-99"}, "question": "a"}',
    b'{"filters": {"from": 1e308}, "question": "a"}',
    json.dumps({"question": "а", **{f"поле{number}": 1 for number in range(5_000)}}).encode(),
]


TAKEN = "/api/ask /api/search /api/verify /api/articles /v1/responses /v1/embeddings /retrieval".split()


@pytest.mark.parametrize("path", TAKEN)
def test_no_body_breaks_anything(address: str, path: str) -> None:
    for body in BODIES:
        head = f"POST {path} HTTP/1.1\r\n{JSON}\r\nAccept-Encoding: gzip"
        assert sent(address, head, body) < 500, body[:30]


PATHS = [
    "../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/library.db",
    "%00",
    "a%00b",
    "%ff%fe",
    "%0d%0aX-Evil:%201",
    "%5c..%5c..%5cwindows",
    "a" * 8_000,
    "%F0%9F%98%80",
    "x/versions/versions",
    "library.db?version=99999999999999999999",
]


@pytest.mark.parametrize("above", ["/api/articles/", "/articles/", "/v1/models/", "/answers/"])
def test_no_id_leads_anywhere(address: str, above: str) -> None:
    for path in PATHS:
        told = answer(address, f"GET {above}{path} HTTP/1.1")
        assert 400 <= int(told.split()[1]) < 500, path
        assert not re.search(rb"root:|SQLite format|^X-Evil", told, re.M), path


def test_wrong_fields_without_number_are_told_briefly(address: str) -> None:
    body = {"messages": [{"role": "user", "content": [{"text": []}] * 3_000}]}
    said = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=PATIENCE)
    assert said.status_code == 400 and len(said.content) < 10_000
