"""The cross-entropy of the output of a linear layer, whose weights it has gradients for."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from helpers import checks
from helpers.findings import Asked, Finding, Remedy, Stage
from helpers.losses.cross_entropy import _cross_entropy, target_remarks
from helpers.losses.rules import (
    class_weights,
    label_dtype,
    label_range,
    rows_wanted,
    same_dtype_weight,
)
from helpers.working import ArrayLike, FloatArray, Loss, Sheet, Working, gradients, value


def product(a: FloatArray, b: FloatArray) -> FloatArray:
    """The product of two matrices. BLAS may pass over zeros, and over the NaN of 0 · inf."""
    finite = np.isfinite(a).all() and np.isfinite(b).all()
    return a @ b if finite else np.einsum("nk,km->nm", a, b)


def _operands(
    input: ArrayLike, linear_weight: ArrayLike, linear_bias: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """The features, the layer's weight and its bias as float64, checked as torch does."""
    checks.same_dtype(input=input, linear_weight=linear_weight, linear_bias=linear_bias)
    x = checks.floating("input", input)
    a = checks.floating("linear_weight", linear_weight)
    if x.ndim not in (1, 2):
        expected = "one dimension, of features, or two, of samples and features"
        checks.refuse("input", expected, f"shape {x.shape}")
    if a.ndim < 2 or a.shape[-1] != x.shape[-1]:
        expected = f"a shape of (C, …, {x.shape[-1]}), the last axis as the input's"
        checks.refuse("linear_weight", expected, f"shape {a.shape}")
    if x.ndim == 1 and a.ndim > 2:
        expected = f"a batch, as linear_weight has {a.ndim} dimensions"
        checks.refuse("input", expected, f"shape {x.shape}")
    b = checks.weights("linear_bias", linear_bias)
    if b is not None and b.shape != a.shape[:-1]:
        expected = f"the shape of linear_weight without its last axis, {a.shape[:-1]}"
        checks.refuse("linear_bias", expected, f"shape {b.shape}")
    return x, a, b


@dataclass(frozen=True)
class _Layer:
    """A linear layer: its input x, weight A and bias b, and the logits that these give.

    `rows` and `matrix` are x and A as matrices, a row for each sample and for each logit of one.
    """

    x: FloatArray
    weight: FloatArray
    bias: FloatArray | None
    rows: FloatArray
    matrix: FloatArray
    logits: FloatArray

    @classmethod
    def of(cls, x: FloatArray, weight: FloatArray, bias: FloatArray | None) -> Self:
        """Apply the layer."""
        rows = np.atleast_2d(x)
        matrix = weight.reshape(math.prod(weight.shape[:-1]), weight.shape[-1])
        logits = product(rows, matrix.T).reshape(x.shape[:-1] + weight.shape[:-1])
        return cls(x, weight, bias, rows, matrix, logits if bias is None else logits + bias)

    def sizes(self) -> FloatArray:
        """How large the numbers are that each logit adds up."""
        products = product(np.abs(self.rows), np.abs(self.matrix).T).reshape(self.logits.shape)
        return products if self.bias is None else products + np.abs(self.bias)

    def pullback(self, slope: FloatArray) -> tuple[FloatArray, ...]:
        """The gradients for x, A and, where there is one, b, of that for the logits."""
        slope = slope.reshape(len(self.rows), len(self.matrix))
        for_x = product(slope, self.matrix).reshape(self.x.shape)
        for_weight = product(slope.T, self.rows).reshape(self.weight.shape)
        if self.bias is None:
            return for_x, for_weight
        return for_x, for_weight, np.sum(slope, axis=0).reshape(self.bias.shape)


def _check_target(
    layer: _Layer,
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None,
    ignore_index: int | None,
    options: Any,
) -> None:
    """Refuse what torch refuses here and takes in `cross_entropy`."""
    if options is not None and not hasattr(options, "chunking_method"):
        expected = "None or LinearCrossEntropyOptions"
        checks.refuse("options", expected, checks.describe(options), TypeError)
    shape, logits = checks.shape("target", target), layer.logits
    if shape == logits.shape:
        if ignore_index is not None:
            expected = "None (probabilities ignore no class)"
            checks.refuse("ignore_index", expected, checks.describe(ignore_index))
        return
    checks.same_dtype(input=input, weight=weight)
    classes = layer.x.shape[:-1] + logits.shape[layer.x.ndim :]
    # torch's plain path, not the chunked one, takes (1,) for () as cross_entropy does.
    if shape != classes and not (shape == (1,) and logits.ndim == 1 and options is None):
        expected = f"class numbers of shape {classes} or probabilities of {logits.shape}"
        checks.refuse("target", expected, f"shape {shape}")


def _linear_cross_entropy(
    input: ArrayLike,
    linear_weight: ArrayLike,
    target: ArrayLike,
    *,
    linear_bias: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Working:
    layer = _Layer.of(*_operands(input, linear_weight, linear_bias))
    _check_target(layer, input, target, weight, ignore_index, options)
    given = checks.weights("weight", weight)
    ignored = -100 if ignore_index is None else ignore_index
    of_logits = _cross_entropy(layer.logits, target, given, ignored, label_smoothing)

    def magnitude() -> FloatArray:
        of_products = np.abs(of_logits.pullback(1.0)) * layer.sizes()
        return np.asarray(of_logits.magnitudes() + np.sum(of_products, layer.x.ndim - 1))

    def pullback(scale: Any) -> tuple[FloatArray, ...]:
        return layer.pullback(of_logits.pullback(scale))

    return replace(of_logits, pullback=pullback, magnitude=magnitude)


def linear_cross_entropy(
    input: ArrayLike,
    linear_weight: ArrayLike,
    target: ArrayLike,
    *,
    linear_bias: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> float | FloatArray:
    r"""The cross-entropy of a linear layer's output: the layer and `cross_entropy` in one.

    .. math:: \ell_n = \operatorname{cross\_entropy}(x_n A^\top + b,\ y_n)

    Args:
        input: :math:`x`, features of shape (N, F) or (F,), floating dtype.
        linear_weight: :math:`A`, shape (C, F); or (C, d1, …, F), which makes logits of shape
            (N, C, d1, …) and takes a batch only; the dtype of `input`.
        target: as for `cross_entropy`, either class numbers of the shape of the logits without
            the axis of the classes, or probabilities of the shape of the logits.
        linear_bias: :math:`b`, the shape of `linear_weight` without its last axis, or None.
        weight: a weight for each class, shape (C,); with class numbers of the dtype of `input`; or
            None.
        reduction: 'none', 'mean' or 'sum'. The mean over no target at all is NaN.
        ignore_index: targets of this value cost 0 and are not counted by 'mean'. None stands for
            -100; with probabilities it is the only value.
        label_smoothing: in [0, 1], the share of each target that is spread over all classes.
        options: None or torch's LinearCrossEntropyOptions, which say in how many pieces torch works
            out the logits. They are about memory, not about the value, and are not looked at.

    Returns:
        A float, or for 'none' an array of the shape of the logits without the axis of the classes.

    Raises:
        TypeError: a dtype does not fit, or an option is of the wrong kind.
        ValueError: the shapes do not fit, a target is out of range, `label_smoothing` lies outside
            [0, 1] (torch takes what lies below as 0), or `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.LinearCrossEntropyLoss.html

    >>> x, weight = [[1.0, 2.0]], [[0.8, 0.0], [0.0, 1.0], [2.0, 0.0]]
    >>> round(linear_cross_entropy(x, weight, [0]), 6)  # the logits are 0.8, 2 and 2
    2.033428
    """
    return value(
        _linear_cross_entropy,
        reduction,
        input,
        linear_weight,
        target,
        linear_bias=linear_bias,
        weight=weight,
        ignore_index=ignore_index,
        label_smoothing=label_smoothing,
        options=options,
    )


def linear_cross_entropy_grad(
    input: ArrayLike,
    linear_weight: ArrayLike,
    target: ArrayLike,
    *,
    linear_bias: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> tuple[FloatArray, ...]:
    r"""The gradients of `linear_cross_entropy` for `input`, `linear_weight` and `linear_bias`.

    .. math:: \frac{\partial L}{\partial x} = G A, \qquad
              \frac{\partial L}{\partial A} = G^\top x, \qquad
              \frac{\partial L}{\partial b} = \sum_n G_n

    with :math:`G`, the gradient of `cross_entropy` for the logits.
    Args, errors and reference are those of `linear_cross_entropy`. Returns a tuple of arrays of the
    shapes of `input`, `linear_weight` and, where it is given, `linear_bias`.

    >>> for_input, for_weight = linear_cross_entropy_grad([[2.0]], [[0.0], [0.0]], [1])
    >>> for_weight  # G is (½, -½)
    array([[ 1.],
           [-1.]])
    """
    return gradients(
        _linear_cross_entropy,
        reduction,
        input,
        linear_weight,
        target,
        linear_bias=linear_bias,
        weight=weight,
        ignore_index=ignore_index,
        label_smoothing=label_smoothing,
        options=options,
    )


def _unflattened(module: Any, name: str) -> Any:
    """The layer's weight or bias with the axes of the logits, or None."""
    flat = getattr(module.linear, name)
    return None if flat is None else flat.unflatten(0, (module.num_classes, *module.out_features))


def _contract(call: Asked) -> Iterator[Finding]:
    """What the linear layer and cross-entropy ask of their arguments."""
    x, t, layer = call["input"], call["target"], call["linear_weight"]
    classes = layer.shape[0]
    if x.ndim and x.shape[-1] != layer.shape[-1]:
        text = (
            f"input has {x.shape[-1]} numbers in a row, and the layer takes {layer.shape[-1]} "
            "features: it makes the logits itself."
        )
        remedies = []
        if x.shape[-1] == classes:
            why = f"{classes} numbers in a row are logits, which cross_entropy takes"
            keeps = ("weight", "ignore_index", "reduction", "label_smoothing")
            to_logits = Remedy(why, loss="cross_entropy", keeps=keeps, sure=False, meaning="logits")
            remedies.append(to_logits)
        yield Finding("refused", Stage.SHAPE, text, tuple(remedies))
    if not (t.floating and t.shape == (*x.shape[:-1], classes)):
        if t.ndim > 1 or x.ndim != t.ndim + 1 or t.shape != x.shape[:-1]:
            yield from rows_wanted(x, t)
        yield from label_dtype(call)
        yield from label_range(call, classes)
    yield from class_weights(call, classes)
    yield from same_dtype_weight(call, "weight", "input")


LOSSES = (
    Loss(
        "LinearCrossEntropyLoss",
        linear_cross_entropy,
        linear_cross_entropy_grad,
        _linear_cross_entropy,
        chapter="multiclass/linear_cross_entropy",
        formula="-Σ target·log softmax(input · linear_weightᵀ + linear_bias) over the classes",
        options=(
            "linear_weight",
            "linear_bias",
            "weight",
            "reduction",
            "ignore_index",
            "label_smoothing",
        ),
        attributes={
            "linear_weight": lambda module: _unflattened(module, "weight"),
            "linear_bias": lambda module: _unflattened(module, "bias"),
        },
        remarks=target_remarks,
        contract=_contract,
        sheet=Sheet(
            tex=r"-z_y + \log \sum_c e^{z_c}, \quad z = A x + b",
            takes="features; class numbers or probabilities",
            mean="as CrossEntropyLoss",
            use="so many classes that the logits do not fit in memory; with `options=`",
            axis="logit of the class, the others 0",
            span=(-4.0, 4.0),
            curves=(
                lambda x: linear_cross_entropy(
                    x[:, None], [[1.0], [0.0], [0.0]], np.zeros(x.size, int), reduction="none"
                ),
            ),
        ),
    ),
)
