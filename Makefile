# What people and CI do with this repository. `make` lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
# The tests of a file in one process, the files in the order of tests/conftest.py.
SPREAD := --dist loadfile --no-loadscope-reorder
# Without the flags of this make: some tests run another.
PYTEST := MAKEFLAGS= $(BIN)/python -m pytest -q
CONFIG ?= qhub-config.yaml
GOLDEN_TESTS := tests/render/test_golden.py helm/prefect-agent/tests/test_agent_chart_golden.py tests/cli/test_show.py

# Python must keep the bytecode that it makes: Prefect starts three times slower without.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-full cluster cluster-down test-cluster lint fmt golden docs bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A stamp for each set of packages: what the platform runs with, and that with the developers' tools.
# .ci/venv installs again when pyproject.toml changes.
.venv/.embedded: pyproject.toml .ci/venv
	@.ci/venv embedded

.venv/.installed: pyproject.toml .ci/venv
	@.ci/venv embedded dev

run: .venv/.embedded  ## start the platform of qhub-config.yaml, run an example flow on it
	@.ci/first-run $(CONFIG)

test: .venv/.installed  ## run the tests that are quick
	@$(PYTEST) -n 3 $(SPREAD) -m 'not full and not cluster'

# As root with chromium and chromedriver; what is missing is skipped, with CI=true it fails.
test-full: .venv/.installed  ## run the others: whole platforms, the browser, faults
	@$(PYTEST) -n 3 $(SPREAD) -m 'full and not cluster'

# As root on Linux, with Go: a Kubernetes of our own in a network namespace. The first time builds it.
cluster: .venv/.installed  ## bring up a real Kubernetes for the tests
	@$(BIN)/python -m tests.cluster up

cluster-down: .venv/.installed  ## take it away without a trace
	@$(BIN)/python -m tests.cluster down

# With QHUB_TEST_KUBECONFIG=FILE on that cluster, with our own otherwise. Processes share it; what is done
# to a bed is done to another one.
test-cluster: .venv/.installed  ## run the tests on a real Kubernetes
	@$(PYTEST) -n 3 $(SPREAD) -m cluster

lint: .venv/.installed  ## check formats, types, Terraform, charts and generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@.ci/terraform-fmt -check
	@$(BIN)/python -m tests.helm.engine
	@$(PYTEST) tests/test_generated.py

fmt: .venv/.installed  ## rewrite Python and Terraform in their formats
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .
	@.ci/terraform-fmt

golden: .venv/.installed  ## rewrite tests/golden after a wanted change of what is rendered
	@QHUB_GOLDEN=write $(PYTEST) $(GOLDEN_TESTS)

docs: .venv/.installed  ## rewrite what is generated: reference pages and compiled validators
	@$(BIN)/python -m qhub.config.compiling
	@$(BIN)/python -m qhub.config.reference > docs/config.md
	@$(BIN)/qhub schema > schemas/editor.schema.json
	@$(BIN)/python -m tests.helm.readme

bench: .venv/.installed  ## measure the command line, the embedded platform and deploys
	@$(BIN)/python -m benchmarks.cli
	@$(BIN)/python -m benchmarks.embedded
	@$(BIN)/python -m benchmarks.deploy

clean:  ## remove what the other targets made
	@[ ! -e .cache/cluster/state ] || $(MAKE) cluster-down
	@rm -rf .venv .cache build dist .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
