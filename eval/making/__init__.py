"""Question sets out of one's own articles, without a language model: candidates, filters, a choice."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter

from eval import jsonl, libraries
from eval.errors import EvaluationError
from rag import config as settings


def make(arguments: Namespace) -> int:
    """Write a question set about articles; 0 done."""
    from eval.making.making import made

    jsonl.refuse_to_overwrite(arguments.out, arguments.force, kept=arguments.corpus)
    articles = libraries.articles(settings.load(), arguments.corpus)
    found = made(articles, arguments.most, arguments.seed)
    if not found:
        raise EvaluationError(
            "Ни одного вопроса не вышло: в статьях нет целых предложений, где сказано, кто, что, где и когда."
        )
    jsonl.write(arguments.out, found)
    counts = Counter(question.tags[0] for question in found)
    told = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
    print(f"Вопросов: {len(found)} ({told}). Набор записан: {arguments.out}")
    print("Просмотрите его: на странице «Проверка» выберите «из файла…» и нажмите «Просмотреть».")
    return 0
