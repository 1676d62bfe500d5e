"""`make mutants-helpers`: would the tests notice if a line of `helpers` were wrong?

Every module of `helpers` is changed in one small place at a time: another operator, another number,
a left-out argument, a changed text. Such a change is a mutant. The tests must fail for it, which
kills it; a mutant that survives is either a hole in the tests, or no fault at all.

`mutants` makes them, with mutmut's operators. `runner` holds the tests against each in a process
of its own, forked from one that has torch and the tests loaded. `survivors.toml` lists those that
survive, with the reason.
"""
