"""The CTC loss, against torch, all paths by name, the number of paths, and finite differences."""

import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import ctc_loss, ctc_loss_grad
from helpers.losses.ctc import _ctc, _Sequences
from helpers.working import ieee
from tests.reference import REFUSALS, assert_close, assert_form, largest, refusal

INF, NAN = math.inf, math.nan
REDUCTIONS = ("none", "mean", "sum")


def log_probs(*shape, seed=0):
    """Log-probabilities, different everywhere."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).log_softmax(-1)


def ints(*values, dtype=torch.int64):
    return torch.tensor(values, dtype=dtype)


def changed(tensor, index, value):
    tensor = tensor.clone()
    tensor[index] = value
    return tensor


def reordered(tensor):
    """The same tensor with its elements in another order in memory."""
    return tensor.transpose(0, 1).contiguous().transpose(0, 1)


def assert_like_torch(x, *rest, **options):
    """Value, gradient, type and shape are torch's."""
    leaf = x.detach().requires_grad_()
    expected = F.ctc_loss(leaf, *rest, **options)
    value = ctc_loss(x, *rest, **options)
    unreduced = ctc_loss(x, *rest, **options | {"reduction": "none"})
    assert type(value) is (np.ndarray if options.get("reduction") == "none" else float)
    assert_close(value, expected.detach().numpy(), largest(unreduced))
    (gradient,) = torch.autograd.grad(expected.sum(), leaf)
    # Logarithms of the size of the loss are subtracted on the way, and keep their rounding error.
    size = max(largest(gradient), largest(unreduced))
    assert_close(ctc_loss_grad(x, *rest, **options), gradient.numpy(), size)


X = log_probs(6, 3, 4)
PADDED = (ints([1, 2, 3], [3, 3, 1], [2, 1, 0]), ints(6, 5, 4), ints(3, 2, 1))
UNBATCHED = (ints(1, 2, 3), *ints(6, 3))
LIKE_TORCH = (
    {
        "padded": (X, *PADDED),
        "concatenated": (X, ints(1, 2, 3, 3, 3, 2), *PADDED[1:]),
        "padded more than needed": (X, torch.full((3, 9), 2), *PADDED[1:]),
        "not contiguous": (reordered(X), reordered(PADDED[0]), *PADDED[1:]),
        "lists": (X, PADDED[0], [6, 5, 4], [3, 2, 1]),
        "tuples": (X, PADDED[0], (6, 5, 4), (3, 2, 1)),
        "lists of NumPy's integers": (X, PADDED[0], list(np.array([6, 5, 4])), [3, 2, 1]),
        "lists of tensors": (X, PADDED[0], list(PADDED[1]), [3, 2, 1]),
        "lengths as a row": (X, PADDED[0], PADDED[1][None], PADDED[2][None]),
        "lengths as a column": (X, PADDED[0], PADDED[1][:, None], PADDED[2]),
        "repeats, just long enough": (X, torch.ones((3, 3)), ints(5, 5, 6), ints(3, 3, 3)),
        "repeats, one frame short": (X, torch.ones((3, 3)), ints(4, 5, 6), ints(3, 3, 3)),
        "too short": (X, PADDED[0], ints(2, 6, 1), PADDED[2]),
        "empty targets": (X, PADDED[0], PADDED[1], ints(0, 2, 0)),
        "nothing but empty targets": (X, torch.zeros((3, 0)), PADDED[1], ints(0, 0, 0)),
        "nothing to concatenate": (X, ints(), PADDED[1], ints(0, 0, 0)),
        "no frames": (X, PADDED[0], ints(0, 0, 6), ints(0, 1, 2)),
        "one frame": (X[:1], PADDED[0], ints(1, 1, 1), ints(0, 1, 2)),
        "one class": (X[:, :, :1], torch.zeros((3, 0)), PADDED[1], ints(0, 0, 0)),
        "a batch of one": (X[:, :1], PADDED[0][:1], ints(5), ints(2)),
        "a batch of one, lengths without axes": (X[:, :1], PADDED[0][:1], *ints(5, 2)),
        "unbatched": (X[:, 0], *UNBATCHED),
        "unbatched, repeats": (X[:, 0], ints(2, 2), *ints(5, 2)),
        "unbatched, too short": (X[:, 0], ints(2, 2), *ints(2, 2)),
        "unbatched, lengths with an axis": (X[:, 0], ints(1, 2, 3), ints(6), ints(3)),
        "unbatched, lists": (X[:, 0], ints(1, 2, 3), [6], [3]),
        "unbatched, padded": (X[:, 0], ints([1, 2, 3]), ints(6), ints(2)),
        "not normalised": (X * 3 + 5, *PADDED),
    }
    | {
        # In frame 1 of every sequence; class 0 is the blank, 3 is in the first two targets alone.
        f"{value} for class {c}": (changed(X, (1, slice(None), c), value), *PADDED)
        for value in (-INF, INF, NAN)
        for c in (0, 3)
    }
    | {
        # All frames are needed: a blank in the first one leads nowhere, but torch reads it.
        f"{value} for class {c}, no frame to spare": (
            changed(X[:, 0], (0, c), value),
            ints(1, 1, 1),
            *ints(5, 3),
        )
        for value in (-INF, INF, NAN)
        for c in (0, 1, 2)
    }
    | {
        f"{value} for class {c} in the last frame": (changed(X[:, 0], (-1, c), value), *UNBATCHED)
        for value in (-INF, INF, NAN)
        for c in (0, 1, 2, 3)
    }
)


@pytest.mark.parametrize("zero_infinity", [False, True])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("call", LIKE_TORCH.values(), ids=LIKE_TORCH)
def test_like_torch(call, reduction, zero_infinity):
    assert_like_torch(*call, reduction=reduction, zero_infinity=zero_infinity)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("blank", [0, 1, 2, 3, np.int64(2), torch.tensor(2)])
def test_blank_anywhere(blank, reduction):
    labels = ints(*(c for c in range(4) if c != blank))
    targets = torch.stack([labels, labels.flip(0), labels[[1, 1, 0]]])
    assert_like_torch(X, targets, *PADDED[1:], blank=blank, reduction=reduction)


@pytest.mark.parametrize("dtype", ["int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64"])
def test_dtypes_of_lengths_and_targets(dtype):
    assert_like_torch(X, *(value.to(getattr(torch, dtype)) for value in PADDED))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16])
def test_targets_may_be_whole_numbers_in_floats(dtype):
    assert_like_torch(X, PADDED[0].to(dtype), *PADDED[1:])
    padding = changed(PADDED[0].to(dtype), (2, 2), NAN)
    assert ctc_loss(X, padding, *PADDED[1:]) == ctc_loss(X, *PADDED)


def test_boolean_targets_are_classes_0_and_1():
    assert_like_torch(X, torch.ones((3, 2), dtype=torch.bool), PADDED[1], ints(2, 1, 0))


def test_array_likes():
    """Lists, arrays and bare numbers, which torch itself does not take, are as good as tensors."""
    expected = ctc_loss(X, *PADDED)
    assert ctc_loss(X.tolist(), *(value.tolist() for value in PADDED)) == expected
    assert ctc_loss(X.numpy(), *(value.numpy() for value in PADDED)) == expected
    assert ctc_loss(X, PADDED[0], PADDED[1], [3, 2, 1]) == expected
    assert ctc_loss(X[:, 0], [1, 2, 3], 6, 3) == ctc_loss(X[:, 0], [1, 2, 3], [6], [3])


def test_float32_is_computed_in_float64():
    x = X.float()
    assert ctc_loss(x, *PADDED) == ctc_loss(x.double(), *PADDED)
    np.testing.assert_allclose(ctc_loss(x, *PADDED), F.ctc_loss(x, *PADDED).item(), rtol=1e-6)
    assert ctc_loss_grad(x, *PADDED).dtype == np.float64


def test_inputs_stay_as_they_are():
    arrays = [value.numpy().copy() for value in (X, *PADDED)]
    ctc_loss_grad(*arrays)
    for array, value in zip(arrays, (X, *PADDED), strict=True):
        np.testing.assert_array_equal(array, value.numpy())


# ------------------------------------------------------------------------- other references


def spelt(path, blank):
    """What a path spells: runs merged, then blanks dropped."""
    return tuple(c for c, _ in itertools.groupby(path) if c != blank)


def likelihood_and_posterior(x, target, blank):
    """The probability of a target and of each class in each frame given it, path by path."""
    total, posterior = 0.0, np.zeros(x.shape)
    for path in itertools.product(range(x.shape[1]), repeat=len(x)):
        if spelt(path, blank) == tuple(target):
            probability = np.prod([np.exp(x[t, c]) for t, c in enumerate(path)])
            total += probability
            for t, c in enumerate(path):
                posterior[t, c] += probability
    return total, posterior / total if total else posterior


@pytest.mark.parametrize("blank", [0, 1, 2])
@pytest.mark.parametrize("frames", [1, 2, 3, 5])
def test_all_paths(frames, blank):
    """Every target that the frames can spell, at once as one batch; their p add up to 1."""
    x = log_probs(frames, 3, seed=frames).numpy()
    paths = itertools.product(range(3), repeat=frames)
    targets = sorted({spelt(path, blank) for path in paths})
    count = len(targets)
    arguments = (
        np.repeat(x[:, None], count, axis=1),
        [c for target in targets for c in target],
        [frames] * count,
        [len(target) for target in targets],
    )
    loss = ctc_loss(*arguments, blank=blank, reduction="none")
    gradient = ctc_loss_grad(*arguments, blank=blank, reduction="sum")
    for i, target in enumerate(targets):
        total, posterior = likelihood_and_posterior(x, target, blank)
        np.testing.assert_allclose(loss[i], -np.log(total), rtol=1e-13)
        np.testing.assert_allclose(gradient[:, i], np.exp(x) - posterior, atol=1e-14)
    np.testing.assert_allclose(np.sum(np.exp(-loss)), 1, rtol=1e-13)


@pytest.mark.parametrize(
    ("frames", "target"),
    [
        (1, []),
        (4, []),
        (1, [1]),
        (5, [1, 1, 1]),
        (4, [1, 1, 1]),
        (3, [1, 2, 1]),
        (2, [1, 2, 1]),
        (12, [1, 2, 2, 1]),
        (1000, [1, 2] * 50),
        (1000, [2] * 200),
        (1000, [1] * 500),
        (999, [1] * 500),
        (1000, [1] * 501),
    ],
)
def test_number_of_paths(frames, target):
    """Of three equally probable classes each path has 3^-T, and there are C(T + S - r, 2S) of them.

    That follows from the choice of where the S runs of labels begin and end, with at least one
    blank frame between the r pairs of equal neighbours. Most p here are below the least float.
    """
    repeats = sum(a == b for a, b in itertools.pairwise(target))
    paths = math.comb(frames + len(target) - repeats, 2 * len(target))
    expected = frames * math.log(3) - math.log(paths) if paths else INF
    even = np.full((frames, 3), -math.log(3))
    loss = ctc_loss(even, target, frames, len(target), reduction="sum")
    np.testing.assert_allclose(loss, expected, rtol=1e-11)


def test_long_sequences():
    """A thousand frames, without underflow and as torch has them; the posterior adds up to 1."""
    x = 4 * log_probs(1000, 2, 6, seed=1)
    targets = torch.randint(1, 6, (2, 120), generator=torch.Generator().manual_seed(2))
    call = (x, targets, ints(1000, 870), ints(120, 77))
    assert ctc_loss(*call, reduction="none").min() > 745  # exp(-745) is the least float
    assert_like_torch(*call)
    posterior = np.exp(x.numpy()) - ctc_loss_grad(*call, reduction="sum")
    np.testing.assert_allclose(posterior.sum(-1)[:870], 1, rtol=1e-9)
    certain = np.where(np.eye(4)[[0, 1, 1, 0, 2, 3]] > 0, 0.0, -800.0)
    assert ctc_loss(np.tile(certain, (100, 1)), [1, 2, 3] * 100, 600, 300) == 0


SMOOTH = {
    name: LIKE_TORCH[name]
    for name in (
        "padded",
        "concatenated",
        "repeats, just long enough",
        "empty targets",
        "unbatched",
        "not normalised",
    )
}


def true_gradient(call, reduction):
    """What is left of torch's gradient without exp(log_probs), scaled and cut off alike."""
    x, _, input_lengths, target_lengths = (value.numpy() for value in call)
    shape = x.shape[1:-1]
    lengths = target_lengths.reshape(shape)
    scale = 1 / (lengths.size * np.maximum(lengths, 1)) if reduction == "mean" else 1.0
    read = np.arange(len(x)).reshape(-1, *[1] * len(shape)) < input_lengths.reshape(shape)
    extra = np.exp(x) * np.where(read, scale, 0)[..., None]
    return ctc_loss_grad(*call, reduction=reduction) - extra


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("call", SMOOTH.values(), ids=SMOOTH)
def test_true_derivative(call, reduction):
    """Finite differences give torch's gradient less exp(log_probs)."""
    x, *rest = (value.numpy() for value in call)
    slope, h = np.zeros(x.shape), 1e-3
    for index in np.ndindex(x.shape):
        total = {}
        for k in (-2, -1, 1, 2):
            moved = x.copy()
            moved[index] += k * h
            total[k] = np.sum(ctc_loss(moved, *rest, reduction=reduction))
        slope[index] = (total[-2] - 8 * total[-1] + 8 * total[1] - total[2]) / (12 * h)
    np.testing.assert_allclose(true_gradient(call, reduction), slope, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["padded", "empty targets", "unbatched"])
def test_chain_rule_to_logits(name, reduction):
    """Back through log_softmax, torch's gradient and the true one are both that for the logits."""
    x, *rest = LIKE_TORCH[name]
    logits = (3 * x).requires_grad_()
    log_p = logits.log_softmax(-1)
    loss = F.ctc_loss(log_p, *rest, reduction=reduction)
    (expected,) = torch.autograd.grad(loss.sum(), logits, retain_graph=True)
    call = (log_p.detach(), *rest)
    gradient = ctc_loss_grad(*call, reduction=reduction)
    assert_close(gradient, expected.numpy())
    for each in (gradient, true_gradient(call, reduction)):
        (back,) = torch.autograd.grad(log_p, logits, torch.from_numpy(each), retain_graph=True)
        assert_close(back.numpy(), expected.numpy())


# ----------------------------------------------------------------------------- properties


def test_what_lies_beyond_the_lengths_is_not_read():
    x, targets = X.clone(), PADDED[0].clone()
    for i, (frames, labels) in enumerate(zip(*PADDED[1:], strict=True)):
        x[frames:, i] = NAN
        targets[i, labels:] = -1000
    for reduction in REDUCTIONS:
        for function in (ctc_loss, ctc_loss_grad):
            expected = function(X, *PADDED, reduction=reduction)
            actual = function(x, targets, *PADDED[1:], reduction=reduction)
            np.testing.assert_array_equal(actual, expected)


def test_a_batch_is_its_sequences():
    loss = ctc_loss(X, *PADDED, reduction="none")
    gradient = ctc_loss_grad(X, *PADDED, reduction="sum")
    for i, (row, frames, labels) in enumerate(zip(*PADDED, strict=True)):
        alone = (X[:, i], row[:labels], frames, labels)
        assert_close(loss[i], ctc_loss(*alone, reduction="none"))
        assert_close(gradient[:, i], ctc_loss_grad(*alone, reduction="sum"))


def test_mean_divides_by_the_lengths_of_the_targets():
    call = LIKE_TORCH["empty targets"]
    each = ctc_loss(*call, reduction="none") / [1, 2, 1]
    np.testing.assert_allclose(ctc_loss(*call), sum(each) / 3, rtol=1e-15)


@pytest.mark.parametrize("name", ["padded", "empty targets", "unbatched"])
def test_columns(name):
    """The rows of an explanation add up to the loss."""
    call = LIKE_TORCH[name]
    with ieee():
        working = _ctc(*call)
    columns = working.columns()
    assert list(columns) == [
        "input length",
        "target length",
        "frames needed",
        "log-likelihood",
    ]
    for column in columns.values():
        assert column.shape == working.loss.shape
    for reduction in ("mean", "sum"):
        contribution = working.loss * working.scale(reduction)
        assert contribution.shape == working.loss.shape
        np.testing.assert_allclose(np.sum(contribution), working.reduce(reduction), rtol=1e-15)


def test_frames_needed():
    """The loss is infinite for one frame less."""
    targets = ints([1, 1, 1, 2], [1, 2, 1, 2], [3, 3, 3, 3], [3, 3, 3, 3], [1, 1, 1, 1])
    x, lengths = log_probs(7, 5, 4), ints(4, 4, 4, 2, 0)
    needed = _Sequences.of(x, targets, ints(7, 7, 7, 7, 7), lengths, blank=0).frames_needed
    np.testing.assert_array_equal(needed, [6, 4, 7, 3, 0])
    assert np.isfinite(ctc_loss(x, targets, needed, lengths, reduction="none")).all()
    short = ctc_loss(x[:, :4], targets[:4], needed[:4] - 1, lengths[:4], reduction="none")
    assert (short == INF).all()


# ------------------------------------------------------------------------------- refusals


def but(index, value):
    """The arguments of a good call, with one of them replaced."""
    return tuple(value if i == index else given for i, given in enumerate((X, *PADDED)))


EMPTY = (ints(), ints(), ints())
BY_BOTH = {
    "half": (but(0, X.half()), {}, r"log_probs: expected float32 or float64 \(use .float\(\)\), "),
    "bfloat16": (but(0, X.bfloat16()), {}, "log_probs: expected float32 or float64"),
    "integer log_probs": (but(0, X.long()), {}, "log_probs: expected a floating-point dtype"),
    "complex log_probs": (but(0, X + 1j), {}, "log_probs: expected real numbers"),
    "no dimensions": (but(0, X[0, 0, 0]), {}, r"log_probs: expected a shape \(T, N, C\) or \(T, C"),
    "one dimension": (but(0, X[:, 0, 0]), {}, r"log_probs: expected a shape .* got shape \(6,\)"),
    "four dimensions": (but(0, X[None]), {}, r"log_probs: expected a shape .*, got shape \(1, 6"),
    "no frames at all": ((X[:0], ints(), *[ints(0, 0, 0)] * 2), {}, r"got shape \(0, 3, 4\)"),
    "no sequences": ((X[:, :0], *EMPTY), {}, r"without an empty axis, got shape \(6, 0, 4\)"),
    "no classes": (but(0, X[:, :, :0]), {}, r"got shape \(6, 3, 0\)"),
    "a row too few": (but(1, PADDED[0][:2]), {}, "targets: expected a row for each of 3 sequences"),
    "a row too many": (but(1, torch.ones((4, 3))), {}, "targets: expected a row for each of 3"),
    "targets without axes": (but(1, torch.tensor(1)), {}, "targets: expected one or two dim"),
    "targets in three dimensions": (but(1, PADDED[0][None]), {}, "targets: expected one or two"),
    "concatenation too short": (but(1, ints(1, 2, 3, 1, 2)), {}, "targets: expected the 6 labels"),
    "concatenation too long": (but(1, ints(*[1] * 7)), {}, r"the 6 labels .*, got shape \(7,\)"),
    "rows too short": (but(1, PADDED[0][:, :2]), {}, "target_lengths: expected every element betw"),
    "an input too long": (but(2, ints(7, 1, 1)), {}, "input_lengths: .* between 0 and 6, got 7"),
    "a negative input": (but(2, ints(6, -1, 1)), {}, "input_lengths: .* between 0 and 6, got -1"),
    "a target too long": (but(3, ints(4, 1, 1)), {}, "target_lengths: .* 0 and 3, got 4"),
    "a negative target": (but(3, ints(1, -2, 1)), {}, "target_lengths: .* 0 and 3, got -2"),
    "an input length too few": (but(2, ints(6, 5)), {}, "input_lengths: expected 3 of them"),
    "a target length too many": (but(3, ints(3, 2, 1, 1)), {}, r"target_lengths: .*shape \(4,\)"),
    "a length for a batch": (but(2, torch.tensor(6)), {}, r"input_lengths: .*, got shape \(\)"),
    "float lengths": (but(2, PADDED[1].float()), {}, "input_lengths: expected an integer dtype"),
    "boolean lengths": (but(3, PADDED[2] > 0), {}, "target_lengths: expected an integer dtype"),
    "complex lengths": (but(3, PADDED[2] + 0j), {}, "target_lengths: expected real numbers"),
    "lists of floats": ((X, PADDED[0], [6.0, 5.0, 4.0], [3, 2, 1]), {}, "an integer dtype"),
    "lists of bools": ((X, PADDED[0], [True] * 3, [1, 1, 1]), {}, "input_lengths: expected an int"),
    "blank below": ((X, *PADDED), {"blank": -1}, "blank: expected a class number from 0 to 3, got"),
    "blank above": ((X, *PADDED), {"blank": 4}, "blank: expected a class .* from 0 to 3, got 4"),
    "blank as float": ((X, *PADDED), {"blank": 1.0}, "blank: expected an integer, got float"),
    "blank as bool": ((X, *PADDED), {"blank": True}, "blank: expected an integer"),
    "no blank": ((X, *PADDED), {"blank": None}, "blank: expected an integer"),
    "zero_infinity of 1": ((X, *PADDED), {"zero_infinity": 1}, "zero_infinity: expected True or F"),
    "reduction": ((X, *PADDED), {"reduction": "batchmean"}, "reduction: expected one of 'none', "),
    "no reduction": ((X, *PADDED), {"reduction": None}, "reduction: expected one of 'none', 'sum'"),
}


def assert_refused(arguments, options, message):
    for function in (ctc_loss, ctc_loss_grad):
        with pytest.raises(REFUSALS, match=message) as caught:
            function(*arguments, **options)
        assert_form(caught.value)


@pytest.mark.parametrize(("arguments", "options", "message"), BY_BOTH.values(), ids=BY_BOTH)
def test_what_torch_refuses(arguments, options, message):
    assert refusal(lambda: F.ctc_loss(*arguments, **options)) is not None
    assert_refused(arguments, options, message)


@pytest.mark.parametrize(
    ("targets", "got"),
    [
        (changed(PADDED[0], (0, 1), 0), "0"),  # torch takes the blank for a label
        (changed(PADDED[0].double(), (0, 1), 1.5), "1.5"),  # torch cuts the fraction off
        (changed(PADDED[0].double(), (0, 1), NAN), "nan"),
    ],
)
def test_targets_that_torch_takes(targets, got):
    message = f"targets: expected class numbers from 0 to 3 except blank = 0, got {got}"
    assert_refused((X, targets, *PADDED[1:]), {}, message)


def test_complex_targets():
    assert_refused((X, PADDED[0] + 0j, *PADDED[1:]), {}, "targets: expected real numbers")


@pytest.mark.parametrize("label", [4, -1, 10**9, INF, -INF])
def test_targets_out_of_range(label):
    """torch is not asked: it reads, and for the gradient writes, outside of its memory."""
    for targets in ([[1, label, 3], [3, 3, 0], [2, 0, 0]], [1, label, 3, 3, 3, 2]):
        message = rf"targets: expected class numbers from 0 to 3 .*, got {label:g}".replace(
            "+", "."
        )
        assert_refused((X, targets, *PADDED[1:]), {}, message)
