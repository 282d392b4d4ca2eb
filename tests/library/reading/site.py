"""A web site on this machine, with everything a site may do to whoever reads it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Answers by path; `asked` are the paths asked for, with the Host and the agent of each."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append((self.path, self.headers["Host"], self.headers["User-Agent"]))
                with suppress(OSError):  # the reader has left
                    site.answers.get(self.path, missing)(self)
                self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer((address, 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.root = f"http://{address}:{self.port}"

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


@contextmanager
def serving(address: str = "127.0.0.1") -> Iterator[Site]:
    site = Site(address)
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()


def body(
    data: bytes | str, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str
) -> Answer:
    data = data.encode() if isinstance(data, str) else data

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(data)

    return answer


def to(location: str, status: int = 302) -> Answer:
    return body(b"", status=status, Location=location)


def endless(block: bytes, pause: float = 0.0) -> Answer:
    """Sends `block` again and again, `pause` seconds apart."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        while True:
            request.wfile.write(block)
            request.wfile.flush()
            time.sleep(pause)

    return answer


def never_begins(request: BaseHTTPRequestHandler) -> None:
    """A header a moment, and no end of them."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        request.wfile.write(b"X: 1\r\n")
        request.wfile.flush()
        time.sleep(0.02)


missing = body("нет", status=404)
