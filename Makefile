# Rialto. `make` alone lists what there is.

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps
RUST := Cargo.toml Cargo.lock $(shell find rust \( -name '*.rs' -o -name Cargo.toml \) -print)
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup run test test-packages clients check format bench lock faults oracle schemathesis coverage-doc clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(STAMPS)/extension  ## make .venv here, with the rialto command in it

run: setup  ## start the exchange in demo mode on http://127.0.0.1:8000 (data in ./data)
	@exec $(BIN)/rialto run --demo --data data

test: setup test-packages clients  ## every test, with a short fault campaign
	$(BIN)/pytest

# Two of the clients that tests/compat runs share a package's name: each has an environment in build/.
clients: setup
	$(BIN)/python -m tests.compat.environments

check: setup  ## format, lint, types, import contract, clippy, stubs, tidiness
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cargo fmt --all --check
	cargo clippy --quiet --locked --all-targets -- -D warnings
	$(BIN)/stubtest rialto._core
	$(BIN)/pytest -q tests/architecture

format: setup  ## rewrite the sources in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cargo fmt --all

bench: setup  ## run the benchmarks; figures with their conditions are in benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

lock: setup  ## write the locks anew from requirements.in and requirements-dev.in
	$(BIN)/uv pip compile $(LOCK) requirements.in -o requirements.txt
	$(BIN)/uv pip compile $(LOCK) requirements-dev.in -o requirements-dev.txt
	@for client in ccxt python-binance binance-connector binance-sdk-spot; do \
	  $(BIN)/uv pip compile $(LOCK) tests/compat/requirements-$$client.in \
	    -o tests/compat/requirements-$$client.txt; done
LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock'

faults: setup test-packages  ## the long fault campaign (hours): kills, torn tails, bit flips
	RIALTO_FAULT_ROUNDS=200 $(BIN)/pytest -m faults --timeout 14400

oracle: setup  ## compare the core with the naive exchange on ten million random commands
	$(BIN)/python -m tests.core.campaign --commands 10000000

.PHONY: coverage-core
coverage-core: setup  ## which branches of the core that comparison and the stories reach
	$(BIN)/python -m tests.core.coverage

schemathesis: setup  ## ask everything that the OpenAPI document allows, and much that it does not
	RIALTO_SCHEMATHESIS_EXAMPLES=300 $(BIN)/pytest -q tests/gateway/test_schemathesis.py --timeout 3600

coverage-doc: setup  ## write docs/api-coverage.md anew from the tables
	@mkdir -p build
	$(BIN)/python -m tests.api_coverage > build/api-coverage.md && mv build/api-coverage.md docs/api-coverage.md

clean:  ## remove what was built here; ./data stays
	rm -rf .venv target build
	find . -name __pycache__ -prune -exec rm -rf {} +

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rialto needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/requirements: $(STAMPS)/venv requirements.txt requirements-dev.txt
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

$(STAMPS)/extension: $(STAMPS)/requirements pyproject.toml $(RUST)
	@command -v cargo >/dev/null || { echo "Rialto's core is Rust: install cargo and run make again"; exit 1; }
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/maturin develop --quiet --release --locked
	@touch $@

# The fault tests drive Debian's strace.
test-packages:
	@command -v strace >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -q && apt-get install -q -y --no-install-recommends strace; \
	  else echo "The fault tests need strace: sudo apt-get install strace"; exit 1; fi; }
