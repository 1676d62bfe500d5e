"""The tests: one file per topic of `helpers`, and the harness that checks the book."""
