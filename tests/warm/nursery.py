"""The process that is forked for each command: `python -m tests.warm.nursery FOLDER OWNER`."""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import marshal
import os
import runpy
import selectors
import shutil
import signal
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

# The faces of the product and its helpers; they import the rest. Not rag.__main__, which is run.
IMPORTED = (
    "eval.commands",
    "eval.making.making",
    "eval.measuring",
    "eval.straining",
    "openai",
    "rag.answer_worker_process",
    "rag.assemble",
    "rag.commands.articles",
    "rag.commands.asking",
    "rag.commands.running",
    "rag.doctor",
    "rag.library.reading_process",
    "rag.library.splitting",
    "rag.retrieval.chroma",
    "rag.web.api",
    "rag.web.examples",
    "rag.web.listening",
    "rag.web.mcp.stdio",
    "rag.web.page",
    "rag.web.server",
    "rag.web.tracing",
)


@dataclass(frozen=True)
class Command:
    """What a launcher wants done, and the streams it was given."""

    arguments: list[str]
    folder: str
    environment: dict[str, str]
    streams: list[int]


class Nursery:
    """Listens for launchers at `socket` of its folder, until the process `owner` ends."""

    def __init__(self, folder: Path, owner: int) -> None:
        self._folder = folder
        self._waiting = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / "socket"))
        self._listener.listen(64)
        for each in (self._listener, os.pidfd_open(owner)):
            self._waiting.register(each, selectors.EVENT_READ)

    def next(self) -> Command:
        """Returns in the forked processes alone, with what each has to do."""
        while True:
            for key, _ in self._waiting.select()[:1]:  # what is done about one may settle another
                if key.fileobj is self._listener:
                    if command := self._forked():
                        return command
                elif key.data is None:  # the owner has ended
                    shutil.rmtree(self._folder, ignore_errors=True)
                    os._exit(0)
                else:
                    self._ended(key.fileobj, *key.data)

    def _forked(self) -> Command | None:
        """The command, in a new process; in this one, None."""
        launcher, _ = self._listener.accept()
        try:
            command = _received(launcher)
        except (OSError, EOFError):  # it was killed before it had said what it wants
            launcher.close()
            return None
        process = os.fork()
        if process == 0:
            for key in list(self._waiting.get_map().values()):
                os.close(key.fd)
            self._waiting.close()
            launcher.close()
            os.setpgid(0, 0)
            return command
        with suppress(OSError):  # it has done so itself, or has ended
            os.setpgid(process, process)
        for stream in command.streams:
            os.close(stream)
        handle = os.pidfd_open(process)
        self._waiting.register(handle, selectors.EVENT_READ, (process, handle, launcher))
        self._waiting.register(launcher, selectors.EVENT_READ, (process, handle, launcher))
        with suppress(OSError):
            launcher.sendall(f"{process}\n".encode())
        return None

    def _ended(self, what: object, process: int, handle: int, launcher: socket.socket) -> None:
        """Tell a launcher that its process has ended; or end the process of one that has been killed."""
        if what is launcher:
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            self._waiting.unregister(launcher)
            return
        _, status = os.waitpid(process, 0)
        with suppress(OSError):
            launcher.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        self._waiting.unregister(handle)
        with suppress(KeyError):
            self._waiting.unregister(launcher)
        os.close(handle)
        launcher.close()


def _received(launcher: socket.socket) -> Command:
    """Raises EOFError when the launcher ends in the middle of it."""
    head, streams, *_ = socket.recv_fds(launcher, 8, 3)
    with launcher.makefile("rb") as rest:
        arguments, folder, environment = marshal.loads(rest.read(int.from_bytes(head, "big")))
    return Command(arguments, folder, environment, streams)


def become(command: Command, imported: dict[str, str]) -> None:
    """Have this process be the one that the launcher stands for.

    `imported` is what modules have put into the environment.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(command.streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(open(number, "wb", 0, closefd=False), encoding="utf-8", write_through=True)  # noqa: SIM115
        for number in (1, 2)
    )
    os.chdir(command.folder)
    os.environ.clear()
    os.environ.update(imported | command.environment)
    sys.executable = str(Path(sys.argv[1]) / "python")  # its helpers are warm too
    with suppress(OSError, StopIteration):  # by its name it is told from the others: the end of its module's
        name = next(each for each in command.arguments if each.isidentifier() or each.startswith("rag."))
        Path("/proc/self/comm").write_text(name[-15:], encoding="utf-8")
    sys.path[:0] = [each for each in command.environment.get("PYTHONPATH", "").split(os.pathsep) if each]


def run(arguments: list[str]) -> None:
    """What `python` does with these."""
    if arguments[:1] == ["-m"]:
        module, *rest = arguments[1:]
        sys.argv = [module, *rest]
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    elif arguments[:1] in (["-c"], ["-"]):
        code, *rest = arguments[1:] if arguments[0] == "-c" else [sys.stdin.read(), *arguments[1:]]
        sys.argv = [arguments[0], *rest]
        sys.path.insert(0, "")
        exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = arguments
        sys.path.insert(0, str(Path(arguments[0]).resolve().parent))
        runpy.run_path(arguments[0], run_name="__main__")


def _read() -> None:
    """Dictionaries that every command reads."""
    from rag.retrieval import static
    from rag.text.words import lemmas
    from tests.warm.words import read_once

    models = Path(os.environ["RAG_MODELS"])
    static._tokenizer = read_once(models)  # type: ignore[assignment]
    if (models / static.VERSION).exists():
        static.StaticEncoder(models / static.VERSION)
    lemmas("мосты")


def leave(code: int) -> NoReturn:
    """End as Python does, but for taking all modules apart, which takes a fifth of a second."""
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def main() -> None:
    before = dict(os.environ)
    for module in IMPORTED:
        with suppress(ImportError):  # of an extra that is not installed; the command that needs it will tell
            importlib.import_module(module)
    _read()
    imported = {name: value for name, value in os.environ.items() if name not in before}
    nursery = Nursery(Path(sys.argv[1]), int(sys.argv[2]))
    gc.collect()
    gc.freeze()  # shared by all that are forked
    print("ready", flush=True)
    command = nursery.next()
    become(command, imported)
    code: int | None = 0
    try:
        run(command.arguments)
    except SystemExit as stop:
        if not isinstance(stop.code, int | None):
            raise
        code = stop.code
    leave(code or 0)


if __name__ == "__main__":
    main()
