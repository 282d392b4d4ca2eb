"""Measurements of the product."""

import rag  # noqa: F401  # first of all: it sets how many threads NumPy gets
