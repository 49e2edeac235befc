# `make` shows what there is. Needs Python 3.11 or newer with venv, make, and git for the tests.

PYTHON ?= python3
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
ROOMS = $(sort $(dir $(wildcard $(addsuffix /*.py,bus services kindling tests benchmarks))))
# The contracts on imports name these; while one of them is still to be built there is nothing to compare with.
WALLS := bus/wire/__init__.py services/__init__.py services/_kit/__init__.py kindling/__init__.py
WALLS_MISSING = $(filter-out $(wildcard $(WALLS)),$(WALLS))

WISH ?= A lighthouse keeper rows out at dusk, 20 seconds, painterly
export WISH
# Byte code is kept, whatever the shell says: each process of a check would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check style types imports format bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.runtime ## Make a film from one sentence; set WISH="…" for your own
	@if [ -t 0 ]; then \
		$(BIN)/kindling make "$$WISH"; \
	else \
		echo "No terminal to ask on: the sample and the takes are approved without asking (--yes)."; \
		$(BIN)/kindling make --yes "$$WISH"; \
	fi

# Tests of one file share its server, so files are dealt out whole. What is run end to end has the machine to itself.
test: style types imports ## Check everything and run all tests
	$(BIN)/pytest --numprocesses auto tests/unit
	$(BIN)/pytest --numprocesses auto --dist loadfile tests/contract tests/simulation
	$(BIN)/pytest tests/e2e

# The laws are tried with a fifth of their examples; `make test` tries all.
check: style types imports ## Format, lint, types, imports and unit tests: what to run before each commit
	$(BIN)/pytest --quiet --numprocesses auto --hypothesis-profile=quick tests/unit

style: .venv/.dev
	$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: make format"; exit 1; }
	$(BIN)/ruff check --quiet .

types: .venv/.dev
	$(BIN)/mypy --no-error-summary $(ROOMS)

imports: .venv/.dev
	$(if $(WALLS_MISSING),@echo "Imports are not checked: there is no $(WALLS_MISSING)",$(BIN)/lint-imports --no-logo)

format: .venv/.dev ## Format the code and repair what can be repaired
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/.dev ## Run the benchmarks
	$(BIN)/python -m benchmarks

clean: ## Remove the environment and all caches; productions stay
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp says that a step was done with the files it was done with, so that nothing is installed twice.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Kindling needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) lacks the venv module. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: .venv/.made requirements/runtime.txt pyproject.toml
	@echo "installing what kindling needs (about a minute, once)"
	@$(PIP) install --require-hashes --requirement requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Holds everything of runtime.txt too, at the same versions.
.venv/.dev: .venv/.runtime requirements/dev.txt
	@echo "installing what checking and testing need (half a minute, once)"
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@
