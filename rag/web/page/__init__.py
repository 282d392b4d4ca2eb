"""The chat page. Gradio lives here and nowhere else."""

from rag.web.page.mounting import EXAMPLES, mount

__all__ = ["EXAMPLES", "mount"]
