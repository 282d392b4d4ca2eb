"""What an evaluation command reports: a question set, a BEIR folder or a run that can't be used."""

from rag.errors import EvaluationError

__all__ = ["EvaluationError"]
