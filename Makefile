# Commands of the platform; `make help` lists them. Works from any folder: `make -C path/to/clone up`.
.DEFAULT_GOAL := help
.PHONY: help up demo reset admin secrets compose-up compose-down stack-deploy stack-remove
.PHONY: test test-all drills test-compose part javascript lanes lint format dashboards bench pictures ready-to-check

# If it were set, each process that tests start would compile all libraries again.
unexport PYTHONDONTWRITEBYTECODE

ROOT := $(dir $(lastword $(MAKEFILE_LIST)))
VENV := $(or $(UV_PROJECT_ENVIRONMENT),.venv)
# Used only inside recipes, because it may download uv.
UV = "$$(tools/bootstrap-uv)"
# Installs the packages of the platform; --inexact does not remove the tools of `make test`.
SYNC_RUN = uv=$(UV) && "$$uv" sync --quiet --all-packages --no-dev --inexact --locked

# With the locked Node first in PATH; otherwise the scripts would use the machine's.
NPM = PATH="$(if $(filter /%,$(VENV)),,$$PWD/)$(VENV)/bin:$$PATH" npm --silent --prefix ui
PYTHON_FOLDERS = libs services ui/src ui/tests tools ops tests conftest.py
TEMPLATES = ui/src/ui/templates tools/mail_sink/src/mail_sink/templates

##@ Run

# make exports the variables of its command line, so the launcher reads MONITORING from the environment. LOGGING has no
# effect here, because Elasticsearch, Logstash and Kibana run only in containers.
up: ## Start the whole platform, with `MONITORING=1` monitoring too; Ctrl-C stops it and keeps the data
	@cd "$(ROOT)" && $(SYNC_RUN) && exec "$(VENV)/bin/python" -m launcher up

reset: ## Delete this clone's databases, secrets, certificate and logs
	@cd "$(ROOT)" && $(SYNC_RUN) && exec "$(VENV)/bin/python" -m launcher reset

demo: ## Add playing players to the running platform, until Ctrl-C; `make reset` deletes them
	@cd "$(ROOT)" && $(SYNC_RUN) && exec "$(VENV)/bin/python" -m demo --secrets .state/secrets

# Only from the command line, because every shell sets USER.
admin: ## Make an account an administrator: `USER=name`; `REVOKE=1` undoes it
	@[ "$(origin USER)" = "command line" ] || { echo "Name the account: make admin USER=name" >&2; exit 1; }
	@cd "$(ROOT)" && $(SYNC_RUN) && \
		exec "$(VENV)/bin/python" -m launcher admin "$$USER" $(if $(REVOKE),--revoke)

##@ Run in containers

# Compose reads .env by itself, and the environment overrides it; make reads its variables in the same order.
from_env_file = $(shell sed -n 's/^$(1)=//p' "$(ROOT).env" 2>/dev/null)
chosen = $(or $($(1)),$(call from_env_file,$(1)))

SECRETS = $(or $(call chosen,SECRETS_DIR),secrets)
STACK = $(or $(call chosen,COMPOSE_PROJECT_NAME),transcendence)

WITH_CREDENTIALS = "$$uv" run --quiet --isolated --locked --no-dev --package transcendence-credentials python

secrets: ## Create the secrets of a Swarm, or of containers whose secrets you keep yourself, once
	@cd "$(ROOT)" && uv=$(UV) && $(WITH_CREDENTIALS) -m credentials "$(SECRETS)"

profile_of = $(if $(filter-out 0,$(call chosen,$(1))),--profile $(2))
PROFILES = $(call profile_of,MONITORING,monitoring) $(call profile_of,LOGGING,logging)

compose-up: ## Build the images and start every container; `MONITORING=1` and `LOGGING=1` add more; the data stays
	@cd "$(ROOT)" && docker compose $(PROFILES) up --detach --build --wait
	@echo "Ready at $$(cd "$(ROOT)" && docker compose exec --no-TTY ui printenv PUBLIC_URL)"
	@echo "Mail at http://$$(cd "$(ROOT)" && docker compose port mail 8025), unless SMTP_HOST names a server"

compose-down: ## Stop and remove the containers; the data stays
	@cd "$(ROOT)" && docker compose --profile '*' down

# The images come from a registry that all nodes reach (IMAGE_PREFIX, VERSION). If they are already on the only node, it
# must not look for them in a registry: make stack-deploy RESOLVE_IMAGE=never
RESOLVE_IMAGE ?= always

stack-deploy: secrets ## Start or update the platform on a Docker Swarm (docs/scaling.md)
	@# Without profiles, also those of .env, because monitoring and logging are for one machine.
	@cd "$(ROOT)" && uv=$(UV) && config=$$(COMPOSE_PROFILES= docker compose -f docker-compose.yml -f ops/swarm/stack.yml config --format json) && \
		printf '%s' "$$config" | $(WITH_CREDENTIALS) ops/swarm/render.py \
		| docker stack deploy --detach --with-registry-auth --resolve-image $(RESOLVE_IMAGE) --compose-file - $(STACK)

OF_STACK = label=com.docker.stack.namespace=$(STACK)

stack-remove: ## Remove the platform from the Swarm; the data stays on its nodes
	@docker stack rm $(STACK)
	@# Docker's own way to wait, --detach=false, sometimes never ends. Services get 30 s to stop, databases 1 min.
	@timeout 120 sh -c 'while [ -n "$$(docker ps --all --quiet --filter $(OF_STACK); docker network ls --quiet --filter $(OF_STACK))" ]; \
		do sleep 0.5; done'

##@ Check

# A path to test, with the tests of all commands except the drills: make test T=services/history
T ?=
LANES = "$(VENV)/bin/python" -m tests.lanes

# Runs all goals in parallel, and all of them even if one fails.
AT_ONCE = $(MAKE) --no-print-directory --jobs --keep-going

test: ready-to-check ## Check style and types, run the tests that every change needs: `T=path` for a part
	@cd "$(ROOT)" && $(AT_ONCE) lint $(if $(T),part,javascript lanes VERB=test)

test-all: ready-to-check ## Run `test`, and all other tests that need neither Docker nor minutes each
	@cd "$(ROOT)" && $(AT_ONCE) lint javascript lanes VERB=test-all

part: ready-to-check
	@cd "$(ROOT)" && "$(VENV)/bin/pytest" -m "not drill" $(T)

javascript: ready-to-check
	@cd "$(ROOT)" && $(NPM) test

lanes: ready-to-check
	@cd "$(ROOT)" && $(LANES) $(VERB)

drills: ready-to-check ## Run the tests of survival, minutes each: before a release, or if that code changed
	@cd "$(ROOT)" && $(LANES) drills

test-compose: ready-to-check ## Build, start, scale, break and remove the real stack of containers
	@cd "$(ROOT)" && $(LANES) test-compose

lint: ready-to-check ## Check style, spelling, types, imports, templates, scripts and the configuration of monitoring
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" check --quiet && "$(VENV)/bin/ruff" format --check --quiet
	@cd "$(ROOT)" && "$(VENV)/bin/codespell"
	@cd "$(ROOT)" && "$(VENV)/bin/mypy" $(PYTHON_FOLDERS)
	@cd "$(ROOT)" && "$(VENV)/bin/lint-imports" --no-logo
	@cd "$(ROOT)" && "$(VENV)/bin/djlint" --quiet --check --lint $(TEMPLATES)
	@cd "$(ROOT)" && PROGRAMS="$$(cd "$(VENV)/bin" && pwd)" ops/check.sh
	@cd "$(ROOT)" && $(NPM) run lint

format: ready-to-check ## Fix style automatically
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" check --quiet --fix && "$(VENV)/bin/ruff" format --quiet
	@cd "$(ROOT)" && "$(VENV)/bin/djlint" --quiet --reformat $(TEMPLATES) || :
	@cd "$(ROOT)" && $(NPM) run format

dashboards: ready-to-check ## Write Grafana's and Kibana's dashboards from tools/dashboards
	@cd "$(ROOT)" && "$(VENV)/bin/python" -m dashboards

# Parts by name: make bench B="pages rendered"
B ?=

bench: ready-to-check ## Measure speed and weight, against references in the same run; `B=pages` for one part
	@cd "$(ROOT)" && "$(VENV)/bin/python" -m tests.bench $(B)

pictures: ready-to-check ## Take the pictures of docs/pictures from a platform with demo players: 6 minutes
	@cd "$(ROOT)" && "$(VENV)/bin/python" -m tests.pictures

ready-to-check:
	@cd "$(ROOT)" && uv=$(UV) && "$$uv" sync --quiet --all-packages --locked && \
		"$(VENV)/bin/python" -m launcher packages

##@ Help

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' "$(ROOT)Makefile"
