.DEFAULT_GOAL := help
.PHONY: help env env-test portal test fuzz bench peers lint format i18n reference standard-version wheel clean python

PYTHON ?= python3
BROWSER ?= yes
HERE := ckanext-opensmartcity/ckanext/opensmartcity/portal
BIN := .venv/bin
PORTAL := $(BIN)/python -m ckanext.opensmartcity.portal
POT := i18n/ckanext-opensmartcity.pot

help:
	@echo "make portal   start the portal with its demo city (Ctrl-C stops it)"
	@echo "make test     every check and test; BROWSER=no leaves the browser tests out"
	@echo "make fuzz     search for new failing examples in the property tests that need no portal; takes long"
	@echo "make bench    measure, print one table and keep it in benchmarks/results.md; ARGS=checker renews one"
	@echo "make peers    run the tests of ckanext-scheming and ckanext-dcat with the plugin and without, and compare"
	@echo "make env      only make the environment in .venv"
	@echo "make lint     ruff, mypy and import rules"
	@echo "make format   let ruff rewrite the sources"
	@echo "make i18n     renew the translation template and catalogues"
	@echo "make reference  renew docs/standard.md, docs/json-schema.md, docs/openapi.json and schemas/json"
	@echo "make standard-version  renew the digest of the standard's version, or tell what its changelog lacks"
	@echo "make wheel    build the wheel in dist/"
	@echo "make clean    remove .venv, .portal with all its data, and what was built"

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	  echo "Python 3.10 or newer is needed and '$(PYTHON)' is not one: install it, or name one as in make PYTHON=python3.12" >&2; exit 1; }

env: python
	@$(PYTHON) $(HERE)/bootstrap.py --extra portal

env-test: python
	@$(PYTHON) $(HERE)/bootstrap.py --extra test

portal: env
	@$(PORTAL) --stop-with-parent serve

test: env-test
	@chromium=`$(BIN)/python -m ckanext.opensmartcity.portal.browser $(BROWSER)` && PATH="$(CURDIR)/$(BIN):$$PATH" CHROMIUM="$$chromium" \
	  exec $(PORTAL) --stop-with-parent services --name test -- env BROWSER=$(BROWSER) tests/run $(ARGS)

fuzz: env-test
	HYPOTHESIS_PROFILE=search $(BIN)/pytest -p no:ckan -p no:ckan_fixtures $(or $(ARGS),tests/standard tests/exchange tests/ledger_format tests/tlog tests/http_client)

bench: env-test
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(PORTAL) --stop-with-parent services --name bench -- python -m benchmarks $(ARGS)

peers: env-test
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(PORTAL) --stop-with-parent services --name peers -- python -m benchmarks.peers $(ARGS)

lint: env-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: env-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# No dates and no line numbers: a catalogue changes only where a text does.
i18n: env-test
	$(BIN)/pybabel -q extract -F pyproject.toml --add-location=file --sort-by-file --width=120 --project=ckanext-opensmartcity \
	  --header-comment='# The English texts of ckanext-opensmartcity, collected by "make i18n".' -o $(POT).new .
	sed -e '/^"POT-Creation-Date/d' -e '/^"Generated-By/d' $(POT).new > $(POT) && rm $(POT).new
	$(BIN)/pybabel -q update -D ckanext-opensmartcity -i $(POT) -d i18n --width=120 --no-fuzzy-matching --ignore-obsolete \
	  --ignore-pot-creation-date
	$(BIN)/pybabel compile -D ckanext-opensmartcity -d i18n --statistics

reference: env-test
	$(BIN)/opensmartcity standard > docs/standard.md
	$(BIN)/opensmartcity standard --format json-schema-limits > docs/json-schema.md
	$(BIN)/opensmartcity standard --format json-schema --type dataset > schemas/json/dataset.schema.json
	$(BIN)/opensmartcity standard --format json-schema --type algorithm > schemas/json/algorithm.schema.json
	$(BIN)/python -m ckanext.opensmartcity.openapi > docs/openapi.json

standard-version: env-test
	$(BIN)/python -m ckanext.opensmartcity.standard.release

wheel: env-test
	$(BIN)/python -m build --wheel

clean: python
	@$(PYTHON) $(HERE)/clean.py
