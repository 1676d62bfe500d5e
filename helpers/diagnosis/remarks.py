"""What is easily overlooked in any loss call; what is special to a loss stands with the loss."""

from collections.abc import Iterator

import numpy as np

from helpers.text import number
from helpers.working import Call, Loss, Remark


def remarks_on(loss: Loss, call: Call) -> Iterator[Remark]:
    """Sentences on what is easily overlooked in a call."""
    yield from _divisor_remark(call)
    yield from _ignored_remark(call)
    yield from _broadcast_remark(loss, call)
    yield from loss.remarks(call)


def _divisor_remark(call: Call) -> Iterator[Remark]:
    """Say so where a mean does not divide by the number of losses."""
    reduction, working = call.options.get("reduction", "none"), call.working
    if reduction not in working.divisors:
        return
    divisor, count = working.divisors[reduction].value, np.size(working.loss)
    if divisor == 0 and count:
        yield Remark("numerics", "The mean divides by 0, as no weight is left that counts.")
    elif divisor != count and count:
        plain = number(float(working.reduce("sum")) / count)
        name = "The mean" if reduction == "mean" else reduction
        yield Remark(
            "note",
            f"{name} divides by {number(divisor)}, not by the {count} losses; "
            f"that would give {plain}.",
        )


def _ignored_remark(call: Call) -> Iterator[Remark]:
    """Count the targets that `ignore_index` takes out."""
    ignored = call.working.ignored
    if ignored is not None:
        index = call.options["ignore_index"]
        index = -100 if index is None else index
        count = np.count_nonzero(ignored)
        yield Remark("note", f"{count} of {ignored.size} targets equal ignore_index = {index}.")


def _broadcast_remark(loss: Loss, call: Call) -> Iterator[Remark]:
    """Say so where a loss has stretched its inputs."""
    shapes = {name: call.inputs[name].shape for name in loss.alike}
    if len(set(shapes.values())) > 1:
        given = " and ".join(f"{name} {shape}" for name, shape in shapes.items())
        shape = np.broadcast_shapes(*shapes.values())
        yield Remark("mistake", f"{given} were broadcast to {shape}. Is that what you mean?")
