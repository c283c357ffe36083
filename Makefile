# What can be done here. Each target sets up what it needs: Python 3.11 or newer and make are enough.

export KIM_PORT ?= 8080
export KIM_DATA ?= .data

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell $(name) -c \
	'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

VENV := .venv
BIN := $(VENV)/bin
# The locks name everything, so nothing is resolved: older versions of pip get extras of what is pinned wrong.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps
CAN_RUN := $(VENV)/can-run
CAN_TEST := $(VENV)/can-test
SERVICES := intake cases notifications reporting

.DEFAULT_GOAL := help
.PHONY: help run run-cloud test lint bench demo lock bundles policy verify-audit verify-erasure rotate-key dead-letters clean assets

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: assets ## Run the whole system here: http://127.0.0.1:8080 (KIM_PORT), data in .data/ (KIM_DATA)
	@$(BIN)/python -m infra.local

run-cloud: assets ## The same in the cloud's shape: emulators (gcloud) and every function in its own process
	@$(BIN)/python -m infra.local.cloud

test: lint assets ## Everything that is checked: lint, then all tests (ARGS="tests/unit -k closed" for some)
	@$(BIN)/python -c "from infra import assets; assets.packages(development=True)"
	@$(BIN)/python -m pytest $(ARGS)

lint: $(CAN_TEST) ## Style, types and import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(CAN_TEST) assets ## Measure: cold starts, throughput, delay, operations per action
	@$(BIN)/python -m tests.performance

demo: assets ## Send 250 submissions through a running system and show what comes out
	@$(BIN)/python -m infra.local.demo

bundles: $(CAN_TEST) assets ## What a deployment needs: an archive per function in build/bundles/, and Pulumi's packages
	@$(BIN)/python -m infra.bundles

policy: $(CAN_RUN) ## Who may do what, as a page: build/policy.html
	@$(BIN)/python -m infra.policy_page

verify-audit: $(CAN_RUN) ## Is any line of any history removed or altered? ARGS="2026-11-27 <root>" holds a kept root against it
	@$(BIN)/python -m infra.local.audit $(ARGS)

verify-erasure: $(CAN_RUN) ## Search every database for erased words, one a line on standard input (KIM_DATA)
	@$(BIN)/python -m infra.local.erasure

rotate-key: $(CAN_RUN) ## Put a new master key in charge of the vault (KIM_DATA)
	@$(BIN)/python -m infra.local.rotate_key

dead-letters: $(CAN_RUN) ## What could not be delivered; ARGS=--replay delivers it again, ARGS="--replay --dry-run" says what
	@$(BIN)/python -m infra.local.dead_letters $(ARGS)

assets: $(CAN_RUN)
	@$(BIN)/python -m infra.assets

LOCK := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate $(UPGRADE)
RUNS := shared/requirements.in infra/local/requirements.in $(SERVICES:%=services/%/requirements.in)

lock: $(CAN_TEST) ## Pin what the requirements.in files name, with hashes (UPGRADE=--upgrade for newer versions)
	@$(LOCK) requirements-dev.in $(RUNS) -o requirements-dev.txt
	@$(LOCK) requirements-node.in -o requirements-node.txt
	@$(LOCK) --constraint requirements-dev.txt $(RUNS) -o infra/local/requirements.txt
	@$(foreach service,$(SERVICES),$(LOCK) --constraint requirements-dev.txt shared/requirements.in \
		services/$(service)/requirements.in -o services/$(service)/requirements.txt &&) true

clean: ## Remove what was built; data and the virtual environment stay
	@rm -rf build .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find shared services infra tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(CAN_RUN): infra/local/requirements.txt requirements-node.txt
	@test -n "$(PYTHON)" || { echo >&2 "KIM needs Python 3.11 or newer and found none. If it is there under" \
		"another name: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing into $(VENV), once: what runs (a minute)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(INSTALL) -r infra/local/requirements.txt
	@command -v npm >/dev/null || $(INSTALL) -r requirements-node.txt
	@touch $@

$(CAN_TEST): $(CAN_RUN) requirements-dev.txt
	@echo "Installing into $(VENV), once: what tests and checks (a minute or two)"
	@$(INSTALL) --no-compile -r requirements-dev.txt
	@touch $@
