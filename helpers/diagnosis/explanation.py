"""`explain(criterion, *inputs)`: where the number that a loss module returns comes from.

The rows and the value are the `Working` that the functions of this package reduce, so that an
explanation cannot differ from them. Whatever is special to a loss stands in its entry in the list
of the losses. torch and pandas are imported when `explain` is called, and nowhere else.
"""

import functools
import html
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers import checks
from helpers.diagnosis.display import cells, html_cells, options_text
from helpers.diagnosis.remarks import remarks_on
from helpers.losses import BY_TORCH_CLASS
from helpers.text import blocks, number, wrap
from helpers.working import ArrayLike, Call, FloatArray, Loss, Remark, Working, ieee

# How far torch's arithmetic may be from float64's: relative to the numbers that are added up.
TOLERANCE = {"float64": 1e-10, "float32": 1e-5, "float16": 1e-2, "bfloat16": 5e-2}


@dataclass(frozen=True)
class Step:
    """One line of the reduction: a number, and what it is."""

    name: str
    value: float


@dataclass(frozen=True, repr=False)
class Explanation:
    """The working of one loss call. Shown as text, and as an HTML table in a notebook.

    Attributes:
        title: the module with its options.
        formula: the loss of one element, in plain text.
        table: a pandas DataFrame with a row for each element that contributes, the columns in the
            order of the calculation. The last one, `contribution`, adds up to the reduced value
            (CosineSimilarity and PairwiseDistance reduce nothing; theirs ends with `value`).
        steps: the reduction: sum, divisor, quotient; empty where nothing is reduced.
        remarks: sentences on what is easily overlooked in this call.
        value: the loss by hand, a float or an array.
        reference: what the module returned, likewise.
        agrees: whether the two are equal, up to the precision of the module's dtype.
    """

    title: str
    formula: str
    table: Any
    steps: tuple[Step, ...]
    remarks: tuple[Remark, ...]
    value: float | FloatArray
    reference: float | FloatArray
    agrees: bool

    def __repr__(self) -> str:
        lines = [*wrap(self.title), *wrap(self.formula, "each element: "), ""]
        for block in blocks(cells(self.table)):
            lines += [*block, ""]
        lines += [f"{name:<42} {number}" for name, number in self._conclusion()]
        for remark in self.remarks:
            lines += wrap(remark.text, "- ")
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        header, *rows = cells(self.table)
        body = [f"<tr>{html_cells(row)}</tr>" for row in rows]
        foot = [
            f'<tr><th colspan="{len(header) - 1}" scope="row">{html.escape(name)}</th>'
            f"<td>{html.escape(number)}</td></tr>"
            for name, number in self._conclusion()
        ]
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in header)
        remarks = "".join(f"<li>{html.escape(remark.text)}</li>" for remark in self.remarks)
        return "\n".join(
            [
                '<div class="explanation">',
                '<table class="dataframe">',
                f"<caption><code>{html.escape(self.title)}</code><br>"
                f"each element: <code>{html.escape(self.formula)}</code></caption>",
                f"<thead><tr>{head}</tr></thead>",
                *["<tbody>", *body, "</tbody>"],
                *["<tfoot>", *foot, "</tfoot>"],
                "</table>",
                *([f"<ul>{remarks}</ul>"] if remarks else []),
                "</div>",
            ]
        )

    def _conclusion(self) -> Iterator[tuple[str, str]]:
        """The lines below the table: the steps, and what the module returned."""
        for step in self.steps:
            yield step.name, number(step.value)
        module = self.title.split("(")[0]
        verdict = "the same" if self.agrees else "NOT the same"
        if np.ndim(self.reference):
            yield f"{module} returns", f"{verdict}, shape {np.shape(self.reference)}"
        else:
            yield f"{module} returns", f"{number(float(self.reference))} ({verdict})"


def explain(criterion: Any, *inputs: Any, **named_inputs: Any) -> Explanation:
    """Show where the number that a loss module returns comes from, element by element.

    Args:
        criterion: a module of `torch.nn`: a loss, or CosineSimilarity or PairwiseDistance.
        inputs: what the module is called with: torch tensors, or array-likes, which are turned into
            tensors for the module.
        named_inputs: the same by name, such as `target=…`.

    Returns:
        An `Explanation`. Print it, or let a notebook show it; take its `table`, `steps`, `value`,
        `reference` and `agrees` to work on.

    Raises:
        TypeError: `criterion` is no module that this package knows, an input is missing or unknown,
            or an input has a dtype that the loss refuses.
        ValueError: the loss refuses the inputs.

    Reference:
        https://docs.pytorch.org/docs/2.13/nn.html#loss-functions

    >>> import torch
    >>> logits = torch.tensor([[0.2, 0.3, 0.5], [0.5, 0.2, 0.3]])
    >>> criterion = torch.nn.CrossEntropyLoss(weight=torch.tensor([2.0, 4.0, 6.0]))
    >>> explain(criterion, logits, torch.tensor([2, 1]))
    CrossEntropyLoss(weight=[2, 4, 6], reduction='mean')
    each element: -Σ target·log p over the classes, with log p = input - log Σ exp(input)
    <BLANKLINE>
    element  target  logit  log-sum-exp  log-probability  weight      loss  contribution
          0       2    0.5     1.439831       -0.9398311       6  5.638986     0.5638986
          1       1    0.2     1.439831        -1.239831       4  4.959324     0.4959324
    <BLANKLINE>
    sum of the losses                          10.59831
    sum of the weights of the targets          10
    mean: sum / divisor                        1.059831
    CrossEntropyLoss returns                   1.059831 (the same)
    - The mean divides by 10, not by the 2 losses; that would give 5.299155.
    - Over the classes the input adds up to 1, as probabilities do. CrossEntropyLoss takes logits
      and applies the softmax itself.
    """
    loss = _loss_of(criterion)
    arguments = _bind(loss, inputs, named_inputs)
    options = loss.options_of(criterion)
    reduction = options.get("reduction", "none")
    with ieee():
        taken = _taken(options)
        working = loss.working(**arguments, **taken)
        value = working.reduce(reduction)
        reference, dtype = _call(criterion, loss, arguments)
        table = _table(working, options.get("reduction"))
        arrays = {name: checks.real(name, value) for name, value in arguments.items()}
        return Explanation(
            title=f"{type(criterion).__name__}({options_text(loss, options)})",
            formula=loss.formula,
            table=table,
            steps=_steps(working, reduction),
            remarks=tuple(remarks_on(loss, Call(arrays, {**options, **taken}, working))),
            value=value,
            reference=reference,
            agrees=_agree(value, reference, dtype, table, arrays),
        )


def _loss_of(criterion: Any) -> Loss:
    """The entry for a module, or for the torch class that it is derived from."""
    for cls in type(criterion).__mro__:
        if cls.__name__ in BY_TORCH_CLASS and cls.__module__.startswith("torch.nn."):
            return BY_TORCH_CLASS[cls.__name__]
    known = ", ".join(BY_TORCH_CLASS)
    got = f"{type(criterion).__name__} {getattr(criterion, '__name__', '')}".rstrip()
    if isinstance(criterion, type):
        got += f"; a module is made by {criterion.__name__}()"
    checks.refuse("criterion", f"a module of torch.nn among {known}", got, TypeError)


def _taken(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that the working takes: no reduction, and functions of tensors by hand."""
    rest = {name: value for name, value in options.items() if name != "reduction"}
    return {name: _by_hand(value) if callable(value) else value for name, value in rest.items()}


def _by_hand(function: Callable[..., Any]) -> Callable[..., Any]:
    """A distance of tensors as one of arrays: the one of this package, or torch's in float64."""
    import torch

    known = BY_TORCH_CLASS.get(type(function).__name__)
    if known and type(function) is getattr(torch.nn, known.torch_class):
        return functools.partial(known.value, **known.options_of(function))
    weights = function.parameters() if isinstance(function, torch.nn.Module) else ()
    dtype = next((weight.dtype for weight in weights), torch.float64)

    def of_arrays(*arrays: ArrayLike) -> Any:
        with torch.no_grad():
            return function(*(torch.tensor(array, dtype=dtype) for array in arrays))

    return of_arrays


def _bind(loss: Loss, inputs: tuple[Any, ...], named_inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs by name, in the order of the module's `forward`."""
    arguments = dict(zip(loss.inputs, inputs, strict=False))
    given = (*arguments, *named_inputs)
    if len(inputs) > len(loss.inputs) or sorted(given) != sorted(loss.inputs):
        got = f"{len(inputs)} by position and {', '.join(named_inputs) or 'none'} by name"
        checks.refuse("inputs", " and ".join(loss.inputs), got, TypeError)
    arguments |= named_inputs
    return {name: arguments[name] for name in loss.inputs}


def _call(
    criterion: Any, loss: Loss, arguments: Mapping[str, Any]
) -> tuple[float | FloatArray, str | None]:
    """What the module returns, as a float or an array, and its dtype."""
    import torch

    with torch.no_grad(), warnings.catch_warnings():
        # The remarks say what torch warns of, with this call's numbers.
        warnings.simplefilter("ignore")
        result = criterion(
            *(
                # A number may differ from a tensor of no dimensions.
                value
                if name in loss.numbers_allowed and isinstance(value, float)
                else torch.as_tensor(value)
                for name, value in arguments.items()
            )
        )
    result = loss.result(result)
    array = checks.real("reference", result)
    return (array if array.ndim else float(array)), checks.dtype_name(result)


def _table(working: Working, reduction: str | None) -> Any:
    """The DataFrame with a row per contributing element; a `reduction` of None is no loss."""
    import pandas as pd

    rows = working.loss if working.parts is None else working.parts
    columns: dict[str, Any] = dict(working.columns())
    if reduction is None:
        columns["value"] = rows
    else:
        columns["loss" if working.parts is None else "part of the loss"] = rows
        columns["contribution"] = rows * working.scale(reduction)
    if rows.ndim > 1:
        axes = [f"axis {i}" for i in range(rows.ndim)]
        index = pd.MultiIndex.from_product([range(n) for n in rows.shape], names=axes)
    else:
        index = pd.RangeIndex(rows.size, name="element")
    flat = {name: np.broadcast_to(c, rows.shape).ravel() for name, c in columns.items()}
    return pd.DataFrame(flat, index=index)


def _steps(working: Working, reduction: str) -> tuple[Step, ...]:
    """The reduction written out with its numbers."""
    if reduction == "none":
        return ()
    total = Step("sum of the losses", float(working.reduce("sum")))
    if reduction == "sum":
        return (total,)
    divisor, mean = working.divisors[reduction], float(working.reduce(reduction))
    if divisor.each is not None:
        shares = float(np.sum(working.loss / divisor.each))
        total = Step(f"sum of losses, each / its {divisor.each_meaning}", shares)
    return total, Step(divisor.meaning, divisor.value), Step(f"{reduction}: sum / divisor", mean)


def _agree(
    value: float | FloatArray,
    reference: float | FloatArray,
    dtype: str | None,
    table: Any,
    inputs: Mapping[str, FloatArray],
) -> bool:
    """Whether two results are equal, up to what the dtype rounds off on the way."""
    relative = TOLERANCE.get(dtype or "", TOLERANCE["float32"])
    largest = max(np.abs(x[np.isfinite(x)]).max(initial=0.0) for x in inputs.values())
    if np.ndim(value) == 0:
        scale = np.abs(table.iloc[:, -1].to_numpy()).sum()
        allowed = relative * np.nan_to_num(scale, posinf=0.0) + relative * 1e-2 * largest
    else:
        allowed = relative * (np.nan_to_num(np.abs(value), posinf=0.0) + 1e-2 * largest)
    if np.shape(value) != np.shape(reference):
        return False
    close = np.abs(np.subtract(value, reference)) <= allowed
    same = np.equal(value, reference) | (np.isnan(value) & np.isnan(reference))
    return bool(np.all(close | same))
