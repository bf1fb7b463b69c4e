# `make` alone lists the targets. Everything is made inside this directory.

PORT ?= 8000
# Not `?=`: some shells and tools export HOST as the name of the machine.
HOST = 127.0.0.1
# Processes for the tests: starting more than one costs seconds, and pays for long runs only.
WORKERS ?= 0
# The catalogues kept: French, and every other folder of translations/.
LANGUAGES = $(sort fr $(patsubst translations/%/,%,$(wildcard translations/*/)))

SHELL := /bin/sh
SETUP := sh scripts/setup.sh
# `python -m …` rather than the scripts of .venv/bin, which break when the directory is moved.
PY := .venv/bin/python -m
PYBABEL := $(PY) babel.messages.frontend --quiet
LOCK := $(PY) uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --annotation-style line \
  --custom-compile-command "make lock" $(LOCK_ARGS)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: ## Set up and serve the demo: PORT=8000 HOST=127.0.0.1 DATA_DIR=…
	@$(SETUP) run assets catalogues
	@exec env HACKATHON_MODE="$${HACKATHON_MODE:-demo}" \
	  $(PY) flask --app wsgi serve --host "$(HOST)" --port "$(PORT)"

.PHONY: test
test: ## Set up and run every test: PYTEST_ARGS="-x tests/teams" WORKERS=2
	@$(SETUP) dev assets catalogues
	@exec $(PY) pytest -n $(WORKERS) --dist loadscope $(PYTEST_ARGS)

.PHONY: lint
lint: ## Check the style of Python and templates
	@$(SETUP) dev
	@$(PY) ruff check
	@$(PY) ruff format --check
	@$(PY) djlint --quiet --lint templates

.PHONY: format
format: ## Put Python into that style
	@$(SETUP) dev
	@$(PY) ruff check --fix
	@$(PY) ruff format

.PHONY: types
types: ## Check the types of the ground and the pure modules
	@$(SETUP) dev
	@$(PY) mypy

.PHONY: assets
assets: ## Build the style sheets and scripts
	@$(SETUP) assets

.PHONY: translations
translations: ## Extract, update and compile the catalogues
	@$(SETUP) dev
	@mkdir -p translations
	@$(PYBABEL) extract --mapping-file pyproject.toml --ignore-dirs ".* node_modules" \
	  --keywords "_l lazy_gettext lazy_ngettext:1,2 lazy_pgettext:1c,2 lazy_npgettext:1c,2,3" \
	  --add-comments "Translators:" --add-location file --no-wrap --project Hackathon \
	  --header-comment "# What Hackathon says, extracted by make translations." \
	  --output-file translations/extracted.pot .
	@# Without its date, the template changes only when a message does.
	@grep -v '^"POT-Creation-Date:' translations/extracted.pot > translations/messages.pot
	@rm translations/extracted.pot
	@for language in $(LANGUAGES); do \
	  $(PYBABEL) update --init-missing --no-fuzzy-matching --ignore-obsolete --no-wrap \
	    --ignore-pot-creation-date --input-file translations/messages.pot \
	    --output-dir translations --locale $$language || exit 1; \
	done
	@$(SETUP) catalogues

.PHONY: lock
lock: ## Lock the dependencies anew: LOCK_ARGS="--upgrade"
	@$(SETUP) dev
	@$(LOCK) pyproject.toml --output-file requirements/run.txt
	@$(LOCK) pyproject.toml --group dev --constraint requirements/run.txt \
	  --output-file requirements/dev.txt
	@$(LOCK) pyproject.toml --extra s3 --constraint requirements/run.txt \
	  --output-file requirements/s3.txt
	@$(LOCK) pyproject.toml --extra signing --constraint requirements/run.txt \
	  --output-file requirements/signing.txt
	@$(LOCK) --group uv --output-file requirements/uv.txt
	@$(LOCK) --group node --output-file requirements/node.txt

.PHONY: clean
clean: ## Remove what was made; the site's data stays
	@rm -rf .venv .node node_modules hackathon/static/build build dist
	@rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache translations/*/LC_MESSAGES/*.mo
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
