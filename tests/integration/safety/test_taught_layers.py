"""What PyTorch has taught is what NumPy reads from the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from evals.fine_tuning import taught
from medqa.safety.classifier.fine_tuned import FineTuned

_BURNT = ("my hand is burnt", "burnt my arm on the oven", "the tea burnt her leg", "手烫伤了", "被开水烫到胳膊")
_ASKED = ("what is a vaccine", "how long is a cold catching", "which bread is best", "感冒传染多久", "什么是疫苗")


def test_layers_taught_and_kept_say_the_same_when_read_again(tmp_path: Path) -> None:
    texts = [*_BURNT, *_ASKED] * 16
    made = taught(texts, (["burn"] * len(_BURNT) + ["none"] * len(_ASKED)) * 16)
    unseen = ["I have burnt my foot", "what is bread", "孩子烫伤了", "面包怎么选"]
    made.keep(tmp_path / "layers.npz")
    reader = FineTuned(tmp_path / "layers.npz", 2, "train it")
    read = np.stack([reader.likely(text) for text in unseen])
    assert np.abs(read - made.rounded().likely(unseen)).max() < 0.01
    assert read.argmax(axis=1).tolist() == [made.classes.index(name) for name in ("burn", "none", "burn", "none")]
