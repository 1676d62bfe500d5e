"""Hypothesis strategies for calls of every loss: mostly good ones, with a wrong turn now and then.

Shapes, dtypes, elements and options are each drawn from what the loss is made for, and rarely from
everything else, so that most wrong calls have a single thing wrong with them. Elements are round
numbers, where kinks and ties lie, ordinary ones, or the corners of the range.
"""

import math

import torch
from hypothesis import strategies as st

from tests.reference import Call

INF, NAN = math.inf, math.nan

FLOATS = [torch.float64, torch.float64, torch.float32, torch.float16, torch.bfloat16]
INTEGERS = [torch.int64, torch.uint8, torch.int32, torch.bool]
NUMBERS = [torch.float64] * 3 + FLOATS + [torch.int64, torch.uint8, torch.bool]
SIGNED = [*FLOATS, torch.int64, torch.int32]
CLASSES = [torch.int64] * 6 + [torch.uint8]


def mostly(good, wrong, times=12):
    """One of `good`, and once in about `times` one of `wrong`."""
    return st.integers(0, times).flatmap(lambda i: st.sampled_from(good if i else wrong))


def elements(low, high, corners):
    """Numbers between two bounds: round ones, any, or those from the corners."""
    whole = st.integers(math.ceil(low), math.floor(high)).map(float)
    return [whole, st.floats(low, high, allow_subnormal=False), st.sampled_from(corners)]


# No tiny numbers: a gradient of 1/1e-7 that cancels out leaves noise of that size.
REAL = [
    st.integers(-5, 5).map(float),
    st.integers(-5000, 5000).map(lambda n: n / 1024),
    st.sampled_from([0.0, 0.5, 1e4, -1e4, INF, -INF, NAN]),
]
LOGIT = elements(-20, 20, [0.0, 1e4, -1e4, INF, -INF, NAN])
PROBABILITY = elements(0, 1, [0.0, 1.0, 0.5, 1e-30, -0.0, 1.5, NAN])
LOG_PROBABILITY = elements(-20, 0, [0.0, -1e4, -INF, 1.0, NAN])
WEIGHT = elements(0, 3, [0.0, 0.5, 1e4])
SIGN = [st.sampled_from([1.0, -1.0])] * 2 + [st.sampled_from([1.0, -1.0, 0.0, 2.0, -0.5, INF, NAN])]
COUNT = [st.integers(0, 9).map(float), *elements(0, 20, [0.0, 1.0, 1.5, -1.0, 1e4, INF, NAN])]
VARIANCE = [
    st.integers(1, 5).map(float),
    st.integers(1, 5000).map(lambda n: n / 1024),
    mostly([0.0, 1e-9, 1.0, 1e4, INF, NAN], [-0.5]),
]

REDUCTION = mostly(
    ["none", "mean", "sum"],
    ["batchmean", "elementwise_mean", "MEAN", "", None, 1, True],
)
BOOL = mostly([False, True], [None, 0, 1, 1.0, "yes"])
OPTIONS = {
    "reduction": REDUCTION,
    "beta": mostly([1.0, 0.5, 2, 0, 0.0], [-1.0, NAN, None, "1", 1j, [1.0], True]),
    "delta": mostly([1.0, 0.5, 2, INF, torch.tensor(1.5)], [0.0, -1.0, NAN, None, "1", True]),
    "ignore_index": mostly([-100, 0, 1, 2, -1, torch.tensor(1)], [1.0, None, True, "1"]),
    "label_smoothing": mostly([0.0, 0.0, 0.1, 0.5, 1.0, 1], [-0.1, 1.5, NAN, None, "0", True]),
    "log_target": BOOL,
    "keepdim": BOOL,
    "full": BOOL,
    "log_input": BOOL,
    "swap": BOOL,
    "margin": mostly(
        [1.0, 0.5, 2, 0.1, 0.0, -0.5, torch.tensor(1.5)], [INF, -INF, NAN, None, "1", 1j, True]
    ),
    "dim": mostly([0, 1, -1, 2, -2], [3, -4, 1.0, None, "1", True]),
    "p": mostly([2.0, 1, 3.0, 0, 0.5, 1.5, INF, -INF, -1.0, -2], [NAN, None, "2", 1j, True]),
    "eps": mostly([1e-8, 1e-6, 0.0, 1, 0.5], [-0.5, NAN, INF, None, "0", True]),
}


@st.composite
def options(draw, *names):
    """Some of the named options; the others keep their defaults."""
    chosen = [name for name in names if draw(st.integers(0, 2))]
    return {name: draw(OPTIONS[name]) for name in chosen}


@st.composite
def tensors(draw, shape, kinds, dtypes, wrong=(*INTEGERS, torch.complex64)):
    """A tensor of a shape, its elements all of one kind or of all kinds."""
    dtype = draw(mostly(dtypes, wrong))
    kind = draw(st.sampled_from([*kinds[:2], *kinds[:2], st.one_of(kinds)]))
    size = math.prod(shape)
    result = torch.tensor(draw(st.lists(kind, min_size=size, max_size=size)), dtype=torch.float64)
    if not (dtype.is_floating_point or dtype.is_complex):
        # What a NaN becomes as an integer depends on the machine.
        result = result.nan_to_num(0.0, 3.0, 2.0).clamp(-10, 10)
    return result.to(dtype).reshape(shape)


SHAPE = st.lists(st.sampled_from([2, 3, 1, 2, 3, 0]), max_size=3).map(tuple)


@st.composite
def other_shape(draw, shape):
    """A shape that may broadcast with another one: smaller, larger, or unrelated."""
    stretched = tuple(draw(st.sampled_from([1, size])) for size in shape)
    cut = draw(st.integers(0, len(shape)))
    return draw(st.sampled_from([stretched, stretched[cut:], (2, *stretched), draw(SHAPE)]))


def fitting_shape(shape, times=4):
    """Mostly the shape itself, once in about `times` another one."""
    return st.integers(0, times).flatmap(lambda i: st.just(shape) if i else other_shape(shape))


@st.composite
def optional_weight(draw, name, shape, dtypes=FLOATS, times=4, kinds=WEIGHT):
    """Nothing, a weight under its name, or a bare number, which torch refuses."""
    which = draw(st.integers(0, 12))
    if which < 7:
        return {}
    if which == 7:
        return {name: 2.0}
    return {name: draw(tensors(draw(fitting_shape(shape, times)), kinds, dtypes))}


@st.composite
def regression(draw, name, *names, weighted=True):
    shape = draw(SHAPE)
    x = draw(tensors(shape, REAL, NUMBERS))
    y = draw(tensors(draw(fitting_shape(shape)), REAL, NUMBERS))
    weight = draw(optional_weight("weight", shape, NUMBERS)) if weighted else {}
    return Call(name, x, y, **weight, **draw(options("reduction", *names)))


@st.composite
def binary(draw, name, kinds, *weights):
    shape = draw(SHAPE)
    dtype = draw(st.sampled_from(FLOATS))
    # BCE does not promote dtypes, so both mostly share one.
    x = draw(tensors(shape, kinds, [dtype], FLOATS + INTEGERS))
    y = draw(tensors(draw(fitting_shape(shape, 12)), PROBABILITY, [dtype], FLOATS + INTEGERS))
    given = {k: v for w in weights for k, v in draw(optional_weight(w, shape, NUMBERS, 1)).items()}
    return Call(name, x, y, **given, **draw(options("reduction")))


@st.composite
def multiclass(draw, name, kinds, *names):
    shape = draw(st.lists(st.sampled_from([2, 3, 4, 2, 3, 1, 0]), min_size=1, max_size=4))
    if draw(st.integers(0, 15)) == 0:
        shape = draw(SHAPE)
    axis = min(len(shape) - 1, 1)
    dtype = draw(st.sampled_from(FLOATS))
    x = draw(tensors(shape, kinds, [dtype]))
    classes = shape[axis] if shape else 1
    given = draw(options("ignore_index", "reduction", *names))
    if name == "cross_entropy" and draw(st.booleans()):
        y = draw(tensors(draw(fitting_shape(shape, 12)), PROBABILITY, [dtype, torch.float64]))
        given.pop("ignore_index", None)
    else:
        rest = tuple(shape[:axis]) + tuple(shape[axis + 1 :])
        ignored = given.get("ignore_index", -100)
        ignored = int(ignored) if isinstance(ignored, int | torch.Tensor) else 0
        number = mostly([*range(classes), ignored], [classes, -1, classes + 3], 60).map(float)
        anything = [*INTEGERS, torch.float32]
        y = draw(tensors(draw(fitting_shape(rest, 12)), [number] * 3, CLASSES, anything))
    given |= draw(optional_weight("weight", (classes,), [dtype] * 4 + FLOATS, 8))
    return Call(name, x, y, **given)


@st.composite
def distribution(draw, name):
    shape = draw(SHAPE)
    x = draw(tensors(shape, LOG_PROBABILITY, FLOATS))
    given = draw(options("reduction", "log_target"))
    if draw(st.integers(0, 3)) == 0:
        given["reduction"] = "batchmean"
    kinds = LOG_PROBABILITY if given.get("log_target") else PROBABILITY
    y = draw(tensors(draw(fitting_shape(shape)), kinds, FLOATS))
    return Call(name, x, y, **given)


@st.composite
def similarity(draw, name, *names):
    shape = draw(SHAPE)
    x1 = draw(tensors(shape, REAL, NUMBERS))
    x2 = draw(tensors(draw(fitting_shape(shape)), REAL, NUMBERS))
    return Call(name, x1, x2, **draw(options(*names)))


@st.composite
def pairs(draw, name):
    """Two scores, or a distance, and a target of 1 or -1."""
    shape = draw(SHAPE)
    x = [draw(tensors(shape, REAL, NUMBERS))]
    if name == "margin_ranking_loss":
        # The numbers of dimensions must be the same.
        stretched = tuple(draw(st.sampled_from([1, size, size])) for size in shape)
        x.append(draw(tensors(draw(fitting_shape(stretched, 12)), REAL, NUMBERS)))
    y = draw(tensors(draw(fitting_shape(shape, 8)), SIGN, SIGNED))
    return Call(name, *x, y, **draw(options("margin", "reduction")))


@st.composite
def embeddings(draw):
    shape = draw(st.lists(st.sampled_from([2, 3, 1, 4, 0]), min_size=1, max_size=2).map(tuple))
    if draw(st.integers(0, 15)) == 0:
        shape = draw(SHAPE)
    # No short vectors: their gradient is what is left of 1 / length.
    kinds = [REAL[0], st.integers(-40, 40).map(lambda n: n / 8), REAL[2]]
    x1 = draw(tensors(shape, kinds, FLOATS))
    x2 = draw(tensors(draw(fitting_shape(shape)), kinds, FLOATS))
    y = draw(tensors(draw(fitting_shape(shape[:-1], 8)), SIGN, SIGNED))
    return Call("cosine_embedding_loss", x1, x2, y, **draw(options("margin", "reduction")))


@st.composite
def triplets(draw, name, *names):
    shape = draw(SHAPE)
    others = [tuple(draw(st.sampled_from([1, *[n] * 4])) for n in shape) for _ in range(2)]
    operands = [draw(tensors(s, REAL, NUMBERS)) for s in (shape, *others)]
    if draw(st.integers(0, 9)) == 0:
        operands[draw(st.integers(0, 2))] = draw(tensors(draw(SHAPE), REAL, NUMBERS))
    return Call(name, *operands, **draw(options("margin", "swap", "reduction", *names)))


@st.composite
def gaussian(draw):
    shape = draw(SHAPE)
    x = draw(tensors(shape, REAL, NUMBERS))
    y = draw(tensors(draw(fitting_shape(shape)), REAL, NUMBERS))
    stretched = list(shape)
    if shape:
        stretched[draw(st.integers(0, len(shape) - 1))] = 1
    fitting = [shape, shape, shape[:-1], tuple(stretched), None, draw(other_shape(shape))]
    of = draw(st.sampled_from(fitting))
    if of is None:
        var = draw(mostly([0.5, 2.0, 0.0, 1e-9, INF], [-1.0, NAN, 1, None, "1", True]))
    else:
        var = draw(tensors(of, VARIANCE, FLOATS))
    return Call("gaussian_nll_loss", x, y, var, **draw(options("full", "eps", "reduction")))


@st.composite
def poisson(draw):
    shape = draw(SHAPE)
    given = draw(options("log_input", "full", "eps", "reduction"))
    x = draw(tensors(shape, REAL if given.get("log_input", True) else COUNT, NUMBERS))
    y = draw(tensors(draw(fitting_shape(shape)), COUNT, NUMBERS))
    return Call("poisson_nll_loss", x, y, **given)


@st.composite
def soft_margin(draw, name="soft_margin_loss"):
    shape = draw(SHAPE)
    x = draw(tensors(shape, REAL, FLOATS))
    y = draw(tensors(draw(fitting_shape(shape)), SIGN, SIGNED))
    return Call(name, x, y, **draw(options("reduction")))


@st.composite
def multilabel_soft_margin(draw):
    shape = draw(SHAPE)
    x = draw(tensors(shape, LOGIT, FLOATS))
    flags = [st.sampled_from([0.0, 1.0])] * 2 + PROBABILITY
    y = draw(tensors(draw(fitting_shape(shape)), flags, NUMBERS))
    weight = draw(optional_weight("weight", shape[-1:], NUMBERS))
    return Call("multilabel_soft_margin_loss", x, y, **weight, **draw(options("reduction")))


def numbers_of_classes(low, classes, times=60):
    """Class numbers from `low`, and rarely some that are out of range."""
    good = [*range(low, classes)] or [0]
    return [mostly(good, [classes, low - 1, classes + 3], times).map(float)] * 3


@st.composite
def margins(draw, name):
    """The losses with margins between classes, of one class each or of several."""
    shape = draw(st.lists(st.sampled_from([2, 3, 4, 1]), max_size=2).map(tuple))
    if draw(st.integers(0, 9)) == 0:
        shape = draw(SHAPE)
    dtype = draw(st.sampled_from([torch.float64, torch.float32]))
    x = draw(tensors(shape, REAL, [dtype], [*FLOATS, torch.int64, torch.complex64]))
    classes = shape[-1] if shape else 1
    given = draw(options("reduction"))
    if name == "multilabel_margin_loss":
        of, low = shape, -1
    else:
        of, low = shape[:-1], 0
        given |= draw(optional_weight("weight", (classes,), [dtype] * 4 + FLOATS, 8))
        given |= draw(options("margin"))
        if draw(st.booleans()):
            given["p"] = draw(
                mostly([1, 2, 2.0, torch.tensor(2)], [3, 1.5, 0, NAN, None, "2", True])
            )
    y = draw(tensors(draw(fitting_shape(of, 12)), numbers_of_classes(low, classes), [torch.int64]))
    return Call(name, x, y, **given)


# Products and sums of these are exact, so that logits do not depend on the order of the sums. The
# weights are small, as what they leave of gradients that cancel out in the layer is noise.
SMALL_WEIGHT = elements(0, 3, [0.0, 0.5, 2.0])
FACTOR = [
    st.integers(-3, 3).map(float),
    st.integers(-2048, 2048).map(lambda n: n / 1024),
    st.sampled_from([0.0, 0.5, -1.5, INF, NAN]),
]


@st.composite
def linear(draw):
    features, batch = (
        draw(st.sampled_from([2, 3, 1, 0])),
        draw(mostly([(2,), (3,), (), (0,)], [(1, 2)])),
    )
    classes = draw(mostly([2, 3, 4, 1], [0]))
    inner = draw(mostly([(), (), (2,), (1, 2)], [(0,)])) if batch else ()
    dtype = draw(st.sampled_from(FLOATS))
    logits = (*batch, classes, *inner)
    x = draw(tensors((*batch, features), FACTOR, [dtype]))
    of = draw(fitting_shape((classes, *inner, features), 20))
    a = draw(tensors(of, FACTOR, [dtype], [*FLOATS, torch.int64]))
    given = draw(options("ignore_index", "reduction", "label_smoothing"))
    if draw(st.integers(0, 2)) == 0:
        given.pop("ignore_index", None)
        y = draw(tensors(draw(fitting_shape(logits, 12)), PROBABILITY, [dtype, torch.float64]))
    else:
        good = numbers_of_classes(0, classes)
        y = draw(tensors(draw(fitting_shape((*batch, *inner), 12)), good, CLASSES))
    given |= draw(optional_weight("weight", (classes,), [dtype] * 4 + FLOATS, 8, SMALL_WEIGHT))
    bias = (classes, *inner)
    given |= draw(optional_weight("linear_bias", bias, [dtype] * 6 + FLOATS, 8, FACTOR))
    return Call("linear_cross_entropy", x, a, y, **given)


@st.composite
def adaptive(draw):
    features, batch = (
        draw(st.sampled_from([2, 3, 1])),
        draw(mostly([(2,), (5,), (1,), (), (0,)], [(1, 2)])),
    )
    dtype = draw(st.sampled_from(FLOATS))
    sizes = draw(st.lists(st.sampled_from([1, 2, 3]), min_size=2, max_size=4))
    cutoffs = [sum(sizes[: i + 1]) for i in range(len(sizes))]
    matrix = lambda *shape: draw(  # noqa: E731
        tensors(draw(fitting_shape(shape, 50)), FACTOR, [dtype], [*FLOATS, torch.int64])
    )
    x = draw(tensors((*batch, features), FACTOR, [dtype]))
    y = draw(
        tensors(
            draw(fitting_shape(batch, 20)),
            numbers_of_classes(0, cutoffs[-1]),
            [torch.int64] * 5 + [torch.int32],
        )
    )
    rank = draw(st.sampled_from([1, 2, 0]))
    given = {
        "head_weight": matrix(sizes[0] + len(sizes) - 1, features),
        "tail_weights": [(matrix(rank, features), matrix(n, rank)) for n in sizes[1:]],
        "cutoffs": cutoffs,
    }
    if draw(st.booleans()):
        given["head_bias"] = matrix(sizes[0] + len(sizes) - 1)
    return Call("adaptive_log_softmax_with_loss", x, y, **given)


@st.composite
def ctc(draw):
    """Calls of any shape, mostly good ones; labels are always in range, for torch's sake."""

    def either(good, wrong):
        return draw(mostly([good], [wrong], 40))

    def number(low, high):
        return draw(st.integers(low, high))

    frames, sequences, classes = number(1, 7), number(1, 4), number(1, 5)
    blank = number(0, classes - 1)
    batched = sequences > 1 or draw(st.booleans())
    longest = number(0, 4) if classes > 1 else 0
    label = st.sampled_from([c for c in range(classes) if c != blank] or [blank])
    rows = [[draw(label) for _ in range(longest)] for _ in range(sequences)]
    input_lengths = [max(frames - number(0, 3), 0) for _ in rows]
    target_lengths = [number(0, longest) for _ in rows]
    if longest and number(0, 30) == 0:
        rows[0][0] = blank
    if draw(st.booleans()):
        targets = torch.tensor(rows, dtype=torch.int64).reshape(sequences, longest)
    else:
        pairs = zip(rows, target_lengths, strict=True)
        targets = torch.tensor([c for row, n in pairs for c in row[:n]], dtype=torch.int64)
    input_lengths = either(input_lengths, [*input_lengths[1:], frames + 1])
    target_lengths = either(target_lengths, [*target_lengths[1:], longest + 1])
    target_lengths = either(target_lengths, [-1, *target_lengths[1:]])
    input_lengths = either(input_lengths, [*input_lengths, 1])
    generator = torch.Generator().manual_seed(number(0, 2**32))
    x = torch.randn(frames, sequences, classes, generator=generator, dtype=torch.float64)
    x = draw(st.sampled_from([1.0, 0.0, 5.0, 30.0])) * x.log_softmax(-1)
    for _ in range(number(0, 6) - 3):
        index = number(0, frames - 1), number(0, sequences - 1), number(0, classes - 1)
        x[index] = draw(st.sampled_from([-INF, -INF, NAN, INF, 1e4, -1e4]))
    options = {
        "blank": either(blank, draw(st.sampled_from([-1, classes, classes + 9]))),
        "reduction": either(draw(st.sampled_from(["none", "mean", "sum"])), "batchmean"),
        "zero_infinity": draw(st.booleans()),
    }
    kinds = [*[torch.int64] * 4, torch.int32, torch.uint8, *[torch.float64] * (number(0, 9) == 0)]
    lengths = [
        torch.tensor(value, dtype=torch.int8 if -1 in value else draw(st.sampled_from(kinds)))
        for value in (input_lengths, target_lengths)
    ]
    return Call("ctc_loss", x if batched else x[:, 0], targets, *lengths, **options)


@st.composite
def functions(draw, name):
    """A call of a function that is no loss: `softmax` and its like."""
    shape = draw(SHAPE)
    call = Call(name, draw(tensors(shape, LOGIT, FLOATS)))
    return call.but(dim=draw(OPTIONS["dim"])) if "softmax" in name else call
