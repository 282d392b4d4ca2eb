"""The weights that ship: weights.json, section by section.

`python -m eval.train_answering` fits "sentence" and "confidence", which words alone decide with;
`eval.train_reading` "reread", "reread_polar", "confidence_read" and "span"; `eval.train_verification`
"verification", "verdict_yes" and "verdict_no".
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def fitted() -> dict[str, dict[str, float]]:
    """Every section's weights by name."""
    text = files("rag.answering").joinpath("weights.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, float]] = json.loads(text)
    return loaded
