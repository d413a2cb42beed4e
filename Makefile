.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python

.PHONY: help setup setup-dev run test check check-static lint types imports format i18n audit clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Environment and system packages; starts nothing
	@tools/setup.sh

setup-dev: ## The same, with what the tests need (Chromium among it)
	@tools/setup.sh --dev

run: setup ## Everything: database, demo data on the first run, web, worker, payment simulator
	@exec .venv/bin/portal serve

test: setup-dev ## All tests (unit, integration, browser), and integration again on the system's PostgreSQL 15
	@tools/test.sh

check: check-static test ## Everything that must be green before a commit

check-static: setup-dev lint types imports i18n ## Lint, types, import contracts, translations, vendored files

lint: ## Ruff and djLint
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/djlint portal/templates --lint --quiet
	@$(PY) tools/vendor.py --check && $(PY) tools/vendor_fonts.py

types: ## mypy --strict
	@.venv/bin/mypy

imports: ## Who may import whom
	@.venv/bin/lint-imports --no-cache

i18n: ## Every sentence has its French
	@$(PY) tools/i18n.py check

format: ## Let the formatter have its way
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

audit: ## Known vulnerabilities of what we depend on (needs the advisory service)
	@.venv/bin/pip-audit --require-hashes --disable-pip -r requirements.lock || echo "pip-audit could not be asked or found something: see above."

clean: ## Remove the environment and the instance (the demo data with it)
	@rm -rf .venv instance .mypy_cache .ruff_cache .pytest_cache .hypothesis
