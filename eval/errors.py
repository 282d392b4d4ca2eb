"""What an evaluation command reports: a question set, a BEIR folder or a run that can't be used."""

from rag.errors import RagError


class EvaluationError(RagError):
    """An input of an evaluation command is missing, broken or doesn't fit the others."""
