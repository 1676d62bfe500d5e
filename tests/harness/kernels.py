"""The kernels that cells run in: the same interpreter and surroundings to check and to refresh."""

import functools
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager, RunningKernel
from traitlets import default
from traitlets.config import Config

from .forks import PROVISIONER, ForkServer, new_name

# What the caller's surroundings must not decide about an output.
FIXED = {"COLUMNS": "80", "LINES": "24"}
# Kernels that run side by side share the processor, and chapters compute little: with more threads
# they would wait for one another. No number depends on it, as `make stress` shows, and a person may
# set another number.
ALONE = {"OMP_NUM_THREADS": "1"}
DROPPED = (
    "PYTHONWARNINGS",  # would hide warnings, or add some
    "MPLBACKEND",  # the kernel sets its own
    "NO_COLOR",
    "FORCE_COLOR",
    # With this set, ipykernel does not capture what C++ code writes to file descriptors 1 and 2,
    # so a check run by pytest would miss torch's own warnings.
    "PYTEST_CURRENT_TEST",
    # torch sets it when a test imports its compiler; kernels that start later would be no forks.
    "TORCHINDUCTOR_CACHE_DIR",
)
QUICK = (
    # No traceback is stored (see `normalise`), and to write one may take ten times as long as its
    # cell.
    "--InteractiveShell.xmode=Minimal",
    # Else a kernel sleeps after each cell, for clients that do not wait for the last output.
    "--IPythonKernel._execute_sleep=0",
)
RECONNECT = 10  # milliseconds between attempts to reach a kernel that is starting
OUTPUTS = {"stream", "display_data", "execute_result", "error"}
NOT_OUTPUTS = {"status", "execute_input"}


class KernelError(Exception):
    """A cell could not be run to its end, or sent something that no stored output can hold."""


def kernel_environment(ipython_folder: str) -> dict[str, str]:
    """The environment variables of a kernel.

    IPython gets a folder of its own: neither a person's startup files and settings there nor the
    history that a kernel leaves there belong to a chapter.
    """
    give_matplotlib_a_folder()
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    return ALONE | kept | FIXED | {"IPYTHONDIR": ipython_folder}


@functools.cache
def give_matplotlib_a_folder() -> None:
    """Where it cannot write to the home folder, have matplotlib make another one, and say so, once.

    Else it would in every kernel, and there its words would be a chapter's output. The processes
    that this one starts hear of the folder by a variable. It is removed in the end.
    """
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    folder = Path(os.environ.get("MPLCONFIGDIR") or Path(settings, "matplotlib"))
    there = next(path for path in (folder, *folder.parents, Path()) if path.exists())
    if not (folder.is_absolute() and there.is_dir() and os.access(there, os.W_OK)):
        importlib.import_module("matplotlib").get_configdir()


def start_fork_server() -> ForkServer:
    """Start a server that forks kernels in this environment."""
    env = kernel_environment("")
    del env["IPYTHONDIR"]
    return ForkServer(env)


def one_kernel(fork_server: str) -> Config:
    """The configuration of a manager of one kernel, which a server forks if its address is given.

    On Linux, client and kernel meet at names of their own, which are no files. Elsewhere they meet
    at TCP ports that were free when the client chose them. If another process takes one of these
    before the kernel does, the kernel dies.
    """
    meet = {"transport": "ipc", "ip": f"@{new_name()}"}
    return Config(
        ForkProvisioner={"address": fork_server},
        KernelManager=meet if sys.platform == "linux" else {},
    )


class ChapterKernelspecManager(NbvalKernelspecManager):
    """Knows nbval's name for a kernel of the running interpreter (`CURRENT_ENV_KERNEL_NAME`)."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The specification of a kernel that may be forked."""
        spec = super().get_kernel_spec(kernel_name)
        spec.argv = [*spec.argv, *QUICK]
        spec.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
        return spec


class ChapterKernelManager(AsyncKernelManager):
    """Starts chapters' kernels for nbclient."""

    @default("kernel_spec_manager")
    def _kernel_spec_manager(self) -> ChapterKernelspecManager:
        return ChapterKernelspecManager()


class ChapterKernel(RunningKernel):
    """nbval's kernel in fixed surroundings, which hands back all that a cell puts out."""

    output_timeout = 30  # seconds for the next output after the cell has ended

    def __init__(self, folder: Path, startup_timeout: float = 60, fork_server: str = "") -> None:
        """Start a kernel in `folder`, forked if there is the address of a server."""
        self._ipython_folder = tempfile.TemporaryDirectory(prefix="losses-by-hand-ipython-")
        self.km = KernelManager(
            kernel_name=CURRENT_ENV_KERNEL_NAME,
            kernel_spec_manager=ChapterKernelspecManager(),
            config=one_kernel(fork_server),
        )
        self.km.start_kernel(
            cwd=str(folder),
            env=kernel_environment(self._ipython_folder.name),
            stderr=subprocess.DEVNULL,
        )
        self.kc = self.km.client()
        self.kc.context.reconnect_ivl = RECONNECT
        self.kc.start_channels(stdin=False, hb=False, control=False)
        try:
            self._await_start(startup_timeout)
        except BaseException:
            self.stop()
            raise

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        """The next message of `iopub` or `shell`; raises `Empty` if none comes in time.

        As nbval's, but without its log of every message, and without an event loop for each, which
        together take more time than most cells.
        """
        return getattr(self.kc, f"{stream}_channel").get_msg(timeout=timeout)

    def run(self, source: str, timeout: float) -> list[NotebookNode]:
        """Execute one cell and return its outputs in the order in which they came."""
        msg_id = self.execute_cell_input(source, allow_stdin=False)
        self._await_end(msg_id, timeout)
        return list(self._outputs(msg_id))

    def stop(self) -> None:
        """End the kernel and remove what it left."""
        super().stop()
        self._ipython_folder.cleanup()

    def _await_start(self, timeout: float) -> None:
        """Wait until the kernel welcomes its listener on iopub, who from then on misses nothing."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                if self.get_message("iopub", timeout=1)["msg_type"] == "iopub_welcome":
                    return
            except Empty:
                if not self.is_alive():
                    raise KernelError("the kernel died as it started") from None
                if time.monotonic() > deadline:
                    raise KernelError(
                        f"the kernel took longer than {timeout:g} s to start"
                    ) from None

    def _await_end(self, msg_id: str, timeout: float) -> None:
        """Wait for a cell's end. Looks up every second, so that a dead kernel is noticed."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                return self.await_reply(msg_id, timeout=1)
            except Empty:
                if not self.is_alive():
                    raise KernelError("the kernel died while it ran this cell") from None
                if time.monotonic() > deadline:
                    raise KernelError(f"the cell ran longer than {timeout:g} seconds") from None

    def _outputs(self, msg_id: str) -> Iterator[NotebookNode]:
        """The outputs of a cell that has ended.

        nbval leaves out messages that it does not know, among them those that change or clear an
        earlier output. Here they are refused: what they leave on the screen could not be checked.
        """
        while True:
            try:
                message = self.get_message("iopub", timeout=self.output_timeout)
            except Empty:
                raise KernelError("the cell's outputs did not come to an end") from None
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if kind == "status" and content["execution_state"] == "idle":
                return
            if kind in OUTPUTS:
                yield output_from_msg(message)
            elif kind not in NOT_OUTPUTS:
                raise KernelError(f"the cell sent a {kind!r} message, which cannot be checked")
