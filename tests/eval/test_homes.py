"""The three homes of a library, filled and asked for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import homes
from eval.beir import BeirSet, load
from tests.retrieval.making import config


def small_set(folder: Path) -> BeirSet:
    texts = {
        "мост": "Мост через реку открыли весной. Длина моста 7 километров.",
        "парк": "В парке посадили липы. Парк закрыт зимой.",
        "порт": "Порт принял два корабля с медью.",
    }
    lines = [f'{{"_id": "{name}", "title": "{name}", "text": "{text}"}}' for name, text in texts.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    asked = {"мост": "Какова длина моста?", "парк": "Когда закрыт парк?", "порт": "Кто принял корабли?"}
    lines = [f'{{"_id": "{name}", "text": "{text}"}}' for name, text in asked.items()]
    (folder / "queries.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "qrels.tsv").write_text("\n".join(f"{name}\t{name}\t1" for name in texts), encoding="utf-8")
    return load(folder)


def test_all_find_the_same(tmp_path: Path, models: Path) -> None:
    data = small_set(tmp_path)
    with homes.opened(config(tmp_path / "data", models)) as bots:
        assert set(bots) == set(homes.HOMES)
        numbers = homes.measure(bots, data, [], passages=12)
        for bot in bots.values():
            assert bot.library.counts().passages >= 12
            assert bot.library.differences() == []
    assert numbers["size"]["passages_quality"] == 3
    for name in homes.HOMES:
        assert (numbers[name]["ndcg@10"], numbers[name]["same"]) == (1.0, 1.0)
        assert all(numbers[name][f"{stage}_p50"] > 0 for stage in ("search", "filter_20", "keyword", "dense"))
    parts = homes.parts(numbers)
    assert list(parts) == list(homes.HOMES)
    assert parts["embedded"]["ratio"]["search_p50"] == 1.0
    ratio = parts["chroma"]["ratio"]["search_p95"]
    assert ratio == pytest.approx(
        numbers["chroma"]["search_p95"] / numbers["embedded"]["search_p95"], abs=0.01
    )
    assert len(homes.table(numbers).splitlines()) == 2 + len(homes.HOMES)
