"""Forked kernels: apart from one another, and gone when they are not wanted.

Here they have small libraries. That they are like plain ones with the libraries of the book is
tested in `tests/book/test_forks.py`.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from . import forks
from .forks import ForkedProcess, ForkServer, warm_up
from .kernels import KernelError, NotebookKernel, start_fork_server
from .refresh import refresh
from .settings import Settings
from .test_refresh import notebook
from .test_samples import ROOT, SAMPLES, run_pytest

pytestmark = pytest.mark.skipif(not forks.POSSIBLE, reason="kernels are not forked on this system")

PATIENCE = 30  # seconds in which something must have happened; it takes far less
SLEEP = "import subprocess; print(subprocess.Popen(['sleep', '1000']).pid)"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A project with two small libraries, of which one is imported later."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "early.py").write_text("seeds = []\n\n\ndef seed():\n    seeds.append(1)\n")
    (folder / "late.py").touch()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("PYTHONPATH", str(folder))
        yield Settings(folder, preload=("early",), preload_later=("late",), reseed=("early:seed",))


@pytest.fixture(scope="module")
def server(project: Settings) -> Iterator[ForkServer]:
    """A fork server, which forks all that these tests ask for."""
    server = start_fork_server(project)
    yield server
    assert server.stop() == ""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], NotebookKernel]]:
    """Starts kernels, forked ones if an address is given, and stops them in the end."""
    kernels = []

    def start(address: str = "") -> NotebookKernel:
        kernels.append(NotebookKernel(tmp_path, fork_server=address))
        assert isinstance(process(kernels[-1]), ForkedProcess if address else subprocess.Popen)
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.stop()


@pytest.fixture
def broken(tmp_path: Path, project: Settings) -> Iterator[Callable[..., ForkServer]]:
    """Starts servers with another text in place of a library, and ends them in any case."""
    servers = []

    def start(**texts: str) -> ForkServer:
        names = {}
        for name, text in texts.items():
            names[name] = (f"{name}_broken",)
            file = project.root / f"{name}_broken.py"
            file.write_text(text)
        settings = replace(
            project,
            preload=names.get("early", project.preload),
            preload_later=names.get("late", project.preload_later),
            reseed=(),
        )
        servers.append(start_fork_server(settings))
        return servers[-1]

    yield start
    for server in servers:
        if server._process.returncode is None:
            server.stop()


def process(kernel: NotebookKernel) -> ForkedProcess | subprocess.Popen:
    """The process that a kernel runs in."""
    return kernel.km.provisioner.process


def printed(kernel: NotebookKernel, source: str) -> str:
    """What a cell prints."""
    outputs = kernel.run(source, timeout=60)
    assert [output.output_type for output in outputs if output.get("name") != "stdout"] == []
    return "".join(output.text for output in outputs)


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether a condition holds, sooner or later."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    return not psutil.pid_exists(pid)


def test_a_library_is_there_and_was_given_seeds(server: ForkServer, start: Callable) -> None:
    """A kernel has the library from the start, and called once what gives it seeds."""
    source = "import sys; print('early' in sys.modules, sys.modules['early'].seeds)"
    for _ in range(2):
        assert printed(start(server.address), source) == "True [1]\n"


@pytest.mark.parametrize("forked", [True, False])
def test_no_port_is_chosen_for_a_kernel(server: ForkServer, start: Callable, forked: bool) -> None:
    """Another process could take it before the kernel does, and the kernel would die.

    The kernel listens at one of its own choice, and tries others if that is taken.
    """
    kernel = start(server.address if forked else "")
    assert printed(kernel, "print(1)") == "1\n"
    information = kernel.km.get_connection_info()
    chosen = {number for name, number in information.items() if name.endswith("_port")}
    assert len(chosen) == 5
    opened = psutil.Process(process(kernel).pid).net_connections("inet")
    assert chosen.isdisjoint(connection.laddr.port for connection in opened)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("import os; os._exit(3)", 3),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
        ("import os, signal; os.killpg(0, signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_a_crash_harms_no_other_kernel_and_leaves_nothing(
    server: ForkServer, start: Callable, source: str, code: int
) -> None:
    """A crash is reported with its exit code, and the kernel beside it goes on."""
    other, crashing = start(server.address), start(server.address)
    child = int(printed(crashing, SLEEP))
    with pytest.raises(KernelError, match="the kernel died while it ran this cell"):
        crashing.run(source, timeout=60)
    assert not crashing.is_alive()
    assert process(crashing).poll() == process(crashing).wait() == code
    assert gone(process(crashing).pid), "a zombie stays"
    assert eventually(lambda: gone(child))
    assert printed(other, "print(1)") == "1\n"
    assert printed(start(server.address), "print(2)") == "2\n"


@pytest.mark.parametrize("source", ["while True: pass", "import time; time.sleep(1000)"])
def test_a_timeout_and_an_interrupt(server: ForkServer, start: Callable, source: str) -> None:
    """A cell that runs too long is given up; interrupted, the kernel can be used again."""
    kernel = start(server.address)
    with pytest.raises(KernelError, match=r"the cell ran longer than 0.1 seconds"):
        kernel.run(source, timeout=0.1)
    kernel.interrupt()
    assert printed(kernel, "print(1)") == "1\n"


def test_stopping_ends_a_busy_kernel_and_what_it_started(server: ForkServer, tmp_path) -> None:
    """Neither an endless loop nor a background process outlives its notebook."""
    kernel = NotebookKernel(tmp_path, fork_server=server.address)
    pid = process(kernel).pid
    child = int(printed(kernel, SLEEP))
    with pytest.raises(KernelError, match="the cell ran longer"):
        kernel.run("while True: pass", timeout=0.1)
    kernel.stop()
    assert gone(pid)
    assert eventually(lambda: gone(child))


def test_nothing_is_left(
    project: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a stop there is no process, no connection and no temporary file."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    server = start_fork_server(project)
    kernel = NotebookKernel(project.root, fork_server=server.address)
    running = {child.pid for child in psutil.Process().children(recursive=True)} - before
    assert process(kernel).pid in running
    assert len(running) == 2
    assert list(tmp_path.iterdir())
    kernel.stop()
    assert server.stop() == ""
    assert all(map(gone, running))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("asked", [False, True])
def test_a_server_that_is_not_needed_keeps_nobody_waiting(project: Settings, asked: bool) -> None:
    """A server ends at once when told to, idle or in the middle of its imports."""
    slow = "import time\ntime.sleep(1000)\n"
    (project.root / "slow.py").write_text(slow)
    server = start_fork_server(replace(project, preload=("slow",)))
    if asked:
        warm_up(server.address)
        time.sleep(0.5)
    assert server.stop() == ""
    assert server._process.returncode == -signal.SIGTERM


# Starts a server and a kernel, says who they are, and waits to be killed.
CLIENT = f"""
import sys, time
from pathlib import Path
from tests.notebook_check.kernels import NotebookKernel, start_fork_server
from tests.notebook_check.settings import Settings

folder = Path(sys.argv[1])
server = start_fork_server(Settings(folder))
kernel = NotebookKernel(folder, fork_server=sys.argv[2] or server.address)
pid = kernel.km.provisioner.process.pid
child = kernel.run({SLEEP!r}, 60)[0].text
kernel.execute_cell_input("while True: pass")
print(server._process.pid, pid, child.strip(), flush=True)
time.sleep(1000)
"""


def test_a_killed_client_leaves_nothing_running(
    project: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client's kernels and server end with it; a server that others share goes on."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    shared = start_fork_server(project)
    for address in ("", shared.address):
        command = [sys.executable, "-c", CLIENT, project.root, address]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as client:
            started = list(map(int, client.stdout.readline().split()))
            assert len(started) == 3
            client.kill()
        assert eventually(lambda: all(map(gone, started)))  # noqa: B023
    kernel = NotebookKernel(project.root, fork_server=shared.address)
    assert isinstance(process(kernel), ForkedProcess)
    kernel.stop()
    assert shared.stop() == ""


def test_kernels_end_without_their_server(project: Settings) -> None:
    """A killed server's kernels notice it; what asks for more gets plain ones."""
    server = start_fork_server(project)
    kernel = NotebookKernel(project.root, fork_server=server.address)
    pid = process(kernel).pid
    server._process.kill()
    assert eventually(lambda: gone(pid))
    assert not kernel.is_alive()
    kernel.stop()
    plain = NotebookKernel(project.root, fork_server=server.address)
    assert isinstance(process(plain), subprocess.Popen)
    assert printed(plain, "print(1)") == "1\n"
    plain.stop()
    assert server.stop() == "the fork server ended with code -9"


def test_a_plain_kernel_is_started_where_no_fork_is_possible(
    project: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On Windows and macOS, which this plays, all works without a server."""
    monkeypatch.setattr(forks, "POSSIBLE", False)
    server = start_fork_server(project)
    assert server.address == ""
    kernel = NotebookKernel(project.root, fork_server=server.address)
    assert isinstance(process(kernel), subprocess.Popen)
    assert printed(kernel, "print(1)") == "1\n"
    kernel.stop()
    assert refresh(notebook(tmp_path / "a.ipynb", "1"), server.address)
    assert server.stop() == ""


def test_a_plain_kernel_is_started_for_another_environment(
    project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an import reads cannot be changed afterwards, so nothing is forked then."""
    server = start_fork_server(project)
    monkeypatch.setenv("SOME_VARIABLE", "3")
    kernel = NotebookKernel(project.root, fork_server=server.address)
    assert isinstance(process(kernel), subprocess.Popen)
    assert printed(kernel, "import os; print(os.environ['SOME_VARIABLE'])") == "3\n"
    kernel.stop()
    assert server.stop() == "the environment differs in SOME_VARIABLE"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("print('hello')", "hello"),
        ("import os; os.write(2, b'hello')", "hello"),
        ("import warnings; warnings.warn('hello', stacklevel=2)", "UserWarning: hello"),
        ("import warnings; warnings.warn('hello', DeprecationWarning, stacklevel=2)", "hello"),
        ("import logging; logging.getLogger('a').warning('hello')", "hello"),
        ("import threading; threading.Thread(target=__import__('time').sleep, args=[9],"
         " daemon=True).start()", "an import starts threads"),
        ("raise ImportError('hello')", "an import fails: ImportError('hello')"),
    ],
)  # fmt: skip
def test_an_import_that_notebooks_would_notice_prevents_forks(
    broken: Callable, source: str, says: str
) -> None:
    """A library that prints, warns or starts threads does so in each notebook that imports it."""
    server = broken(early=source)
    assert forks.fork(server.address, [], dict(os.environ)) is None
    assert says in server.stop()


def test_what_is_imported_later_prevents_the_forks_after_it(
    broken: Callable, start: Callable
) -> None:
    """The first kernels do not wait for it, and have to import it themselves."""
    server = broken(late="print('hello')")
    first = start(server.address)
    assert printed(first, "import late_broken") == "hello\n"
    assert forks.fork(server.address, [], dict(os.environ)) is None
    assert "hello" in server.stop()


def test_a_run_says_why_kernels_were_not_forked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is the same, and its report explains why it took longer."""
    (tmp_path / "noisy.py").write_text("print('hello')")
    (tmp_path / "pyproject.toml").write_text('[tool.notebook-check]\npreload = ["noisy"]\n')
    shutil.copy(SAMPLES / "pass-plain.ipynb", tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{tmp_path}")
    options = ["-p", "no:nbval", "-p", "tests.notebook_check.plugin", "--rootdir", tmp_path]
    report = run_pytest(*options, tmp_path).stdout
    assert "kernels were not forked" in report
    assert "hello" in report
    assert "passed" in report
