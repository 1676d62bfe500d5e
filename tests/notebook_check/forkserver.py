"""The fork server: imports the heavy libraries once, and forks kernels that have them already.

This is a script. `forks` runs it in an interpreter of its own, in a kernel's environment: only a
process that runs no threads and has computed nothing yet can be forked safely, and what pytest has
loaded does not belong in a kernel. Its arguments are the number of a listening socket, and a
`Plan` in JSON. The imports begin when the first client connects.

Each connection is one kernel. The client sends a request: a line of JSON, and three open files. It
receives the number of the process (0: not forked), may then send signals, a byte each, and receives
the exit code. When it hangs up or dies, its kernel is killed, with all that this started. When the
process ends that started the server, so do the server and its kernels.

A forked kernel must find what a plain one finds, only sooner. So the libraries are imported as a
notebook would import them (`as_in_a_notebook`), what they leave behind is put where it would be in
a plain kernel (`Traces`), and where they might have been imported otherwise, nothing is forked.
"""

import sys

if __name__ == "__main__":
    del sys.path[0]  # this folder: a kernel imports nothing from it, and neither does this script

import builtins
import contextlib
import importlib.util
import io
import json
import logging
import os
import pkgutil
import selectors
import signal
import socket
import struct
import tempfile
import threading
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

LAUNCHER = "ipykernel_launcher"
# What every kernel imports as it starts.
KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
)
# Variables that a kernel may have and the server not, since nothing reads them in an import.
MAY_DIFFER = ("IPYTHONDIR", "JPY_PARENT_PID", "PYTEST_")

LIFELINE = 0  # stdin: a pipe that ends with the process that started the server
NUMBER = struct.Struct("i")
CREDENTIALS = struct.Struct("3i")  # process, user, group


class UnfitError(Exception):
    """No fork of this process would be like a plain kernel."""


@dataclass
class Plan:
    """What is imported before the first fork, what when there is time, and what each fork calls."""

    preload: list[str] = field(default_factory=list)
    preload_later: list[str] = field(default_factory=list)
    optional: list[str] = field(default_factory=list)  # of these modules, those that may be missing
    reseed: list[str] = field(default_factory=list)

    def there(self, names: list[str]) -> list[str]:
        """The modules without those that may be missing and are."""
        return [n for n in names if n not in self.optional or importlib.util.find_spec(n)]


@dataclass
class Request:
    """What a kernel is started with, in the terms of `subprocess.Popen`."""

    args: list[str]
    cwd: str
    env: dict[str, str]
    files: list[int]  # stdin, stdout, stderr

    @classmethod
    def receive(cls, connection: socket.socket) -> "Request | None":
        """Read a request; there is none if the client only wants the imports to begin."""
        text, files, _, _ = socket.recv_fds(connection, 1 << 16, 3)
        while text and not text.endswith(b"\n"):
            text += connection.recv(1 << 16)
        return cls(**json.loads(text), files=files) if text else None


@dataclass
class Traces:
    """What the imports left behind that a plain kernel has elsewhere."""

    env: dict[str, str] = field(default_factory=dict)  # variables that they set
    filters: list[tuple] = field(default_factory=list)  # of warnings; in a plain kernel: the first
    # Of logs; in a plain kernel they write to the cell.
    handlers: list[logging.StreamHandler] = field(default_factory=list)


def import_kernel() -> None:
    """Import what every kernel imports as it starts."""
    with captured_output():  # Nobody sees what a kernel prints as it starts.
        for name in KERNEL:
            __import__(name)


def import_libraries(names: Iterable[str], traces: Traces) -> None:
    """Import what notebooks import, or raise why a fork would not be like a plain kernel then."""
    filters = list(warnings.filters)
    with captured_output() as lines, as_in_a_notebook() as stderr:
        for name in names:
            __import__(name)
    if lines:
        raise UnfitError("\n".join(["an import prints what notebooks must show:", *lines]))
    if threading.active_count() > 1:
        raise UnfitError(f"an import starts threads: {threading.enumerate()}")
    traces.filters[:0] = [each for each in warnings.filters if each not in filters]
    traces.handlers += [each for each in log_handlers() if getattr(each, "stream", None) is stderr]


@contextlib.contextmanager
def as_in_a_notebook() -> Iterator[io.TextIOBase]:
    """Give imports what they would find in a kernel. The stderr that they get is handed out."""
    standard = sys.stdout, sys.stderr
    # Like ipykernel's, they name their encoding in capitals. pandas keeps that name.
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(fd, "w", closefd=False), "UTF-8", line_buffering=True)
        for fd in (1, 2)
    )
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # pandas asks if it has one.
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # ipykernel sets it.
    try:
        yield sys.stderr
    finally:
        del builtins.get_ipython, os.environ["MPLBACKEND"]
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = standard


@contextlib.contextmanager
def captured_output() -> Iterator[list[str]]:
    """Catch what is written to stdout and stderr. In the end the list has its lines."""
    lines: list[str] = []
    kept = os.dup(1), os.dup(2)
    with tempfile.TemporaryFile() as catcher:
        for fd in (1, 2):
            os.dup2(catcher.fileno(), fd)
        try:
            yield lines
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for fd, copy in enumerate(kept, start=1):
                os.dup2(copy, fd)
                os.close(copy)
            catcher.seek(0)
            lines += catcher.read().decode(errors="replace").splitlines()


def log_handlers() -> list[logging.Handler]:
    """The handlers of all logs."""
    logs = [logging.root, *logging.root.manager.loggerDict.values()]
    return [handler for log in logs for handler in getattr(log, "handlers", ())]


class Server:
    """Forks kernels, reports how they end, and kills those whose client is gone."""

    def __init__(self, listener: socket.socket, plan: Plan) -> None:
        self.listener = listener
        self.env = dict(os.environ)
        self.traces = Traces()
        self.plan = plan
        self.pending = [plan.preload, plan.preload_later]  # what is still to be imported
        self.prepared = False  # whether what comes before the first fork was imported
        self.unfit = ""  # why nothing can be forked
        self.kernels: dict[int, socket.socket] = {}  # by the number of the process
        self.woken, self.waker = socket.socketpair()
        self.waker.setblocking(False)
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # Without a handler nothing would wake.
        self.selector = selectors.DefaultSelector()
        for file in (LIFELINE, self.listener, self.woken):
            self.selector.register(file, selectors.EVENT_READ)

    def serve(self) -> Request | None:
        """Serve until the lifeline ends. In each kernel, return its request at once."""
        while True:
            events = self.selector.select(timeout=0 if self.kernels and self.pending else None)
            if not events:
                self.prepare()
            for key, _ in events:
                if key.fileobj == LIFELINE:
                    return self.end()
                if key.fileobj is self.listener:
                    if request := self.accept():
                        return request
                elif key.fileobj is self.woken:
                    self.reap()
                else:
                    self.pass_on(key.fileobj, key.data)

    def accept(self) -> Request | None:
        """Serve a new client. Its request is returned in its kernel only."""
        connection, _ = self.listener.accept()
        if user_of(connection) != os.getuid():
            return connection.close()
        if not self.prepared:
            self.prepare()
        request = Request.receive(connection)
        if request is None:
            return connection.close()
        if reason := self.unfit or self.other_environment(request.env):
            print(reason, flush=True)
            send_number(connection, 0)
            return connection.close()
        pid = os.fork()
        if pid == 0:
            connection.close()
            self.detach()
            return request
        for fd in request.files:
            os.close(fd)
        self.kernels[pid] = connection
        self.selector.register(connection, selectors.EVENT_READ, data=pid)
        return send_number(connection, pid)

    def prepare(self) -> None:
        """Import what is next. From then on only the lifeline ends the server."""
        try:
            if not self.prepared:
                import_kernel()
            import_libraries(self.plan.there(self.pending.pop(0)), self.traces)
            self.traces.env = dict(os.environ.items() - self.env.items())
        except UnfitError as reason:
            self.unfit = str(reason)
        except Exception as error:  # whatever an import raises
            self.unfit = f"an import fails: {error!r}"
        if self.unfit:
            self.pending.clear()
        self.prepared = True
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def other_environment(self, env: dict[str, str]) -> str:
        """Which variables an import may have seen otherwise than it would in a kernel."""
        names = {name for name, _ in env.items() ^ self.env.items()}
        names = sorted(name for name in names if not name.startswith(MAY_DIFFER))
        return f"the environment differs in {', '.join(names)}" if names else ""

    def detach(self) -> None:
        """In a new kernel: close all that is the server's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for key in list(self.selector.get_map().values()):
            if key.fileobj != LIFELINE:  # The kernel's stdin takes its place.
                key.fileobj.close()
        self.waker.close()
        self.selector.close()

    def pass_on(self, connection: socket.socket, pid: int) -> None:
        """Pass a client's signals on. If the client is gone, kill the kernel."""
        try:
            signals = connection.recv(16)
        except OSError:
            signals = b""
        for number in signals or [signal.SIGKILL]:
            self.signal(pid, number)
        if not signals:
            self.hang_up(connection)

    def signal(self, pid: int, number: int) -> None:
        """Send a signal to a kernel and what it started. Until it is reaped, the number is its."""
        if pid in self.kernels:
            try:
                os.killpg(pid, number)
            except ProcessLookupError:  # It was forked just now, and has no group yet.
                os.kill(pid, number)

    def reap(self) -> None:
        """Report the end of all kernels that have ended, and kill what those started."""
        self.woken.recv(1 << 10)
        while self.kernels:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                return
            self.reap_one(ended.si_pid)

    def reap_one(self, pid: int) -> None:
        """Wait for a kernel's end, and report it to its client."""
        self.signal(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        connection = self.kernels.pop(pid)
        send_number(connection, os.waitstatus_to_exitcode(status))
        self.hang_up(connection)

    def hang_up(self, connection: socket.socket) -> None:
        """End a connection, if it has not ended yet."""
        if connection.fileno() >= 0:
            self.selector.unregister(connection)
            connection.close()

    def end(self) -> None:
        """Kill all kernels."""
        for pid in list(self.kernels):
            self.reap_one(pid)


def user_of(connection: socket.socket) -> int:
    """Whose process is at the other end."""
    size = CREDENTIALS.size
    return CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[1]


def send_number(connection: socket.socket, number: int) -> None:
    """Send a number to a client, who may be gone."""
    with contextlib.suppress(OSError):
        connection.sendall(NUMBER.pack(number))


def run_kernel(request: Request, plan: Plan, traces: Traces) -> None:
    """Become the process that was asked for, and run its kernel to the end."""
    os.setsid()
    for number, fd in enumerate(request.files):
        os.dup2(fd, number)
        os.close(fd)
    os.chdir(request.cwd)
    os.environ.clear()
    os.environ.update(request.env | traces.env | {"JPY_PARENT_PID": str(os.getppid())})
    arguments = request.args[request.args.index(LAUNCHER) + 1 :]
    sys.argv[:] = [importlib.util.find_spec(LAUNCHER).origin, *arguments]
    sys.orig_argv[:] = request.args
    for name in plan.reseed:  # Python's own `random` does it by itself.
        pkgutil.resolve_name(name)()

    from ipykernel.kernelapp import IPKernelApp

    # The default was read from the environment as ipykernel was imported.
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize()
    restore(traces)
    app.start()


def restore(traces: Traces) -> None:
    """Leave the traces of the imports as if they were done now."""
    others = [each for each in warnings.filters if each not in traces.filters]
    with warnings.catch_warnings():
        pass  # The end of this makes Python notice that the filters change.
    warnings.filters[:] = traces.filters + others
    for handler in traces.handlers:
        handler.setStream(sys.stderr)


if __name__ == "__main__":
    plan = Plan(**json.loads(sys.argv[2]))
    server = Server(socket.socket(fileno=int(sys.argv[1])), plan)
    if request := server.serve():
        run_kernel(request, plan, server.traces)
