"""A backup in the place of a library that is in use: article by article, while searches go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rag.library.backup import backup, unpacked
from rag.library.copies import Following
from rag.library.moving import Moved
from rag.library.originals import FOLDER as ORIGINALS
from rag.library.store import Store

if TYPE_CHECKING:
    from rag.library.library import Library

_FILES = ("questions.jsonl", "weights.json")


def restore_beside(library: Library, file: Path, others: Callable[[Path], object], tell: Following) -> Moved:
    """Have `library` hold just the articles that the backup `file` does, each compared.

    `others` is given the folder with what else the backup holds. What was there before is in a backup of its
    own in the data folder. Keys that were made since stay, and so do revocations. `tell` hears how many
    articles of how many. Raises LibraryError; what is wrong with the file shows before anything is touched.
    """
    folder = library.folder
    with unpacked(file, folder) as held:
        backup(folder, folder / time.strftime("before-restore-%Y%m%d-%H%M%S.zip"))
        library.originals.adopt(held / ORIGINALS)
        with closing(Store(held)) as source:
            came = library.move_from(source, tell, instead=True)
        for name in _FILES:
            if (held / name).is_file():
                (held / name).replace(folder / name)
        others(held)
    return came
