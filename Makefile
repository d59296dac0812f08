.DEFAULT_GOAL := help
.PHONY: help env env-test portal test fuzz fuzz-requests typescript-client mutants bench peers neighbours lint format i18n reference standard-version wheel wheel-portal audit secrets clean python

PYTHON ?= python3
BROWSER ?= yes
# Set it on the command line, as in `make test CKAN=2.11`; a variable of the environment has no effect.
CKAN = 2.12
OTHER := $(if $(filter-out 2.12,$(CKAN)),-$(CKAN))
HERE := ckanext-opensmartcity/ckanext/opensmartcity/portal
BIN := .venv$(OTHER)/bin
PORTAL := $(BIN)/python -m ckanext.opensmartcity.portal
POT := i18n/ckanext-opensmartcity.pot

help:
	@echo "make portal   start the portal with its demo city (Ctrl-C stops it)"
	@echo "make test     run all checks and tests; BROWSER=no skips the browser tests"
	@echo "              CKAN=2.11 runs portal or tests on that version of CKAN, in an environment of its own"
	@echo "make fuzz     search longer for failing examples in the property tests that run without a portal"
	@echo "make fuzz-requests  send 50,000 random requests to a portal; OSC_REQUESTS=1000 sends fewer"
	@echo "make typescript-client  compile a program with the types of docs/openapi.json; API=ADDRESS/api/3/action runs it (needs npm)"
	@echo "make mutants  break the libraries on purpose and report the mutants that no test notices; ARGS=tlog runs only those"
	@echo "make bench    run the benchmarks and update benchmarks/results.md; ARGS=checker runs only that one"
	@echo "make peers    compare the test results of ckanext-scheming and ckanext-dcat with and without the plugin"
	@echo "make neighbours  open every page of a portal with the extensions that cities run, without and with the plugin, and"
	@echo "              update docs/compatibility.md; ARGS=--records=FILE fills it with other datasets (half an hour)"
	@echo "make env      create or update the environment in .venv"
	@echo "make lint     run ruff, mypy and import-linter"
	@echo "make format   format the sources with ruff and apply its fixes"
	@echo "make i18n     update the translation template and catalogues"
	@echo "make reference  regenerate docs/standard.md, docs/conditions.md, docs/json-schema.md, docs/openapi.json and schemas/json"
	@echo "make standard-version  update the digest of the standard's version, or list what its changelog lacks"
	@echo "make wheel    build the wheel in dist/, with its bill of materials (CycloneDX)"
	@echo "make wheel-portal  install that wheel with pip into an empty environment and serve its demo city;"
	@echo "              PYTHON=python3.13 takes another Python (minutes)"
	@echo "make audit    ask the package index for known vulnerabilities of all required packages"
	@echo "make secrets  list the invented secrets of tests and docs anew in .secrets.baseline"
	@echo "make clean    remove .venv, .portal with all its data, and build output"

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	  echo "Python 3.10 or newer is needed and '$(PYTHON)' is not one: install it, or name one as in make PYTHON=python3.12" >&2; exit 1; }

env: python
	@$(PYTHON) $(HERE)/bootstrap.py --extra portal --ckan '$(CKAN)'

env-test: python
	@$(PYTHON) $(HERE)/bootstrap.py --extra test --ckan '$(CKAN)'

portal: env
	@OSC_DATA="$${OSC_DATA:-.portal$(OTHER)}" $(BIN)/opensmartcity portal --stop-with-parent

test: env-test
	@chromium=`$(BIN)/python -m ckanext.opensmartcity.portal.browser $(BROWSER)` && PATH="$(CURDIR)/$(BIN):$$PATH" CHROMIUM="$$chromium" \
	  exec $(PORTAL) --stop-with-parent services --name test$(OTHER) -- env BROWSER=$(BROWSER) LINT=$(if $(OTHER),no,yes) tests/run $(ARGS)

fuzz: env-test
	HYPOTHESIS_PROFILE=search $(BIN)/pytest -p no:ckan -p no:ckan_fixtures $(or $(ARGS),tests/standard tests/exchange tests/ledger_format tests/tlog tests/http_client)

fuzz-requests: env-test
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(PORTAL) --stop-with-parent services --name fuzz -- \
	  env OSC_REQUESTS=$(or $(OSC_REQUESTS),50000) pytest --ckan-ini=test.ini -s tests/views/test_request_fuzzing.py $(ARGS)

typescript-client:
	@command -v npm >/dev/null || { echo "npm is needed: install Node.js" >&2; exit 1; }
	mkdir -p build/typescript && cp tests/typescript/* build/typescript
	cd build/typescript && npm install --silent --no-audit --no-fund --no-package-lock && \
	  npx openapi-typescript ../../docs/openapi.json -o api.ts && npx tsc $(if $(API),&& node program.js $(API))

mutants: env-test
	$(BIN)/python tests/mutants/run.py $(ARGS)

bench: env-test
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(PORTAL) --stop-with-parent services --name bench -- python -m benchmarks $(ARGS)

peers: env-test
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(PORTAL) --stop-with-parent services --name peers -- python -m benchmarks.peers $(ARGS)

neighbours: env-test
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec $(PORTAL) --stop-with-parent services --name neighbours$(OTHER) -- \
	  python -m benchmarks.neighbours --ckan $(CKAN) $(ARGS)

lint: env-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: env-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Without dates and line numbers, catalogues change only where a text does.
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
	$(BIN)/python -m ckanext.opensmartcity.standard.condition_reference > docs/conditions.md
	$(BIN)/opensmartcity standard --format json-schema --type dataset > schemas/json/dataset.schema.json
	$(BIN)/opensmartcity standard --format json-schema --type algorithm > schemas/json/algorithm.schema.json
	$(BIN)/python -m ckanext.opensmartcity.standard.file_shape schemas/json/files
	$(BIN)/python -m ckanext.opensmartcity.openapi > docs/openapi.json

standard-version: env-test
	$(BIN)/python -m ckanext.opensmartcity.standard.release

wheel: env-test
	$(BIN)/python -m build --wheel
	$(BIN)/python tests/support/sbom.py `ls -t dist/*.whl | head -n 1`

wheel-portal: env-test
	$(BIN)/uv build -q --wheel -o dist .
	$(BIN)/python tests/support/wheel_portal.py `ls -t dist/*.whl | head -n 1` --python '$(PYTHON)' $(ARGS)

# --strict: a package of which nothing is known is a failure.
audit: env-test
	$(BIN)/uv tool run --from pip-audit pip-audit --strict --path .venv$(OTHER)/lib/python3.*/site-packages

secrets: env-test
	$(BIN)/detect-secrets scan -n --slim --disable-plugin HexHighEntropyString --disable-plugin Base64HighEntropyString \
	  --exclude-files '\.(mo|png|svg)$$|^\.secrets\.baseline$$' > .secrets.baseline.new && mv .secrets.baseline.new .secrets.baseline

clean: python
	@$(PYTHON) $(HERE)/clean.py
