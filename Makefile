# What people and CI do with this repository. `make` lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
CONFIG ?= qhub-config.yaml
GOLDEN_TESTS := tests/render/test_golden.py helm/prefect-agent/tests/test_agent_chart_golden.py tests/cli/test_show.py

.PHONY: help run test lint fmt golden docs bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One stamp for everything that is installed; .ci/venv makes it anew when pyproject.toml changes.
.venv/.installed: pyproject.toml .ci/venv
	@.ci/venv

run: .venv/.installed  ## validate and render qhub-config.yaml, say what to do next
	@$(BIN)/qhub -c $(CONFIG) validate
	@$(BIN)/qhub -c $(CONFIG) render

test: .venv/.installed  ## run the tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q

lint: .venv/.installed  ## check formats, types, Terraform, charts and generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@.ci/terraform-fmt -check
	@$(BIN)/python -m tests.helm.engine
	@$(BIN)/python -m pytest -q tests/test_generated.py

fmt: .venv/.installed  ## rewrite Python and Terraform in their formats
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .
	@.ci/terraform-fmt

golden: .venv/.installed  ## rewrite tests/golden after a wanted change of what is rendered
	@QHUB_GOLDEN=write $(BIN)/python -m pytest -q $(GOLDEN_TESTS)

docs: .venv/.installed  ## rewrite what is generated: reference pages and compiled validators
	@$(BIN)/python -m qhub.config.compiling
	@$(BIN)/python -m qhub.config.reference > docs/config.md
	@$(BIN)/qhub schema > schemas/editor.schema.json
	@$(BIN)/python -m tests.helm.readme

bench: .venv/.installed  ## measure the command line
	@$(BIN)/python -m benchmarks.cli

clean:  ## remove what the other targets made
	@rm -rf .venv .cache build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
