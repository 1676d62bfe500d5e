"""`explain(criterion, *inputs)`: where the number that a loss module returns comes from.

The rows and the value are the `Terms` that the functions of this package reduce, so that an
explanation cannot differ from them. This module lays them out and adds remarks on what is often
overlooked. It alone imports torch and pandas, when it is called.
"""

import html
import inspect
import textwrap
import warnings
from dataclasses import dataclass

import numpy as np

from helpers import checks
from helpers.binary import LOG_CLAMP
from helpers.catalogue import BY_TORCH_CLASS
from helpers.reduction import ieee

WIDTH = 96
# A longer table is shown by its first and last rows.
ROWS_AT_MOST, FIRST_ROWS, LAST_ROWS = 16, 10, 4
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
        lines = [*_wrap(self.title), *_wrap(self.formula, "each element: "), ""]
        for block in _blocks(_cells(self.table)):
            lines += [*block, ""]
        lines += [f"{name:<42} {number}" for name, number in self._conclusion()]
        for remark in self.remarks:
            lines += _wrap(remark, "- ")
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self):
        header, *rows = _cells(self.table)
        body = [f"<tr>{_html_cells(row)}</tr>" for row in rows]
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
            yield step.name, _number(step.value)
        module = self.title.split("(")[0]
        verdict = "the same" if self.agrees else "NOT the same"
        if np.ndim(self.reference):
            yield f"{module} returns", f"{verdict}, shape {self.reference.shape}"
        else:
            yield f"{module} returns", f"{_number(float(self.reference))} ({verdict})"


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
    terms = loss.terms(**arguments, **{k: v for k, v in options.items() if k != "reduction"})
    value = terms.reduce(reduction)
    reference, dtype = _call(criterion, arguments)
    table = _table(terms, options.get("reduction"))
    return Explanation(
        title=f"{type(criterion).__name__}({_options_text(loss, options)})",
        formula=loss.formula,
        table=table,
        steps=_steps(terms, reduction),
        remarks=tuple(_remarks(loss, terms, arguments, options)),
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
    got = type(criterion).__name__
    checks.refuse("criterion", f"a module of torch.nn among {known}", got, TypeError)


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
        result = criterion(*(torch.as_tensor(value) for value in arguments.values()))
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
    divisor = terms.divisors[reduction]
    quotient = Step(f"{reduction}: sum / divisor", terms.reduce(reduction))
    return total, Step(divisor.meaning, divisor.value), quotient


@ieee
def _agree(value, reference, dtype, table, arguments):
    """Whether two results are equal, up to what the dtype rounds off on the way."""
    relative = TOLERANCE.get(dtype, TOLERANCE["float32"])
    inputs = [checks.real(name, value) for name, value in arguments.items()]
    largest = max((np.abs(x[np.isfinite(x)]).max(initial=0.0) for x in inputs), default=0.0)
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


# ---------------------------------------------------------------------------------- remarks


def _remarks(loss, terms, arguments, options):
    """Sentences on what is easily overlooked in a call."""
    arrays = {name: checks.real(name, value) for name, value in arguments.items()}
    reduction = options.get("reduction", "none")
    yield from _divisor_remark(terms, reduction)
    yield from _ignored_remark(terms, options)
    yield from _broadcast_remark(loss, arrays, terms)
    yield from _REMARKS.get(loss.name, lambda *_: ())(arrays, terms, options)


def _divisor_remark(terms, reduction):
    """Say so where a mean does not divide by the number of losses."""
    if reduction not in terms.divisors:
        return
    divisor, count = terms.divisors[reduction].value, np.size(terms.loss)
    if divisor != count and count:
        plain = _number(terms.reduce("sum") / count)
        name = "The mean" if reduction == "mean" else reduction
        yield (
            f"{name} divides by {_number(divisor)}, not by the {count} losses; "
            f"that would give {plain}."
        )


def _ignored_remark(terms, options):
    """Count the targets that `ignore_index` takes out."""
    if "ignored" in terms.columns:
        ignored = terms.columns["ignored"]
        count = np.count_nonzero(ignored)
        index = options["ignore_index"]
        index = -100 if index is None else index
        yield f"{count} of {ignored.size} targets equal ignore_index = {index}."
        if count == ignored.size:
            yield "No target is left, so that the mean is 0 / 0, which is NaN."


def _broadcast_remark(loss, arrays, terms):
    """Say so where an elementwise loss has stretched its inputs."""
    elementwise = loss.inputs == ("input", "target") and loss.topic != "multiclass"
    if elementwise and len({array.shape for array in arrays.values()}) > 1:
        shapes = " and ".join(f"{name} {array.shape}" for name, array in arrays.items())
        shape = (terms.loss if terms.parts is None else terms.parts).shape
        yield f"{shapes} were broadcast to {shape}. Is that what you mean?"


def _bce_remarks(arrays, terms, options):
    log_p, log_q, target = (terms.columns[k] for k in ("log(input)", "log(1 - input)", "target"))
    held = ((target > 0) & (log_p <= LOG_CLAMP)) | ((target < 1) & (log_q <= LOG_CLAMP))
    if held.any():
        count = np.count_nonzero(held)
        yield f"A log of 0 is held at {LOG_CLAMP:g} in {count} of {held.size} losses."


def _bce_with_logits_remarks(arrays, terms, options):
    x = arrays["input"]
    if x.size and np.all((x >= 0) & (x <= 1)):
        yield (
            "Every input lies between 0 and 1. If these are probabilities, the sigmoid is applied "
            "twice: this loss takes logits."
        )


def _soft_margin_remarks(arrays, terms, options):
    target, power = terms.columns["target"], terms.columns["exp(-target·input)"]
    other = np.count_nonzero(np.abs(target) != 1)
    if other:
        yield f"{other} of {target.size} targets are neither 1 nor -1."
    if np.any(target == 0):
        yield f"A target of 0 costs log 2 = {_number(np.log(2))} whatever the input."
    for dtype in ("float64", "float32"):
        over = np.count_nonzero(power > np.finfo(dtype).max)
        if over:
            yield (
                f"exp(-target·input) exceeds {dtype} in {over} of {target.size} losses. In that "
                "dtype they are inf, and their gradient is NaN."
            )
            return


def _multilabel_soft_margin_remarks(arrays, terms, options):
    if np.any(arrays["target"] < 0):
        yield "Some targets are below 0. This loss takes 1 and 0, not 1 and -1."
    yield from _bce_with_logits_remarks(arrays, terms, options)


def _multi_margin_remarks(arrays, terms, options):
    x = arrays["input"]
    yield from _margins_remarks(x)
    probabilities = x.size and np.all((x >= 0) & (x <= 1)) and not _not_ones(_row_sums(x))
    if probabilities and options["margin"] >= 1:
        yield (
            "Over the classes the input adds up to 1, as probabilities do. These differ by at most "
            f"1, less than the margin of {_number(options['margin'])} asks for: the loss takes "
            "scores of any size."
        )


def _multilabel_margin_remarks(arrays, terms, options):
    target = arrays["target"]
    yield from _margins_remarks(arrays["input"])
    if target.size > 1 and np.all((target == 0) | (target == 1)):
        yield (
            "The target holds 0 and 1 alone, and no -1. If these are flags, they are taken for the "
            "class numbers 0 and 1: this loss takes the numbers of the classes, then -1."
        )
    rows = np.atleast_2d(target)
    listed = np.logical_and.accumulate(rows >= 0, axis=-1)
    left = np.count_nonzero((rows >= 0) & ~listed)
    if left:
        yield f"Behind the first -1 of a row, where they do not count: {left} of the class numbers."
    ordered = np.sort(np.where(listed, rows, -1), axis=-1)
    twice = np.count_nonzero((np.diff(ordered, axis=-1) == 0) & (ordered[..., 1:] >= 0))
    if twice:
        yield f"In their row a second time, where they count again: {twice} of the class numbers."


def _margins_remarks(x):
    """What MultiMarginLoss and MultiLabelMarginLoss have in common."""
    if x.ndim and x.shape[-1]:
        yield f"Each sum is divided by all C = {x.shape[-1]} classes, those of the target included."
    count = np.count_nonzero(np.isnan(x))
    if count:
        yield f"NaN among the inputs: {count}. They cost nothing: a comparison with NaN is false."
    if x.size == 0:
        yield "For an empty batch torch returns memory that it has not written: any number at all."


def _adaptive_remarks(arrays, terms, options):
    tails = np.count_nonzero(terms.columns["cluster"])
    yield (
        f"In a tail lie {tails} of {terms.loss.size} targets. Theirs is the log-probability of the "
        "tail, an entry of the head, plus that of the target within the tail."
    )


def _row_sums(values):
    """The sums over the classes, axis 1 (axis 0 without a batch)."""
    return np.sum(values, axis=min(values.ndim - 1, 1)) if values.ndim else values


def _not_ones(sums):
    """A text with the range of sums that should be 1, or None where they are."""
    if sums.size == 0 or np.allclose(sums, 1, rtol=0, atol=1e-3):
        return None
    low, high = _number(float(np.min(sums))), _number(float(np.max(sums)))
    return low if low == high else f"between {low} and {high}"


def _nll_remarks(arrays, terms, options):
    off = _not_ones(_row_sums(np.exp(arrays["input"])))
    if off:
        yield (
            f"The input holds no log-probabilities: exp(input) adds up to {off} over the classes "
            "instead of 1. NLLLoss takes no logarithm; put log_softmax before it."
        )


def _linear_cross_entropy_remarks(arrays, terms, options):
    smoothing = options["label_smoothing"]
    if smoothing and "loss of target" in terms.columns:
        yield (
            f"label_smoothing: loss = {_number(1 - smoothing)} · loss of target + "
            f"{_number(smoothing)} · mean over classes."
        )
    if terms.parts is not None:
        off = _not_ones(_row_sums(arrays["target"]))
        if off:
            yield f"Over the classes the target adds up to {off} instead of 1."


def _cross_entropy_remarks(arrays, terms, options):
    x = arrays["input"]
    if x.size and np.all((x >= 0) & (x <= 1)) and not _not_ones(_row_sums(x)):
        yield (
            "Over the classes the input adds up to 1, as probabilities do. CrossEntropyLoss takes "
            "logits and applies the softmax itself."
        )
    yield from _linear_cross_entropy_remarks(arrays, terms, options)


def _kl_remarks(arrays, terms, options):
    for name, values in arrays.items():
        logarithms = name == "input" or options["log_target"]
        what = f"exp({name})" if logarithms else name
        probabilities = np.exp(values) if logarithms else values
        off = _not_ones(_row_sums(probabilities))
        if off and values.ndim <= 2:
            over = f" over axis {values.ndim - 1}" if values.ndim else ""
            yield f"{what} adds up to {off}{over} instead of 1: no distribution."
        elif off and _not_ones(np.sum(probabilities, axis=-1)):
            # The classes may be axis 1, as in an image, or the last one, as in a sequence.
            last = values.ndim - 1
            yield f"{what} adds up to 1 over neither axis 1 nor axis {last}: no distribution."
    if options["reduction"] == "mean":
        yield "batchmean divides by the number of samples and gives the divergence."


_REMARKS = {
    "binary_cross_entropy": _bce_remarks,
    "binary_cross_entropy_with_logits": _bce_with_logits_remarks,
    "nll_loss": _nll_remarks,
    "cross_entropy": _cross_entropy_remarks,
    "kl_div": _kl_remarks,
    "soft_margin_loss": _soft_margin_remarks,
    "multilabel_soft_margin_loss": _multilabel_soft_margin_remarks,
    "multi_margin_loss": _multi_margin_remarks,
    "multilabel_margin_loss": _multilabel_margin_remarks,
    "linear_cross_entropy": _linear_cross_entropy_remarks,
    "adaptive_log_softmax_with_loss": _adaptive_remarks,
}


# ---------------------------------------------------------------------------------- layout


def _number(value):
    """A number with up to seven significant digits; other values as they are."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else ""
    if isinstance(value, str):
        return value
    return f"{value + 0.0:.7g}"  # + 0.0 turns -0 into 0


def _options_text(loss, options):
    """The options as they would stand in a call: without those at their defaults, or learnt."""

    def text(value):
        if isinstance(value, str | bool):
            return repr(value)
        array = checks.real("option", value)
        if array.ndim == 0:
            return _number(float(array))
        items = [_number(x) for x in array.ravel()[:8]]
        return f"[{', '.join(items)}{', …' if array.size > 8 else ''}]"

    def is_default(name, value):
        default = inspect.signature(loss.value).parameters[name].default
        return value is None if default is None else value == default

    return ", ".join(
        f"{name}={text(value)}"
        for name, value in options.items()
        if not callable(loss.attributes.get(name))
        and (name == "reduction" or not is_default(name, value))
    )


def _cells(table):
    """The table as rows of text: a header, then the rows, shortened in the middle when long."""
    position = table.index.name or "element"
    rows = [[position, *table.columns]]
    long = len(table) > ROWS_AT_MOST
    shown = [*range(FIRST_ROWS), None, *range(-LAST_ROWS, 0)] if long else range(len(table))
    for i in shown:
        if i is None:
            rest = len(table) - FIRST_ROWS - LAST_ROWS
            rows.append([f"… {rest} more", *[""] * len(table.columns)])
            continue
        label, row = table.index[i], table.iloc[i]
        label = f"[{', '.join(map(str, label))}]" if isinstance(label, tuple) else str(label)
        texts = [_number(value) for value in row]
        if row.get("ignored", False):
            texts = ["" if text == "nan" else text for text in texts[:-1]] + texts[-1:]
        rows.append([label, *texts])
    return rows


def _blocks(rows):
    """Rows of text laid out in columns, in as many blocks as the width needs."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    blocks, current, used = [], [], widths[0]
    for i in range(1, len(widths)):
        if current and used + 2 + widths[i] > WIDTH:
            blocks.append(current)
            current, used = [], widths[0]
        current.append(i)
        used += 2 + widths[i]
    blocks.append(current)
    for block in blocks:
        yield ["  ".join(row[i].rjust(widths[i]) for i in (0, *block)) for row in rows]


def _html_cells(row):
    """The cells of one row of the HTML table; the first one is its header."""
    label, *values = (html.escape(text) for text in row)
    return f'<th scope="row">{label}</th>' + "".join(f"<td>{value}</td>" for value in values)


def _wrap(text, start=""):
    """Lines of at most the width, the first after `start`, the others indented."""
    indent = " " * (len(start) or 4)
    return textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=indent)
