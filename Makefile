# Two commands matter: `make lab` and `make test`. `make` alone lists all of them.
#
#   PYTHON=python3.12   the interpreter to make the environment with
#   VENV=.venv          where the environment is
#   LAB_ARGS, TEST_ARGS, BENCH_ARGS, SOAK_ARGS   passed on

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
MAKEFLAGS += --no-print-directory

VENV ?= .venv
PYTHON ?=
export PYTHON

# nbgrader runs `alembic` by name, so the environment's programs must be on PATH.
# Who has activated another environment would have IPython complain in each kernel.
in_venv = VIRTUAL_ENV="$$(cd '$(VENV)' && pwd)" PATH="$$(cd '$(VENV)/bin' && pwd):$$PATH"

.PHONY: help setup lab test lint format course check-course grade-demo bench bench-views bench-grade soak soak-views clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

$(VENV)/.ready-lab: pyproject.toml tools/environment.sh tools/constraints.txt
	@bash tools/environment.sh '$(VENV)' lab

$(VENV)/.ready-dev: pyproject.toml tools/environment.sh tools/constraints.txt
	@bash tools/environment.sh '$(VENV)' dev

setup: $(VENV)/.ready-dev ## make the environment with all tools for development

lab: $(VENV)/.ready-lab ## open JupyterLab on course/ and print its address
	@$(in_venv) exec python tools/lab.py $(LAB_ARGS)

test: $(VENV)/.ready-dev ## run every test that this machine can run
	@$(in_venv) python -m pytest $(TEST_ARGS)

lint: $(VENV)/.ready-dev ## ruff, mypy --strict, import layers, form of the notebooks, spelling
	@$(in_venv); export PATH VIRTUAL_ENV
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	python tools/normalise_notebooks.py --check
	codespell source docs README.md CHANGELOG.md CONTRIBUTING.md

format: $(VENV)/.ready-dev ## put code and notebooks into the form that lint asks for
	@$(in_venv); export PATH VIRTUAL_ENV
	ruff check --fix .
	ruff format .
	python tools/normalise_notebooks.py

course: $(VENV)/.ready-lab ## make course/ again from source/
	@$(in_venv) python tools/generate_course.py generate

check-course: $(VENV)/.ready-lab ## say whether course/ is what source/ would make
	@$(in_venv) python tools/generate_course.py check

grade-demo: $(VENV)/.ready-lab ## grade the sample submissions (LESSON=03-zombies: of one lesson)
	@$(in_venv) python tools/grade_demo.py $(LESSON)

bench: $(VENV)/.ready-dev ## measure speed against the tools it is compared with
	@$(in_venv) python benchmarks/bench.py $(BENCH_ARGS)

bench-views: $(VENV)/.ready-dev ## measure the live views in a real browser
	@$(in_venv) python benchmarks/views.py $(BENCH_ARGS)

bench-grade: $(VENV)/.ready-dev ## measure grading against stock nbgrader
	@$(in_venv) python benchmarks/grade.py $(BENCH_ARGS)

soak: $(VENV)/.ready-dev ## the long repeats: thousands of runs, nothing may be left
	@$(in_venv) python benchmarks/soak.py $(SOAK_ARGS)

soak-views: $(VENV)/.ready-dev ## sixty rounds of the browser tests of the views
	@$(in_venv) python benchmarks/soak_views.py $(SOAK_ARGS)

clean: ## remove the environment, caches and the graded demo; students' work stays
	rm -rf -- '$(VENV)' .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf -- build dist autograder/demo
	find src tests tools benchmarks -name __pycache__ -prune -exec rm -rf -- {} + 2>/dev/null || true
