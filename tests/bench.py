"""`make bench`: what the helpers cost beside torch, loss by loss, all in one run.

Both work in float64, torch on one thread. A value is compared with torch's forward pass, a gradient
with torch's forward and backward pass, which is what torch needs to get it. The two take turns, and
the best of several turns counts, so that what else the machine does matters little. Memory is the
peak of what NumPy holds beyond the inputs, in copies of the largest input.
"""

import gc
import platform
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from datetime import date

import numpy as np
import torch
import torch.nn.functional as F

from helpers.losses import LOSSES
from helpers.working import Loss
from tests.losses.cases import CASES, Sized

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
    """The least seconds of each function. They take turns, after one turn that does not count."""
    times: list[list[float]] = [[] for _ in functions]
    for function in functions:
        function()
    start = time.perf_counter()
    gc.disable()
    while len(times[0]) < TURNS or time.perf_counter() - start < SECONDS:
        for function, taken in zip(functions, times, strict=True):
            before = time.perf_counter()
            function()
            taken.append(time.perf_counter() - before)
    gc.enable()
    return [min(taken) for taken in times]


def copies(function: Callable[[], object], largest: int) -> float:
    """The peak memory of a call, in copies of an input of `largest` bytes."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / largest


def row(loss: Loss) -> list[str]:
    """One line of the first table."""
    call = CASES[loss.name].bench(SIZE)
    mine, theirs = helper_calls(loss, call), torch_calls(loss, call)
    largest = max(value.numel() * value.element_size() for value in call[0])
    cells = [f"`{loss.name}`"]
    for own, reference in zip(mine, theirs, strict=True):
        own_time, reference_time = best(own, reference)
        cells += [f"{own_time / reference_time:.1f}", f"{copies(own, largest):.1f}"]
    return cells


def growth(loss: Loss) -> list[str]:
    """One line of the second table: nanoseconds per element of a value and its gradient."""
    cells = [f"`{loss.name}`"]
    for size in SIZES:
        call = CASES[loss.name].bench(size)
        cells.append(f"{sum(best(*helper_calls(loss, call))) / size * 1e9:.0f}")
    return cells


def table(head: list[str], lines: list[list[str]]) -> str:
    """Lines as a Markdown table."""
    ruled = [head, ["---", *["---:"] * (len(head) - 1)], *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in ruled)


def main() -> None:
    """Print both tables."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # KLDiv warns of its mean.
    print(
        f"{date.today()}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"torch {torch.__version__}, float64, one thread\n"
    )
    head = ["loss", "value", "copies", "gradient", "copies"]
    print(f"Time as a multiple of torch's on {SIZE:,} elements, and peak memory in copies of the")
    print("largest input:\n")
    print(table(head, [row(loss) for loss in LOSSES]), flush=True)
    print("\nNanoseconds per element, for the value and the gradient together:\n")
    head = ["loss", *(f"{size:,}" for size in SIZES)]
    print(table(head, [growth(loss) for loss in LOSSES]))


if __name__ == "__main__":
    sys.exit(main())
