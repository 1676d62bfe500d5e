"""What a refusal says, in full, and which kind of error it is: each of them once.

The other tests ask what is refused, and look at the argument that is named; here every word counts.
"""

import inspect

import numpy as np
import pytest
import torch

from tests.losses.test_contract import PLAIN
from tests.reference import REFUSALS, Call, has_gradient, helper, refusal, tensor

X = tensor([[0.5, 1.0], [0.25, 0.75], [0.0, 1.0]])
V, N = X[0], X[0, 0]
FLAGS, WHOLE = X > 0.6, torch.tensor([0, 1, 1])
TAIL = (X[:1], X[:2, :1])
PATHS = tensor([[[0.5, 0.25, 0.25]]] * 3).log()


def adaptive(input=X, target=WHOLE, **changed):
    given = {"head_weight": X, "tail_weights": [TAIL], "cutoffs": [2, 4]}
    return Call("adaptive_log_softmax_with_loss", input, target, **given | changed)


def with_distance(given):
    return Call("triplet_margin_with_distance_loss", X, -X, X + 1, distance_function=given)


def distance(x1, x2):
    return (x1 - x2) ** 2


def ctc(log_probs=PATHS, targets=((1, 2),), input_lengths=(3,), target_lengths=(2,), **options):
    numbers = map(torch.tensor, (targets, input_lengths, target_lengths))
    return Call("ctc_loss", log_probs, *numbers, **options)


REFUSED = {
    "multilabel_soft_margin, no labels": (
        Call("multilabel_soft_margin_loss", N, N),
        ValueError,
        "input: expected at least one dimension, of labels, got a shape of ()",
    ),
    "multilabel_soft_margin, flags": (
        Call("multilabel_soft_margin_loss", X, FLAGS),
        TypeError,
        "target: expected numbers (use .float()), got bool of shape (3, 2)",
    ),
    "multilabel_soft_margin, uint8": (
        Call("multilabel_soft_margin_loss", X, (2 * FLAGS).byte()),
        ValueError,
        "target: expected 0 or 1 where it is unsigned (use .float()), got 2",
    ),
    "gaussian, var a word": (
        Call("gaussian_nll_loss", X, X, "1"),
        TypeError,
        "var: expected an array or a float, got str '1'",
    ),
    "gaussian, var an int": (
        Call("gaussian_nll_loss", X, X, 1),
        TypeError,
        "var: expected an array or a float, got int 1",
    ),
    "gaussian, var shape": (
        Call("gaussian_nll_loss", X, X, X[:, :1][:2]),
        ValueError,
        "var: expected the shape of input, (3, 2), that without its last axis, or one axis of "
        "length 1 (use .expand), got shape (2, 1)",
    ),
    "gaussian, var negative": (
        Call("gaussian_nll_loss", X, X, X - 0.5),
        ValueError,
        "var: expected no negative variance, got -0.25",
    ),
    "gaussian, var negative number": (
        Call("gaussian_nll_loss", X, X, -1.5),
        ValueError,
        "var: expected no negative variance, got -1.5",
    ),
    "gaussian, bool": (
        Call("gaussian_nll_loss", FLAGS, X, X),
        TypeError,
        "input: expected numbers (use .float()), got bool of shape (3, 2)",
    ),
    "gaussian, target": (
        Call("gaussian_nll_loss", X, X[:2], X),
        ValueError,
        "input and target and var: expected shapes that broadcast to a common one, got (3, 2) and "
        "(2, 2) and (3, 2)",
    ),
    "bce, a target of whole numbers": (
        Call("binary_cross_entropy", [0.5], [1]),
        TypeError,
        "target: expected a floating-point dtype (use .float()), got int64 of shape (1,)",
    ),
    "multilabel_soft_margin, complex": (
        Call("multilabel_soft_margin_loss", X, X + 0j),
        TypeError,
        "target: expected real numbers, got complex128 of shape (3, 2)",
    ),
    "multilabel_soft_margin, complex weight": (
        Call("multilabel_soft_margin_loss", X, X, weight=X + 0j),
        TypeError,
        "weight: expected real numbers, got complex128 of shape (3, 2)",
    ),
    "nll, no dimensions": (
        Call("nll_loss", N, WHOLE),
        ValueError,
        "input: expected at least one dimension, of classes, got a shape of ()",
    ),
    "nll, no classes": (
        Call("nll_loss", X[:, :0], WHOLE),
        ValueError,
        "input: expected at least one class, got shape (3, 0)",
    ),
    "nll, weights": (
        Call("nll_loss", X, WHOLE, weight=X[:, 0]),
        ValueError,
        "weight: expected one weight for each of the 2 classes, got shape (3,)",
    ),
    "nll, class": (
        Call("nll_loss", X, WHOLE + 1, ignore_index=7),
        ValueError,
        "target: expected class numbers from 0 to 1, or ignore_index = 7, got 2",
    ),
    "nll, class below 0": (
        Call("nll_loss", X, WHOLE - 1),
        ValueError,
        "target: expected class numbers from 0 to 1, or ignore_index = -100, got -1",
    ),
    "nll, shape": (
        Call("nll_loss", X, WHOLE[:2]),
        ValueError,
        "target: expected class numbers of shape (3,) for an input of shape (3, 2), got shape (2,)",
    ),
    "nll, shape of one": (
        Call("nll_loss", X, WHOLE[:1]),
        ValueError,
        "target: expected class numbers of shape (3,) for an input of shape (3, 2), got shape (1,)",
    ),
    "nll, shape unbatched": (
        Call("nll_loss", V, WHOLE[:2]),
        ValueError,
        "target: expected class numbers of shape () for an input of shape (2,), got shape (2,)",
    ),
    "nll, dtype": (
        Call("nll_loss", X, WHOLE.int()),
        TypeError,
        "target: expected class numbers of dtype int64 or uint8 (use .long()), got int32 of "
        "shape (3,)",
    ),
    "nll, dtype image": (
        Call("nll_loss", X[None], WHOLE[None, :2].byte()),
        TypeError,
        "target: expected class numbers of dtype int64 (use .long()), got uint8 of shape (1, 2)",
    ),
    "ce, ()": (
        Call("cross_entropy", V, WHOLE[:1], label_smoothing=0.1),
        ValueError,
        "target: expected a shape of () with label_smoothing, got shape (1,)",
    ),
    "ce, ignore": (
        Call("cross_entropy", X, X, ignore_index=2),
        ValueError,
        "ignore_index: expected a negative number (probabilities ignore no class), got 2",
    ),
    "ce, ignore class 0": (
        Call("cross_entropy", X, X, ignore_index=0),
        ValueError,
        "ignore_index: expected a negative number (probabilities ignore no class), got 0",
    ),
    "ce, ignore a half": (
        Call("cross_entropy", X, X, ignore_index=0.5),
        TypeError,
        "ignore_index: expected an integer, got float 0.5",
    ),
    "ce, whole logits": (
        Call("cross_entropy", X.long(), X),
        TypeError,
        "input: expected a floating-point dtype (use .float()), got int64 of shape (3, 2)",
    ),
    "ce, smoothing below 0": (
        Call("cross_entropy", X, X, label_smoothing=-0.1),
        ValueError,
        "label_smoothing: expected a number at least 0 and at most 1, got -0.1",
    ),
    "multi margin, dtype": (
        Call("multi_margin_loss", X.half(), WHOLE),
        TypeError,
        "input: expected float32 or float64, as torch has this loss in no other dtype (use "
        ".float()), got float16 of shape (3, 2)",
    ),
    "multi margin, dims": (
        Call("multi_margin_loss", X[None], WHOLE),
        ValueError,
        "input: expected a shape of (N, C) or (C,) with at least one class, got shape (1, 3, 2)",
    ),
    "multi margin, p": (
        Call("multi_margin_loss", X, WHOLE, p=1.5),
        ValueError,
        "p: expected 1 or 2, got 1.5",
    ),
    "multi margin, target": (
        Call("multi_margin_loss", X, WHOLE[:2]),
        ValueError,
        "target: expected class numbers of shape (3,) for an input of shape (3, 2), got shape (2,)",
    ),
    "multi margin, no classes": (
        Call("multi_margin_loss", V[:0], WHOLE[0]),
        ValueError,
        "input: expected a shape of (N, C) or (C,) with at least one class, got shape (0,)",
    ),
    "multi margin, target unbatched": (
        Call("multi_margin_loss", V, WHOLE),
        ValueError,
        "target: expected class numbers of shape () for an input of shape (2,), got shape (3,)",
    ),
    "multi margin, class": (
        Call("multi_margin_loss", X, WHOLE + 1),
        ValueError,
        "target: expected class numbers from 0 to 1, got 2",
    ),
    "multi margin, class dtype": (
        Call("multi_margin_loss", X, WHOLE.int()),
        TypeError,
        "target: expected class numbers of dtype int64 (use .long()), got int32 of shape (3,)",
    ),
    "multilabel margin, shape": (
        Call("multilabel_margin_loss", X, WHOLE),
        ValueError,
        "target: expected the shape of input, (3, 2), got shape (3,)",
    ),
    "multilabel margin, class": (
        Call("multilabel_margin_loss", X, 2 * FLAGS.long()),
        ValueError,
        "target: expected class numbers from -1 to 1 (-1 ends the list), got 2",
    ),
    "linear, dims": (
        Call("linear_cross_entropy", X[None], X, WHOLE),
        ValueError,
        "input: expected one dimension, of features, or two, of samples and features, got "
        "shape (1, 3, 2)",
    ),
    "linear, features": (
        Call("linear_cross_entropy", X, X[:, :1], WHOLE),
        ValueError,
        "linear_weight: expected a shape of (C, …, 2), the last axis as the input's, got shape "
        "(3, 1)",
    ),
    "linear, features unbatched": (
        Call("linear_cross_entropy", V, X[:, :1], WHOLE[0]),
        ValueError,
        "linear_weight: expected a shape of (C, …, 2), the last axis as the input's, got shape "
        "(3, 1)",
    ),
    "linear, a matrix of whole numbers": (
        Call("linear_cross_entropy", [[0.5]], [[1]], [0]),
        TypeError,
        "linear_weight: expected a floating-point dtype (use .float()), got int64 of shape (1, 1)",
    ),
    "linear, weight": (
        Call("linear_cross_entropy", X, X, WHOLE, weight=2.0),
        TypeError,
        "weight: expected an array, such as [2.0], got float 2.0",
    ),
    "linear, bias of images": (
        Call("linear_cross_entropy", X, torch.stack([X, X]), WHOLE, linear_bias=V),
        ValueError,
        "linear_bias: expected the shape of linear_weight without its last axis, (2, 3), got "
        "shape (2,)",
    ),
    "linear, batch": (
        Call("linear_cross_entropy", V, X[None], WHOLE[0]),
        ValueError,
        "input: expected a batch, as linear_weight has 3 dimensions, got shape (2,)",
    ),
    "linear, bias": (
        Call("linear_cross_entropy", X, X, WHOLE, linear_bias=V),
        ValueError,
        "linear_bias: expected the shape of linear_weight without its last axis, (3,), got "
        "shape (2,)",
    ),
    "linear, options": (
        Call("linear_cross_entropy", X, X, WHOLE, options="chunks"),
        TypeError,
        "options: expected None or LinearCrossEntropyOptions, got str 'chunks'",
    ),
    "linear, ignore": (
        Call("linear_cross_entropy", X, X, X @ X.T, ignore_index=1),
        ValueError,
        "ignore_index: expected None (probabilities ignore no class), got int 1",
    ),
    "linear, target": (
        Call("linear_cross_entropy", X, X, WHOLE[:2]),
        ValueError,
        "target: expected class numbers of shape (3,) or probabilities of (3, 3), got shape (2,)",
    ),
    "adaptive, dims": (
        adaptive(X[None]),
        ValueError,
        "input: expected one dimension, of features, or two, of samples and features, got "
        "shape (1, 3, 2)",
    ),
    "adaptive, target": (
        adaptive(target=WHOLE[:2]),
        ValueError,
        "target: expected class numbers of shape (3,) for an input of (3, 2), got shape (2,)",
    ),
    "adaptive, target dtype": (
        adaptive(target=WHOLE.byte()),
        TypeError,
        "target: expected class numbers of dtype int64 or int32 (use .long()), got uint8 of "
        "shape (3,)",
    ),
    "adaptive, class": (
        adaptive(target=WHOLE + 3),
        ValueError,
        "target: expected class numbers from 0 to 3, got 4",
    ),
    "adaptive, head bias": (
        adaptive(head_bias=V),
        ValueError,
        "head_bias: expected a shape of (3,), one bias for each row of head_weight, got shape (2,)",
    ),
    "adaptive, head bias of whole numbers": (
        adaptive(X.tolist(), head_bias=[0, 1, 2]),
        TypeError,
        "head_bias: expected a floating-point dtype (use .float()), got int64 of shape (3,)",
    ),
    "adaptive, tail of whole numbers": (
        adaptive(X.tolist(), tail_weights=[([[1, 2]], [[0.5], [0.5]])]),
        TypeError,
        "tail_weights: expected a floating-point dtype (use .float()), got int64 of shape (1, 2)",
    ),
    "adaptive, head": (
        adaptive(head_weight=X[:2]),
        ValueError,
        "head_weight: expected a matrix of shape (3, 2), got shape (2, 2)",
    ),
    "adaptive, tails": (
        adaptive(tail_weights=[TAIL, TAIL[:1]]),
        ValueError,
        "tail_weights: expected 1 pairs of matrices, one for each cluster after the first, got "
        "a list of lengths [2, 1]",
    ),
    "adaptive, projection": (
        adaptive(tail_weights=[(X[:, :1], X)]),
        ValueError,
        "tail_weights: expected a matrix of shape (…, 2), got shape (3, 1)",
    ),
    "adaptive, output": (
        adaptive(tail_weights=[(X[:1], X)]),
        ValueError,
        "tail_weights: expected a matrix of shape (2, 1), got shape (3, 2)",
    ),
    "adaptive, cutoffs": (
        adaptive(cutoffs=[4, 2]),
        ValueError,
        "cutoffs: expected at least two increasing positive integers, the last the number of "
        "classes, got [4, 2]",
    ),
    "adaptive, cutoffs one": (
        adaptive(cutoffs=[4]),
        ValueError,
        "cutoffs: expected at least two increasing positive integers, the last the number of "
        "classes, got [4]",
    ),
    "pairwise, p": (
        Call("pairwise_distance", X[:, :0], X[:, :0], p=-1.0),
        ValueError,
        "p: expected a finite number of at least 0 for vectors without entries, got -1.0",
    ),
    "embedding, target": (
        Call("cosine_embedding_loss", X, X, X),
        ValueError,
        "target: expected a number for each pair, in at most one dimension, got (3, 2)",
    ),
    "embedding, dims": (
        Call("cosine_embedding_loss", X, V, V),
        ValueError,
        "input2: expected 2 dimensions, as the target has 1, got shape (2,)",
    ),
    "embedding, number": (
        Call("cosine_embedding_loss", X, X, V),
        ValueError,
        "target: expected a number for each of 3 pairs, got 2",
    ),
    "triplet, ndim": (
        Call("triplet_margin_loss", X, X, V),
        ValueError,
        "negative: expected the number of dimensions of anchor, 2, got 1 dimensions",
    ),
    "triplet, function": (
        with_distance("far"),
        TypeError,
        "distance_function: expected a function of two arrays, a pair of it and its gradient, "
        "or None, got str",
    ),
    "triplet, pair": (
        with_distance((distance, "far")),
        TypeError,
        "distance_function: expected a function of two arrays, a pair of it and its gradient, "
        "or None, got tuple",
    ),
    "triplet, whole": (
        with_distance(lambda x, y: (x != y).sum(-1)),
        TypeError,
        "distance_function: expected a floating-point dtype (use .float()), got int64 of shape "
        "(3,)",
    ),
    "ctc, dtype": (
        ctc(PATHS.half()),
        TypeError,
        "log_probs: expected float32 or float64 (use .float()), got float16 of shape (3, 1, 3)",
    ),
    "ctc, dims": (
        ctc(PATHS[0, 0]),
        ValueError,
        "log_probs: expected a shape (T, N, C) or (T, C) without an empty axis, got shape (3,)",
    ),
    "ctc, lengths dtype": (
        ctc(input_lengths=[3.0]),
        TypeError,
        "input_lengths: expected an integer dtype (use .long()), got float32 of shape (1,)",
    ),
    "ctc, lengths number": (
        ctc(target_lengths=[1, 1]),
        ValueError,
        "target_lengths: expected 1 of them, one per sequence, got shape (2,)",
    ),
    "ctc, too long": (
        ctc(input_lengths=[4]),
        ValueError,
        "input_lengths: expected every element between 0 and 3, got 4",
    ),
    "ctc, target too long": (
        ctc(target_lengths=[3]),
        ValueError,
        "target_lengths: expected every element between 0 and 2, got 3",
    ),
    "distance, flags": (
        Call("pairwise_distance", FLAGS, X),
        TypeError,
        "x1: expected numbers (use .float()), got bool of shape (3, 2)",
    ),
    "margin ranking, flags": (
        Call("margin_ranking_loss", FLAGS, X, X),
        TypeError,
        "input1: expected numbers (use .float()), got bool of shape (3, 2)",
    ),
    "margin ranking, shapes": (
        Call("margin_ranking_loss", X[:2], X, X),
        ValueError,
        "input1 and input2 and target: expected shapes that broadcast to a common one, got (2, 2) "
        "and (3, 2) and (3, 2)",
    ),
    "hinge embedding, flags": (
        Call("hinge_embedding_loss", X, FLAGS),
        TypeError,
        "target: expected a signed dtype (use .float()), got bool of shape (3, 2)",
    ),
    "cosine embedding, flags": (
        Call("cosine_embedding_loss", X, X, FLAGS[:, 0]),
        TypeError,
        "target: expected a signed dtype (use .float()), got bool of shape (3,)",
    ),
    "ctc, labels": (
        ctc(targets=[1, 2, 1]),
        ValueError,
        "targets: expected the 2 labels that target_lengths add up to, got shape (3,)",
    ),
    "ctc, rows": (
        ctc(targets=[[1, 2], [1, 2]]),
        ValueError,
        "targets: expected a row for each of 1 sequences, got (2, 2)",
    ),
    "ctc, targets dims": (
        ctc(targets=1),
        ValueError,
        "targets: expected one or two dimensions, got shape ()",
    ),
    "ctc, class": (
        ctc(targets=[[1, 3]]),
        ValueError,
        "targets: expected class numbers from 0 to 2 except blank = 0, got 3",
    ),
    "ctc, blank label": (
        ctc(targets=[[1, 0]]),
        ValueError,
        "targets: expected class numbers from 0 to 2 except blank = 0, got 0",
    ),
    "ctc, fraction": (
        ctc(targets=[[1, 1.5]]),
        ValueError,
        "targets: expected class numbers from 0 to 2 except blank = 0, got 1.5",
    ),
    "ctc, blank": (
        ctc(blank=3),
        ValueError,
        "blank: expected a class number from 0 to 2, got 3",
    ),
}


@pytest.mark.parametrize(("call", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_message_and_kind_of_error(call, error, message):
    with pytest.raises(REFUSALS) as caught:
        call.value()
    assert str(caught.value) == message
    assert type(caught.value) is error
    assert type(refusal(call.gradients)) is error


def slopes(x1, x2):
    return 2 * (x1 - x2), 2 * (x2 - x1)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (
            distance,
            TypeError,
            "a pair of functions, the distance and its gradients for both operands, "
            "got a function alone",
        ),
        (
            (distance, lambda x1, x2: (x1[0], x2[0])),
            ValueError,
            "gradients of the shape of the operands, (3, 2), got (2,)",
        ),
        (
            (lambda x1, x2: np.zeros((2, 3)), slopes),
            ValueError,
            "a shape that broadcasts to that of the operands, (3, 2), got (2, 3)",
        ),
        (
            (distance, lambda x1, x2: ("a", "b")),
            TypeError,
            "an array of numbers, got str",
        ),
    ],
)
def test_what_a_gradient_needs_of_a_distance(given, error, message):
    with pytest.raises(error) as caught:
        with_distance(given).gradients()
    assert str(caught.value) == f"distance_function: expected {message}"


# Two that have no plain call of their own.
CALLS = PLAIN | {
    "ctc_loss": ctc(),
    "keras_binary_crossentropy": Call("keras_binary_crossentropy", X, X),
}
CASES = [
    (call, argument)
    for call in CALLS.values()
    for argument in inspect.signature(helper(call.name)).parameters
    if argument != "from_logits"  # Anything is true or false there, as in Keras.
]


@pytest.mark.parametrize(
    ("call", "argument"), CASES, ids=[f"{call.name}-{argument}" for call, argument in CASES]
)
@pytest.mark.parametrize("form", ["tensors", "lists"])
def test_the_argument_that_is_wrong_is_named(call, argument, form):
    if form == "lists":
        call = call.map(torch.Tensor.tolist)
    parameters = inspect.signature(helper(call.name)).parameters
    given = dict(zip(parameters, call.inputs, strict=False)) | call.options
    given[argument] = "a word"
    for suffix in ("", "_grad")[: 1 + has_gradient(call.name)]:
        with pytest.raises(REFUSALS) as caught:
            helper(call.name + suffix)(**given)
        assert str(caught.value).startswith(f"{argument}: expected ")
