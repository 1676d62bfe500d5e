"""JupyterLab, as `make lab` starts it, spoken to as its page in the browser does."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import websocket
from jupyter_client.session import Session
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

from tests.notebook_check.kernels import OUTPUTS, kernel_environment

from .contents import ROOT, SETTINGS

TOKEN = "a-token"
PATIENCE = 120  # seconds, for a busy machine


class Lab:
    """A running JupyterLab, and its REST interface."""

    def __init__(self, folder: Path) -> None:
        """Start it with a person's settings, kernels and history in `folder`, where none are."""
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        command = [sys.executable, "-m", "jupyter", "lab", "book", "--no-browser", "--allow-root"]
        command += [f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
        own = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
        own["IPYTHONDIR"] = str(folder / "ipython")
        self.log = (folder / "log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=kernel_environment(SETTINGS) | own,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def ask(self, path: str, /, method: str | None = None, **message: object) -> bytes:
        """The answer to a GET, to a POST of a message, or to another method, once it listens."""
        data = json.dumps(message).encode() if message else None
        request = urllib.request.Request(
            self.address + path, data, {"Authorization": f"token {TOKEN}"}, method=method
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                    return answer.read()
            except urllib.error.HTTPError:
                raise
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text(encoding="utf-8")) from None
                time.sleep(0.1)

    def stop(self) -> None:
        """End it, and with it its kernels."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=30)
        self.process.kill()
        self.process.wait()
        self.log.close()


class Kernel:
    """A kernel that JupyterLab has started for a notebook, spoken to as the browser does."""

    def __init__(self, lab: Lab, path: str, name: str) -> None:
        """Start the kernel of this name for the notebook at this path."""
        session = lab.ask(
            "/api/sessions", path=path, type="notebook", name="", kernel={"name": name}
        )
        self.lab, self.session = lab, json.loads(session)
        number = self.session["kernel"]["id"]
        address = lab.address.replace("http", "ws", 1)
        self.socket = websocket.create_connection(
            f"{address}/api/kernels/{number}/channels?token={TOKEN}", timeout=PATIENCE
        )

    def execute(self, source: str) -> list[NotebookNode]:
        """What a cell puts out."""
        request = Session().msg("execute_request", {"code": source, "silent": False})
        self.socket.send(json.dumps(request | {"channel": "shell"}, default=str))
        outputs = []
        while True:
            message = json.loads(self.socket.recv())
            if message["parent_header"].get("msg_id") != request["msg_id"]:
                continue
            if message["msg_type"] in OUTPUTS:
                outputs.append(output_from_msg(message))
            if message["content"].get("execution_state") == "idle":
                return outputs

    def stop(self) -> None:
        """End it, as closing the notebook and its kernel does."""
        self.socket.close()
        self.lab.ask(f"/api/sessions/{self.session['id']}", method="DELETE")
