"""The face of OpenAI's API at /v1: programs made for it ask Сноска without a change."""
