"""An index whose content can be read with the naked eye: one JSON file of passage ids by article."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.library.checking import passage_key
from rag.types import ArticleSet, Keys, Passage, PassageIndex, Query, Scored, article_key


class FileCopy:
    """Implements PassageIndex; it fails to write while its leg is `broken`."""

    def __init__(self, leg: FileIndex, folder: Path, settings: str) -> None:
        self.name = leg.name
        self.settings = settings
        self.leg = leg
        self.file = folder / "index.json"
        self.is_open = False
        self.held: dict[str, list[str]] = {}

    def open(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.held = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
        if self.leg.broken or len(self.held) >= self.leg.room:
            raise ValueError("no space left")
        assert self.is_open
        assert not (fresh and self.held.keys() & set(article_ids)), "promised to be fresh"
        for article_id in article_ids:
            self.held.pop(article_id, None)
        for passage in passages:
            assert passage.article_id in article_ids
            self.held.setdefault(passage.article_id, []).append(passage.id)
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.held))
        new.replace(self.file)

    def count(self) -> int:
        return sum(map(len, self.held.values()))

    def contents(self) -> dict[str, Keys]:
        pairs = [(passage_key(id_), article_key(each)) for each, ids in self.held.items() for id_ in ids]
        return {"file": np.array(pairs, np.int64).reshape(-1, 2)}

    def search(self, query: Query, k: int, within: ArticleSet | None = None) -> list[Scored]:
        return []

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        return {}


class FileIndex:
    """Implements IndexLeg; `readable` are former settings it still understands, `room` articles fit in.

    `made` counts the copies begun; `held` and `file` are those of the copy that answers.
    """

    def __init__(self, data: Path, name: str = "plain", settings: str = "1") -> None:
        self.name = name
        self.settings = settings
        self.recipe = settings
        self.can_wait = True
        self.broken = False
        self.room = 1_000_000
        self.made = 0
        self.readable: set[str] = set()
        self.answering: FileCopy | None = None
        self._data = data

    def copy(self, folder: Path) -> FileCopy:
        self.made += not folder.exists()
        return FileCopy(self, folder, self.settings)

    def former(self, recipe: str, folder: Path) -> FileCopy | None:
        return FileCopy(self, folder, recipe) if recipe in self.readable else None

    def serve(self, copy: PassageIndex | None) -> None:
        assert copy is None or isinstance(copy, FileCopy)
        self.answering = copy

    def count(self) -> int:
        return self.answering.count() if self.answering else 0

    @property
    def held(self) -> dict[str, list[str]]:
        return self.answering.held if self.answering else {}

    @property
    def file(self) -> Path:
        (found,) = (self._data / self.name).glob("*/index.json")
        return found
