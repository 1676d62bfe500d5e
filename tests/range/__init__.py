"""The tests of the package alone, on whichever versions are installed."""
