# Every command a person needs; `make` alone lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A service is a folder with a Dockerfile and src/NAME, here as in delivery's domain/services.py.
SERVICES := $(foreach name,$(sort $(patsubst %/Dockerfile,%,$(wildcard */Dockerfile))),$(if $(wildcard $(name)/src/$(name)),$(name)))
INSTALLED := $(VENV)/.installed
ENV := qa
TIMINGS := fast

# What the shell says to other programs must not reach ours.
unexport BASH_ENV PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONWARNINGS PYTHONOPTIMIZE PYTHONINSPECT PYTHONIOENCODING
# Paths are UTF-8, whatever the locale says: Python 3.11 reads those of .venv's packages in the locale's encoding.
unexport LC_ALL
export LC_CTYPE := C.UTF-8

# .venv holds absolute paths: made anew when this folder was moved, or the Python below it has gone.
ifneq ($(shell test -x $(BIN)/python && cat $(INSTALLED) 2>/dev/null),$(CURDIR))
.PHONY: $(INSTALLED)
endif

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z.0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

.PHONY: setup
setup: $(INSTALLED) ## make .venv with everything in it (the other commands call it)

$(INSTALLED): requirements/dev.txt requirements/uv.txt local/setup.sh local/uv.sh $(wildcard */pyproject.toml)
	@PYTHON="$(PYTHON)" sh local/setup.sh
	@pwd -P >$@
	@for file in $^; do [ ! "$$file" -nt $@ ] || touch -r "$$file" $@; done # written by a clock ahead of ours

.PHONY: checkout
checkout:
	@[ -e .git ] || { echo "this needs a git checkout, not a ZIP: clone the repository, or make one here with git init && git add --all && git commit --message=mine" >&2; exit 2; }

.PHONY: run
run: setup ## the whole app on this machine, without Docker: https://localhost:8443
	@exec $(BIN)/python -m local

.env: ## write .env for docker compose, with a random database password
	@sed "s/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=$$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')/" .env.example > $@
	@case "$(notdir $(CURDIR))" in *[A-Za-z0-9]*) ;; *) echo COMPOSE_PROJECT_NAME=votes >>$@ ;; esac # else compose has none

.PHONY: clean
clean: ## remove what `make run` keeps between runs (votes included)
	@PYTHONPATH=local/src $(PYTHON) -m local.data

.PHONY: test
test: lint ## lint, unit tests, real servers broken on purpose, browser stories; no Docker needed
	@$(BIN)/python -m pytest -m "not docker and not kubectl" --ignore=e2e/compose --ignore=e2e/cluster --ignore=e2e/pipeline $(ARGS)

.PHONY: e2e
e2e: checkout setup ## the same browser stories on docker compose, scaling and killed containers
	@$(BIN)/python -m pytest --on=compose e2e/browser e2e/compose apm/tests/test_prometheus.py $(ARGS)

.PHONY: manifests
manifests: setup ## render every overlay and component of k8s/ and hold them to our policies (needs kubectl)
	@command -v kubectl >/dev/null || { echo "make manifests needs kubectl 1.34 or newer on the PATH" >&2; exit 2; }
	@$(BIN)/python -m pytest k8s/tests $(ARGS)

.PHONY: e2e-cluster
e2e-cluster: setup ## canary and blue-green stories on a kind cluster of their own, removed afterwards
	@$(BIN)/python -m pytest --numprocesses=2 e2e/cluster $(ARGS)

.PHONY: e2e-pipeline
e2e-pipeline: checkout setup ## the workflows, run by act from a commit to staging, on a cluster and a registry of their own
	@$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder e2e/pipeline $(ARGS)

.PHONY: cluster
cluster: setup ## the whole app in a local Kubernetes cluster; prints its addresses (ENV=qa, or another of delivery.toml)
	@$(BIN)/python -m demo cluster $(ENV) --timings=$(TIMINGS)

.PHONY: cluster-down
cluster-down: setup ## remove that cluster and everything in it
	@$(BIN)/python -m demo cluster-down

.PHONY: deploy
deploy: setup ## start a new release there: ENV=qa, and IMAGE_TAG=... for one that was built before (TIMINGS=seed: minutes)
	@$(BIN)/python -m demo deploy $(ENV) --timings=$(TIMINGS)

.PHONY: demo-rollback
demo-rollback: setup ## a canary whose votes all fail is caught at 20 % and rolls back by itself
	@$(BIN)/python -m demo demo-rollback $(ENV) --timings=$(TIMINGS)

.PHONY: recording
recording: setup ## renew README's pictures of that demo, in docs/images
	@$(BIN)/python -m demo recording

.PHONY: demo-blue-green
demo-blue-green: setup ## a preview that waits for a person, then one that fails unnoticed
	@$(BIN)/python -m demo demo-blue-green --timings=$(TIMINGS)

.PHONY: dashboard
dashboard: setup ## Argo Rollouts' own dashboard: http://localhost:3100
	@$(BIN)/python -m demo dashboard

.PHONY: lint
lint: checkout setup $(BIN)/actionlint ## style, types, Dockerfiles, scripts and workflows
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@MYPYPATH="$$(echo */src | tr ' ' :)" $(BIN)/mypy --no-error-summary */src k8s/policies template/make.py
	@$(BIN)/hadolint $(SERVICES:%=%/Dockerfile)
	@$(BIN)/shellcheck .ci/run local/*.sh requirements/lock.sh k8s/components/analysis/analyse.sh .github/actions/*/*.sh
	@$(BIN)/actionlint -shellcheck=$(BIN)/shellcheck
	@$(BIN)/zizmor --quiet --offline --persona=auditor .github

$(BIN)/actionlint: local/actionlint.sh requirements/actionlint/go.sum | setup
	@sh local/actionlint.sh
	@touch $@

.PHONY: service
service: setup ## make a service of your own, which does nothing yet: NAME=audit
	@$(BIN)/python template/make.py "$(NAME)"

.PHONY: bench
bench: setup ## speed, side by side with a plain baseline; prints ratios (about five minutes)
	@$(BIN)/python -m bench $(ARGS)

.PHONY: screenshots
screenshots: setup ## renew the pictures in docs/images
	@$(BIN)/python -m pytest --quiet --pictures=docs/images e2e/browser/test_screenshots.py

.PHONY: format
format: setup ## let ruff rewrite the Python files
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

.PHONY: lock
lock: ## renew requirements/*.txt from the pyproject.toml files (UPGRADE=--upgrade for the newest versions)
	@SERVICES="$(SERVICES)" sh requirements/lock.sh $(UPGRADE)
