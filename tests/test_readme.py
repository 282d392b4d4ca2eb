"""README and docs are true: every command in them is run, and what they name is there.

Outputs are compared loosely: the same fields in JSON, much the same words elsewhere, numbers aside.
"""

from __future__ import annotations

import difflib
import fnmatch
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from rag import docs
from rag.web.topics import anchor
from tests import warm
from tests.processes import ROOT, free_port, run, served

pytestmark = pytest.mark.slow_file
READMES = ("README.md", "README.ru.md")
# English and Russian of the same.
PAIRS = (READMES, *((f"rag/docs/en/{name}.md", f"rag/docs/ru/{name}.md") for name in docs.NAMES))
DOCUMENTS = tuple(path for pair in PAIRS for path in pair)
MOST_LINES = 200  # of a README
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUNNABLE = ("sh", "console", "python")
PORT = "7860"
ACTIVATE = ". .venv/bin/activate"  # the tests have its commands on their path already
ALIKE = 0.7


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    text: str


@dataclass(frozen=True)
class Example:
    """A block that can be run, and the output shown under it if there is one."""

    source: Block
    shown: Block | None


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    return [Block(*match.groups()) for match in FENCE.finditer(text)]


def examples(text: str) -> list[Example]:
    """Every block that can be run. What stands between it and the next one that can is its output."""
    found = []
    here = [*blocks(text), Block("sh", "")]
    for block, following in pairwise(here):
        if block.language in RUNNABLE:
            shown = following if following.language in ("text", "json") else None
            found.append(Example(block, shown))
    return found


EXAMPLES = {english: examples(read(english)) for english, _ in PAIRS}
TYPED = [(document, place) for document, found in EXAMPLES.items() for place in range(len(found))]
MAKE = re.compile(r"\bmake ([a-z]+)\b")
LINK = re.compile(r"\]\(([^)#:]+)")


def targets() -> set[str]:
    """The commands that the Makefile says it has."""
    (declared,) = re.findall(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)
    return set(declared.split())


class Reader:
    """Somebody who types in all that the documents say, from top to bottom, in a folder of their own.

    What several documents say in the same words is typed once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.server: ExitStack | None = None
        self.done: dict[str, subprocess.CompletedProcess[str]] = {}

    def follow(self, block: Block) -> subprocess.CompletedProcess[str]:
        """Do what `block` says, with the server running or stopped as it needs.

        Commands don't care: some are answered by the server, others by themselves.
        """
        elsewhere = (ACTIVATE, "make ")
        lines = [line for line in block.text.splitlines() if not line.startswith(elsewhere)]
        text = "\n".join(lines)
        if text not in self.done:
            self.done[text] = self._done(block.language, text)
        return self.done[text]

    def _done(self, language: str, text: str) -> subprocess.CompletedProcess[str]:
        if language == "python":
            self.leave()  # a library has one owner
            return run([warm.python(), "-c", text], self.folder)
        if PORT in text and self.server is None:
            self.server = ExitStack()
            self.server.enter_context(served(self.folder, self.port))
        command = ["bash", "-euo", "pipefail", "-c", text.replace(PORT, str(self.port))]
        return run(command, self.folder, PATH=warm.search_path())

    def leave(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None


Outputs = Mapping[tuple[str, int], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """What each example of a document gave, after the index that `make run` makes."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("corpus", "eval/questions"):
        shutil.copytree(ROOT / name, folder / name)
    run([warm.python(), "-m", "rag", "index"], folder).check_returncode()
    reader = Reader(folder)
    try:
        return {typed: reader.follow(EXAMPLES[typed[0]][typed[1]].source) for typed in TYPED}
    finally:
        reader.leave()


def _title(typed: tuple[str, int]) -> str:
    document, place = typed
    return f"{Path(document).stem}-{place}-{EXAMPLES[document][place].source.text.splitlines()[-1][:40]}"


@pytest.mark.parametrize("typed", TYPED, ids=_title)
def test_commands_do_what_is_shown(typed: tuple[str, int], outputs: Outputs) -> None:
    document, place = typed
    done, shown = outputs[typed], EXAMPLES[document][place].shown
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if shown and shown.language == "json":
        assert missing(json.loads(done.stdout), json.loads(shown.text)) == []
    elif shown:
        assert likeness(done.stdout, shown.text) >= ALIKE, done.stdout


def missing(given: Any, shown: Any, path: str = "") -> list[str]:
    """What `shown` has and `given` hasn't: keys, and values of the same type."""
    if isinstance(shown, dict) and isinstance(given, dict):
        lost = [f"{path}.{key}" for key in shown if key not in given]
        both = [key for key in shown if key in given]
        return lost + [name for key in both for name in missing(given[key], shown[key], f"{path}.{key}")]
    if isinstance(shown, list) and isinstance(given, list):
        pairs = zip(given, shown, strict=False)
        lost = [] if len(given) >= len(shown) else [f"{path}[{len(given)}]"]
        return lost + [name for one, other in pairs for name in missing(one, other, f"{path}[]")]
    number = isinstance(shown, int | float) and isinstance(given, int | float)
    return [] if number or type(given) is type(shown) else [path]


def likeness(given: str, shown: str) -> float:
    """How much of two outputs is the same, word by word, numbers aside: from 0 to 1."""
    one, other = (re.sub(r"\d+", "0", text).split() for text in (given, shown))
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


@pytest.mark.parametrize(
    ("given", "shown", "lost"),
    [
        ({"a": 1, "b": "x"}, {"a": 2.5, "b": "y"}, []),
        ({"a": 1}, {"a": 1, "b": 2}, [".b"]),
        ({"a": []}, {"a": [1]}, [".a[0]"]),
        ({"a": [{"c": 1}]}, {"a": [{"b": 1}]}, [".a[].b"]),
        ({"a": None}, {"a": "x"}, [".a"]),
    ],
)
def test_a_lost_field_is_seen(given: Any, shown: Any, lost: list[str]) -> None:
    assert missing(given, shown) == lost


def test_another_output_is_not_alike() -> None:
    assert likeness("Добавлено 18 статей за 0,4 с.", "Добавлено 21 статей за 1,7 с.") == 1
    assert likeness("Добавлено 18 статей.", "В библиотеке пока нет статей.") < ALIKE


def test_make_is_only_told_what_it_knows() -> None:
    for readme in READMES:
        assert {"run", "test"} <= set(MAKE.findall(read(readme)))
    for document in DOCUMENTS:
        assert set(MAKE.findall(read(document))) <= targets()
    assert set(MAKE.findall(read("Makefile"))) >= targets() - {"help"}, "make help lists every target"


@pytest.mark.parametrize("pair", PAIRS)
def test_both_languages_have_the_same_commands_and_outputs(pair: tuple[str, str]) -> None:
    english, russian = map(read, pair)
    assert examples(russian) == examples(english)


@pytest.mark.parametrize("pair", PAIRS)
def test_both_languages_have_the_same_structure(pair: tuple[str, str]) -> None:
    def structure(text: str) -> list[str]:
        prose = FENCE.sub("", text)
        return re.findall(r"^(#+|!\[|<!-- .* -->$|\| `[\w./]+`|\d+\.|- )", prose, re.MULTILINE)

    english, russian = map(read, pair)
    assert structure(russian) == structure(english)


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_is_short_and_leads_to_every_topic(readme: str) -> None:
    assert len(read(readme).splitlines()) <= MOST_LINES
    folder = "rag/docs/ru/" if readme == "README.ru.md" else "rag/docs/en/"
    assert {f"{folder}{name}.md" for name in docs.NAMES} <= set(LINK.findall(read(readme)))


def test_the_docs_are_the_topics_in_both_languages() -> None:
    for language in ("en", "ru"):
        assert {path.stem for path in (ROOT / "rag/docs" / language).iterdir()} == set(docs.NAMES)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    for link, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", read(document)):
        path = (ROOT / document).parent / link if link else ROOT / document
        assert path.exists(), link
        if heading:
            assert heading in headings(path.read_text(encoding="utf-8")), f"{link}#{heading}"
        if "README.md" not in document and "/ru/" in document:
            assert "docs/en" not in link and "../en/" not in link


def headings(text: str) -> set[str]:
    """What a link may name behind «#»."""
    return {anchor(each) for each in re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)}


def mapped(document: str) -> list[str]:
    """The paths of the map: two spaces deeper is inside the folder above."""
    (tree,) = [block.text for block in blocks(read(document)) if block.text.startswith("Makefile")]
    paths: list[str] = []
    folder = ""
    for line in tree.splitlines():
        name = line.split()[0]
        paths.append(folder + name if line.startswith("  ") else name)
        if not line.startswith("  "):
            folder = name
    return paths


def on_disk() -> set[str]:
    """What the map must name: the root, and what is in rag/; folders alone in eval/."""
    found = {"rag/" + name for name in _entries(ROOT / "rag")} | set(_entries(ROOT)) | {".ci/"}
    return found | {"eval/" + name for name in _entries(ROOT / "eval") if name.endswith("/")}


def _entries(folder: Path) -> Iterator[str]:
    ignored = [line.rstrip("/") for line in read(".gitignore").splitlines()]
    for path in folder.iterdir():
        if not path.name.startswith(".") and not any(fnmatch.fnmatch(path.name, each) for each in ignored):
            yield path.name + "/" * path.is_dir()


@pytest.mark.parametrize("document", ["rag/docs/en/files.md", "rag/docs/ru/files.md"])
def test_the_map_is_the_tree(document: str) -> None:
    named = mapped(document)
    assert len(named) == len(set(named))
    assert set(named) == on_disk() - set(READMES)
