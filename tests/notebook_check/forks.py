"""Forked kernels: the client's side of the fork server, for `jupyter_client`.

`ForkServer` starts and ends a server. `ForkProvisioner` is what `jupyter_client` calls a kernel
provisioner: it starts the kernel of a kernel manager, here by asking a server for a fork. Without a
server, or if that refuses, it starts a plain kernel: the check is the same then, but takes longer.
"""

import contextlib
import functools
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib.metadata import EntryPoint
from pathlib import Path

from ipykernel.kernelspec import make_ipkernel_cmd
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets import Unicode

from .forkserver import NUMBER, Plan
from .settings import Settings

SCRIPT = Path(__file__).with_name("forkserver.py")
PROVISIONER = "notebook-check-forks"
# Other systems have no fork, or libraries that do not outlive it, as macOS has.
POSSIBLE = sys.platform == "linux"
FORK_TIMEOUT = 60  # seconds; the first fork waits for the imports


class ForkServer:
    """A fork server. It ends with the process that started it, however that ends."""

    def __init__(
        self, settings: Settings, env: dict[str, str], python: str = sys.executable
    ) -> None:
        """Start it in the environment of a kernel. It is idle until a client connects."""
        self.address = new_name() if POSSIBLE else ""
        if not POSSIBLE:
            return
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(_name(self.address))
            listener.listen()
            self._process = subprocess.Popen(
                [
                    *_interpreter(make_ipkernel_cmd(executable=python)),
                    SCRIPT,
                    str(listener.fileno()),
                    json.dumps({each.name: getattr(settings, each.name) for each in fields(Plan)}),
                ],
                env=env,
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,  # Ctrl-C is for the process that started it.
            )

    def stop(self) -> str:
        """End it and its kernels. Returns the reasons why it refused to fork, a line each."""
        if not POSSIBLE:
            return ""
        self._process.terminate()  # It listens to this only as long as it has forked nothing.
        printed, _ = self._process.communicate()  # This closes its lifeline.
        reasons = list(dict.fromkeys(printed.splitlines()))
        if (code := self._process.returncode) not in (0, -signal.SIGTERM):
            reasons.append(f"the fork server ended with code {code}")
        return "\n".join(reasons)


@functools.cache
def warm_up(address: str) -> None:
    """Let a fork server begin with its imports, if there is one. Once is enough."""
    if address:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(_name(address))


class ForkedProcess:
    """A forked kernel, to be used like a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self._connection = connection
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, if it has ended."""
        return self.wait(timeout=0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end. Returns the exit code, or nothing if it runs on."""
        if self.returncode is None and select.select([self._connection], [], [], timeout)[0]:
            code = _number(self._connection)
            # Without its server a kernel ends too.
            self.returncode = -signal.SIGKILL if code is None else code
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, and the processes that it started."""
        if self.poll() is None:
            with contextlib.suppress(BrokenPipeError):
                self._connection.sendall(bytes([number]))

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel by a fork if it can, otherwise as a process like any other."""

    address = Unicode("", config=True, help="the fork server's; none for plain kernels")

    async def launch_kernel(self, cmd: list[str], **kwargs: object) -> KernelConnectionInfo:
        """Start the kernel."""
        self.process = fork(self.address, cmd, **self._scrub_kwargs(kwargs))
        if self.process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.pid, self.cwd = self.process.pid, kwargs.get("cwd")
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill it, and wait for the end, which the manager would look for every 0.1 s only."""
        await super().kill(restart)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)


KernelProvisionerFactory.provisioners[PROVISIONER] = EntryPoint(
    PROVISIONER, f"{__name__}:{ForkProvisioner.__name__}", KernelProvisionerFactory.GROUP_NAME
)


def fork(
    address: str,
    args: list[str],
    env: dict[str, str],
    cwd: str | None = None,
    stdout: object = None,
    stderr: object = None,
    **others: object,
) -> ForkedProcess | None:
    """Ask the server at `address` for what `subprocess.Popen` would do with the other arguments.

    Returns nothing if there is no such server, if it refuses, or if something is asked for that no
    kernel here needs, such as pipes.
    """
    if not address or others or {stdout, stderr} - {None, subprocess.DEVNULL}:
        return None
    request = {"args": args, "cwd": str(cwd or Path.cwd()), "env": env}
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(FORK_TIMEOUT)
    try:
        connection.connect(_name(address))
        with _standard_files(stdout, stderr) as files:
            _send(connection, json.dumps(request).encode() + b"\n", files)
        pid = _number(connection)
    except OSError:
        pid = None
    if pid:
        return ForkedProcess(connection, pid)
    connection.close()
    return None


@contextlib.contextmanager
def _standard_files(stdout: int | None, stderr: int | None) -> Iterator[list[int]]:
    """The files for a kernel's stdin, which is empty, its stdout and its stderr."""
    stdin, end = os.pipe()
    os.close(end)
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        yield [stdin, 1 if stdout is None else nothing, 2 if stderr is None else nothing]
    finally:
        os.close(stdin)
        os.close(nothing)


def _send(connection: socket.socket, message: bytes, files: list[int]) -> None:
    """Send a message, and open files with its beginning."""
    sent = socket.send_fds(connection, [message], files)
    connection.sendall(message[sent:])


def _number(connection: socket.socket) -> int | None:
    """The next number from the server; nothing if it is gone."""
    try:
        received = connection.recv(NUMBER.size, socket.MSG_WAITALL)
    except ConnectionError:
        received = b""
    return NUMBER.unpack(received)[0] if received else None


def new_name() -> str:
    """A name to meet at, which nobody else has."""
    return f"notebook-check-{secrets.token_hex(16)}"


def _name(address: str) -> str:
    """The address as Linux wants it: a name of its own, which is no file."""
    return "\0" + address


def _interpreter(command: list[str]) -> list[str]:
    """The interpreter of a command that runs a module, with its options."""
    return command[: command.index("-m")]
