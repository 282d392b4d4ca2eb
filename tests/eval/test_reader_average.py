"""The mean of networks."""

from __future__ import annotations

import pytest
import torch

from eval.reader.average import average


def test_every_tensor_is_the_mean() -> None:
    one, other = {"a": torch.tensor([0.0, 2.0])}, {"a": torch.tensor([4.0, 2.0])}
    assert average([one, other])["a"].tolist() == [2.0, 2.0]
    assert average([one])["a"].tolist() == [0.0, 2.0]


def test_networks_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="same tensors"):
        average([{"a": torch.zeros(1)}, {"b": torch.zeros(1)}])
