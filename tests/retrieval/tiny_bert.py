"""A BERT of one small layer with weights by chance, of any kind that transformers has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write(folder: Path, kind: str, words: Sequence[str], **more: Any) -> Path:
    """The folder with a model of `kind` (a class of transformers) whose vocabulary are `words`."""
    import torch
    import transformers

    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        **more,
    )
    getattr(transformers, kind)(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder
