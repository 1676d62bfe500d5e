"""Run the calls on the torch that is installed, and print what each returned as JSON.

    python tests/versions/probes.py [id ...]

Each call runs in a process of its own, forked from one that has imported torch, so that one that
crashes takes no other with it and a warning that torch gives once is not lost. This needs
`os.fork`: Linux or macOS. Without arguments all calls run.

A result has, where there is one,

- `value`: what the last line of the call is, with `dtype` if that is a tensor of another dtype
  than float32; a number that JSON lacks is the text "nan", "inf" or "-inf";
- `grad`: by the name of each tensor that requires a gradient, the one of the value's sum;
- `warning`: the first lines of the warnings, `|` between them;
- `error`: the type and the first line of the error. With a `value` beside it, it came in backward.

This file is read by Python 3.6 and any torch since 1.0, as a script.
"""

import ast
import json
import math
import os
import platform
import re
import signal
import sys
import traceback
import warnings

import torch
import torch.nn.functional as F
from torch import nn

SECONDS = 30  # of one call
NAMES = {"torch": torch, "nn": nn, "F": F, "inf": math.inf, "nan": math.nan}

# Where in its own sources an old torch found the error, and what else depends on the build, the
# machine or Python: it is no part of the message.
BUILD = re.compile(
    r"\s*\(\w[\w:<>~ ]* at /[^()]*\)"
    r"|,? at /\S+"
    r"|\s*\(Triggered internally at [^()]*\)"
    r"|\b[\w.]+\.(?=__init__\(\))"
    r"| at 0x[0-9a-f]+"
)


def first_line(text):
    """The first line that has something on it, without what belongs to a build."""
    lines = [line.strip() for line in str(text).splitlines() if line.strip()]
    return BUILD.sub("", lines[0]).strip() if lines else ""


def shortest(number, dtype):
    """The float with the fewest digits that is this number in its dtype, as JSON can have it."""
    if number != number or number in (math.inf, -math.inf):
        return str(number)
    for digits in range(1, 17):
        short = float(f"{number:.{digits}g}")
        if torch.tensor(short, dtype=dtype).item() == number:
            return short
    return number


def plain(value, dtype=torch.float64):
    """A value as JSON: numbers, texts, and lists of them."""
    if isinstance(value, torch.Tensor):
        return plain(value.detach().tolist(), value.dtype)
    if isinstance(value, (list, tuple)):
        return [plain(element, dtype) for element in value]
    if isinstance(value, float):
        return shortest(value, dtype)
    if isinstance(value, complex):
        return str(value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return type(value).__name__


def described(value):
    """The value, and its dtype where it is not the usual one."""
    result = {"value": plain(value)}
    if isinstance(value, torch.Tensor) and value.dtype != torch.float32:
        result["dtype"] = str(value.dtype).replace("torch.", "")
    return result


def gradients(value, names):
    """The gradients of a value's sum, by the name of the tensor."""
    tensors = {k: v for k, v in names.items() if isinstance(v, torch.Tensor)}
    leaves = {k: v for k, v in tensors.items() if v.requires_grad and v.is_leaf}
    if not leaves or not isinstance(value, torch.Tensor) or not value.requires_grad:
        return {}
    value.sum().backward()
    return {"grad": {k: None if v.grad is None else plain(v.grad) for k, v in leaves.items()}}


def run(code):
    """What a call returns, warns of or raises, in this process."""
    result = {}
    tree = ast.parse(code)
    last = ast.Expression(tree.body.pop().value)
    names = dict(NAMES)
    before = set(names)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # A build for CUDA says so in a backward pass where there is no GPU. No call is about that.
        warnings.filterwarnings("ignore", message="CUDA initialization")
        try:
            exec(compile(tree, "call", "exec"), names)
            value = eval(compile(last, "call", "eval"), names)
            own = {k: v for k, v in names.items() if k not in before}
            result.update(described(value))
            result.update(gradients(value, own))
        except Exception as error:
            result["error"] = f"{type(error).__name__}: {first_line(error)}"
    texts = [f"{w.category.__name__}: {first_line(w.message)}" for w in caught]
    if texts:
        result["warning"] = " | ".join(sorted(set(texts), key=texts.index))
    return result


def child(code, end):
    """Run a call, write its result to a pipe, and end."""
    status = 1
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        signal.alarm(SECONDS)
        torch.set_num_threads(1)  # Sums then have one order.
        text = json.dumps(run(code))
        # A crash needs no stack trace of torch's, which goes past Python.
        with os.fdopen(end, "w") as stream:
            stream.write(text)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def isolated(code):
    """What a call returns, run in a process of its own."""
    start, end = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(start)
        child(code, end)
    os.close(end)
    with os.fdopen(start) as stream:
        text = stream.read()
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return {"error": f"the process ended: {signal.Signals(os.WTERMSIG(status)).name}"}
    if status:
        raise RuntimeError("this call cannot be recorded:\n" + code)
    return json.loads(text)


def numpy_version():
    """The version of NumPy, or nothing: later releases of torch do without."""
    try:
        import numpy
    except ImportError:
        return None
    return numpy.__version__


def main(ids):
    """Print the versions and the results."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from calls import IDS

    results = {key: isolated(IDS[key]) for key in ids or IDS}
    json.dump(
        {
            "torch": torch.__version__.partition("+")[0],
            "python": platform.python_version(),
            "numpy": numpy_version(),
            "results": results,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
