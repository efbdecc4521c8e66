# make run     the lab in the browser (make run PORT=8600 for another port than 8501)
# make run ADDRESS=0.0.0.0   open to the network: Home shows its address
# make test    every check: style, import contracts, tests, also those in a browser
# make faults  all of tests/faults: kills, full disks, torn files (ten minutes)
# make lint    style and import contracts only
# make bench   benchmarks, by hand
# make pretrained   trains the two networks that come with the lab again (half an hour)
# make hostile  all 1,000 hostile links, uploads and files (ten minutes)
# make lock    chooses every package anew, into requirements*.lock
# make clean   takes away .venv and caches; runs/ stays

SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet

# The first Python that the lab is tested with; BASE_PYTHON=/path/to/python chooses.
IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
BASE_PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	if $$name -c '$(IN_RANGE)' 2>/dev/null; then echo $$name; break; fi; done)

.PHONY: run test lint bench pretrained lock hostile faults clean

run: $(VENV)/ready-to-run
	exec $(VENV)/bin/streamlit run app.py $(if $(PORT),--server.port $(PORT)) \
		$(if $(ADDRESS),--server.address $(ADDRESS))

test: $(VENV)/ready-to-test lint
	@$(PYTHON) -m benchmarks.chromium
	$(PYTHON) -m pytest -n 2 --dist loadfile --ignore=tests/browser
	$(PYTHON) -m pytest tests/browser

faults: $(VENV)/ready-to-test
	$(PYTHON) -m pytest tests/faults --all-faults -v

lint: $(VENV)/ready-to-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports

BENCHMARKS := cluster crowd draw handwriting live long_run look_inside memory no_digits \
	photos reading start time_to_99 training watched writers

bench: $(VENV)/ready-to-test
	@for name in $(BENCHMARKS); do \
		echo "== $$name"; $(PYTHON) -m benchmarks.$$name || exit 1; done

hostile: $(VENV)/ready-to-test
	MNIST_CNN_ALL_HOSTILE=1 $(PYTHON) -m pytest tests/hostile

pretrained: $(VENV)/ready-to-run
	$(PYTHON) -m mnist_cnn.training.bundle

# One lock for Python 3.11 to 3.13 and every system; the tests' holds the lab's versions.
LOCK := uv pip compile --quiet --upgrade --universal --generate-hashes \
	--python-version 3.11 --no-emit-index-url --no-annotate --no-header

lock: $(PYTHON)
	@$(PIP) install "uv>=0.9,<1"
	$(VENV)/bin/$(LOCK) requirements.txt --output-file requirements.lock
	$(VENV)/bin/$(LOCK) --constraints requirements.lock requirements-dev.txt \
		--output-file requirements-dev.lock

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf static/plotly.min.js static/kept
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Bytecode is compiled by all processors, which pip does with one.
define install
	@$(PIP) install --no-compile --require-hashes -r $(1)
	@$(PYTHON) -m compileall -qq -j 0 $(VENV)/lib || true
	@touch $(2)
endef

# Each of these files says that what it needs is installed: nothing to do next time.
$(VENV)/ready-to-run: requirements.lock $(PYTHON)
	@echo "Installing what the lab needs (some minutes, once) ..."
	$(call install,$<,$@)

# The tests' lock has all that the lab needs, too: one call installs both.
$(VENV)/ready-to-test: requirements-dev.lock $(PYTHON)
	@echo "Installing what the lab and its tests need (some minutes, once) ..."
	$(call install,$<,$(VENV)/ready-to-run $@)

$(PYTHON):
	@test -n "$(BASE_PYTHON)" || { echo "The lab needs Python 3.11, 3.12 or 3.13." \
		"Install one, or name it: make BASE_PYTHON=/path/to/python" >&2; exit 1; }
	@$(BASE_PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python could not make" \
		"a virtual environment (on Debian: apt-get install python3-venv)." >&2; exit 1; }
