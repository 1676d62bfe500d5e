"""What a chapter's stored outputs were made with, and what runs here."""

from importlib import import_module

from helpers import checks


def check_versions(**stored: str) -> None:
    """Print a line for each package that runs here in another version than it did for the outputs.

    Args:
        **stored: the version that a chapter's stored outputs are from, by the package's name. Only
            the public part counts: 2.13.0 and 2.13.0+cpu are the same version.

    Returns:
        Nothing.

    Raises:
        TypeError: a version is no text.
        ModuleNotFoundError: there is no such package here.

    >>> import numpy as np
    >>> check_versions(numpy=np.__version__)
    >>> check_versions(numpy="0.9")  # doctest: +ELLIPSIS
    numpy is ... here; the stored outputs are from 0.9. Some digits and messages may differ.
    """
    for package, version in stored.items():
        if not isinstance(version, str):
            checks.refuse(package, "a version as a text", checks.describe(version), TypeError)
        here = import_module(package).__version__
        if _public(here) != _public(version):
            print(
                f"{package} is {here} here; the stored outputs are from {version}. "
                "Some digits and messages may differ."
            )


def _public(version: str) -> str:
    """A version without the label of its build."""
    return version.partition("+")[0]
