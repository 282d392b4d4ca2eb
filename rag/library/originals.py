"""The files that articles were read from, kept beside the library where that is wished: each content once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from rag.errors import LibraryError, NotFoundError
from rag.library.reading.pieces import Source
from rag.library.reasons import os_reason
from rag.library.records import Original

FOLDER = "originals"  # in the data folder


class Originals:
    """The kept files in `folder`, which need not be there yet. Their names on disk are digests, never names.

    A file is whole on disk before the article that speaks of it is committed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, source: Source, name: str) -> Original:
        """Keep the bytes of `source`, called `name`. Raises LibraryError."""
        original = Original(name, source.digest())
        path = self._path(original.digest)
        if path.exists():
            return original
        new = path.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with source.open() as file, new.open("wb") as into:
                shutil.copyfileobj(file, into)
                into.flush()
                os.fsync(into.fileno())
            new.replace(path)
        except OSError as error:
            raise LibraryError(
                f"Файл «{name[:200]}» не сохранить в {self._folder} ({os_reason(error)}). "
                "Освободите место или не храните файлы: RAG_KEEP_ORIGINALS=0"
            ) from error
        return original

    def adopt(self, folder: Path) -> None:
        """Move in the kept files of another library's `folder`, which need not be there."""
        for path in sorted(folder.glob("*")):
            target = self._path(path.name)
            self._folder.mkdir(parents=True, exist_ok=True)
            path.replace(target)

    def path(self, original: Original) -> Path:
        """Where a kept file lies. Raises NotFoundError."""
        path = self._path(original.digest)
        if not path.exists():
            raise NotFoundError(f"Файл «{original.name[:200]}» не сохранился.")
        return path

    def sweep(self, wanted: Collection[str]) -> None:
        """Delete all but the files with the `wanted` digests: no article speaks of them any more."""
        if self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.name not in wanted:
                    path.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self._folder / f"{int(digest, 16):032x}"  # whatever came from outside, it is a number
