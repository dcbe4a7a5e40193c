# Each target works on a machine with Python 3.11 and nothing else: it makes .venv and installs from constraints.txt.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
export PIP_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint types bench soak docs clean

demo: $(VENV)/core
	$(RUN)/echoloop demo

test: $(VENV)/dev
	$(RUN)/python -m pytest -n 2 --dist loadgroup

lint: $(VENV)/dev
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/lint-imports

types: $(VENV)/dev
	$(RUN)/pyright

bench: $(VENV)/dev
	$(RUN)/python bench/run.py

soak: $(VENV)/dev
	$(RUN)/python tests/soak.py

docs: $(VENV)/dev
	$(RUN)/python -m pytest tests/docs

$(VENV)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "echoloop needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/core: $(VENV)/python pyproject.toml constraints.txt
	$(RUN)/pip install --quiet --editable .
	touch $@

$(VENV)/dev: $(VENV)/python pyproject.toml constraints.txt
	$(RUN)/pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/core

clean:
	rm -rf $(VENV) echoloop-demo
