# One verb a line; `make help` lists them. Works from any folder: `make -C path/to/clone up`.
.DEFAULT_GOAL := help
.PHONY: help up reset test lint format bench ready-to-check

ROOT := $(dir $(lastword $(MAKEFILE_LIST)))
VENV := $(or $(UV_PROJECT_ENVIRONMENT),.venv)
# Expanded inside a recipe only: it may have to fetch uv.
UV = "$$(tools/bootstrap-uv)"
# What the platform needs to run; --inexact leaves the tools of `make test` where they are installed.
SYNC_RUN = uv=$(UV) && "$$uv" sync --quiet --all-packages --no-dev --inexact --locked

# With the locked Node first, which the scripts would otherwise take from the machine.
NPM = PATH="$(if $(filter /%,$(VENV)),,$$PWD/)$(VENV)/bin:$$PATH" npm --silent --prefix ui
PYTHON_FOLDERS = libs services ui/src ui/tests tools/launcher tests conftest.py

##@ Run

up: ## Start the whole platform; Ctrl-C stops it and keeps the data
	@cd "$(ROOT)" && $(SYNC_RUN) && exec "$(VENV)/bin/python" -m launcher up

reset: ## Delete this clone's databases, secrets, certificate and logs
	@cd "$(ROOT)" && $(SYNC_RUN) && exec "$(VENV)/bin/python" -m launcher reset

##@ Check

# A part: make test T=services/history
T ?=

test: lint ## Run everything that can be tested: `T=path` for a part
	@cd "$(ROOT)" && { [ -n "$(T)" ] || $(NPM) test; } && "$(VENV)/bin/pytest" $(T)

lint: ready-to-check ## Check style, types, imports, templates and scripts
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" check --quiet && "$(VENV)/bin/ruff" format --check --quiet
	@cd "$(ROOT)" && "$(VENV)/bin/mypy" $(PYTHON_FOLDERS)
	@cd "$(ROOT)" && "$(VENV)/bin/lint-imports" --no-logo
	@cd "$(ROOT)" && "$(VENV)/bin/djlint" --quiet --check --lint ui/src/ui/templates
	@cd "$(ROOT)" && $(NPM) run lint

format: ready-to-check ## Mend what can be mended without thinking
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" check --quiet --fix && "$(VENV)/bin/ruff" format --quiet
	@cd "$(ROOT)" && "$(VENV)/bin/djlint" --quiet --reformat ui/src/ui/templates || :
	@cd "$(ROOT)" && $(NPM) run format

bench: ready-to-check ## Measure speed and weight, against references in the same run
	@cd "$(ROOT)" && "$(VENV)/bin/python" -m tests.bench

ready-to-check:
	@cd "$(ROOT)" && uv=$(UV) && "$$uv" sync --quiet --all-packages --locked && \
		"$(VENV)/bin/python" -m launcher packages

##@ Help

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' "$(ROOT)Makefile"
