# The commands of this repository. `make run` and `make test` work from a fresh checkout.
#
#   PORT=9000 make run        another port (a .env file with PORT=9000 does the same)
#   make test ARGS="-k menu"  any pytest arguments
#   PYTHON=python3.12         the interpreter that makes .venv, 3.11 or newer

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check format bench golden chaos fuzz docs widget lock test-packages

PYTHON ?= python3
BIN := .venv/bin
ROOMS := flow desk runner store jobs audio ivr digital web
SOURCES := $(ROOMS) $(wildcard app.py) tests
export PATH := $(CURDIR)/$(BIN):$(PATH)

# The environment goes before .env, .env before the default. honcho numbers PORT per process,
# so the Procfile takes WEB_PORT: every process must agree on the address that is handed out.
PORT ?= $(or $(shell sed -n 's/^PORT=//p' .env 2>/dev/null | tail -n 1),8000)
export PORT
export WEB_PORT := $(PORT)

# $(1) = a requirements file. uv where there is one (seconds), pip otherwise (a minute).
# The file is whole, so nothing is resolved: pip would look at the newest release of what an extra
# names, and refuse the day one appears. The check afterwards sees that the file is whole.
define install
	if command -v uv >/dev/null; then \
	  uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $(1) && \
	  uv pip check --quiet --python $(BIN)/python; \
	else \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input \
	    --root-user-action=ignore --no-deps --require-hashes -r $(1) && \
	  $(BIN)/python -m pip check --disable-pip-version-check >&2; \
	fi
endef

help: ## these lines
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: .venv/.installed ## .venv with the pinned, hashed requirements

setup-dev: .venv/.installed-dev

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Linewalk needs Python 3.11 or newer; set PYTHON=/path/to/it" >&2; exit 1; }
	@echo "Creating .venv" >&2
	@if command -v uv >/dev/null; then uv venv --quiet --python $(PYTHON) .venv; \
	  else $(PYTHON) -m venv .venv || \
	    { echo "Install the venv module first (Debian: apt-get install python3-venv)" >&2; \
	      rm -rf .venv; exit 1; }; fi

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing requirements.txt" >&2
	@$(call install,requirements.txt)
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing requirements-dev.txt" >&2
	@$(call install,requirements-dev.txt)
	@touch $@

run: setup ## migrate, publish the examples, start every process of the Procfile
	@$(BIN)/honcho run sh -c "$$(sed -n 's/^release: *//p' Procfile)" && \
	  exec $(BIN)/honcho start web worker

test-packages:
	@command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null && \
	  command -v chromium >/dev/null && command -v swaks >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing ffmpeg, chromium and swaks" >&2; \
	  apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    ffmpeg chromium fonts-liberation swaks >/dev/null; \
	else \
	  echo "The audio tests need ffmpeg and ffprobe on PATH, the browser tests chromium, the mail" \
	    "tests swaks: install them (Debian: apt-get install ffmpeg chromium swaks), then run make" \
	    "test again" >&2; exit 1; \
	fi

test: setup-dev test-packages ## everything the tests need, then all of them
	@$(BIN)/pytest -n 4 --dist worksteal $(ARGS)

golden: setup-dev ## rewrite the golden conversations; the diff is the review
	@LINEWALK_REWRITE_GOLDEN=1 $(BIN)/pytest tests/conversations $(ARGS)

chaos: setup-dev ## the long kill -9 and race runs
	@LINEWALK_LONG=1 $(BIN)/pytest -m chaos --timeout 3600 $(ARGS)

fuzz: setup-dev ## the API against its own document, with many examples; FUZZ=5000 for more
	@LINEWALK_FUZZ=$(or $(FUZZ),1000) $(BIN)/pytest tests/web/api/test_fuzz.py -n 2 $(ARGS)

check: setup-dev ## format, lint, types, import contracts, dead code, security lint
	@$(BIN)/ruff format --check --quiet --diff .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary $(SOURCES)
	@$(BIN)/lint-imports --no-cache >.venv/lint-imports.txt || { cat .venv/lint-imports.txt; exit 1; }
	@$(BIN)/vulture $(SOURCES)
	@$(BIN)/bandit --quiet --configfile pyproject.toml -ll -r $(filter-out tests,$(SOURCES))
	@echo "make check: no finding"

format: setup-dev ## let ruff format and repair what it can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup-dev ## the benchmarks: one JSON document on stdout
	@$(BIN)/python -m tests.bench $(ARGS)

docs: setup-dev ## write the generated pages anew
	@$(BIN)/python -m web.cli.docs

widget: setup-dev ## make the web chat's widget of its pieces
	@$(BIN)/python -m digital.chat.widget.build

lock: ## pin and hash requirements*.in anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv" >&2; exit 1; }
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" requirements.in -o requirements.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt
