"""Loads the harness, wherever pytest is started and whatever it is asked to run."""

import os

# The tests use torch in several processes at once. Without this their threads wait busily for one
# another, and take each other's time; torch reads it when it is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

pytest_plugins = ["tests.harness.plugin", "tests.site.plugin"]
