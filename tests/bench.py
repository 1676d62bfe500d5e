"""`make bench`: what the helpers cost beside torch, loss by loss, all in one run.

It prints what it measures, and stores it for the book's page *What it costs*.

Both work in float64, torch on one thread. A value is compared with torch's forward pass, a gradient
with torch's forward and backward pass, which is what torch needs to get it. The two take turns, and
the best of several turns counts. Time is that of the processor, in all threads of this process, so
that what else the machine does matters little. Memory is the peak of what NumPy holds beyond the
inputs, in copies of the largest input.
"""

import gc
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable

import torch
import torch.nn.functional as F

from helpers.losses import LOSSES
from helpers.working import Loss
from tests.losses.cases import CASES, Sized
from tests.measured import Cell, markdown, store, table, versions_of

SIZE = 1_000_000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TURNS, SECONDS = 5, 0.5  # at least so many turns, and for at least so long


def torch_calls(loss: Loss, call: Sized) -> tuple[Callable, Callable]:
    """torch's forward pass, and its forward and backward pass, of a call."""
    inputs, options = call
    function = options.get("module") or getattr(F, loss.name)
    needed = len(_as_tuple(helper_calls(loss, call)[1]()))
    leaves = [value.clone().requires_grad_() for value in inputs[:needed]]

    def value(arguments=inputs):
        result = function(*arguments)
        return loss.result(result)

    def gradient():
        torch.autograd.grad(value((*leaves, *inputs[needed:])).sum(), leaves)

    def forward():
        with torch.no_grad():
            value()

    return forward, gradient


def helper_calls(loss: Loss, call: Sized) -> tuple[Callable, Callable]:
    """The helper's value and gradient of a call."""
    inputs, options = call
    arrays = [value.numpy() for value in inputs]
    if "module" in options:
        given = loss.options_of(options["module"])
        names = ("head_weight", "tail_weights", "cutoffs", "head_bias")
        more = {name: given[name] for name in names}
    else:
        more = {}
    return lambda: loss.value(*arrays, **more), lambda: loss.gradient(*arrays, **more)


def _as_tuple(result: object) -> tuple:
    return result if isinstance(result, tuple) else (result,)


def best(*functions: Callable[[], object]) -> list[float]:
    """The least seconds of the processor for each function.

    They take turns, after one turn that does not count.
    """
    times: list[list[float]] = [[] for _ in functions]
    for function in functions:
        function()
    start = time.perf_counter()
    gc.disable()
    while len(times[0]) < TURNS or time.perf_counter() - start < SECONDS:
        for function, taken in zip(functions, times, strict=True):
            before = time.process_time()
            function()
            taken.append(time.process_time() - before)
    gc.enable()
    return [min(taken) for taken in times]


def copies(function: Callable[[], object], largest: int) -> float:
    """The peak memory of a call, in copies of an input of `largest` bytes."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / largest


def row(loss: Loss) -> list[Cell]:
    """One line of the first table."""
    call = CASES[loss.name].bench(SIZE)
    mine, theirs = helper_calls(loss, call), torch_calls(loss, call)
    largest = max(value.numel() * value.element_size() for value in call[0])
    cells: list[Cell] = [f"`{loss.name}`"]
    for own, reference in zip(mine, theirs, strict=True):
        own_time, reference_time = best(own, reference)
        cells += [round(own_time / reference_time, 1), round(copies(own, largest), 1)]
    return cells


def growth(loss: Loss) -> list[Cell]:
    """One line of the second table: nanoseconds per element of a value and its gradient."""
    cells: list[Cell] = [f"`{loss.name}`"]
    for size in SIZES:
        call = CASES[loss.name].bench(size)
        cells.append(round(sum(best(*helper_calls(loss, call))) / size * 1e9))
    return cells


EXPLAINED = """
import resource, sys, time, warnings
import torch
from torch import nn
from helpers import explain
from helpers.diagnosis import explanation
from helpers.diagnosis.repairs import Diagnosis, diagnose

warnings.simplefilter("ignore")
shape = eval(sys.argv[1])
torch.manual_seed(0)
x, y = torch.randn(shape), torch.randint(0, shape[1], (shape[0], *shape[2:]))
explain(nn.CrossEntropyLoss(), x[:1, :, :8, :8], y[:1, :8, :8])._repr_html_()
nn.CrossEntropyLoss()(x, y)
taken = []
explanation.diagnose = lambda call: taken.append(call) or Diagnosis(())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
times = []
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    shown = explain(nn.CrossEntropyLoss(), x, y)
    shown._repr_html_()
    times.append(time.process_time() - start)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
starts = []
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    diagnose(taken[0])
    starts.append(time.process_time() - start)
assert shown.agrees
print(min(times), (after - before) / 1e3, min(starts))
"""
LOGITS = (8, 21, 256, 256)


def explained(turns: int = TURNS) -> tuple[float, float, float]:
    """Of a cross-entropy on large logits, explained by a process of its own, without its fixes.

    The least seconds, the megabytes beyond the inputs and torch's own, and the seconds for finding
    what is wrong with it.
    """
    command = [sys.executable, "-c", EXPLAINED, str(LOGITS), str(turns)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, megabytes, more = map(float, done.stdout.split())
    return seconds, megabytes, more


def main() -> None:
    """Print both tables, and what an explanation costs; store them."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # KLDiv warns of its mean.
    head = ["loss", "value", "copies", "gradient", "copies"]
    beside = table(head, map(row, LOSSES))
    print(f"Time as a multiple of torch's on {SIZE:,} elements, and peak memory in copies of the")
    print(f"largest input:\n\n{markdown(beside)}", flush=True)
    per_element = table(["loss", *(f"{size:,}" for size in SIZES)], map(growth, LOSSES))
    print("\nNanoseconds per element, for the value and the gradient together:\n")
    print(markdown(per_element), flush=True)
    seconds, megabytes, more = explained()
    head = ["logits", "seconds", "megabytes beyond torch's", "more seconds to find what is wrong"]
    cost = [" × ".join(map(str, LOGITS)), round(seconds, 2), round(megabytes), round(more, 2)]
    explanation = table(head, [cost])
    print(f"\n`explain` of a cross-entropy in float32:\n\n{markdown(explanation)}")
    tables = {"beside-torch": beside, "per-element": per_element, "explain": explanation}
    store("helpers", "make bench", versions_of("numpy", "torch"), tables)


if __name__ == "__main__":
    sys.exit(main())
