"""Forked kernels: alike plain ones, apart from one another, and gone when they are not wanted."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from . import forks, plugin
from .forks import ForkedProcess, ForkServer, warm_up
from .kernels import (
    RECONNECT,
    ChapterKernel,
    KernelError,
    kernel_environment,
    start_fork_server,
)
from .notebook import ROOT
from .refresh import refresh
from .test_refresh import notebook
from .test_samples import SAMPLES, run_pytest

pytestmark = pytest.mark.skipif(not forks.POSSIBLE, reason="kernels are not forked on this system")

STATE = Path(__file__).with_name("kernel_state.py").read_text(encoding="utf-8")
PATIENCE = 30  # seconds in which something must have happened; it takes far less
# Numbers that depend on how work is shared among threads, and on which kernels are chosen for it.
NUMBERS = """
import hashlib
import numpy as np
import torch

torch.manual_seed(0)
x = torch.randn(700, 600, requires_grad=True)
w = torch.randn(600, 500)
c = torch.nn.functional.conv2d(x.reshape(1, 1, 700, 600), torch.randn(8, 1, 5, 5))
loss = torch.nn.functional.cross_entropy(x @ w, torch.arange(700) % 500) + c.logsumexp((2, 3)).sum()
loss.backward()
y = x.detach().double().numpy()
results = [loss.detach().numpy(), x.grad.numpy(), c.detach().numpy(), y @ y.T, np.linalg.svd(y)[1]]
print([hashlib.sha256(result.tobytes()).hexdigest() for result in results])
"""
SEEDS = """
import random, numpy, torch
print(random.random(), numpy.random.random(), torch.rand(1).item(), torch.initial_seed())
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """A fork server, which forks all that these tests ask for, with threads that share work."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        server = start_fork_server()
        yield server
        assert server.stop() == ""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], ChapterKernel]]:
    """Starts kernels, forked ones if an address is given, and stops them in the end."""
    kernels = []

    def start(address: str = "") -> ChapterKernel:
        kernels.append(ChapterKernel(tmp_path, fork_server=address))
        assert isinstance(process(kernels[-1]), ForkedProcess if address else subprocess.Popen)
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.stop()


@pytest.fixture
def light(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of empty libraries, which are imported in place of the heavy ones."""
    folder = tmp_path_factory.mktemp("libraries")
    seed = "from types import SimpleNamespace\n\n{} = SimpleNamespace(seed=int)\n"
    (folder / "numpy.py").write_text(seed.format("random"))
    (folder / "torch").mkdir()
    (folder / "torch" / "__init__.py").write_text(seed.format("default_generator"))
    (folder / "torch" / "_dynamo.py").touch()
    (folder / "pandas.py").touch()
    (folder / "helpers.py").touch()
    (folder / "matplotlib" / "backends").mkdir(parents=True)
    for name in ("__init__.py", "figure.py", "backends/__init__.py", "backends/backend_svg.py"):
        (folder / "matplotlib" / name).touch()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def process(kernel: ChapterKernel) -> ForkedProcess | subprocess.Popen:
    """The process that a kernel runs in."""
    return kernel.km.provisioner.process


def sockets(kernel: ChapterKernel) -> int:
    """How many sockets a kernel has open."""
    folder = Path("/proc") / str(process(kernel).pid) / "fd"
    return sum(
        os.path.realpath(file).rpartition("/")[2].startswith("socket:") for file in folder.iterdir()
    )


def printed(kernel: ChapterKernel, source: str) -> str:
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


def test_the_state_is_that_of_a_plain_kernel(server: ForkServer, start: Callable) -> None:
    """A chapter finds all as in a process of its own: options, filters, handlers, files, paths.

    So do the first, and those that are forked when all is imported.
    """
    kernels = start(server.address), start(server.address), start()
    # A kernel opens its last socket some moments after it has started.
    assert eventually(lambda: len(set(map(sockets, kernels))) == 1)
    *states, plain = (json.loads(printed(kernel, STATE)) for kernel in kernels)
    for forked in states:
        assert forked.keys() == plain.keys()
        for group in plain:
            assert forked[group] == plain[group], group


def test_the_numbers_are_those_of_a_plain_kernel(server: ForkServer, start: Callable) -> None:
    """Threads work in a fork, and share the work in the same way: every bit is the same."""
    assert printed(start(server.address), NUMBERS) == printed(start(), NUMBERS)


def test_a_new_kernel_is_found_at_once(server: ForkServer, start: Callable) -> None:
    """Its client tries to reach it more often than ten times a second, as it would by default."""
    client = start(server.address).kc
    sockets = [getattr(client, f"{name}_channel").socket for name in ("shell", "iopub")]
    assert {each.reconnect_ivl for each in sockets} == {RECONNECT}


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


def test_seeds_differ(server: ForkServer, start: Callable) -> None:
    """Two kernels draw other random numbers, as two processes do."""
    first, second = (printed(start(server.address), SEEDS).split() for _ in range(2))
    assert [pair for pair in zip(first, second, strict=True) if pair[0] == pair[1]] == []


def test_a_kernel_sees_nothing_of_another(server: ForkServer, start: Callable) -> None:
    """What one notebook changes, in itself or in a library, is not seen by the next."""
    change = """
    import os, sys, warnings, numpy as np, torch, helpers
    np.set_printoptions(precision=2)
    np.pi = 3
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    helpers.l1_loss = None
    sys.modules["json"] = None
    os.environ["CHANGED"] = "1"
    os.chdir("/")
    warnings.simplefilter("ignore")
    """
    see = """
    import os, json, warnings, numpy as np, torch, helpers
    print(np.get_printoptions()["precision"], np.pi, torch.get_default_dtype())
    print(torch.get_num_threads(), helpers.l1_loss, "CHANGED" in os.environ, os.getcwd())
    print(any(name == "ignore" and kind is Warning for name, _, kind, _, _ in warnings.filters))
    """
    before = start(server.address)
    assert printed(start(server.address), change) == ""
    after = start(server.address)
    untouched = re.sub("0x[0-9a-f]+", "", printed(start(), see))
    for kernel in (before, after):
        assert re.sub("0x[0-9a-f]+", "", printed(kernel, see)) == untouched


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("import os; os._exit(3)", 3),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("import os, signal; os.killpg(0, signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_a_crash_harms_no_other_kernel(
    server: ForkServer, start: Callable, source: str, code: int
) -> None:
    """It is reported as a plain kernel's is, with the exit code; the other kernel goes on."""
    other, crashing = start(server.address), start(server.address)
    with pytest.raises(KernelError, match="the kernel died while it ran this cell"):
        crashing.run(source, timeout=60)
    assert not crashing.is_alive()
    assert process(crashing).poll() == process(crashing).wait() == code
    assert printed(other, "print(1)") == "1\n"
    assert printed(start(server.address), "print(2)") == "2\n"


def test_a_crash_is_known_at_once(server: ForkServer, start: Callable) -> None:
    """Whoever asks a moment later hears that the kernel is dead, and no zombie stays."""
    kernel = start(server.address)
    pid = process(kernel).pid
    os.kill(pid, signal.SIGKILL)
    assert process(kernel).wait(timeout=PATIENCE) == -signal.SIGKILL
    assert not kernel.is_alive()
    assert gone(pid)


@pytest.mark.parametrize("source", ["while True: pass", "import time; time.sleep(1000)"])
def test_a_timeout_and_an_interrupt(server: ForkServer, start: Callable, source: str) -> None:
    """A cell that runs too long is given up; interrupted, the kernel can be used again."""
    kernel = start(server.address)
    with pytest.raises(KernelError, match=r"the cell ran longer than 0.1 seconds"):
        kernel.run(source, timeout=0.1)
    kernel.interrupt()
    assert printed(kernel, "print(1)") == "1\n"


def test_stopping_ends_a_busy_kernel_and_what_it_started(
    server: ForkServer, start: Callable
) -> None:
    """Neither an endless loop nor a background process outlives its notebook."""
    kernel = ChapterKernel(ROOT, fork_server=server.address)
    pid = process(kernel).pid
    child = int(
        printed(kernel, "import subprocess; print(subprocess.Popen(['sleep', '1000']).pid)")
    )
    with pytest.raises(KernelError, match="the cell ran longer"):
        kernel.run("while True: pass", timeout=0.1)
    kernel.stop()
    assert gone(pid)
    assert eventually(lambda: gone(child))


def test_a_crash_leaves_nothing_that_the_kernel_started(
    server: ForkServer, start: Callable
) -> None:
    """A dead kernel's background processes end with it."""
    kernel = start(server.address)
    child = int(
        printed(kernel, "import subprocess; print(subprocess.Popen(['sleep', '1000']).pid)")
    )
    with pytest.raises(KernelError):
        kernel.run("import os; os._exit(1)", timeout=60)
    assert eventually(lambda: gone(child))


@pytest.mark.usefixtures("light")
def test_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a stop there is no process, no connection and no temporary file."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    server = start_fork_server()
    kernel = ChapterKernel(ROOT, fork_server=server.address)
    running = {child.pid for child in psutil.Process().children(recursive=True)} - before
    assert process(kernel).pid in running
    assert len(running) == 2
    assert list(tmp_path.iterdir())
    kernel.stop()
    assert server.stop() == ""
    assert all(map(gone, running))
    assert list(tmp_path.iterdir()) == []


# Starts a server and a kernel, says who they are, and waits to be killed.
CLIENT = """
import subprocess, sys, time
from pathlib import Path
from tests.harness.kernels import ChapterKernel, start_fork_server

server = start_fork_server()
kernel = ChapterKernel(Path("."), fork_server=sys.argv[1] or server.address)
pid = kernel.km.provisioner.process.pid
child = kernel.run("import subprocess; print(subprocess.Popen(['sleep', '1000']).pid)", 60)[0].text
kernel.execute_cell_input("while True: pass")
print(server._process.pid, pid, child.strip(), flush=True)
time.sleep(1000)
"""


@pytest.mark.parametrize("asked", [False, True])
def test_a_server_that_is_not_needed_keeps_nobody_waiting(asked: bool) -> None:
    """It ends at once, idle or in the middle of its imports."""
    server = start_fork_server()
    if asked:
        warm_up(server.address)
        time.sleep(0.5)
    assert server.stop() == ""
    assert server._process.returncode == -signal.SIGTERM


@pytest.mark.parametrize(
    ("argument", "asks"),
    [
        ("", True),
        ("book", True),
        ("book/regression/l1.ipynb::Cell 1", True),
        ("tests", False),
        ("helpers/regression.py::helpers.regression.l1_loss", False),
    ],
)
def test_the_imports_begin_if_a_run_asks_for_notebooks(argument: str, asks: bool) -> None:
    """A run of other tests does without."""
    config = SimpleNamespace(args=[str(ROOT / argument)], getoption=lambda name: False)
    assert plugin._asks_for_notebooks(config) == asks


@pytest.mark.usefixtures("light")
def test_a_killed_client_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kernels end, and its server; a server that it shared with others goes on."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    shared = start_fork_server()
    for address in ("", shared.address):
        command = [sys.executable, "-c", CLIENT, address]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as client:
            started = list(map(int, client.stdout.readline().split()))
            assert len(started) == 3
            client.kill()
        assert eventually(lambda: all(map(gone, started)))  # noqa: B023
    kernel = ChapterKernel(ROOT, fork_server=shared.address)
    assert isinstance(process(kernel), ForkedProcess)
    kernel.stop()
    assert shared.stop() == ""


@pytest.mark.usefixtures("light")
def test_kernels_end_without_their_server() -> None:
    """A killed server's kernels notice it; what asks for more gets plain ones."""
    server = start_fork_server()
    kernel = ChapterKernel(ROOT, fork_server=server.address)
    pid = process(kernel).pid
    server._process.kill()
    assert eventually(lambda: gone(pid))
    assert not kernel.is_alive()
    kernel.stop()
    plain = ChapterKernel(ROOT, fork_server=server.address)
    assert isinstance(process(plain), subprocess.Popen)
    assert printed(plain, "print(1)") == "1\n"
    plain.stop()
    assert server.stop() == "the fork server ended with code -9"


@pytest.mark.usefixtures("light")
def test_a_plain_kernel_is_started_where_no_fork_is_possible(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on Windows: all works the same, and there is no server."""
    monkeypatch.setattr(forks, "POSSIBLE", False)
    server = start_fork_server()
    assert server.address == ""
    kernel = ChapterKernel(ROOT, fork_server=server.address)
    assert isinstance(process(kernel), subprocess.Popen)
    assert printed(kernel, "print(1)") == "1\n"
    kernel.stop()
    assert refresh(notebook(tmp_path / "a.ipynb", "1"), server.address)
    assert server.stop() == ""


def test_a_plain_kernel_is_started_for_another_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What an import reads cannot be changed afterwards, so nothing is forked then."""
    server = start_fork_server()
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    kernel = ChapterKernel(ROOT, fork_server=server.address)
    assert isinstance(process(kernel), subprocess.Popen)
    assert printed(kernel, "import os; print(os.environ['OMP_NUM_THREADS'])") == "3\n"
    kernel.stop()
    assert server.stop() == "the environment differs in OMP_NUM_THREADS"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("print('hello')", "hello"),
        ("import os; os.write(2, b'hello')", "hello"),
        ("import warnings; warnings.warn('hello', stacklevel=2)", "UserWarning: hello"),
        ("import warnings; warnings.warn('hello', DeprecationWarning, stacklevel=2)", "hello"),
        ("import logging; logging.getLogger('a').warning('hello')", "hello"),
        ("import threading; threading.Thread(target=__import__('time').sleep, args=[9])"
         ".start()", "an import starts threads"),
        ("raise ImportError('hello')", "an import fails: ImportError('hello')"),
        ("1 / 0", "an import fails: ZeroDivisionError("),
    ],
)  # fmt: skip
def test_an_import_that_chapters_would_notice_prevents_forks(
    light: Path, source: str, says: str
) -> None:
    """A library that prints, warns or starts threads does so in each chapter that imports it."""
    (light / "pandas.py").write_text(source)
    server = start_fork_server()
    assert forks.fork(server.address, [], dict(os.environ)) is None
    assert says in server.stop()


def test_what_is_imported_later_prevents_the_forks_after_it(light: Path, start: Callable) -> None:
    """The first kernels do not wait for it, and have to import it themselves."""
    (light / "torch" / "_dynamo.py").write_text("print('hello')")
    server = start_fork_server()
    first = start(server.address)
    assert printed(first, "import torch._dynamo") == "hello\n"
    assert forks.fork(server.address, [], dict(os.environ)) is None
    assert "hello" in server.stop()


def test_a_kernel_has_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels that run side by side leave the cores to each other, unless a person wants else."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert kernel_environment("")["OMP_NUM_THREADS"] == "1"
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert kernel_environment("")["OMP_NUM_THREADS"] == "4"


def test_the_workers_of_a_run_share_a_server(server: ForkServer) -> None:
    """The process that xdist started first starts it, and tells all others."""
    config = SimpleNamespace(stash={plugin.FORK_SERVER: server}, getoption=lambda name: False)
    node = SimpleNamespace(config=config, workerinput={})
    plugin.pytest_configure_node(node)
    worker = SimpleNamespace(workerinput=node.workerinput)
    assert plugin.fork_server(worker) == server.address


def test_a_run_says_why_kernels_were_not_forked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is the same, and its report explains why it took longer."""
    (tmp_path / "pandas.py").write_text("print('hello')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    report = run_pytest(SAMPLES / "pass-plain.ipynb").stdout
    assert "kernels were not forked" in report
    assert "hello" in report
    assert "passed" in report


@pytest.mark.parametrize("home", [f"{os.devnull}/none", "~", None])
def test_matplotlib_has_a_folder_where_the_home_cannot_be_written_to(home: str | None) -> None:
    """Otherwise it would say in each kernel that it makes one. It is gone with the process.

    A user whom the system does not know has a home folder "~".
    """
    hidden = ("HOME", "MPLCONFIGDIR", "XDG_CONFIG_HOME")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    code = (
        "from pathlib import Path; from tests.harness.kernels import kernel_environment as env; "
        "folder = env('').get('MPLCONFIGDIR'); print(folder, folder and Path(folder).is_dir())"
    )
    command = [sys.executable, "-c", code]
    env |= {"HOME": home} if home else {}
    said = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True).stdout.split()
    if home:
        assert said[1] == "True"
        assert not Path(said[0]).exists()
    else:
        assert said == ["None", "None"]
