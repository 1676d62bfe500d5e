"""Loads the harness, wherever pytest is started and whatever it is asked to run."""

pytest_plugins = ["tests.harness.plugin"]
