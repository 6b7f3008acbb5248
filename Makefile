# Everything starts here; `make chat` and `make test` are all that a newcomer needs.
PYTHON ?= python3
BIN := .venv/bin
export OMP_WAIT_POLICY ?= passive

.PHONY: chat index eval gate baseline test check clean

chat: .venv/installed ## build or update the index and serve the page
	$(BIN)/assistant chat

index: .venv/installed ## build or update the index
	$(BIN)/assistant index

eval: .venv/installed ## measure the answers to our own cases
	$(BIN)/assistant eval evals/cases/*.jsonl --predictions evals/reports/own.jsonl --report evals/reports/own

gate: .venv/installed ## fail where our own cases are answered worse than by the baseline, beyond chance
	$(BIN)/assistant eval evals/cases/*.jsonl --no-keep --compare evals/baseline.jsonl \
		--gate right_overall --gate wrong_overall --gate quote_exact=1

baseline: .venv/installed ## make the baseline anew: after a change that is known to be better
	$(BIN)/assistant eval evals/cases/*.jsonl --compare evals/baseline.jsonl --baseline evals/baseline.jsonl

test: .venv/installed-test ## all tests but the slow ones
	$(BIN)/python -m pytest

check: .venv/installed-test ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## remove the environment and the index; the next `make chat` makes both again
	rm -rf .venv index/generations index/CURRENT index/*.sqlite index/of

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-test: pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,check]'
	touch $@ .venv/installed
