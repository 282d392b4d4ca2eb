"""Weights for an encoder nobody has fitted any for: its cosines are brought to the scale of the static ones.

Questions are encoded with the passages that answer them and with those that answer the others. What the
cosines of strangers and of pairs are on average gives the encoder's zero and its unit: e5 has strangers at
0.75 and pairs at 0.88 where the static vectors have them at 0.02 and 0.40.
"""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from rag.retrieval.fusion import UNKNOWN, Weights
from rag.retrieval.rerank import WEIGHTS
from rag.types import Encoder

_log = logging.getLogger(__name__)

PAIRS = (
    ("Когда открыли новый мост?", "Движение по мосту через реку запустили в июле, на год раньше срока."),
    ("Сколько стоит проезд в автобусе?", "С января билет на городской транспорт подорожал до сорока рублей."),
    ("Кто возглавил министерство?", "Указом президента министром назначен бывший губернатор области."),
    ("Почему закрыли завод?", "Предприятие остановили: заказов не было, а долги росли второй год подряд."),
    ("Чем лечат грипп?", "При вирусной инфекции врач назначает покой, обильное питьё и жаропонижающее."),
    ("Где добывают золото?", "Крупнейший рудник драгоценного металла расположен на севере страны."),
    ("Какая столица у государства?", "Главный город республики стоит на берегу моря, в нём живёт миллион."),
    ("Как вырастить помидоры?", "Рассаду томатов высаживают в теплицу в мае и поливают через день."),
    ("Кто написал роман?", "Автор книги начал работу над рукописью в ссылке и закончил её в Париже."),
    ("Сколько лет идёт война?", "Боевые действия между соседями продолжаются уже третий год."),
    ("Что изучает астрономия?", "Наука о звёздах, планетах и галактиках возникла в глубокой древности."),
    ("Когда был основан университет?", "Старейшее высшее учебное заведение края ведёт историю с 1804 года."),
    ("Как подать жалобу?", "Обращение в суд можно направить через сайт, приложив копию паспорта."),
    ("Кто выиграл чемпионат?", "Сборная взяла золотые медали, победив хозяев турнира в финале."),
    ("Чем питаются медведи?", "Хищник ест рыбу и ягоды, а осенью набирает жир перед спячкой."),
    ("Какую зарплату получают учителя?", "Средний доход педагога в школе вырос до семидесяти тысяч."),
)
# The means of the static vectors over PAIRS.
_STRANGERS, _PAIRED = 0.08, 0.41
# Pairs this little above strangers say that the encoder knows nothing of meaning.
_LEAST = 0.01


def calibrated(encoder: Encoder) -> Weights:
    """UNKNOWN with the scale of this encoder; it is asked for 16 questions and 16 passages."""
    strangers, paired = means(encoder)
    if paired - strangers < _LEAST:
        _log.warning("%s can't tell pairs (%.3f) from strangers (%.3f)", encoder.name, paired, strangers)
        # Then the dense leg brings candidates, and the words alone rank them.
        words = {name: weight for name, weight in WEIGHTS.items() if name != "dense"}
        return replace(UNKNOWN, keyword=1.0, rerank=words, mean=strangers, scale=1.0)
    scale = (paired - strangers) / (_PAIRED - _STRANGERS)
    return replace(UNKNOWN, mean=strangers - _STRANGERS * scale, scale=scale)


def means(encoder: Encoder) -> tuple[float, float]:
    """The mean cosine of questions with passages that answer others, and with their own."""
    questions = encoder.encode_queries([question for question, _ in PAIRS])
    passages = encoder.encode_passages([passage for _, passage in PAIRS])
    cosines = (questions @ passages.T).astype(np.float64)
    own = np.eye(len(PAIRS), dtype=bool)
    return float(cosines[~own].mean()), float(cosines[own].mean())
