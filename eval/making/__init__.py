"""Question sets out of one's own articles: candidates, filters, a choice; a model may reword them."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter

from eval import jsonl, libraries, saying, telling
from eval.errors import EvaluationError
from rag import config as settings


def make(arguments: Namespace) -> int:
    """Write a question set about articles; 0 done."""
    from eval.making.making import made
    from eval.making.wording import reworded

    jsonl.refuse_to_overwrite(arguments.out, arguments.force, kept=arguments.corpus)
    config = settings.load()
    say = saying.model_of(config) if arguments.llm else None  # before the work, where no model is named
    articles = libraries.articles(config, arguments.corpus)
    found = made(articles, arguments.most, arguments.seed)
    if not found:
        raise EvaluationError(
            "Ни одного вопроса не вышло: в статьях нет целых предложений, где сказано, кто, что, где и когда."
        )
    better = 0
    if say:
        worded = list(telling.progress(reworded(found, say), len(found)))
        found, better = [each for each, _ in worded], sum(changed for _, changed in worded)
    jsonl.write(arguments.out, found)
    counts = Counter(question.tags[0] for question in found)
    told = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
    print(f"Вопросов: {len(found)} ({told}). Набор записан: {arguments.out}")
    if say:
        print(f"Модель переписала вопросов: {better}; остальные оставлены как были.")
    print("Просмотрите его: на странице «Проверка» выберите «из файла…» и нажмите «Просмотреть».")
    return 0
