# Two commands matter: `make run` tries the bot in a local sandbox, `make test` runs every test.
# The newest Python is taken; `make test PYTHON=python3.11` takes another, with an environment of its own.
PYTHONS = $(eval PYTHONS := $(shell .ci/pythons))$(PYTHONS)
PYTHON ?= $(firstword $(PYTHONS))
VENV := .venv$(if $(filter-out file,$(origin PYTHON)),-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'))
BIN := $(VENV)/bin

# `make run` and `make install` install what running needs, everything else what developing needs.
.PHONY: install install-dev run test test-fast test-older snapshots pictures lint format audit bench clean

install: $(VENV)/installed

$(VENV)/installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "phantombot needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --quiet --requirement requirements.txt
	@touch $@

install-dev: $(VENV)/installed-dev

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --quiet --requirement requirements-dev.txt
	@touch $@

run: install
	$(BIN)/python bot.py sandbox

# More processes than cores, since many tests wait; what they all load is compiled once.
test: export PYTHONDONTWRITEBYTECODE =
test: install-dev
	$(BIN)/python -m compileall -q -j 0 phantombot bench
	$(BIN)/python -m pytest --numprocesses 7 -rs $(TESTS)

# The core and its services alone: no browser, no bot, no PostgreSQL. Two processes, since each loads all tests.
test-fast:
	@$(MAKE) --no-print-directory test TESTS="--numprocesses 2 -k 'not postgresql' \
		$(addprefix --ignore tests/,browser sandbox wire test_bench.py test_signals.py) \
		--ignore-glob 'tests/worker/test_queue_*.py'"

# On each Python but the newest: all but the page and the bots that are killed.
test-older:
	@for python in $(wordlist 2,99,$(PYTHONS)); do $(MAKE) --no-print-directory test PYTHON=$$python \
		TESTS="$(addprefix --ignore tests/,browser wire/test_killed.py wire/test_many_killed.py)" || exit; done

# Writes down every message anew, after its words were changed: read the difference.
snapshots: install-dev
	PYTHONPATH=.:tests $(BIN)/python tests/messages/sampling.py

# The pictures of README and docs, of the real page; `ONLY="home form"` makes these alone. Needs Chromium, fonts-inter and an emoji font.
pictures: install-dev
	PYTHONPATH=.:tests $(BIN)/python -m browser.pictures $(ONLY)

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Needs the network; in an environment of its own, so that nothing of it reaches the bot's.
audit: install
	$(PYTHON) -m venv .audit
	.audit/bin/python -m pip install --quiet pip-audit==2.10.1
	.audit/bin/pip-audit --strict --requirement requirements.txt

# `make bench ONLY="ack cold"` measures these sections alone, `make bench QUICK=1` tries it in small.
# The peers have an environment of their own, so that nothing of them reaches the bot's.
bench: .bench/installed
	.bench/bin/python -W ignore -m bench $(ONLY) $(if $(QUICK),--quick)

.bench/installed: requirements.txt requirements-dev.txt bench/requirements.txt bench/peers/javascript/package.json
	$(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet --requirement bench/requirements.txt
	-cd bench/peers/javascript && npm install --silent --no-audit --no-fund --no-package-lock
	@touch $@

clean:
	rm -rf .venv .venv-* .audit .bench bench/peers/javascript/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
