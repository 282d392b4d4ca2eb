"""Is an answer right? The product judges too, on the page, so the rules are its own: rag/judging/judge.py."""

from rag.judging.judge import Judgement, Quote, Reply, contains, holds, holds_gold, judge, tokens

__all__ = ["Judgement", "Quote", "Reply", "contains", "holds", "holds_gold", "judge", "tokens"]
