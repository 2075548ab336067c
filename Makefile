# Every command that people need; `make` without arguments lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A service is a folder with a Dockerfile and src/NAME; delivery's domain/services.py has the same rule.
SERVICES := $(foreach name,$(sort $(patsubst %/Dockerfile,%,$(wildcard */Dockerfile))),$(if $(wildcard $(name)/src/$(name)),$(name)))
INSTALLED := $(VENV)/.installed
ENV := qa
TIMINGS := fast
STAGE_PORT := 8500
SPEED := 1

# Shell variables that are meant for other programs must not affect ours.
unexport BASH_ENV PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONWARNINGS PYTHONOPTIMIZE PYTHONINSPECT PYTHONIOENCODING
# Paths are UTF-8, whatever the locale: Python 3.11 decodes the paths of .venv's packages with the locale's encoding.
unexport LC_ALL
export LC_CTYPE := C.UTF-8

# .venv contains absolute paths: create it again if this folder was moved or its Python was removed.
ifneq ($(shell test -x $(BIN)/python && cat $(INSTALLED) 2>/dev/null),$(CURDIR))
.PHONY: $(INSTALLED)
endif

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z.0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

.PHONY: setup
setup: $(INSTALLED) ## create .venv with everything in it (the other commands run this first)

$(INSTALLED): requirements/dev.txt requirements/uv.txt local/setup.sh local/uv.sh $(wildcard */pyproject.toml)
	@PYTHON="$(PYTHON)" sh local/setup.sh
	@pwd -P >$@
	@for file in $^; do [ ! "$$file" -nt $@ ] || touch -r "$$file" $@; done # files from the future would rebuild .venv every time

.PHONY: checkout
checkout:
	@[ -e .git ] || { echo "this needs a git checkout, not a ZIP: clone the repository, or create one here with git init && git add --all && git commit --message=mine" >&2; exit 2; }

.PHONY: run
run: setup ## run the whole app on this machine, without Docker: https://localhost:8443
	@exec $(BIN)/python -m local

.env: ## write .env for docker compose, with a random database password
	@sed "s/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=$$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')/" .env.example > $@
	@case "$(notdir $(CURDIR))" in *[A-Za-z0-9]*) ;; *) echo COMPOSE_PROJECT_NAME=votes >>$@ ;; esac # or compose has no project name

.PHONY: clean
clean: ## delete the data of `make run`, votes included
	@PYTHONPATH=local/src $(PYTHON) -m local.data

.PHONY: test
test: lint ## lint, then run unit tests, tests on real servers and browser stories; no Docker needed
	@$(BIN)/python -m pytest -m "not docker and not kubectl" --ignore=e2e/compose --ignore=e2e/cluster --ignore=e2e/pipeline $(ARGS)

.PHONY: e2e
e2e: checkout setup ## run the browser stories on docker compose, with scaling and killed containers
	@$(BIN)/python -m pytest --on=compose e2e/browser e2e/compose apm/tests/test_prometheus.py $(ARGS)

.PHONY: manifests
manifests: setup ## render every overlay and component of k8s/ and check them against the policies (needs kubectl)
	@command -v kubectl >/dev/null || { echo "make manifests needs kubectl 1.34 or newer on the PATH" >&2; exit 2; }
	@$(BIN)/python -m pytest k8s/tests $(ARGS)

.PHONY: e2e-cluster
e2e-cluster: setup ## run canary and blue-green stories on a kind cluster, deleted afterwards
	@$(BIN)/python -m pytest --numprocesses=2 e2e/cluster $(ARGS)

.PHONY: e2e-pipeline
e2e-pipeline: checkout setup ## run the workflows with act, from a commit to staging, on a temporary cluster and registry
	@$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder e2e/pipeline $(ARGS)

.PHONY: cluster
cluster: setup ## run the whole app in a local Kubernetes cluster and print its URLs (ENV=qa, or another environment)
	@$(BIN)/python -m demo cluster $(ENV) --timings=$(TIMINGS)

.PHONY: cluster-down
cluster-down: setup ## delete that cluster and everything in it
	@$(BIN)/python -m demo cluster-down

.PHONY: deploy
deploy: setup ## start a new release on that cluster: ENV=qa; IMAGE_TAG=... for existing images; TIMINGS=seed for pauses of minutes
	@$(BIN)/python -m demo deploy $(ENV) --timings=$(TIMINGS)

.PHONY: stage-check
stage-check: setup ## check whether the demo would work now: one line per check, at most 20 s (ENV=qa)
	@$(BIN)/python -m demo stage-check $(ENV)

.PHONY: stage-reset
stage-reset: setup ## bring the cluster back to the start of the demo, from any state (ENV=qa)
	@$(BIN)/python -m demo stage-reset $(ENV) --timings=$(TIMINGS)

.PHONY: demo-rollback
demo-rollback: setup ## show a canary whose votes all fail: it is aborted at 20 % and rolled back automatically
	@$(BIN)/python -m demo demo-rollback $(ENV) --timings=$(TIMINGS)

.PHONY: recording
recording: setup ## update README's pictures of that demo, in docs/images
	@$(BIN)/python -m demo recording

.PHONY: demo-blue-green
demo-blue-green: setup ## show a preview that waits for promotion, then one that fails without affecting users
	@$(BIN)/python -m demo demo-blue-green --timings=$(TIMINGS)

.PHONY: dashboard
dashboard: setup ## serve the dashboard of Argo Rollouts: http://localhost:3100
	@$(BIN)/python -m demo dashboard

.PHONY: stage
stage: setup ## show a release live in ENV, http://localhost:8500; REPLAY=FILE plays a recording, SPEED=10 faster
	@exec $(BIN)/python -m $(if $(REPLAY),stage --replay="$(REPLAY)" --speed="$(SPEED)",demo.stage --env="$(ENV)") --port="$(STAGE_PORT)"

.PHONY: picture
picture: setup ## draw README's moving picture from docs/recordings/bad-release.jsonl
	@$(BIN)/python -m demo.picture

.PHONY: lint
lint: checkout setup $(BIN)/actionlint ## check style, types, Dockerfiles, scripts and workflows
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
service: setup ## create a new, empty service: NAME=audit
	@$(BIN)/python template/make.py "$(NAME)"

.PHONY: bench
bench: setup ## measure speed against a plain baseline; prints ratios (about five minutes)
	@$(BIN)/python -m bench $(ARGS)

.PHONY: screenshots
screenshots: setup ## update the pictures in docs/images
	@$(BIN)/python -m pytest --quiet --pictures=docs/images e2e/browser/test_screenshots.py

.PHONY: format
format: setup ## format the Python files with ruff
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

.PHONY: lock
lock: ## update requirements/*.txt from the pyproject.toml files (UPGRADE=--upgrade for the newest versions)
	@SERVICES="$(SERVICES)" sh requirements/lock.sh $(UPGRADE)
