"""The line that says that other versions run here than a chapter's outputs are from."""

import numpy as np
import pytest
import torch

import helpers
from helpers import check_versions


def test_the_same_versions_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A build's label, such as +cpu, makes no other version."""
    plain = torch.__version__.partition("+")[0]
    check_versions(helpers=helpers.__version__, torch=plain, numpy=f"{np.__version__}+local")
    assert capsys.readouterr().out == ""


def test_each_other_version_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The line names both versions."""
    check_versions(helpers="0.0.1", numpy=np.__version__, torch="1.13")
    assert capsys.readouterr().out == (
        f"helpers is {helpers.__version__} here; the stored outputs are from 0.0.1. "
        "Some digits and messages may differ.\n"
        f"torch is {torch.__version__} here; the stored outputs are from 1.13. "
        "Some digits and messages may differ.\n"
    )


def test_a_version_that_is_no_text_is_refused() -> None:
    """Such as a number that was meant as a text."""
    with pytest.raises(TypeError, match=r"torch: expected a version as a text, got float 2\.13"):
        check_versions(torch=2.13)


def test_an_unknown_package_is_an_error() -> None:
    """Nothing is said of a package that is not there."""
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        check_versions(no_such_package="1")
