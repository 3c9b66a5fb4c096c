# The two commands of the README are `make lab` and `make test`; `make help` lists the rest.
SHELL  := /bin/bash
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up-from-lock
ARGS   ?=
PYTHON ?= $(shell bash etc/find_python.sh)
WORKBOOKS := $(wildcard workbooks/*.ipynb)

# JupyterLab refuses to start as root unless told; only root (in a container, say) needs the flag.
ROOT_FLAG     := $(if $(filter 0,$(shell id -u)),--allow-root)
LAB_OPTIONS   ?= --ServerApp.ip=127.0.0.1 --LabApp.default_url=/lab/tree/workbooks/00_start_here.ipynb
VOILA_OPTIONS ?= --Voila.ip=127.0.0.1 --Voila.auto_token=True

export JUPYTER_CONFIG_PATH := $(CURDIR)/etc/jupyter
export JUPYTERLAB_SETTINGS_DIR := $(CURDIR)/.jupyter/settings
export JUPYTERLAB_WORKSPACES_DIR := $(CURDIR)/.jupyter/workspaces

.PHONY: help lab app setup test test-slow fuzz bench lint docs lock notebooks samples clean
.DEFAULT_GOAL := help

help:  ## list what make can do
	@grep -E '^[a-z-]+:.*  ## ' Makefile | sed -E 's/^([a-z-]+):.*  ## /\1\t/' | expand -t 14

lab: setup  ## open JupyterLab at the first workbook; ARGS="--no-browser --port 8899" passes options on
	$(BIN)/jupyter lab $(ROOT_FLAG) $(LAB_OPTIONS) $(ARGS)

app: setup  ## serve every workbook as a page without code (Voila); ARGS as above
	$(BIN)/python etc/open_app.py $(VOILA_OPTIONS) $(ARGS) workbooks

setup: $(STAMP)  ## make .venv from requirements.lock; again only when the lock changes

$(STAMP): requirements.lock
	@test -n "$(PYTHON)" || { bash etc/find_python.sh --explain; exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

test: setup  ## prove everything: style, types, units, properties, published numbers, workbooks, browser
	bash etc/run_tests.sh

test-slow: setup  ## the minutes-long tests, and the property tests again with fresh random seeds
	HYPOTHESIS_PROFILE=random $(BIN)/pytest -m "not browser" lib tests $(ARGS)
	$(BIN)/pytest -m "browser and slow" tests $(ARGS)

fuzz: setup  ## feed every parser damaged files, ten minutes each, two at a time; ARGS="60 1": a minute, singly
	bash tests/fuzz/run_all.sh $(ARGS)

bench: setup  ## measure speed and memory, each on a quiet machine
	@for script in tests/bench/bench_*.py; do $(BIN)/python "$$script" $(ARGS) || exit 1; done

lint: setup  ## style, formatting, types and the order of the rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: setup  ## write the reference from the docstrings into docs/api, measures and glossary into docs
	$(BIN)/python etc/write_reference.py docs/api
	$(BIN)/python etc/write_pages.py docs

lock: setup  ## write requirements.lock from pyproject.toml; ARGS="--upgrade" takes newer versions
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header --quiet --output-file requirements.lock $(ARGS)

notebooks: setup  ## run every workbook in an empty workspace, store its outputs, drop the machine's traces
	$(BIN)/python etc/clean_notebook.py --run $(WORKBOOKS)

samples: setup  ## write the sample brand's exports anew, the same to the byte
	$(BIN)/python data/samples/make_samples.py

clean:  ## remove .venv, caches and reports; your workspace/ stays
	rm -rf $(VENV) .jupyter .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
	    .virtual_documents test-artifacts bench-results dist docs/api
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
