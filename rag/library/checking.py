"""Is the library whole? Every article, passage and index entry looked at: `snoska doctor --deep`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rag.library.mirrors import Mirror
from rag.library.report import counted, grouped
from rag.library.residents import ResidentMirror
from rag.library.split import passage_id
from rag.library.store import Store
from rag.types import Article, Keys, Passage, article_key

_AT_ONCE = 200  # articles read at a time
_NAMED = 3  # of articles that something is wrong with
_PASSAGES = ("фрагмент", "фрагмента", "фрагментов")


def differences(store: Store, mirrors: Sequence[Mirror | ResidentMirror]) -> list[str]:
    """What is wrong (Russian): in the store itself, and between it and each part of each index."""
    found = [*store.damage()]
    keys, wrong = _looked_through(store)
    if wrong:
        named = ", ".join(f"«{each}»" for each in wrong[:_NAMED])
        more = f" и ещё {len(wrong) - _NAMED}" if len(wrong) > _NAMED else ""
        found.append(f"в базе неверны фрагменты статей {named}{more}")
    for mirror in mirrors:
        for part, held in mirror.contents().items():
            found += _compared(part, _sorted(held), keys)
    return found


def _looked_through(store: Store) -> tuple[Keys, list[str]]:
    """The keys of all passages and their articles, sorted; and articles whose passages aren't theirs."""
    keys: list[tuple[int, int]] = []
    wrong: list[str] = []
    expected = store.passage_counts()
    ids = store.ids()
    for start in range(0, len(ids), _AT_ONCE):
        of: dict[str, list[Passage]] = {article_id: [] for article_id in ids[start : start + _AT_ONCE]}
        for passage in store.passages_of(list(of)):
            of[passage.article_id].append(passage)
        for article_id, passages in of.items():
            keys += [(passage_key(each.id), article_key(article_id)) for each in passages]
            if len(passages) != expected[article_id] or not _are_of(store.article(article_id), passages):
                wrong.append(article_id)
    return _sorted(np.array(keys, np.int64).reshape(-1, 2)), wrong


def _are_of(article: Article, passages: Sequence[Passage]) -> bool:
    """Whether each passage stands where it says, under the id that its place and text give."""
    return bool(passages) and all(
        article.text[each.start : each.stop] == each.text
        and each.id == passage_id(article.id, each.start, each.text)
        for each in passages
    )


def _compared(part: str, held: Keys, wanted: Keys) -> Iterator[str]:
    if np.array_equal(held, wanted):
        return
    have, want = {tuple(row) for row in held.tolist()}, {tuple(row) for row in wanted.tolist()}
    lost, extra, twice = len(want - have), len(have - want), len(held) - len(have)
    for number, what in ((lost, "нет"), (extra, "лишние"), (twice, "записаны дважды")):
        if number:
            yield f"{part}: {what} {counted(number, *_PASSAGES)} (в базе {grouped(len(wanted))})"


def _sorted(keys: Keys) -> Keys:
    """By the passage, then by the article."""
    return keys[np.lexsort((keys[:, 1], keys[:, 0]))]


def passage_key(passage_id: str) -> int:
    """The number that indexes hold for a passage: its id's 64 bits, signed."""
    return int.from_bytes(bytes.fromhex(passage_id), "big", signed=True)
