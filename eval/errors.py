"""What goes wrong in an evaluation, told in one line."""

from rag.errors import EvaluationError

__all__ = ["EvaluationError", "Interrupted"]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with what is kept and what to do with it: `str(error)` is for the user."""
