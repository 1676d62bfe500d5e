"""The cross-entropies of TensorFlow and Keras: shapes, refusals, slopes, printed digits.

`tests/frameworks` holds them against the real functions, where these are installed.
"""

import math

import numpy as np
import pytest

from helpers import (
    keras_binary_crossentropy,
    keras_binary_crossentropy_grad,
    sigmoid_cross_entropy_with_logits,
    sigmoid_cross_entropy_with_logits_grad,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_grad,
)
from tests.reference import REFUSALS, assert_form, differences, refusal, tensor

LABELS = tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 0]]).double()
LOGITS = tensor([[12, 3, 2], [3, 10, 1], [1, 2, 5], [4, 6.5, 1.2], [3, 6, 1]])
SOFT = tensor(
    [[0.3, 0.9, 0.0], [0.5, 1.0, 0.25], [0.0, 0.2, 0.7], [0.6, 0.1, 1.0], [0.0, 0.0, 0.4]]
)
P = tensor(
    [[0.2, 0.9, 0.5], [0.01, 0.999, 0.3], [0.7, 0.6, 0.4], [0.25, 0.1, 0.8], [0.3, 0.2, 0.6]]
)


def test_sigmoid_prints_the_digits_of_the_source():
    printed = [
        [6.1441933e-06, 3.0485873e00, 2.1269281e00],
        [3.0485873e00, 4.5398901e-05, 1.3132617e00],
        [1.3132617e00, 2.1269281e00, 6.7153485e-03],
        [1.8149929e-02, 1.5023102e-03, 1.4632825e00],
        [3.0485873e00, 2.4756852e-03, 1.3132617e00],
    ]
    value = sigmoid_cross_entropy_with_logits(LABELS, LOGITS)
    np.testing.assert_allclose(value, printed, rtol=1e-6)
    means = [1.725174, 1.4539648, 1.1489683, 0.49431157, 1.4547749]
    np.testing.assert_allclose(value.mean(1), means, rtol=1e-6)


def test_softmax_prints_the_digits_of_the_source():
    printed = [1.6878611e-04, 1.0346780e-03, 6.5883912e-02, 2.6669841e00, 5.4985214e-02]
    # The small ones are differences of numbers around 10, where float32 has steps of 2⁻²⁰.
    value = softmax_cross_entropy_with_logits(LABELS, LOGITS)
    np.testing.assert_allclose(value, printed, rtol=1e-6, atol=2**-20)


def test_keras_prints_the_digits_of_the_source_with_the_arguments_swapped():
    printed = [-31.59192, -26.336359, -5.1384177, -38.72286, -5.0798492]
    swapped = keras_binary_crossentropy(LOGITS, LABELS.float())
    np.testing.assert_allclose(swapped, printed, rtol=1e-6)
    # The right way round, and told of logits, it is the mean of TensorFlow's.
    np.testing.assert_allclose(
        keras_binary_crossentropy(LABELS, LOGITS, from_logits=True),
        [1.725174, 1.4539648, 1.1489683, 0.49431157, 1.4547749],
        rtol=1e-6,
    )


def test_tensorflow_gives_the_softmax_the_gradient_of_labels_that_add_up_to_one():
    """The fourth row's add up to 2. The numbers are TensorFlow's, printed by version 2.21."""
    gradient = softmax_cross_entropy_with_logits_grad(LABELS, LOGITS)
    np.testing.assert_allclose(gradient[3], [-0.92449015, -0.08010167, 0.00459176], rtol=1e-6)


def test_keras_holds_probabilities_inside_its_bounds():
    low, high = float(np.float32(1e-7)), 1 - 2.0**-23
    value = keras_binary_crossentropy([[1.0], [1.0], [0.0], [0.0]], [[0.0], [-3.0], [1.0], [7.0]])
    dearest = [-math.log(low)] * 2 + [-math.log(1 - high)] * 2
    np.testing.assert_allclose(value, dearest, rtol=1e-14)
    gradient = keras_binary_crossentropy_grad([[1.0] * 4], [[0.0, -3.0, 1.0, 0.5]])
    np.testing.assert_array_equal(gradient, [[0.0, 0.0, 0.0, -2 / 4]])


def test_keras_keeps_the_gradient_at_its_bounds():
    low, high = float(np.float32(1e-7)), 1 - 2.0**-23
    gradient = keras_binary_crossentropy_grad([[1.0], [0.0]], [[low], [high]])
    np.testing.assert_allclose(gradient, [[-1 / low], [1 / (1 - high)]], rtol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "dearest"), [(np.float64, -math.log(1e-7)), (np.float32, 23 * math.log(2))]
)
def test_keras_bounds_are_those_of_the_dtype(dtype, dearest):
    """In float16 there is no number between 1 - 1e-7 and 1."""
    np.testing.assert_allclose(keras_binary_crossentropy([0.0], np.ones(1, dtype)), dearest)
    assert keras_binary_crossentropy([0.0], np.ones(1, np.float16)) == np.inf


def test_the_classes_are_the_last_axis():
    labels, logits, p = SOFT[None], LOGITS[None], P[None]
    for function, arguments in [
        (softmax_cross_entropy_with_logits, (labels, logits)),
        (softmax_cross_entropy_with_logits_grad, (labels, logits)),
        (keras_binary_crossentropy, (labels, p)),
        (keras_binary_crossentropy_grad, (labels, p)),
        (keras_binary_crossentropy, (labels, logits, True)),
        (keras_binary_crossentropy_grad, (labels, logits, True)),
    ]:
        plain = function(*(x[0] if np.ndim(x) else x for x in arguments))
        np.testing.assert_array_equal(function(*arguments)[0], plain)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (
            sigmoid_cross_entropy_with_logits,
            ([0.5], [1]),
            "logits: expected a floating-point dtype (use .float()), got int64 of shape (1,)",
        ),
        (
            sigmoid_cross_entropy_with_logits,
            ([1], [0.5]),
            "labels: expected a floating-point dtype (use .float()), got int64 of shape (1,)",
        ),
        (
            sigmoid_cross_entropy_with_logits,
            (SOFT, P.float()),
            "labels: expected the dtype of logits, float32, got float64",
        ),
        (
            keras_binary_crossentropy,
            (SOFT, P + 0j),
            "y_pred: expected real numbers, got complex128 of shape (5, 3)",
        ),
        (
            keras_binary_crossentropy,
            (SOFT + 0j, P),
            "y_true: expected real numbers, got complex128 of shape (5, 3)",
        ),
        (
            keras_binary_crossentropy,
            (0.5, 0.5),
            "y_true: expected at least one dimension, whose mean is taken, got a shape of ()",
        ),
        (
            softmax_cross_entropy_with_logits,
            (SOFT, P, 2),
            "axis: expected an axis between -2 and 1, got 2",
        ),
    ],
)
def test_messages(function, arguments, message):
    assert str(refusal(lambda: function(*arguments))) == message


FUNCTIONS = {
    "sigmoid": (sigmoid_cross_entropy_with_logits, sigmoid_cross_entropy_with_logits_grad, {}),
    "softmax": (softmax_cross_entropy_with_logits, softmax_cross_entropy_with_logits_grad, {}),
    "softmax of columns": (
        softmax_cross_entropy_with_logits,
        softmax_cross_entropy_with_logits_grad,
        {"axis": 0},
    ),
    "keras": (keras_binary_crossentropy, keras_binary_crossentropy_grad, {"label_smoothing": 0.1}),
    "keras from logits": (
        keras_binary_crossentropy,
        keras_binary_crossentropy_grad,
        {"from_logits": True},
    ),
}


@pytest.mark.parametrize(("value", "gradient", "options"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_gradient_is_the_slope(value, gradient, options):
    # Inside (0, 1) and far enough from the ends for steps of 1e-3 to be small there.
    x = 0.1 + 0.8 * P.numpy()
    # TensorFlow's softmax has the slope only for labels that add up to 1 along the classes.
    labels = SOFT.numpy()
    if value is softmax_cross_entropy_with_logits:
        labels = labels / labels.sum(options.get("axis", -1), keepdims=True)
    expected = differences(lambda moved: value(labels, moved, **options), x)
    np.testing.assert_allclose(gradient(labels, x, **options), expected, rtol=1e-6, atol=1e-9)


def test_nothing_in():
    nothing = np.zeros((0, 3))
    assert sigmoid_cross_entropy_with_logits(nothing, nothing).shape == (0, 3)
    assert softmax_cross_entropy_with_logits(nothing, nothing).shape == (0,)
    assert keras_binary_crossentropy(nothing, nothing).shape == (0,)


SIGMOID, SOFTMAX, KERAS = FUNCTIONS["sigmoid"][:2], FUNCTIONS["softmax"][:2], FUNCTIONS["keras"][:2]
REFUSED = {
    f"{what} of {functions[0].__name__}": (functions, inputs, options, message)
    for functions, what, inputs, options, message in [
        (
            SIGMOID,
            "shapes",
            (LABELS, LOGITS[:2]),
            {},
            r"^labels: expected the shape of logits, \(2, 3\), got shape \(5, 3\)$",
        ),
        (SOFTMAX, "shapes", (LABELS[0], LOGITS), {}, "^labels: expected the shape of logits"),
        (
            KERAS,
            "shapes",
            (LABELS, P[0]),
            {},
            r"^y_pred: expected the shape of y_true, \(5, 3\), got",
        ),
        (
            SIGMOID,
            "dtypes",
            (LABELS, LOGITS.float()),
            {},
            "^labels: expected the dtype of logits, float32, got float64$",
        ),
        (
            SOFTMAX,
            "integers",
            (LABELS.long(), LOGITS.long()),
            {},
            "^logits: expected a floating-point dtype .*, got int64",
        ),
        (
            SOFTMAX,
            "no dimensions",
            (1.0, 0.5),
            {},
            r"^logits: expected at least one dimension, .*, got a shape of \(\)$",
        ),
        (
            KERAS,
            "integers",
            (LABELS, LOGITS.long()),
            {},
            "^y_pred: expected a floating-point dtype .*, got int64",
        ),
        (
            SOFTMAX,
            "axis",
            (LABELS, LOGITS),
            {"axis": 2},
            "^axis: expected an axis between -2 and 1, got 2$",
        ),
        (
            KERAS,
            "complex numbers",
            (LABELS + 1j, P),
            {},
            "^y_true: expected real numbers, got complex",
        ),
        (
            KERAS,
            "no dimensions",
            (1.0, 0.5),
            {},
            r"^y_true: expected at least one dimension, .*, got a shape of \(\)$",
        ),
        (
            KERAS,
            "smoothing",
            (LABELS, P),
            {"label_smoothing": 2},
            "^label_smoothing: expected a number at least 0 and at most 1, got 2$",
        ),
    ]
}


@pytest.mark.parametrize(
    ("functions", "inputs", "options", "message"), REFUSED.values(), ids=REFUSED
)
def test_refused(functions, inputs, options, message):
    for function in functions:
        with pytest.raises(REFUSALS, match=message) as caught:
            function(*inputs, **options)
        assert_form(caught.value)
