# Two commands matter: `make run` tries the bot in a local sandbox, `make test` runs every test.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install run test lint format clean

install: $(VENV)/installed

$(VENV)/installed: requirements.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "phantombot needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@touch $@

run: install
	$(BIN)/python bot.py sandbox

test: install
	$(BIN)/python -m pytest --numprocesses 5

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
