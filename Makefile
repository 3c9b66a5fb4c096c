# The two commands of the README are `make lab` and `make test`; the rest stand beside them.
SHELL := /bin/bash
VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.set-up-from-lock
ARGS  ?=
PYTHON ?= $(shell bash etc/find_python.sh)
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)

export JUPYTER_CONFIG_PATH := $(CURDIR)/etc/jupyter
export JUPYTERLAB_SETTINGS_DIR := $(CURDIR)/.jupyter/settings
export JUPYTERLAB_WORKSPACES_DIR := $(CURDIR)/.jupyter/workspaces
export PYTHONDONTWRITEBYTECODE :=

.PHONY: lab app setup test test-slow bench lint lock clean notebooks samples

lab: setup  ## open JupyterLab at the first workbook
	$(BIN)/jupyter lab $(ROOT_FLAG) --ServerApp.ip=127.0.0.1 $(ARGS) workbooks/00_start_here.ipynb

app: setup  ## serve every workbook as a page without code (Voila)
	$(BIN)/voila $(ROOT_FLAG) --Voila.ip=127.0.0.1 $(ARGS) workbooks

setup: $(STAMP)  ## make .venv from requirements.lock; again only when the lock changes

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { bash etc/find_python.sh --explain; exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
