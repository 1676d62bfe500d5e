"""A cell that prints all of a kernel's state that a chapter could notice, as JSON.

`test_forks.py` runs this text in a plain kernel and in a forked one, and compares.
"""

import asyncio
import atexit
import builtins
import collections
import ctypes
import decimal
import faulthandler
import gc
import json
import locale
import logging
import os
import re
import resource
import signal
import sys
import tempfile
import threading
import time
import warnings

import matplotlib as mpl
import matplotlib.backends.backend_svg
import matplotlib.figure
import numpy as np
import pandas as pd
import torch
import torch._dynamo

import helpers  # noqa: F401

# Threads are started when they are needed first.
np.ones((500, 500)) @ np.ones((500, 500))
torch.ones(500, 500) @ torch.ones(500, 500)

libc = ctypes.CDLL(None)
libc.getenv.restype = ctypes.c_char_p
shell = get_ipython()  # noqa: F821
connection_file = sys.argv[sys.argv.index("-f") + 1]
own = {
    os.environ["IPYTHONDIR"],
    os.environ["JPY_PARENT_PID"],
    connection_file,
    shell.kernel.ident,
    shell.kernel.parent.ip,
}


def told(value):
    """The value as a text, less what every kernel has of its own: addresses, names, numbers."""
    text = repr(value)
    for word in own:
        text = text.replace(word, "#")
    return re.sub(r"0x[0-9a-f]+|\d{5,}|(?<=Thread-)\d+|(?<=Context\()\d+", "#", text)


def each(values):
    """The values of a mapping; sets in it, as those of the flags are, have no order."""
    return {str(name): told(value) for name, value in values.items() if name != "flags"}


def log(logger):
    """What a logger does."""
    handlers = [
        (type(handler), handler.level, type(getattr(handler, "stream", None)))
        for handler in logger.handlers
    ]
    return logger.level, logger.propagate, logger.disabled, logger.filters, handlers


def open_files():
    """How many files of which kind are open. The folder is open while it is listed."""
    kinds = []
    for number in os.listdir("/proc/self/fd"):
        try:
            kinds.append(re.sub(r"\d+", "#", told(os.readlink(f"/proc/self/fd/{number}"))))
        except FileNotFoundError:
            continue
    counts = collections.Counter(kinds)
    counts.pop("'anon_inode:[eventfd]'")  # one for each thread that has written something
    return counts


logs = logging.root.manager.loggerDict.items()
streams = ("stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__")
limits = [name for name in dir(resource) if name.startswith("RLIMIT_")]
with open("/proc/self/status") as file:
    status = [line for line in file if line.startswith(("Sig", "Shd", "Cpus", "Umask", "Threads"))]
    status = [line for line in status if not line.startswith("SigQ")]  # of all a user's processes

state = {
    "modules": each(dict.fromkeys(sys.modules, "imported")),
    "environment": each(os.environ),
    "environment of C": {name: told(libc.getenv(name.encode())) for name in os.environ},
    "signals": {n.name: told(signal.getsignal(n)) for n in map(signal.Signals, range(1, 32))},
    "streams": {
        name: told((type(file), file.encoding, file.errors, file.isatty()))
        for name, file in ((name, getattr(sys, name)) for name in streams)
    },
    "logs": {name: told(log(one)) for name, one in logs if isinstance(one, logging.Logger)},
    "formatters": {
        name: told((one.enabled, one.type_printers.keys(), one.deferred_printers))
        for name, one in shell.display_formatter.formatters.items()
    },
    "shell": each(shell.trait_values()),
    "kernel": each(shell.kernel.trait_values()),
    "application": each(shell.kernel.parent.trait_values()),
    "events": each(shell.events.callbacks),
    "numpy": each(np.get_printoptions() | np.geterr()),
    "torch": each(vars(torch._tensor_str.PRINT_OPTS)),
    "pandas": each(pd._config.config._global_config),
    "matplotlib": {name: told(mpl.rcParams._get(name)) for name in mpl.rcParams},
    "open files": each(open_files()),
    "limits": {name: told(resource.getrlimit(getattr(resource, name))) for name in limits},
    "one by one": {
        "warning filters": told(warnings.filters),
        "warning options": told(sys.warnoptions),
        "folder": os.getcwd(),
        "path": told(sys.path),
        "arguments": told((sys.argv, sys.orig_argv)),
        "flags": told((sys.flags, sys._xoptions)),
        "import hooks": told((sys.meta_path, sys.path_hooks)),
        "hooks": told((sys.excepthook, sys.displayhook, sys.gettrace(), sys.getprofile())),
        "builtins": told(sorted(vars(builtins))),
        "main": told(sorted(vars(sys.modules["__main__"]))),
        "user": told(sorted(shell.user_ns)),
        "recursion": told((sys.getrecursionlimit(), sys.getswitchinterval())),
        "garbage": told((gc.isenabled(), gc.get_threshold(), gc.get_debug())),
        "decimals": told(decimal.getcontext()),
        "locale": told((locale.setlocale(locale.LC_ALL), time.tzname, time.timezone)),
        "signals": told((signal.pthread_sigmask(signal.SIG_BLOCK, []), status)),
        "wakeup": told(signal.set_wakeup_fd(-1)),
        "root log": told((log(logging.root), logging.root.manager.disable)),
        "faults": told(faulthandler.is_enabled()),
        "threads": told(sorted(thread.name for thread in threading.enumerate())),
        "loop": told((asyncio.get_event_loop_policy(), type(asyncio.get_event_loop()))),
        "at exit": told(atexit._ncallbacks()),
        "temporary": told(tempfile.tempdir),
        "session": told((os.getsid(0) == os.getpgrp() == os.getpid(), os.nice(0))),
        "torch's threads": told((torch.get_num_threads(), torch.get_num_interop_threads())),
        "torch's build": told((torch.__config__.parallel_info(), torch.__config__.show())),
        "torch's modes": told((torch.is_grad_enabled(), torch.get_default_dtype())),
        "torch's kernels": told(torch.backends.cpu.get_cpu_capability()),
        "torch's determinism": told(torch.are_deterministic_algorithms_enabled()),
        "matplotlib's backend": told(mpl.rcParamsOrig._get("backend")),
    },
}
print(json.dumps(state))
