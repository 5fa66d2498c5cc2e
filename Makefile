# Köpürö. `make` alone lists what can be done. Needs Python 3.11 or newer and make; everything else goes into .venv here.

PYTHON ?= python3
VENV := .venv
FUZZ := .venv-fuzz
TRYTON := .venv-tryton
BIN := $(VENV)/bin
GATEWAY := $(BIN)/gateway
# What tests write goes where it costs no wear and little time, if the machine has such a place and room in it.
SCRATCH := $(shell free=$$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1); \
	if test "$${free:-0}" -gt 4000000; then echo /dev/shm; else echo "$${TMPDIR:-/tmp}"; fi)
PYTEST := TMPDIR=$(SCRATCH) $(BIN)/python -m pytest
# One more than there are cores: tests wait a good deal for processes and browsers.
JOBS ?= $(shell expr $$(nproc 2>/dev/null || echo 1) + 1)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled once for all the processes that the tests and the demo start, and beside the sources nothing is written.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/pycache

.DEFAULT_GOAL := help
.PHONY: help demo demo-counter run test chromium test-quick lint format bench schemas page lock campaign race enumeration month
.PHONY: planted pos-kill pos-outage tryton tryton-ready fuzz bola slow smuggling interop wheel wheel-check clean

help: ## list the targets
	@printf 'Köpürö: the integration gateway of Kyrgyz health care\n\n'
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk 'BEGIN {FS = ":.*## "} {printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.run ## a day of hospitals, a doctor and a pharmacy: the gateway and seven simulated systems, ended with tables
	@$(GATEWAY) demo $(DEMO_OPTIONS)

demo-counter: $(VENV)/.dev chromium ## a pharmacist's counter in headless Chromium: a dispense by keyboard alone, pictures into docs/pictures
	$(BIN)/python -m tests.campaigns.counter_tour $(DEMO_OPTIONS)

run: $(VENV)/.run ## the gateway with config/gateway.toml (see docs/operators.md)
	$(GATEWAY) serve --config config/gateway.toml

test: $(VENV)/.dev ## lint, types and all tests, on SQLite and on a PostgreSQL it brings itself
	@$(MAKE) --no-print-directory --jobs 2 lint chromium tryton-ready
	$(PYTEST) -n $(JOBS) --dist loadfile --no-loadscope-reorder

# The browser tests need Chromium. Where it may be had for the asking it is; elsewhere they say how when they are skipped.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		test "$$(id -u)" -ne 0 || test ! -e /etc/debian_version || { \
		echo 'Installing Chromium for the browser tests (once) …'; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 || \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 || \
		echo 'It cannot be installed here; the browser tests are skipped.'; }

test-quick: $(VENV)/.dev ## unit tests only
	$(PYTEST) -n $(JOBS) tests/unit

lint: $(VENV)/.dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## measure; figures are printed and saved as benchmarks/results/latest.json
	$(BIN)/python -m benchmarks $(BENCH_OPTIONS)

campaign: $(VENV)/.dev ## the long failure campaign: two gateways on one PostgreSQL, one killed and restarted
	$(BIN)/python -m tests.campaigns.two_nodes $(CAMPAIGN_OPTIONS)

race: $(VENV)/.dev ## twenty terminals dispense one prescription at once, 200 times, on SQLite and on two nodes of PostgreSQL
	$(BIN)/python -m tests.campaigns.dispense_race $(CAMPAIGN_OPTIONS)

enumeration: $(VENV)/.dev ## 100,000 look-ups by guessing, against the throttle
	$(BIN)/python -m tests.campaigns.enumeration $(CAMPAIGN_OPTIONS)

month: $(VENV)/.dev ## a month of 150,000 dispenses is closed while the process is killed five times
	$(BIN)/python -m tests.campaigns.month_of_dispenses $(CAMPAIGN_OPTIONS)

planted: $(VENV)/.dev ## a thousand planted people go through a gateway on each engine, and nobody is found in what it leaves behind
	KOPURO_PLANTED=1000 $(PYTEST) tests/service/privacy/test_planted.py

pos-kill: $(VENV)/.dev ## a pharmacy's agent is killed a hundred times in the middle of a dispense
	$(BIN)/python -m tests.campaigns.pos_kill $(CAMPAIGN_OPTIONS)

pos-outage: $(VENV)/.dev ## a thousand sales wait in a pharmacy's agent through a long outage, and drain in order
	$(BIN)/python -m tests.campaigns.pos_outage $(CAMPAIGN_OPTIONS)

# The database that Tryton's tests copy takes a minute to make, once.
tryton-ready: $(TRYTON)/.ready
	@$(TRYTON)/bin/python plugins/tryton/tests/prepare.py

tryton: $(VENV)/.dev tryton-ready ## a sale in Tryton with a subsidised prescription, through a real agent and gateway
	$(TRYTON)/bin/python plugins/tryton/tests/run.py
	$(BIN)/python -m tests.campaigns.tryton_sale $(CAMPAIGN_OPTIONS)

fuzz: $(VENV)/.dev $(FUZZ)/.ready ## schemathesis against a running gateway: 20,000 cases as nobody, machines and a person
	$(BIN)/python -m tests.campaigns.fuzz --schemathesis $(FUZZ)/bin/schemathesis $(CAMPAIGN_OPTIONS)

bola: $(VENV)/.dev ## 50 organisations ask for 200 objects of each other: nothing may be read or told apart
	$(BIN)/python -m tests.campaigns.bola $(CAMPAIGN_OPTIONS)

slow: $(VENV)/.dev ## a thousand slow connections against a gateway; honest senders must hardly notice
	$(BIN)/python -m tests.campaigns.slow $(CAMPAIGN_OPTIONS)

smuggling: $(VENV)/.dev ## ambiguous requests through nginx and HAProxy (must be installed) with the samples of deploy/
	$(BIN)/python -m tests.campaigns.smuggling $(CAMPAIGN_OPTIONS)

interop: $(VENV)/.dev ## sign in through an OpenID provider that is not ours (needs Node.js and npm)
	cd tests/interop/oidc_provider && npm ci --no-audit --no-fund --silent
	$(BIN)/python -m tests.interop.esi_against_oidc_provider

schemas: $(VENV)/.dev ## renew what is generated: OpenAPI, JSON Schema, the catalogue of the client, pages of docs
	$(GATEWAY) schemas write
	$(BIN)/python -m tests.docs.clauses
	$(BIN)/python -m tests.pos.client.generate

page: $(VENV)/.dev ## build the counter page from plugins/pos/web (needs Node.js and npm)
	@command -v npm >/dev/null || { echo 'The page is built with Node.js 20 or newer and npm. Its committed build needs neither.'; exit 1; }
	cd plugins/pos/web && npm ci --no-audit --no-fund --silent && npm run --silent build

lock: $(VENV)/.dev ## renew the hash-locked requirement files
	requirements/lock.sh

wheel: $(VENV)/.dev ## build the wheels of the gateway and of the pharmacy's plugin into dist/
	$(BIN)/uv build --wheel --no-build-isolation --quiet
	$(BIN)/uv build --wheel --no-build-isolation --quiet --out-dir dist plugins/pos

wheel-check: wheel ## install the plugin's wheel into an empty environment and start it
	$(BIN)/python -m tests.campaigns.wheel_check dist

clean: ## remove what the other targets made
	rm -rf $(VENV) $(FUZZ) $(TRYTON) plugins/pos/web/node_modules build dist var .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …'; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo 'This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv'; exit 1; }
	@echo 'Making $(VENV) …'
	@$(PYTHON) -m venv $(VENV)

$(FUZZ)/.ready: requirements/fuzz.txt
	@echo 'Installing schemathesis beside the project (once) …'
	@$(PYTHON) -m venv $(FUZZ)
	@$(FUZZ)/bin/pip install --quiet --require-hashes -r requirements/fuzz.txt
	@touch $@

$(TRYTON)/.ready: requirements/tryton.txt plugins/tryton/pyproject.toml
	@echo 'Installing Tryton beside the project (once) …'
	@$(PYTHON) -m venv $(TRYTON)
	@$(TRYTON)/bin/pip install --quiet --require-hashes -r requirements/tryton.txt
	@$(TRYTON)/bin/pip install --quiet --no-build-isolation --no-deps --editable plugins/tryton
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml plugins/pos/pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/.dev || { echo 'Installing what the gateway needs (once) …'; \
		$(BIN)/pip install --quiet --require-hashes -r requirements/run.txt; }
	@$(BIN)/pip install --quiet --no-build-isolation --no-deps --editable . --editable plugins/pos
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml plugins/pos/pyproject.toml | $(VENV)/bin/python
	@echo 'Installing what development needs (once) …'
	@$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@$(BIN)/pip install --quiet --no-build-isolation --no-deps --editable . --editable plugins/pos
	@touch $@ $(VENV)/.run
