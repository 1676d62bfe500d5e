"""What an input must be, and the message that a bad one gets."""

import numpy as np
import pytest
import torch

from helpers import checks

COMPLEX, WORDS = np.array([1j]), ["a", "b"]
ONES = np.ones((2, 3))

# Each check, its arguments, and the message it gives for them.
REFUSED = {
    "real: complex": (
        checks.real,
        ("x", COMPLEX),
        TypeError,
        "x: expected real numbers, got complex128 of shape (1,)",
    ),
    "real: words": (
        checks.real,
        ("x", WORDS),
        TypeError,
        "x: expected an array of numbers, got list",
    ),
    "real: None": (
        checks.real,
        ("x", None),
        TypeError,
        "x: expected an array of numbers, got NoneType",
    ),
    "real: ragged": (
        checks.real,
        ("x", [[1], [1, 2]]),
        TypeError,
        "x: expected an array of numbers, got list",
    ),
    "real: dict": (checks.real, ("x", {}), TypeError, "x: expected an array of numbers, got dict"),
    "shape: words": (
        checks.shape,
        ("x", "a"),
        TypeError,
        "x: expected an array of numbers, got str",
    ),
    "floating: integers": (
        checks.floating,
        ("x", [1, 2]),
        TypeError,
        "x: expected a floating-point dtype (use .float()), got int64 of shape (2,)",
    ),
    "floating: integer tensor": (
        checks.floating,
        ("x", torch.ones(2, dtype=torch.int32)),
        TypeError,
        "x: expected a floating-point dtype (use .float()), got int32 of shape (2,)",
    ),
    "floating: an integer": (
        checks.floating,
        ("x", 3),
        TypeError,
        "x: expected a floating-point dtype (use .float()), got int 3",
    ),
    "signed: uint8": (
        checks.signed,
        ("x", np.ones(2, np.uint8)),
        TypeError,
        "x: expected a signed dtype (use .float()), got uint8 of shape (2,)",
    ),
    "weights: a number": (
        checks.weights,
        ("w", 2.0),
        TypeError,
        "w: expected an array, such as [2.0], got float 2.0",
    ),
    "broadcast_to: larger": (
        checks.broadcast_to,
        ("w", ONES, (3,), "y"),
        ValueError,
        "w: expected a shape that broadcasts to that of y, (3,), got (2, 3)",
    ),
    "within: above": (
        checks.within,
        ("p", np.array([0.5, 2.0]), 0, 1),
        ValueError,
        "p: expected every element between 0 and 1, got 2.0",
    ),
    "within: NaN": (
        checks.within,
        ("p", np.array([np.nan]), 0, 1),
        ValueError,
        "p: expected every element between 0 and 1, got nan",
    ),
    "number: word": (checks.number, ("n", "1"), TypeError, "n: expected a number, got str '1'"),
    "number: None": (
        checks.number,
        ("n", None),
        TypeError,
        "n: expected a number, got NoneType None",
    ),
    "number: list": (
        checks.number,
        ("n", [1.0]),
        TypeError,
        "n: expected a number, got float of shape (1,)",
    ),
    "number: array": (
        checks.number,
        ("n", np.array(1)),
        TypeError,
        "n: expected a number, got int64 of shape ()",
    ),
    "number: ragged": (
        checks.number,
        ("n", [[1], []]),
        TypeError,
        "n: expected a number, got object of shape (0,)",
    ),
    "number: complex": (
        checks.number,
        ("n", 1j),
        TypeError,
        "n: expected a number, got complex128 of shape ()",
    ),
    "number: NaN": (
        checks.number,
        ("n", np.nan),
        ValueError,
        "n: expected a number that is not NaN, got nan",
    ),
    "number: low": (
        checks.number,
        ("n", -1, 0, -np.inf, 2),
        ValueError,
        "n: expected a number at least 0 and at most 2, got -1",
    ),
    "number: high": (
        checks.number,
        ("n", 2.5, 0, -np.inf, 2),
        ValueError,
        "n: expected a number at least 0 and at most 2, got 2.5",
    ),
    "number: on the open end": (
        checks.number,
        ("n", 0.0, -np.inf, 0),
        ValueError,
        "n: expected a number above 0, got 0",
    ),
    "integer: float": (
        checks.integer,
        ("i", 1.0),
        TypeError,
        "i: expected an integer, got float 1.0",
    ),
    "integer: bool": (
        checks.integer,
        ("i", True),
        TypeError,
        "i: expected an integer, got bool True",
    ),
    "integer: float tensor": (
        checks.integer,
        ("i", torch.tensor(1.0)),
        TypeError,
        "i: expected an integer, got float 1.0",
    ),
    "flag: 1": (checks.flag, ("f", 1), TypeError, "f: expected True or False, got int 1"),
    "flag: None": (
        checks.flag,
        ("f", None),
        TypeError,
        "f: expected True or False, got NoneType None",
    ),
    "axis: high": (
        checks.axis,
        ("d", 2, 2),
        ValueError,
        "d: expected an axis between -2 and 1, got 2",
    ),
    "axis: low": (
        checks.axis,
        ("d", -3, 2),
        ValueError,
        "d: expected an axis between -2 and 1, got -3",
    ),
    "axis: of a number": (
        checks.axis,
        ("d", 1, 0),
        ValueError,
        "d: expected an axis between -1 and 0, got 1",
    ),
    "class numbers: floats": (
        checks.class_numbers,
        ("y", [1.0]),
        TypeError,
        "y: expected class numbers of dtype int64 or uint8 (use .long()), got float of shape (1,)",
    ),
}
# The checks that take their operands by name.
REFUSED_OPERANDS = {
    "one_floating": (
        checks.one_floating,
        {"x": [1], "y": np.array([True])},
        TypeError,
        "x or y: expected a floating-point dtype in one of them (use .float()), "
        "got int64 of shape (1,) and bool of shape (1,)",
    ),
    "not_bool": (
        checks.not_bool,
        {"x": ONES, "y": ONES > 0},
        TypeError,
        "y: expected numbers (use .float()), got bool of shape (2, 3)",
    ),
    "same_dtype": (
        checks.same_dtype,
        {"x": torch.ones(1).half(), "y": None, "z": ONES},
        TypeError,
        "z: expected the dtype of x, float16, got float64",
    ),
    "same_shape": (
        checks.same_shape,
        {"x": ONES, "y": ONES.T},
        ValueError,
        "y: expected the shape of x, (2, 3), got shape (3, 2)",
    ),
    "broadcast": (
        checks.broadcast,
        {"x": ONES, "y": ONES.T},
        ValueError,
        "x and y: expected shapes that broadcast to a common one, got (2, 3) and (3, 2)",
    ),
}


@pytest.mark.parametrize(("check", "arguments", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(check, arguments, error, message):
    with pytest.raises(error) as caught:
        check(*arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("check", "operands", "error", "message"), REFUSED_OPERANDS.values(), ids=REFUSED_OPERANDS
)
def test_refused_operands(check, operands, error, message):
    with pytest.raises(error) as caught:
        check(**operands)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "value",
    [
        [1.5, -2.0],
        (1.5, -2.0),
        [np.float32(1.5), -2],
        np.array([1.5, -2.0], np.float16),
        torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        torch.tensor([1.5, -2.0], requires_grad=True),
        torch.tensor([[1.5, 0.0], [-2.0, 0.0]])[:, 0],
    ],
    ids=["list", "tuple", "mixed", "float16", "bfloat16", "requires_grad", "strided"],
)
def test_an_array_in_float64_whatever_comes(value):
    for check in (checks.real, checks.floating):
        array = check("x", value)
        assert array.dtype == np.float64
        np.testing.assert_array_equal(array, [1.5, -2.0])


def test_literals_have_no_dtype_of_their_own():
    assert checks.dtype_name([0.5, 1.0]) is None
    assert checks.dtype_name([1, 2]) == "int64"
    assert checks.dtype_name(torch.zeros(1).bfloat16()) == "bfloat16"
    checks.same_dtype(x=torch.zeros(1).half(), y=[0.5])  # A literal fits every floating dtype.


@pytest.mark.parametrize(
    "value", [2, 2.0, np.float32(2), np.int64(2), torch.tensor(2), torch.tensor(2.0)]
)
def test_number(value):
    number = checks.number("n", value, at_least=2, at_most=2)
    assert type(number) is float
    assert number == 2
    assert checks.number("n", True) == 1  # torch takes it for 1.


@pytest.mark.parametrize(
    "value", [1, np.int64(1), np.uint8(1), torch.tensor(1), torch.tensor(1).byte()]
)
def test_integer(value):
    assert type(checks.integer("i", value)) is int
    assert checks.integer("i", value) == 1
    assert (checks.axis("d", value, 2), checks.axis("d", -2, 2), checks.axis("d", -1, 0)) == (
        1,
        0,
        0,
    )


def test_what_passes():
    assert checks.weights("w", None) is None
    assert checks.flag("f", False) is False
    assert checks.broadcast(x=ONES, y=ONES[:1], z=2.0) == (2, 3)
    assert checks.broadcast_to("w", ONES[0], (2, 3), "y").shape == (2, 3)
    assert checks.class_numbers("y", np.array([1, 2], np.uint8)).dtype == np.int64
    checks.not_bool(x=None, y=ONES)
    checks.signed("x", None)
    checks.same_shape(x=ONES, y=ONES + 1)
    checks.within("p", np.array([0.0, 1.0]), 0, 1)
