"""Is an answer right? The product judges too, on the page, so the rules are its own: rag/judging/judge.py."""

from rag.judging.judge import Judgement, Quote, Reply, holds, holds_gold, judge

__all__ = ["Judgement", "Quote", "Reply", "holds", "holds_gold", "judge"]
