"""`helpers.frameworks` beside the real functions: values, gradients and refusals.

The frameworks compute in the dtype that they are given, the helpers in float64. So the two agree up
to the rounding of the dtype, relative to the largest number on the way.
"""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import helpers
from tests.reference import REFUSALS  # which also sets how many calls Hypothesis tries

pytestmark = pytest.mark.extra

DTYPES = (np.float32, np.float64)
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
LOGIT = st.one_of(
    st.floats(-30, 30, width=16), st.sampled_from([0.0, -0.0, 1e4, -1e4, np.inf, -np.inf, np.nan])
)
FINITE = st.one_of(st.floats(-30, 30, width=16), st.sampled_from([0.0, -0.0, 1e4, -1e4]))
P = st.one_of(
    st.floats(0, 1, width=16),
    st.sampled_from([0.0, 1.0, 1e-7, 1 - 1e-7, 1 - 2.0**-23, -3.0, 7.0, np.nan]),
)
LABEL = st.one_of(
    st.sampled_from([0.0, 1.0]), st.floats(0, 1, width=16), st.floats(-3, 3, width=16)
)


@st.composite
def pairs(draw, predictions, label_kinds=(), dtypes=DTYPES):
    """Labels and predictions of one shape; the labels of the same dtype or of one of some."""
    shape, dtype = draw(SHAPES), draw(st.sampled_from(dtypes))
    x = draw(arrays(np.float64, shape, elements=predictions)).astype(dtype)
    z = draw(arrays(np.float64, shape, elements=LABEL)).astype(dtype)
    kind = draw(st.sampled_from([dtype, *label_kinds]))
    return z.astype(kind), x


def real(function, x):
    """The value of a function of TensorFlow's, and the gradient of its sum."""
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value.numpy(), tape.gradient(value, x).numpy()


def assert_close(actual, expected, scale, steps=16):
    """Equal up to some steps of the dtype of `expected`, at numbers as large as `scale`."""
    assert np.shape(actual) == expected.shape
    assert expected.dtype.kind == "f"
    unit = steps * np.finfo(expected.dtype).eps
    np.testing.assert_allclose(actual, expected.astype(np.float64), rtol=unit, atol=unit * scale)


def largest(*values):
    """The largest finite number of some arrays, at least 1."""
    every = np.concatenate([np.ravel(value).astype(np.float64) for value in values])
    return max(1.0, np.abs(every[np.isfinite(every)]).max(initial=0.0))


@given(pairs(LOGIT))
def test_sigmoid(pair):
    """Any numbers, of one dtype."""
    import tensorflow as tf

    z, x = pair
    value, gradient = real(lambda x: tf.nn.sigmoid_cross_entropy_with_logits(labels=z, logits=x), x)
    scale = largest(x) * largest(z)
    assert_close(helpers.sigmoid_cross_entropy_with_logits(z, x), value, scale)
    assert_close(helpers.sigmoid_cross_entropy_with_logits_grad(z, x), gradient, largest(z))


@given(pairs(LOGIT, label_kinds=[np.int64, np.int32, np.bool_, *DTYPES]), st.data())
def test_softmax(pair, data):
    """Labels of any dtype, whatever they add up to, along any axis."""
    import tensorflow as tf

    z, x = pair
    axis = data.draw(st.integers(-1, x.ndim - 1))  # of negative ones TensorFlow takes -1
    value, gradient = real(
        lambda x: tf.nn.softmax_cross_entropy_with_logits(labels=z, logits=x, axis=axis), x
    )
    scale = 8 * largest(x) * largest(z)
    assert_close(helpers.softmax_cross_entropy_with_logits(z, x, axis), value, scale)
    assert_close(helpers.softmax_cross_entropy_with_logits_grad(z, x, axis), gradient, largest(z))


@given(pairs(P, label_kinds=[np.int64, np.bool_, *DTYPES]), st.sampled_from([0.0, 0.1, 1.0]))
def test_keras_from_probabilities(pair, smoothing):
    """Keras 3, with probabilities inside its bounds, on them and outside."""
    import keras

    z, p = pair
    value, gradient = real(
        lambda p: keras.losses.binary_crossentropy(z, p, label_smoothing=smoothing), p
    )
    assert_close(
        helpers.keras_binary_crossentropy(z, p, label_smoothing=smoothing),
        value,
        64 * largest(z),
    )
    mine = helpers.keras_binary_crossentropy_grad(z, p, label_smoothing=smoothing)
    # Where 1 - z cancels, the slopes of both logarithms leave noise of their own size.
    inside = p[(p > 0) & (p < 1)]
    assert_close(mine, gradient, largest(1 / inside, 1 / (1 - inside)) * largest(z))


@given(pairs(LOGIT, label_kinds=[np.int64, np.bool_]), st.sampled_from([0.0, 0.1, 1.0]))
def test_keras_from_logits(pair, smoothing):
    """Keras 3, told of logits."""
    import keras

    z, x = pair
    options = {"from_logits": True, "label_smoothing": smoothing}
    value, gradient = real(lambda x: keras.losses.binary_crossentropy(z, x, **options), x)
    scale = largest(x) * largest(z)
    assert_close(helpers.keras_binary_crossentropy(z, x, **options), value, scale)
    assert_close(helpers.keras_binary_crossentropy_grad(z, x, **options), gradient, largest(z))


@pytest.mark.parametrize("p", [0.0, 1.0, 0.3, -3.0])
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_keras_in_half_precision(p, label):
    """The upper bound is 1 there, and a wrong 1 costs inf."""
    import keras

    z, p = np.float16([label]), np.float16([p])
    value, gradient = real(lambda p: keras.losses.binary_crossentropy(z, p), p)
    assert_close(helpers.keras_binary_crossentropy(z, p), value, 1.0)
    assert_close(helpers.keras_binary_crossentropy_grad(z, p), gradient, 1.0)


def test_plain_numbers_are_float32_for_keras():
    """As they are for the helper."""
    import keras

    value = keras.losses.binary_crossentropy([[0.0]], [[1.0]])
    np.testing.assert_allclose(helpers.keras_binary_crossentropy([[0.0]], [[1.0]]), value)


@pytest.mark.parametrize("swapped", [False, True])
def test_keras_2_adds_its_epsilon_inside_the_logarithms_too(swapped):
    """As the docstring says."""
    import tf_keras

    z, p = np.float32([[0, 1, 1, 0.25]]), np.float32([[1, 0, 0.8, 0.3]])
    z, p = (p, z) if swapped else (z, p)
    low, high = (float(np.float32(bound)) for bound in (1e-7, 1 - 1e-7))
    inside = np.clip(p.astype(np.float64), low, high)
    logarithms = z * np.log(inside + 1e-7) + (1 - z) * np.log(1 - inside + 1e-7)
    value = tf_keras.losses.binary_crossentropy(z, p).numpy()
    np.testing.assert_allclose(value, -logarithms.mean(-1), rtol=1e-5)
    assert not np.allclose(helpers.keras_binary_crossentropy(z, p), value, rtol=1e-3)


Z, X = np.float32([[1, 0], [0, 1]]), np.float32([[2, 1], [0, 3]])
REFUSED = {
    "sigmoid, integers as labels": ("sigmoid_cross_entropy_with_logits", Z.astype(int), X),
    "sigmoid, another dtype": ("sigmoid_cross_entropy_with_logits", Z.astype(np.float64), X),
    "sigmoid, integers": ("sigmoid_cross_entropy_with_logits", Z.astype(int), X.astype(int)),
    "sigmoid, another shape": ("sigmoid_cross_entropy_with_logits", Z[:1], X),
    "softmax, integers as logits": ("softmax_cross_entropy_with_logits", Z, X.astype(int)),
    "softmax, no dimensions": ("softmax_cross_entropy_with_logits", Z[0, 0], X[0, 0]),
    "keras, integers as predictions": ("keras_binary_crossentropy", Z, X.astype(int)),
    "keras, another shape": ("keras_binary_crossentropy", Z[:1], X),
    "keras, another rank": ("keras_binary_crossentropy", Z[:, 0], X[:, :1]),
    "keras, no dimensions": ("keras_binary_crossentropy", Z[0, 0], X[0, 0]),
}


@pytest.mark.parametrize(("name", "labels", "predictions"), REFUSED.values(), ids=REFUSED)
def test_what_the_helpers_refuse_is_refused(name, labels, predictions):
    """Both refuse."""
    import keras
    import tensorflow as tf

    with pytest.raises(REFUSALS):
        getattr(helpers, name)(labels, predictions)
    theirs = {"keras_binary_crossentropy": keras.losses.binary_crossentropy}
    function = theirs.get(name) or getattr(tf.nn, name)
    with pytest.raises((*REFUSALS, tf.errors.InvalidArgumentError)):
        function(labels, predictions)


def test_tensorflow_stretches_a_row_of_labels():
    """The helper refuses it, as its docstring says."""
    import tensorflow as tf

    stretched = tf.nn.softmax_cross_entropy_with_logits(labels=Z[0], logits=X)
    whole = tf.nn.softmax_cross_entropy_with_logits(labels=Z[[0, 0]], logits=X)
    np.testing.assert_array_equal(stretched, whole)
    with pytest.raises(REFUSALS, match="shape"):
        helpers.softmax_cross_entropy_with_logits(Z[0], X)


@pytest.mark.parametrize("shape", [(2,), (3, 2)])
def test_explain_says_what_keras_returns_for_class_weights(shape):
    """The note on a weighted mean: Keras divides by the batch, and gets the weights by sample."""
    import keras
    import torch

    weight = np.float32([1, 2, 3])
    x = np.sin(np.arange(3 * np.prod(shape), dtype=np.float32)).reshape(*shape, 3)
    c = x.argmin(-1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs = float(loss(c, x, sample_weight=weight[c]))
    module = torch.nn.CrossEntropyLoss(weight=torch.tensor(weight))
    moved = torch.tensor(x).movedim(-1, 1)
    note = str(helpers.explain(module, moved, torch.tensor(c))).partition("default would give ")[2]
    assert float(note.split()[0]) == pytest.approx(theirs, rel=1e-5)


ON_JAX = """
import keras, numpy as np
layer = keras.layers.Dense(1, activation="sigmoid")
model = keras.Sequential([keras.Input((1,)), layer])
layer.set_weights([np.ones((1, 1)), np.zeros(1)])
model.compile(loss="binary_crossentropy")
print(keras.backend.backend(), model.evaluate(np.ones((1, 1)) * 1000, np.zeros((1, 1)), verbose=0))
"""


def test_on_jax_keras_evaluates_the_sigmoid_itself():
    """On TensorFlow it takes the logits from before the layer, and returns 1000."""
    env = os.environ | {"KERAS_BACKEND": "jax"}
    said = subprocess.check_output([sys.executable, "-c", ON_JAX], env=env, text=True).split()
    assert said[0] == "jax"
    assert float(said[1]) == pytest.approx(15.9424, abs=1e-4)
