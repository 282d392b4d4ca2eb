"""Polite and colloquial words before a question: «подскажите, пожалуйста, …»."""

from __future__ import annotations

import re

_PHRASES = """
    не могли бы вы сказать | не могли бы вы подсказать | не могли бы вы объяснить | могли бы вы сказать |
    можете ли вы сказать | вы не знаете | ты не знаешь | а вы знаете | знаете ли вы | хотелось бы узнать |
    хотелось бы знать | хочу узнать | хочу знать | можно узнать | можешь сказать | не подскажете |
    не подскажешь | не знаете | не знаешь | скажи мне | скажите мне | интересно знать | будьте добры |
    будь добр | добрый день | добрый вечер | доброе утро | подскажите | подскажи | скажите | скажи |
    ответьте | ответь | объясните | объясни | расскажите | расскажи | напомните | напомни | уточните |
    уточни | пожалуйста | плиз | здравствуйте | привет | интересно | слушай | слушайте | кстати | вообще |
    примерно | приблизительно | ладно | мне | так | ну | а | и | но | же
"""
# Runs of folded words, the longer before the shorter.
OPENINGS: tuple[tuple[str, ...], ...] = tuple(
    sorted((tuple(phrase.split()) for phrase in _PHRASES.split("|")), key=len, reverse=True)
)


def without_openings(text: str, kept: str = "") -> str:
    """`text` from its first word that isn't one of politeness; phrases with the word `kept` stay."""
    phrases = "|".join(r"\W+".join(each) for each in OPENINGS if kept not in each)
    return re.sub(rf"^(?:\W*(?:{phrases})(?![^\W_]))+\W*", "", text, flags=re.IGNORECASE) or text
