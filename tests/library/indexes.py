"""An index whose content can be read with the naked eye: one JSON file of passage ids by article."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rag.types import Passage, Query, Scored


class FileIndex:
    """Implements PassageIndex; `broken` makes the next write fail."""

    def __init__(self, folder: Path, name: str = "plain", settings: str = "1") -> None:
        self.name = name
        self.settings = settings
        self.resets = 0
        self.broken = False
        self.file = folder / f"{name}.index.json"
        self.held: dict[str, list[str]] = {}

    def open(self) -> None:
        self.held = json.loads(self.file.read_text()) if self.file.exists() else {}

    def close(self) -> None:
        self.held = {}

    def reset(self) -> None:
        self.resets += 1
        self.held = {}
        self._save()

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
        if self.broken:
            raise ValueError("no space left")
        assert not (fresh and self.held.keys() & set(article_ids)), "promised to be fresh"
        for article_id in article_ids:
            self.held.pop(article_id, None)
        for passage in passages:
            assert passage.article_id in article_ids
            self.held.setdefault(passage.article_id, []).append(passage.id)
        self._save()

    def count(self) -> int:
        return sum(map(len, self.held.values()))

    def search(self, query: Query, k: int, within: Sequence[str] | None = None) -> list[Scored]:
        return []

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        return {}

    def _save(self) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.held))
        new.replace(self.file)
