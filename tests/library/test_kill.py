"""`kill -9` at any moment of indexing, then `index` again: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from rag.library.library import Library
from rag.library.split import split
from rag.retrieval import static
from rag.retrieval.legs import DenseLeg, KeywordLeg
from rag.text.words import lemmas
from rag.types import Query
from tests import warm
from tests.patience import WHOLE_RUN

from .articles import long_text
from .indexes import FileIndex

pytestmark = pytest.mark.slow_file
ARTICLES = 30
KILLS = 8
INDEX = """
import sys
from pathlib import Path
from rag.library import copies, library, run
from rag.retrieval.legs import DenseLeg, KeywordLeg
from rag.retrieval.static import StaticEncoder
from tests.library.indexes import FileIndex
run.BATCH_ARTICLES = 5  # more moments to be killed at
copies._LARGEST = 8
data, corpus, encoder = map(Path, sys.argv[1:4])
dense = DenseLeg(StaticEncoder(encoder, sys.argv[4]))
print("ready", flush=True)
with library.Library(data, [KeywordLeg(), dense, FileIndex(data)]) as opened:
    opened.index([corpus], prune=True)
"""


def write(corpus: Path, numbers: range, edition: int) -> None:
    for number in numbers:
        text = f"Издание {edition}. " + long_text(number, sentences=30)
        (corpus / f"{number:02}.txt").write_text(text, encoding="utf-8")


def start(data: Path, corpus: Path, encoder: Path, name: str = "static") -> subprocess.Popen[str]:
    """An indexing process about to open the library; with another `name` it first encodes it anew."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [warm.python(), "-c", INDEX, str(data), str(corpus), str(encoder), name],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=WHOLE_RUN)
    return process.returncode


def test_nothing_is_lost_and_nothing_doubled(tmp_path: Path, models: Path) -> None:
    encoder = static.ensure(models)
    data, corpus, chance = tmp_path / "data", tmp_path / "corpus", random.Random(2026)
    corpus.mkdir()
    write(corpus, range(ARTICLES), edition=0)
    began = time.monotonic()
    assert finish(start(tmp_path / "uninterrupted", corpus, encoder)) == 0
    whole_run = time.monotonic() - began
    killed = 0
    for edition in range(KILLS):
        # New texts for a third, so that a kill also falls on articles that are being replaced.
        write(corpus, range(edition % 3 * 10, edition % 3 * 10 + 10), edition)
        # A changed encoder in every third process: some kills fall on a copy that is half built.
        process = start(data, corpus, encoder, "other" if edition % 3 == 1 else "static")
        time.sleep(chance.uniform(0, whole_run / 2))
        process.send_signal(signal.SIGKILL)
        killed += finish(process) == -signal.SIGKILL
    assert killed >= 2, "the kills came too late to test anything"
    (corpus / "00.txt").unlink()
    keyword, plain = KeywordLeg(), FileIndex(data)
    dense = DenseLeg(static.StaticEncoder(encoder))
    with Library(data, [keyword, dense, plain]) as library:
        library.index([corpus], prune=True)
        check(library, corpus, keyword, dense, plain)


def check(library: Library, corpus: Path, keyword: KeywordLeg, dense: DenseLeg, plain: FileIndex) -> None:
    files = {path.stem: path.read_text(encoding="utf-8") for path in corpus.iterdir()}
    assert len(files) == ARTICLES - 1
    assert library.store.ids() == sorted(files)
    ids: list[str] = []
    for article_id, text in files.items():
        article = library.article(article_id)
        passages = library.store.passages_of([article_id])
        assert article.text == text
        assert passages == split(article)
        assert all(text[each.start : each.stop] == each.text for each in passages)
        assert plain.held[article_id] == [each.id for each in passages]
        ids += [each.id for each in passages]
    assert library.store.passage_count() == plain.count() == keyword.count() == len(ids)
    query = Query("издание", tuple(lemmas("издание")))  # a word of every title
    assert sorted(scored.passage_id for scored in keyword.search(query, k=1000)) == sorted(ids)
    assert dense.count() == len(ids)
    assert dense.scores(query, ids).keys() == set(ids)
