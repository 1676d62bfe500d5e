"""The kernel that a notebook's cells run in: one engine, nbval's, to check and to refresh."""

import functools
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty

from ipykernel.kernelspec import make_ipkernel_cmd
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbval.kernel import RunningKernel
from traitlets import Unicode
from traitlets.config import Config

from .forks import PROVISIONER, ForkServer, new_name
from .settings import Settings

# What the caller's surroundings must not decide about an output.
FIXED = {"COLUMNS": "80", "LINES": "24"}
DROPPED = (
    "PYTHONWARNINGS",  # would hide warnings, or add some
    "MPLBACKEND",  # the kernel sets its own
    "NO_COLOR",
    "FORCE_COLOR",
    # With this set, ipykernel does not capture what C++ code writes to file descriptors 1 and 2,
    # so a check run by pytest would miss a library's own warnings.
    "PYTEST_CURRENT_TEST",
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


def kernel_environment(settings: Settings) -> dict[str, str]:
    """The environment variables of a kernel."""
    give_matplotlib_a_folder()
    dropped = {*DROPPED, *settings.unset}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**settings.environment, **kept, **FIXED}


@functools.cache
def give_matplotlib_a_folder() -> None:
    """Where it cannot write to the home folder, have matplotlib make another one, and say so, once.

    Else it would in every kernel, and there its words would be a notebook's output. The processes
    that this one starts find the folder by a variable. It is removed in the end.
    """
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    folder = Path(os.environ.get("MPLCONFIGDIR") or Path(settings, "matplotlib"))
    there = next(path for path in (folder, *folder.parents, Path()) if path.exists())
    writable = folder.is_absolute() and there.is_dir() and os.access(there, os.W_OK)
    if not writable and importlib.util.find_spec("matplotlib"):
        importlib.import_module("matplotlib").get_configdir()


def start_fork_server(settings: Settings) -> ForkServer:
    """Start a server that forks the kernels of a project."""
    return ForkServer(settings, kernel_environment(settings))


class _Specifications(KernelSpecManager):
    """Knows one kernel: that of an interpreter, which may be forked."""

    python = Unicode(sys.executable)

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The specification of the kernel."""
        return KernelSpec(
            argv=[*make_ipkernel_cmd(executable=self.python), *QUICK],
            metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER}},
        )


class NotebookKernel(RunningKernel):
    """nbval's kernel in fixed surroundings, which hands back all that a cell puts out."""

    output_timeout = 30  # seconds for the next output after the cell has ended

    def __init__(
        self,
        folder: Path,
        fork_server: str = "",
        startup_timeout: float = 60,
        env: Mapping[str, str] | None = None,
        python: str = sys.executable,
    ) -> None:
        """Start a kernel in `folder`, forked if there is the address of a server.

        Without `env` it has the environment that the project of the folder asks for. IPython gets a
        folder of its own: neither a person's startup files and settings there nor the history that
        a kernel leaves there belong to a notebook.
        """
        self._ipython_folder = tempfile.TemporaryDirectory(prefix="ipython-")
        env = kernel_environment(Settings.of(folder)) if env is None else env
        # On Linux, client and kernel meet at names of their own, which are no files. Elsewhere they
        # meet at TCP ports that were free when the client chose them. If another process takes one
        # of these before the kernel does, the kernel dies.
        meet = {"transport": "ipc", "ip": f"@{new_name()}"} if sys.platform == "linux" else {}
        self.km = KernelManager(
            kernel_spec_manager=_Specifications(python=python),
            config=Config(ForkProvisioner={"address": fork_server}, KernelManager=meet),
        )
        self.km.start_kernel(
            cwd=str(folder),
            env={**env, "IPYTHONDIR": self._ipython_folder.name},
            stderr=subprocess.DEVNULL,  # the kernel's own log; what cells write there is caught
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
        """Execute one cell and return its outputs in the order in which it sent them."""
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
                late = f"the kernel took longer than {timeout:g} s to start"
                self._check("as it started", deadline, late)

    def _await_end(self, msg_id: str, timeout: float) -> None:
        """Wait for a cell's end. Looks up every second, so that a dead kernel is noticed."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                return self.await_reply(msg_id, timeout=1)
            except Empty:
                late = f"the cell ran longer than {timeout:g} seconds"
                self._check("while it ran this cell", deadline, late)

    def _check(self, when: str, deadline: float, late: str) -> None:
        """Raise an error if the kernel is dead, or the deadline has passed."""
        if not self.is_alive():
            raise KernelError(f"the kernel died {when}") from None
        if time.monotonic() > deadline:
            raise KernelError(late) from None

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
