"""`make bench`: what the helpers cost beside torch, loss by loss, all in one run.

Both work in float64, torch on one thread. A value is compared with torch's forward pass, a gradient
with torch's forward and backward pass, which is what torch needs to get it. The two take turns, and
the best of several turns counts, so that what else the machine does matters little. Memory is the
peak of what NumPy holds beyond the inputs, in copies of the largest input.
"""

import gc
import math
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

from helpers.catalogue import LOSSES, Loss

SIZE = 1_000_000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TURNS, SECONDS = 5, 0.5  # at least so many turns, and for at least so long
CLASSES, FEATURES = 100, 100

Call = tuple[tuple, dict]  # the inputs, tensors that need a gradient first, and the options


def draw(*shape: int) -> torch.Tensor:
    """Normal numbers, the same in every run."""
    generator = torch.Generator().manual_seed(math.prod(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def signs(*shape: int) -> torch.Tensor:
    """1 and -1 at random."""
    return draw(*shape).sign()


def classes(rows: int, count: int = CLASSES) -> torch.Tensor:
    """A class number for each row."""
    return torch.arange(rows) * 7 % count


def _labels(rows: int) -> torch.Tensor:
    """Three labels for each row, then -1."""
    labels = torch.full((rows, CLASSES), -1)
    labels[:, :3] = torch.tensor([5, 50, 95])
    return labels


def _ctc(n: int) -> Call:
    steps, labels = 100, 20
    batch = max(n // (steps * CLASSES), 1)
    log_p = draw(steps, batch, CLASSES).log_softmax(2)
    target = 1 + torch.arange(batch * labels).reshape(batch, labels) * 7 % (CLASSES - 1)
    lengths = torch.full((batch,), steps), torch.full((batch,), labels)
    return (log_p, target, *lengths), {}


def _linear(n: int) -> Call:
    rows = n // CLASSES
    return (draw(rows, 64), draw(CLASSES, 64), classes(rows)), {}


def _adaptive(n: int) -> Call:
    rows = n // CLASSES
    torch.manual_seed(0)
    options = {"cutoffs": [20, 60], "div_value": 2.0, "dtype": torch.float64}
    module = torch.nn.AdaptiveLogSoftmaxWithLoss(64, CLASSES, **options)
    return (draw(rows, 64), classes(rows)), {"module": module}


def _vectors(count: int, *more: Callable[[int], torch.Tensor]) -> Callable[[int], Call]:
    """Arrays of `count` vectors, and further inputs for each row."""

    def make(n: int) -> Call:
        rows = n // FEATURES
        drawn = tuple(draw(rows, FEATURES) + i for i in range(count))
        return (*drawn, *(further(rows) for further in more)), {}

    return make


def _pair(make_input: Callable, make_target: Callable) -> Callable[[int], Call]:
    """An input and a target of the same n elements."""
    return lambda n: ((make_input(n), make_target(n)), {})


def _rows(make_input: Callable, make_target: Callable) -> Callable[[int], Call]:
    """Rows of scores for the classes, and a target."""
    return lambda n: ((make_input(n // CLASSES, CLASSES), make_target(n // CLASSES)), {})


def _probabilities(*shape: int) -> torch.Tensor:
    return draw(*shape).sigmoid()


# Inputs of about n elements for every loss.
CASES: dict[str, Callable[[int], Call]] = {
    "l1_loss": _pair(draw, lambda n: draw(n).flip(0)),
    "mse_loss": _pair(draw, lambda n: draw(n).flip(0)),
    "smooth_l1_loss": _pair(draw, lambda n: draw(n).flip(0)),
    "huber_loss": _pair(draw, lambda n: draw(n).flip(0)),
    "binary_cross_entropy": _pair(_probabilities, lambda n: draw(n).gt(0).double()),
    "binary_cross_entropy_with_logits": _pair(draw, lambda n: draw(n).gt(0).double()),
    "soft_margin_loss": _pair(draw, signs),
    "multilabel_soft_margin_loss": _rows(draw, lambda n: draw(n, CLASSES).gt(0).double()),
    "nll_loss": _rows(lambda *shape: draw(*shape).log_softmax(1), classes),
    "cross_entropy": _rows(draw, classes),
    "multi_margin_loss": _rows(draw, classes),
    "multilabel_margin_loss": _rows(draw, _labels),
    "adaptive_log_softmax_with_loss": _adaptive,
    "linear_cross_entropy": _linear,
    "kl_div": _rows(lambda *s: draw(*s).log_softmax(1), lambda n: draw(n, CLASSES).softmax(1)),
    "gaussian_nll_loss": lambda n: ((draw(n), draw(n).flip(0), draw(n).exp()), {}),
    "poisson_nll_loss": _pair(draw, lambda n: draw(n).abs().round()),
    "ctc_loss": _ctc,
    "cosine_similarity": _vectors(2),
    "pairwise_distance": _vectors(2),
    "cosine_embedding_loss": _vectors(2, signs),
    "margin_ranking_loss": lambda n: ((draw(n), draw(n).flip(0), signs(n)), {}),
    "hinge_embedding_loss": _pair(lambda n: draw(n).abs(), signs),
    "triplet_margin_loss": _vectors(3),
    "triplet_margin_with_distance_loss": _vectors(3),
}


def torch_calls(loss: Loss, call: Call) -> tuple[Callable, Callable]:
    """torch's forward pass, and its forward and backward pass, of a call."""
    inputs, options = call
    function = options.get("module") or getattr(F, loss.name)
    needed = len(_as_tuple(helper_calls(loss, call)[1]()))
    leaves = [value.clone().requires_grad_() for value in inputs[:needed]]

    def value(arguments=inputs):
        result = function(*arguments)
        return getattr(result, "loss", result)

    def gradient():
        torch.autograd.grad(value((*leaves, *inputs[needed:])).sum(), leaves)

    def forward():
        with torch.no_grad():
            value()

    return forward, gradient


def helper_calls(loss: Loss, call: Call) -> tuple[Callable, Callable]:
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
    call = CASES[loss.name](SIZE)
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
        call = CASES[loss.name](size)
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
