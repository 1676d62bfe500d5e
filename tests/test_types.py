"""The package is annotated: mypy accepts it in strict mode, pyright in its basic one."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MYPY = (sys.executable, "-m", "mypy")
PYRIGHT = (sys.executable, "-m", "pyright", "--pythonpath", sys.executable)
UNTYPED = "def half(x):\n    return x / 2\n"
WRONG = "def half(x: str) -> float:\n    return x / 2\n"


def run(*command: object) -> subprocess.CompletedProcess[str]:
    """Run a type checker at the root, with the settings of `pyproject.toml`."""
    return subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, text=True)


def test_mypy() -> None:
    """Every function has types, and they fit."""
    result = run(*MYPY)
    assert result.returncode == 0, result.stdout + result.stderr


def test_pyright() -> None:
    """A second checker, which follows values further, finds nothing either."""
    result = run(*PYRIGHT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_mypy_refuses_a_function_without_types(tmp_path: Path) -> None:
    """The settings are strict."""
    (tmp_path / "untyped.py").write_text(UNTYPED)
    result = run(*MYPY, tmp_path / "untyped.py")
    assert result.returncode == 1
    assert "[no-untyped-def]" in result.stdout


def test_pyright_refuses_a_wrong_type(tmp_path: Path) -> None:
    """The check can fail."""
    (tmp_path / "wrong.py").write_text(WRONG)
    result = run(*PYRIGHT, tmp_path / "wrong.py")
    assert result.returncode == 1
    assert "reportOperatorIssue" in result.stdout


def test_the_annotations_are_shipped() -> None:
    """The marker that makes type checkers of other projects read them."""
    assert (ROOT / "helpers" / "py.typed").is_file()
    assert '"helpers" = ["py.typed"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
