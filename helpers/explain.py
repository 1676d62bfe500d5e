"""`explain(criterion, *inputs)`: where the number that a loss module returns comes from.

The rows and the value are the `Terms` that the functions of this package reduce, so that an
explanation cannot differ from them. `remarks` adds sentences on what is often overlooked, `layout`
makes text of tables. torch and pandas are imported when `explain` is called, and nowhere else.
"""

import functools
import html
import warnings
from dataclasses import dataclass

import numpy as np

from helpers import checks
from helpers.catalogue import BY_TORCH_CLASS
from helpers.layout import blocks, cells, html_cells, number, options_text, wrap
from helpers.reduction import ieee
from helpers.remarks import remarks_on

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
    table: object
    steps: tuple[Step, ...]
    remarks: tuple[str, ...]
    value: float | np.ndarray
    reference: float | np.ndarray
    agrees: bool

    def __repr__(self):
        lines = [*wrap(self.title), *wrap(self.formula, "each element: "), ""]
        for block in blocks(cells(self.table)):
            lines += [*block, ""]
        lines += [f"{name:<42} {number}" for name, number in self._conclusion()]
        for remark in self.remarks:
            lines += wrap(remark, "- ")
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self):
        header, *rows = cells(self.table)
        body = [f"<tr>{html_cells(row)}</tr>" for row in rows]
        foot = [
            f'<tr><th colspan="{len(header) - 1}" scope="row">{html.escape(name)}</th>'
            f"<td>{html.escape(number)}</td></tr>"
            for name, number in self._conclusion()
        ]
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in header)
        remarks = "".join(f"<li>{html.escape(remark)}</li>" for remark in self.remarks)
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

    def _conclusion(self):
        """The lines below the table: the steps, and what the module returned."""
        for step in self.steps:
            yield step.name, number(step.value)
        module = self.title.split("(")[0]
        verdict = "the same" if self.agrees else "NOT the same"
        if np.ndim(self.reference):
            yield f"{module} returns", f"{verdict}, shape {self.reference.shape}"
        else:
            yield f"{module} returns", f"{number(float(self.reference))} ({verdict})"


@ieee
def explain(criterion, *inputs, **named_inputs):
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
    terms = loss.terms(**arguments, **_taken(options))
    value = terms.reduce(reduction)
    reference, dtype = _call(criterion, arguments)
    table = _table(terms, options.get("reduction"))
    return Explanation(
        title=f"{type(criterion).__name__}({options_text(loss, options)})",
        formula=loss.formula,
        table=table,
        steps=_steps(terms, reduction),
        remarks=tuple(remarks_on(loss, terms, arguments, options)),
        value=value,
        reference=reference,
        agrees=_agree(value, reference, dtype, table, arguments),
    )


def _loss_of(criterion):
    """The catalogue's entry for a module, or for the torch class that it is derived from."""
    for cls in type(criterion).__mro__:
        if cls.__name__ in BY_TORCH_CLASS and cls.__module__.startswith("torch.nn."):
            return BY_TORCH_CLASS[cls.__name__]
    known = ", ".join(BY_TORCH_CLASS)
    got = f"{type(criterion).__name__} {getattr(criterion, '__name__', '')}".rstrip()
    if isinstance(criterion, type):
        got += f"; a module is made by {criterion.__name__}()"
    checks.refuse("criterion", f"a module of torch.nn among {known}", got, TypeError)


def _taken(options):
    """The options that the working takes: no reduction, and functions of tensors by hand."""
    rest = {name: value for name, value in options.items() if name != "reduction"}
    return {name: _by_hand(value) if callable(value) else value for name, value in rest.items()}


def _by_hand(function):
    """A distance of tensors as one of arrays: the one of this package, or torch's in float64."""
    import torch

    known = BY_TORCH_CLASS.get(type(function).__name__)
    if known and type(function) is getattr(torch.nn, known.torch_class):
        return functools.partial(known.value, **known.options_of(function))
    weights = function.parameters() if isinstance(function, torch.nn.Module) else ()
    dtype = next((weight.dtype for weight in weights), torch.float64)

    def of_arrays(*arrays):
        with torch.no_grad():
            return function(*(torch.tensor(array, dtype=dtype) for array in arrays))

    return of_arrays


def _bind(loss, inputs, named_inputs):
    """The inputs by name, in the order of the module's `forward`."""
    arguments = dict(zip(loss.inputs, inputs, strict=False))
    given = (*arguments, *named_inputs)
    if len(inputs) > len(loss.inputs) or sorted(given) != sorted(loss.inputs):
        got = f"{len(inputs)} by position and {', '.join(named_inputs) or 'none'} by name"
        checks.refuse("inputs", " and ".join(loss.inputs), got, TypeError)
    arguments |= named_inputs
    return {name: arguments[name] for name in loss.inputs}


def _call(criterion, arguments):
    """What the module returns, as a float or an array, and its dtype."""
    import torch

    with torch.no_grad(), warnings.catch_warnings():
        # The remarks say what torch warns of, with this call's numbers.
        warnings.simplefilter("ignore")
        result = criterion(
            *(
                # A variance may be a number, which differs from a tensor of no dimensions.
                value if name == "var" and isinstance(value, float) else torch.as_tensor(value)
                for name, value in arguments.items()
            )
        )
    result = getattr(result, "loss", result)  # The adaptive softmax returns a pair.
    array = checks.real("reference", result)
    return (array if array.ndim else float(array)), checks.dtype_name(result)


@ieee
def _table(terms, reduction):
    """The DataFrame with a row per contributing element; a `reduction` of None is no loss."""
    import pandas as pd

    rows = terms.loss if terms.parts is None else terms.parts
    columns = {name: c() if callable(c) else c for name, c in terms.columns.items()}
    if "ignored" in columns:
        # An ignored target picks nothing; what stands in its place belongs to class 0.
        for name in columns.keys() - {"target", "ignored"}:
            columns[name] = np.where(columns["ignored"], np.nan, columns[name])
    if reduction is None:
        columns["value"] = rows
    else:
        columns["loss" if terms.parts is None else "part of the loss"] = rows
        columns["contribution"] = rows * terms.scale(reduction)
    if rows.ndim > 1:
        axes = [f"axis {i}" for i in range(rows.ndim)]
        index = pd.MultiIndex.from_product([range(n) for n in rows.shape], names=axes)
    else:
        index = pd.RangeIndex(rows.size, name="element")
    flat = {name: np.broadcast_to(c, rows.shape).ravel() for name, c in columns.items()}
    return pd.DataFrame(flat, index=index)


def _steps(terms, reduction):
    """The reduction written out with its numbers."""
    if reduction == "none":
        return ()
    total = Step("sum of the losses", terms.reduce("sum"))
    if reduction == "sum":
        return (total,)
    divisor, mean = terms.divisors[reduction], terms.reduce(reduction)
    if divisor.each is not None:
        shares = float(np.sum(terms.loss / divisor.each))
        total = Step(f"sum of losses, each / its {divisor.each_meaning}", shares)
    return total, Step(divisor.meaning, divisor.value), Step(f"{reduction}: sum / divisor", mean)


@ieee
def _agree(value, reference, dtype, table, arguments):
    """Whether two results are equal, up to what the dtype rounds off on the way."""
    relative = TOLERANCE.get(dtype, TOLERANCE["float32"])
    inputs = [checks.real(name, value) for name, value in arguments.items()]
    largest = max(np.abs(x[np.isfinite(x)]).max(initial=0.0) for x in inputs)
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
