# One verb a line; `make help` lists them. Works from any folder: `make -C path/to/clone up`.
.DEFAULT_GOAL := help
.PHONY: help up demo reset admin secrets compose-up compose-down stack-deploy stack-remove
.PHONY: test test-all drills test-compose part javascript lanes lint format dashboards bench ready-to-check

# Where it is set, each of the processes that tests start would compile all libraries again.
unexport PYTHONDONTWRITEBYTECODE

ROOT := $(dir $(lastword $(MAKEFILE_LIST)))
VENV := $(or $(UV_PROJECT_ENVIRONMENT),.venv)
# Expanded inside a recipe only: it may have to fetch uv.
UV = "$$(tools/bootstrap-uv)"
# What the platform needs to run; --inexact leaves the tools of `make test` where they are installed.
SYNC_RUN = uv=$(UV) && "$$uv" sync --quiet --all-packages --no-dev --inexact --locked

# With the locked Node first, which the scripts would otherwise take from the machine.
NPM = PATH="$(if $(filter /%,$(VENV)),,$$PWD/)$(VENV)/bin:$$PATH" npm --silent --prefix ui
PYTHON_FOLDERS = libs services ui/src ui/tests tools ops tests conftest.py
TEMPLATES = ui/src/ui/templates tools/mail_sink/src/mail_sink/templates

##@ Run

# MONITORING reaches it through the environment, where make puts what is said on its command line. LOGGING has no meaning
# here: Elasticsearch, Logstash and Kibana run in containers only.
up: ## Start the whole platform, with `MONITORING=1` monitoring too; Ctrl-C stops it and keeps the data
	@cd "$(ROOT)" && $(SYNC_RUN) && exec "$(VENV)/bin/python" -m launcher up

reset: ## Delete this clone's databases, secrets, certificate and logs
	@cd "$(ROOT)" && $(SYNC_RUN) && exec "$(VENV)/bin/python" -m launcher reset

demo: ## Fill the platform that runs here with players who play, until Ctrl-C; `make reset` deletes them
	@cd "$(ROOT)" && $(SYNC_RUN) && exec "$(VENV)/bin/python" -m demo --secrets .state/secrets

# Not the USER that every shell sets.
admin: ## Make somebody an administrator of what runs here: `USER=name`; `REVOKE=1` undoes it
	@[ "$(origin USER)" = "command line" ] || { echo "Say who: make admin USER=name" >&2; exit 1; }
	@cd "$(ROOT)" && $(SYNC_RUN) && \
		exec "$(VENV)/bin/python" -m launcher admin "$$USER" $(if $(REVOKE),--revoke)

##@ Run in containers

# Compose reads .env by itself, below the environment; what make needs of it comes the same way.
from_env_file = $(shell sed -n 's/^$(1)=//p' "$(ROOT).env" 2>/dev/null)
chosen = $(or $($(1)),$(call from_env_file,$(1)))

SECRETS = $(or $(call chosen,SECRETS_DIR),secrets)
STACK = $(or $(call chosen,COMPOSE_PROJECT_NAME),transcendence)

secrets: ## Make the secrets and the certificate that containers get, once
	@cd "$(ROOT)" && uv=$(UV) && "$$uv" run --quiet --isolated --locked --no-dev \
		--package transcendence-credentials python -m credentials "$(SECRETS)"

profile_of = $(if $(filter-out 0,$(call chosen,$(1))),--profile $(2))
PROFILES = $(call profile_of,MONITORING,monitoring) $(call profile_of,LOGGING,logging)

compose-up: secrets ## Build the images and start every container; `MONITORING=1` and `LOGGING=1` add those; the data stays
	@cd "$(ROOT)" && docker compose $(PROFILES) up --detach --build --wait
	@echo "Ready at $$(cd "$(ROOT)" && docker compose exec --no-TTY ui printenv PUBLIC_URL)"
	@echo "Mail at http://$$(cd "$(ROOT)" && docker compose port mail 8025), unless SMTP_HOST names a server"

compose-down: ## Stop and remove the containers; the data stays
	@cd "$(ROOT)" && docker compose --profile '*' down

# The images come from a registry that all nodes reach (IMAGE_PREFIX, VERSION), or are on the only node already, which
# is then to ask no registry for them: make stack-deploy RESOLVE_IMAGE=never
RESOLVE_IMAGE ?= always

stack-deploy: secrets ## Start or update the platform on a Docker Swarm (docs/scaling.md)
	@# Monitoring and logging are for one machine: no profile, whatever .env says.
	@cd "$(ROOT)" && config=$$(COMPOSE_PROFILES= docker compose -f docker-compose.yml -f ops/swarm/stack.yml config --format json) && \
		printf '%s' "$$config" | python3 ops/swarm/render.py \
		| docker stack deploy --detach --with-registry-auth --resolve-image $(RESOLVE_IMAGE) --compose-file - $(STACK)

OF_STACK = label=com.docker.stack.namespace=$(STACK)

stack-remove: ## Remove it from the Swarm; the data stays on its nodes
	@docker stack rm $(STACK)
	@# Its own way to wait, --detach=false, sometimes never ends. Services get half a minute to stop, databases a whole one.
	@timeout 120 sh -c 'while [ -n "$$(docker ps --all --quiet --filter $(OF_STACK); docker network ls --quiet --filter $(OF_STACK))" ]; \
		do sleep 0.5; done'

##@ Check

# A part, whatever verb it belongs to, but no drills: make test T=services/history
T ?=
LANES = "$(VENV)/bin/python" -m tests.lanes

# Side by side, and all of them also where one fails.
AT_ONCE = $(MAKE) --no-print-directory --jobs --keep-going

test: ready-to-check ## Check style and types, run the tests that every change needs: `T=path` for a part
	@cd "$(ROOT)" && $(AT_ONCE) lint $(if $(T),part,javascript lanes VERB=test)

test-all: ready-to-check ## That, and all others that need neither Docker nor minutes each
	@cd "$(ROOT)" && $(AT_ONCE) lint javascript lanes VERB=test-all

part: ready-to-check
	@cd "$(ROOT)" && "$(VENV)/bin/pytest" -m "not drill" $(T)

javascript: ready-to-check
	@cd "$(ROOT)" && $(NPM) test

lanes: ready-to-check
	@cd "$(ROOT)" && $(LANES) $(VERB)

drills: ready-to-check ## What takes minutes each and proves survival: before a release, or where it was touched
	@cd "$(ROOT)" && $(LANES) drills

test-compose: ready-to-check ## Build, start, scale, break and remove the real stack of containers
	@cd "$(ROOT)" && $(LANES) test-compose

lint: ready-to-check ## Check style, spelling, types, imports, templates, scripts and what monitoring reads
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" check --quiet && "$(VENV)/bin/ruff" format --check --quiet
	@cd "$(ROOT)" && "$(VENV)/bin/codespell"
	@cd "$(ROOT)" && "$(VENV)/bin/mypy" $(PYTHON_FOLDERS)
	@cd "$(ROOT)" && "$(VENV)/bin/lint-imports" --no-logo
	@cd "$(ROOT)" && "$(VENV)/bin/djlint" --quiet --check --lint $(TEMPLATES)
	@cd "$(ROOT)" && PROGRAMS="$$(cd "$(VENV)/bin" && pwd)" ops/check.sh
	@cd "$(ROOT)" && $(NPM) run lint

format: ready-to-check ## Mend what can be mended without thinking
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" check --quiet --fix && "$(VENV)/bin/ruff" format --quiet
	@cd "$(ROOT)" && "$(VENV)/bin/djlint" --quiet --reformat $(TEMPLATES) || :
	@cd "$(ROOT)" && $(NPM) run format

dashboards: ready-to-check ## Write Grafana's and Kibana's dashboards from tools/dashboards
	@cd "$(ROOT)" && "$(VENV)/bin/python" -m dashboards

bench: ready-to-check ## Measure speed and weight, against references in the same run
	@cd "$(ROOT)" && "$(VENV)/bin/python" -m tests.bench

ready-to-check:
	@cd "$(ROOT)" && uv=$(UV) && "$$uv" sync --quiet --all-packages --locked && \
		"$(VENV)/bin/python" -m launcher packages

##@ Help

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' "$(ROOT)Makefile"
