# ESS Help Me. `make` alone lists what can be done.
# Needs: Python 3.13, make, and the package registries. No Docker, no credentials.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Byte code is kept: the SAM CLI takes three times as long to start without.
unexport PYTHONDONTWRITEBYTECODE
# Trust what the machine trusts (a company's own certificate, say), where it has a list.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem /etc/pki/tls/cert.pem),)
export UV_SYSTEM_CERTS ?= true
endif

PY  := .venv/bin/python
UV  := .venv/bin/uv
LOCKS := requirements/bootstrap layers/deps/requirements layers/stations/requirements layers/media/requirements requirements/cloud requirements/sam requirements/dev

.PHONY: help
help: ## what can be done
	@echo "ESS Help Me"; echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

# --- environments ---------------------------------------------------------------------------
# A stamp in each environment remembers the lock it was made from: nothing is done twice.

.PHONY: setup
setup: .venv/.stamp .venv-cloud/.stamp .venv-sam/.stamp ## make the environments (.venv, .venv-cloud, .venv-sam)

# A clone that was moved has environments that point to the old place.
ifneq ($(shell cat .venv/.bootstrap 2>/dev/null),$(CURDIR))
.PHONY: .venv/.bootstrap
endif
.venv/.bootstrap: requirements/bootstrap.txt .python-version tools/bootstrap.sh
	@tools/bootstrap.sh

.venv/.stamp: .venv/.bootstrap requirements/dev.txt
	@tools/sync.sh .venv requirements/dev.txt

.venv-cloud/.stamp: .venv/.bootstrap requirements/cloud.txt
	@tools/sync.sh .venv-cloud requirements/cloud.txt

.venv-sam/.stamp: .venv/.bootstrap requirements/sam.txt
	@tools/sync.sh .venv-sam requirements/sam.txt

.PHONY: lock
lock: .venv/.bootstrap ## make the hash-pinned locks anew from the .in files (UPGRADE=1: newest versions)
	@for name in $(LOCKS); do \
	  echo "lock $$name.txt"; \
	  constraint=""; [ $$name = requirements/dev ] && constraint="-c layers/deps/requirements.txt -c layers/stations/requirements.txt -c layers/media/requirements.txt"; \
	  $(UV) pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-header \
	    $(if $(UPGRADE),--upgrade) $$constraint $$name.in --output-file $$name.txt; \
	done

# --- run ------------------------------------------------------------------------------------

.PHONY: run
run: setup ## the whole service on this machine, with one report played through it
	@$(PY) -m local.cloud

.PHONY: build
build: setup ## build the stack for this machine into .aws-sam/build (what `sam local` uses)
	@$(PY) -m tools.build host

# --- check ----------------------------------------------------------------------------------

.PHONY: test
test: setup ## everything: lint, then unit to end-to-end and browser tests
	@$(PY) -m tools.test_all

.PHONY: lint
lint: setup ## style, types, import arrows, templates, the state machine's graph
	@$(PY) -m tools.lint

.PHONY: picture
picture: .venv/.stamp ## draw the state machine into docs/ (workflow.svg, workflow.md)
	@$(PY) -m tools.draw_workflow

.PHONY: manuals
manuals: setup ## the manuals in Thai, one A4 page each, into build/manuals (needs Chromium)
	@$(PY) -m tools.manuals

.PHONY: format
format: .venv/.stamp ## lay the source out
	@.venv/bin/ruff check --quiet --fix . || true
	@.venv/bin/ruff format .

.PHONY: unit
unit: .venv/.stamp ## the fast tests (no network, no mocks)
	@.venv/bin/pytest -q -n 2 tests/unit

.PHONY: bench
bench: setup ## counts and timings, printed as tables
	@$(PY) -m pytest -q -s tests/performance

# --- deploy ---------------------------------------------------------------------------------

.PHONY: deploy
deploy: setup ## to AWS: make deploy STAGE=dev|prod (asks before it changes anything)
	@$(PY) -m tools.deploy $(STAGE)

.PHONY: clean
clean: ## forget what was built and logged; keeps the environments
	@rm -rf .aws-sam .local .mypy_cache .ruff_cache .pytest_cache .hypothesis build
