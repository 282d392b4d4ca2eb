"""The language model of the settings, as the evaluation asks it: two messages in, its whole reply out."""

from __future__ import annotations

from collections.abc import Callable

from eval.errors import EvaluationError
from rag import components
from rag.config import Config

Say = Callable[[str, str], str]  # what a model says to a system message and a user's


def model_of(config: Config) -> Say:
    """Asks the model of RAG_LLM_*. Raises EvaluationError where none is named; asking it, LLMError."""
    if not config.llm_model:
        raise EvaluationError(
            "Какую модель спрашивать, не сказано. Назовите её: RAG_LLM_MODEL=имя; "
            "адрес — в RAG_LLM_URL, ключ — в RAG_LLM_KEY."
        )
    model = components.language_model(config)

    def say(system: str, user: str) -> str:
        *_, said = model.stream(system, user, config.llm_deadline)
        return said

    return say
