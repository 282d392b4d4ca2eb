"""A question as it was typed → as it is searched: clean, mended towards the words that the library has."""

from __future__ import annotations

from collections.abc import Callable

from rag.errors import QuestionError
from rag.library.store import Store
from rag.retrieval.search import Searcher
from rag.text.repair import Repaired, Repairer, clean
from rag.types import Filters, Query

LONGEST_QUESTION = 2_000  # characters


class Repairing:
    """Repairs questions; `repairer()` is asked for anew whenever the words of `store` have changed."""

    def __init__(self, store: Store, searcher: Searcher, repairer: Callable[[], Repairer]) -> None:
        self._store = store
        self._searcher = searcher
        self._new_repairer = repairer
        self._repairer = repairer()
        self._repairer_seq = store.last_seq()

    def repaired(self, question: str, as_typed: bool = False, filters: Filters | None = None) -> Repaired:
        """`question` as it is searched: mended towards the words that the library has now.

        Where `filters` are within others, a word that only articles outside of these have mends nothing.
        Raises QuestionError.
        """
        asked = clean_question(question)
        if as_typed:
            return Repaired(asked)
        seq = self._store.last_seq()
        if seq != self._repairer_seq:
            self._repairer, self._repairer_seq = self._new_repairer(), seq
        repaired = self._repairer.repair(asked)
        if filters and filters.within and not self._are_seen(repaired, filters.within):
            return Repaired(asked)
        return repaired

    def _are_seen(self, repaired: Repaired, within: Filters) -> bool:
        """Whether articles `within` have all the words that were put in place of others."""
        allowed = self._store.allowed(within)
        words = {lemma for repair in repaired.repairs for lemma in self._searcher.query(repair.meant).lemmas}
        return all(self._searcher.keyword.search(Query(word, (word,)), 1, allowed) for word in words)


def clean_question(question: str) -> str:
    """`question` without what no question needs; raises QuestionError: nothing is left, or too much."""
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"Вопрос слишком длинный: {len(question)} знаков при пределе {LONGEST_QUESTION}. "
            f"Сократите его до одного-двух предложений."
        )
    asked = clean(question)
    if not asked:
        raise QuestionError(
            "В вопросе нет слов. Напишите его по-русски, например: «Какова протяжённость TRIPP?»"
        )
    return asked
