"""The surroundings that kernels start in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .kernels import kernel_environment
from .settings import Settings
from .test_samples import ROOT


def test_a_person_overrides_the_variables_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the project sets holds, unless the caller's environment has it already."""
    settings = Settings(tmp_path, environment={"SOME_VARIABLE": "1"})
    monkeypatch.delenv("SOME_VARIABLE", raising=False)
    assert kernel_environment(settings)["SOME_VARIABLE"] == "1"
    monkeypatch.setenv("SOME_VARIABLE", "4")
    assert kernel_environment(settings)["SOME_VARIABLE"] == "4"


def test_what_would_decide_about_outputs_is_fixed_or_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller's terminal and filters do not reach a kernel, nor what the project takes away."""
    for name in ("COLUMNS", "PYTHONWARNINGS", "NO_COLOR", "SOME_VARIABLE"):
        monkeypatch.setenv(name, "7")
    env = kernel_environment(Settings(tmp_path, unset=("SOME_VARIABLE",)))
    assert env["COLUMNS"] == "80"
    assert not {"PYTHONWARNINGS", "NO_COLOR", "SOME_VARIABLE"} & env.keys()


@pytest.mark.parametrize("home", [f"{os.devnull}/none", "~", None])
def test_matplotlib_has_a_folder_where_the_home_cannot_be_written_to(home: str | None) -> None:
    """One folder serves all kernels, and is gone with the process that made it.

    A user whom the system does not know has a home folder "~".
    """
    hidden = ("HOME", "MPLCONFIGDIR", "XDG_CONFIG_HOME")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    code = (
        "from pathlib import Path\n"
        "from tests.notebook_check.kernels import kernel_environment\n"
        "from tests.notebook_check.settings import Settings\n"
        "folder = kernel_environment(Settings(Path())).get('MPLCONFIGDIR')\n"
        "print(folder, folder and Path(folder).is_dir())"
    )
    command = [sys.executable, "-c", code]
    env |= {"HOME": home} if home else {}
    said = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True).stdout.split()
    if home:
        assert said[1] == "True"
        assert not Path(said[0]).exists()
    else:
        assert said == ["None", "None"]
