# make run     set up everything, build the starter index, serve http://127.0.0.1:7860
# make test    set up everything, run the whole suite but what needs vLLM
# make check   the quick gate: format, lint, types, import contracts, fast tests
# make llm     set up vLLM in an environment of its own (.venv-llm), for: medqa llm serve
# make test-llm  teach a small model, serve it with vLLM on this CPU, run the whole product on top
# make clean   remove the environment and what tools leave behind (never the home folder)

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The model server's environment: for a CUDA machine where there is one; choose with: make llm LLM_FOR=cpu
LLM_VENV := .venv-llm
LLM_FOR  ?= $(shell command -v nvidia-smi >/dev/null 2>&1 && echo cuda || echo cpu)
PIP    := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check llm test-llm format clean

help:
	@sed -n 's/^# \(make \)/\1/p' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "MedQA needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 run" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp is written last: its presence means that the installation completed.
$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing MedQA (once, a few minutes) ..."
	$(PIP) --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the test tools (once) ..."
	$(PIP) --quiet --editable '.[dev]'
	@touch $@

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

# Everything is in the lock, so nothing is resolved: vLLM asks for packages that break beside a CPU build of torch.
$(LLM_VENV)/.installed-$(LLM_FOR): deploy/llm/$(LLM_FOR).lock
	rm -rf $(LLM_VENV)
	$(PYTHON) -m venv $(LLM_VENV)
	@echo "Installing vLLM for $(LLM_FOR) (once, a minute or two, about 2.5 GB) ..."
	$(LLM_VENV)/bin/python -m pip install -qq --disable-pip-version-check --no-compile --no-deps --requirement $< || \
	  { echo "vLLM could not be installed; docs/serving-a-model.md tells what it needs" >&2; exit 1; }
	$(LLM_VENV)/bin/python -c 'import torch, vllm' >/dev/null
	@touch $@

llm: $(LLM_VENV)/.installed-$(LLM_FOR)

run: setup
	@$(BIN)/medqa serve

# Two processes, a folder of tests to each by turns: see tests/conftest.py.
test: setup-dev
	$(BIN)/python -m pytest --ignore=tests/llm -n 2

# Everything that runs vLLM has both cores to itself: no other test runs beside it.
test-llm: setup-dev llm
	$(BIN)/python -m pytest tests/llm

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/unit tests/architecture

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(LLM_VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
