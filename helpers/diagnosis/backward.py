"""Errors of `backward()`, which come after the loss: what it was asked of, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType
from typing import Any

from helpers.diagnosis.calls import as_array, frames_of, named_in, site_of
from helpers.diagnosis.explanation import Explanation
from helpers.findings import Fix
from helpers.losses import BY_TORCH_CLASS

NODES = 100  # of a graph that are looked at
REDUCTIONS = ("none", "mean", "sum")  # as torch numbers them


def of_backward(error: BaseException) -> Explanation | None:
    """The explanation of an error of `Tensor.backward`; None where it is of something else."""
    for frame in frames_of(error):
        tensor, code = frame.f_locals.get("self"), frame.f_code
        if code.co_name == "backward" and hasattr(tensor, "grad_fn"):
            given = frame.f_locals.get("gradient") is not None
            return _explained(tensor, _name_of(tensor, frame, error), given, error)
    return None


def _name_of(tensor: Any, frame: FrameType, error: BaseException) -> str:
    """What the user calls a tensor whose `backward()` has the frame: its name, or its code."""
    site = site_of(frame, error)
    if site is None:
        return "loss"
    named = named_in(site.variables, {"loss": tensor}).get("loss")
    written = None if named else site.written()
    return named or (written.library("backward") if written else "") or "loss"


def _explained(tensor: Any, name: str, given: bool, error: BaseException) -> Explanation | None:
    """What is wrong with asking a tensor for its gradient."""
    first, *_ = str(error).splitlines() or [""]
    causes, fixes = [], []
    if not tensor.requires_grad:
        causes.append(
            f"{name} has no graph: nothing that it was made of requires a gradient, or the graph "
            "was cut, by a comparison, argmax(), detach(), item(), NumPy or torch.no_grad()."
        )
    elif tensor.numel() != 1 and not given:
        causes.append(
            f"backward() starts from one number, and {name} has shape {tuple(tensor.shape)}, as "
            "with reduction='none'."
        )
        fixes = [*_of_one_number(tensor, name)]
    else:
        for node in _nodes(tensor.grad_fn):
            causes, fixes = _of_two_dtypes(node)
            if causes:
                break
    if not causes:
        return None
    return Explanation(
        title="backward()",
        error=f"{type(error).__name__}: {first}",
        causes=tuple(causes),
        fixes=tuple(fixes),
    )


def _of_one_number(tensor: Any, name: str) -> Iterator[Fix]:
    """The ways to make one number of a loss for each element."""
    for word, why in (("mean", "as reduction='mean' does"), ("sum", "as reduction='sum' does")):
        value = float(getattr(tensor.detach(), word)())
        yield Fix(f"{name}.{word}().backward()", value, f"The {word} of all losses, {why}.", False)


def _nodes(start: Any) -> Iterator[Any]:
    """The functions of a graph, those next to its end first."""
    waiting: list[Any] = [start]
    seen: set[Any] = set()
    while waiting and len(seen) < NODES:
        node = waiting.pop(0)
        if node is not None and node not in seen:
            seen.add(node)
            yield node
            waiting += [following for following, _ in node.next_functions]


def _of_two_dtypes(node: Any) -> tuple[list[str], list[Fix]]:
    """A loss that was computed of two dtypes, and whose gradient torch refuses: `huber_loss`."""
    import torch

    loss = BY_TORCH_CLASS.get(type(node).__name__.rsplit("Backward", 1)[0])
    x, t = (getattr(node, f"_saved_{name}", None) for name in ("self", "target"))
    if loss is None or x is None or t is None or x.dtype == t.dtype:
        return [], []
    dtype = str(x.dtype).removeprefix("torch.")
    cause = (
        f"{loss.name} computes a loss of input in {dtype} and target in "
        f"{str(t.dtype).removeprefix('torch.')}, and no gradient of it: both need one dtype."
    )
    options = {name: getattr(node, f"_saved_{name}", None) for name in ("beta", "delta")}
    options = {name: value for name, value in options.items() if value is not None}
    options["reduction"] = REDUCTIONS[node._saved_reduction]
    with torch.no_grad():
        value, _ = as_array(getattr(torch.nn.functional, loss.name)(x, t.to(x.dtype), **options))
    code = f"F.{loss.name}(input, target.to(input.dtype))"
    return [cause], [Fix(code, value, f"target gets the dtype of input, {dtype}.", True)]
