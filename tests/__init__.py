"""The tests: of the helpers, of the notebooks, of the book and of its site."""
