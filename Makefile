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

.DEFAULT_GOAL := help
.PHONY: help run test lint format translations screenshots clean venv install install-dev demo-setting

help: ## Print this list
	@printf 'Marktbüro\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@printf '\n  DEMO=0        (run) start with an empty database instead of the demo data\n'
	@printf '  ARGS="…"      (test) pass arguments to pytest, as in: make test ARGS="-k contacts -x"\n'
	@printf '  PYTHON=…      which Python makes the environment; 3.11 or newer\n'

run: export MARKTBUERO_DEMO := $(DEMO)
run: demo-setting install ## Install what is needed, prepare the database, start the server
	@$(FLASK) init
	@if [ "$$MARKTBUERO_DEMO" = 1 ]; then $(FLASK) load-demo; fi
	@exec $(PY) run.py

test: install-dev ## Run all tests; on PostgreSQL too, if it answers on 127.0.0.1:5432
	$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)

lint: install-dev ## Check style, types, architecture and translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(FLASK) translations check

format: install-dev ## Format the code and repair what ruff can repair
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

translations: install-dev ## Collect the texts of the code into the catalogues
	$(FLASK) translations update

screenshots: install-dev ## Take the pictures of the README with Chromium
	$(PY) -m tests.browser.screenshots

clean: ## Remove the environment and all caches; data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
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
