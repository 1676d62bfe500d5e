"""Forked kernels are like plain ones, with the libraries that the chapters import."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.notebook_check import forks
from tests.notebook_check.forks import ForkServer
from tests.notebook_check.kernels import NotebookKernel, start_fork_server
from tests.notebook_check.test_forks import eventually, printed, process

from .contents import BOOK, SETTINGS

pytestmark = pytest.mark.skipif(not forks.POSSIBLE, reason="kernels are not forked on this system")

STATE = Path(__file__).with_name("kernel_state.py").read_text(encoding="utf-8")
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
CHANGE = """
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
UNCHANGED = "import json, numpy, helpers; print(numpy.pi, helpers.l1_loss.__name__, json.dumps(1))"


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    """A fork server, which forks all that these tests ask for, with threads that share work."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        server = start_fork_server(SETTINGS)
        yield server
        assert server.stop() == ""


def sockets(kernel: NotebookKernel) -> int:
    """How many sockets a kernel has open."""
    folder = Path("/proc") / str(process(kernel).pid) / "fd"
    return sum(
        os.path.realpath(file).rpartition("/")[2].startswith("socket:") for file in folder.iterdir()
    )


@pytest.fixture
def start() -> Iterator[Callable[..., NotebookKernel]]:
    """Starts kernels, forked ones if an address is given, and stops them in the end."""
    with ExitStack() as stack:

        def start(address: str = "") -> NotebookKernel:
            kernel = NotebookKernel(BOOK, address)
            stack.callback(kernel.stop)
            return kernel

        yield start


def test_a_chapter_finds_all_as_in_a_plain_kernel(server: ForkServer, start: Callable) -> None:
    """Options, filters, handlers, files, paths; and the bits of what threads compute.

    So do the first chapter, and those that are forked when all is imported. None sees what another
    has changed, in itself or in a library.
    """
    early, changed = start(server.address), start(server.address)
    assert printed(changed, CHANGE) == ""
    late, plain = start(server.address), start()
    kernels = early, late, plain
    # A kernel opens its last socket some moments after it has started.
    assert eventually(lambda: len(set(map(sockets, kernels))) == 1)
    *states, expected = (json.loads(printed(kernel, STATE)) for kernel in kernels)
    for state in states:
        assert state.keys() == expected.keys()
        for group in expected:
            assert state[group] == expected[group], group
    for source in (UNCHANGED, NUMBERS):
        assert len({printed(kernel, source) for kernel in kernels}) == 1


def test_seeds_differ(server: ForkServer, start: Callable) -> None:
    """Two kernels draw other random numbers, as two processes do."""
    seeds = [printed(start(server.address), SEEDS).split() for _ in range(2)]
    assert [pair for pair in zip(*seeds, strict=True) if pair[0] == pair[1]] == []
