"""A server that speaks OpenAI's chat protocol and Ollama's on loopback, and does with it what a test wants.

Every request is recorded as it came. A `Script` tells what to send; several are played one after another,
the last one again and again.
"""

from __future__ import annotations

import json
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.patience import PATIENCE

SLICE = 7  # characters of a piece: words, sentences and footnotes are all cut somewhere


@dataclass(frozen=True)
class Script:
    """How one request is answered: `text` in pieces, each after a `pause` in seconds, and an ending.

    ending: "stop" and "length" are said by the protocol; "eof" closes the connection without a word, "stall"
    sends nothing more, "broken" sends half a piece of JSON. A `status` other than 200 is sent instead.
    """

    text: str = ""
    ending: str = "stop"
    pause: float = 0.0
    status: int = 200
    slice: int = SLICE
    thoughts: str = ""


@dataclass
class ModelServer:
    """What the tests see of the server."""

    address: str
    scripts: list[Script]
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0  # characters
    left: threading.Event = field(default_factory=threading.Event)  # a reader went before the end

    def play(self, *scripts: Script) -> None:
        """Answer the following requests so, and forget those before."""
        self.scripts = list(scripts)
        self.requests.clear()
        self.headers.clear()
        self.left.clear()
        self.sent = 0

    def next_script(self) -> Script:
        return self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]

    def message(self, role: str, request: int = -1) -> str:
        """What was said to the model in `role`."""
        (text,) = [each["content"] for each in self.requests[request]["messages"] if each["role"] == role]
        return str(text)


@contextmanager
def model_server(*scripts: Script) -> Iterator[ModelServer]:
    """A server that plays `scripts`, or nothing until it is told what to `play`; stopped in the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    seen = ModelServer(f"http://127.0.0.1:{server.server_address[1]}", list(scripts) or [Script()])
    server.seen = seen  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        seen: ModelServer = self.server.seen  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        seen.requests.append(body)
        seen.headers.append({name.lower(): value for name, value in self.headers.items()})
        speak = {"/v1/chat/completions": _openai, "/api/chat": _ollama}.get(self.path)
        script = seen.next_script() if speak else Script(status=404)
        self.close_connection = True
        if script.status != 200 or speak is None:
            self._refuse(script.status)
            return
        self.send_response(200)
        kind = "text/event-stream" if speak is _openai else "application/x-ndjson"
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self._say(seen, script, speak)
        except OSError:
            seen.left.set()

    def _say(self, seen: ModelServer, script: Script, speak: Any) -> None:
        pieces = [script.text[at : at + script.slice] for at in range(0, len(script.text), script.slice)]
        if script.thoughts:
            self._send(speak("", script.thoughts, None))
        for piece in pieces:
            if self._is_left(script.pause):
                seen.left.set()
                return
            self._send(speak(piece, "", None))
            seen.sent += len(piece)
        if script.ending == "stall":
            if self._is_left(2 * PATIENCE):  # longer than any test waits
                seen.left.set()
        elif script.ending == "broken":
            self._send(speak("…", "", None)[:-9] + b"\n\n")
        elif script.ending != "eof":
            self._send(speak("", "", script.ending))
            if speak is _openai:
                self._send(b"data: [DONE]\n\n")

    def _is_left(self, seconds: float) -> bool:
        """Wait; True as soon as the reader has closed the connection."""
        ends = time.monotonic() + seconds
        readable, _, _ = select.select([self.connection], [], [], max(ends - time.monotonic(), 0))
        return bool(readable) and not self.connection.recv(1)

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def _refuse(self, status: int) -> None:
        data = json.dumps({"error": {"message": "secret of the server", "code": status}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _openai(piece: str, thoughts: str, ending: str | None) -> bytes:
    delta = {"role": "assistant", "content": piece, **({"reasoning_content": thoughts} if thoughts else {})}
    chunk = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": ending}],
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()


def _ollama(piece: str, thoughts: str, ending: str | None) -> bytes:
    message = {"role": "assistant", "content": piece, **({"thinking": thoughts} if thoughts else {})}
    part: dict[str, Any] = {"model": "scripted", "created_at": "2026-01-01T00:00:00Z", "message": message}
    part |= {"done": True, "done_reason": ending} if ending else {"done": False}
    return json.dumps(part).encode() + b"\n"
