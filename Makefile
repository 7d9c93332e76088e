# make run     set up everything, build the starter index, serve http://127.0.0.1:7860
# make test    set up everything, run the whole suite
# make check   the quick gate: format, lint, types, import contracts, fast tests
# make clean   remove the environment and what tools leave behind (never the home folder)

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check format clean

help:
	@sed -n 's/^# //p' Makefile

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

run: setup
	@$(BIN)/medqa serve

test: setup-dev
	$(BIN)/python -m pytest

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
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
