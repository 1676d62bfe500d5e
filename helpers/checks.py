"""What an input must be, and what a bad one gets.

Every function takes the argument's name first, returns the value ready for arithmetic (float64, or
int64 for class numbers) and raises a `TypeError` for a wrong kind of value or a `ValueError` for a
wrong value. Every message has one form: the argument, what was expected, what was given.

The rules are PyTorch's: what `torch.nn.functional` refuses is refused here. A torch tensor is
recognised by what it can do, so that torch itself is never imported.
"""

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, NoReturn, TypeVar

import numpy as np
import numpy.typing as npt

_Number = TypeVar("_Number", np.float64, np.int64)

FLOATING = ("float16", "bfloat16", "float32", "float64")
# The distance from 1 to the next number.
EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}


def refuse(name: str, expected: str, got: object, error: type[Exception] = ValueError) -> NoReturn:
    """Raise `error` with a message in the one form that all errors of the package have."""
    raise error(f"{name}: expected {expected}, got {got}")


def dtype_name(value: Any) -> str | None:
    """The dtype that torch would see in `value`, as a word: 'float32', 'int64', ….

    Python floats, alone or in lists, have no dtype of their own and give None: like a literal in
    torch they fit any floating dtype.
    """
    if hasattr(value, "dtype"):
        return str(value.dtype).removeprefix("torch.")
    kind = _asarray(value).dtype
    return None if kind.kind == "f" else kind.name


def _asarray(value: Any) -> npt.NDArray[Any]:
    """`value` as a NumPy array: an empty one of objects where its rows differ in length."""
    try:
        return np.asarray(value)
    except ValueError:
        return np.empty(0, dtype=object)


def describe(value: Any) -> str:
    """A short description of an input for error messages: its dtype and shape."""
    if isinstance(value, Real | str | None):
        return f"{type(value).__name__} {value!r}"
    array = value if hasattr(value, "shape") else _asarray(value)
    return f"{dtype_name(value) or 'float'} of shape {tuple(array.shape)}"


def _as_numpy(name: str, value: Any) -> npt.NDArray[Any]:
    """`value` as a NumPy array; a torch tensor is detached, and bfloat16 widened, on the way."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = (value.float() if dtype_name(value) == "bfloat16" else value).numpy()
    array = _asarray(value)
    if array.dtype.kind in "OSUV" and dtype_name(array) not in FLOATING:
        refuse(name, "an array of numbers", type(value).__name__, TypeError)
    return array


def shape(name: str, value: Any) -> tuple[int, ...]:
    """The shape of an array of numbers."""
    return _as_numpy(name, value).shape


def real(name: str, value: Any) -> npt.NDArray[np.float64]:
    """An array of real numbers of any dtype, as float64. Raises `TypeError` for complex ones."""
    array = _as_numpy(name, value)
    if array.dtype.kind == "c":
        refuse(name, "real numbers", describe(value), TypeError)
    return array.astype(np.float64, copy=False)


def floating(name: str, value: Any) -> npt.NDArray[np.float64]:
    """An array of a floating dtype, as float64. Raises `TypeError` for any other dtype."""
    array = real(name, value)
    if dtype_name(value) not in (None, *FLOATING):
        refuse(name, "a floating-point dtype (use .float())", describe(value), TypeError)
    return array


def one_floating(**operands: Any) -> list[npt.NDArray[np.float64]]:
    """Arrays of which at least one has a floating dtype, so that the arithmetic is done in it."""
    arrays = [real(name, value) for name, value in operands.items()]
    not_all_whole(**operands)
    return arrays


def not_all_whole(**operands: Any) -> None:
    """Refuse operands none of which has a floating dtype."""
    if all(dtype_name(value) not in (None, *FLOATING) for value in operands.values()):
        names = " or ".join(operands)
        got = " and ".join(describe(value) for value in operands.values())
        refuse(names, "a floating-point dtype in one of them (use .float())", got, TypeError)


def not_bool(**operands: Any) -> None:
    """Refuse boolean operands where torch subtracts and has no `-` for them. None is no operand."""
    for name, value in operands.items():
        if value is not None and dtype_name(value) == "bool":
            refuse(name, "numbers (use .float())", describe(value), TypeError)


def signed(name: str, value: Any) -> None:
    """Refuse a dtype in which torch cannot subtract 1, or takes 0 - 1 for 255; None passes."""
    if value is not None and (dtype_name(value) or "float").startswith(("bool", "uint")):
        refuse(name, "a signed dtype (use .float())", describe(value), TypeError)


def same_dtype(**operands: Any) -> None:
    """Refuse operands of different dtypes where torch does not promote them. None is no operand."""
    first, *others = (name for name, value in operands.items() if value is not None)
    for name in (first, *others):
        _as_numpy(name, operands[name])
    for name in others:
        pair = dtype_name(operands[first]), dtype_name(operands[name])
        if None not in pair and pair[0] != pair[1]:
            refuse(name, f"the dtype of {first}, {pair[0]}", pair[1], TypeError)


def weights(name: str, value: Any) -> npt.NDArray[np.float64] | None:
    """A weight as a float64 array, or None. A bare Python number is refused, as torch does."""
    if value is None:
        return None
    if isinstance(value, Real) and not hasattr(value, "dtype"):
        refuse(name, f"an array, such as [{value}]", describe(value), TypeError)
    return real(name, value)


def same_shape(**operands: Any) -> None:
    """Refuse arrays of different shapes."""
    (first, expected), *others = ((name, np.shape(value)) for name, value in operands.items())
    for name, shape in others:
        if shape != expected:
            refuse(name, f"the shape of {first}, {expected}", f"shape {shape}")


def same_ndim(**operands: Any) -> None:
    """Refuse arrays of different numbers of dimensions."""
    (first, expected), *others = ((name, np.ndim(value)) for name, value in operands.items())
    for name, ndim in others:
        if ndim != expected:
            refuse(name, f"the number of dimensions of {first}, {expected}", f"{ndim} dimensions")


def broadcast(**operands: Any) -> tuple[int, ...]:
    """The common shape of arrays under broadcasting. Raises `ValueError` where there is none."""
    shapes = {name: np.shape(value) for name, value in operands.items()}
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        names = " and ".join(shapes)
        got = " and ".join(str(shape) for shape in shapes.values())
        refuse(names, "shapes that broadcast to a common one", got)


def broadcast_to(
    name: str, value: npt.NDArray[Any], shape: tuple[int, ...], of: str
) -> npt.NDArray[Any]:
    """Refuse an array that does not broadcast to `shape` (a larger one is refused too)."""
    try:
        return np.broadcast_to(value, shape)
    except ValueError:
        refuse(name, f"a shape that broadcasts to that of {of}, {shape}", f"{np.shape(value)}")


def within(name: str, value: npt.NDArray[_Number], low: float, high: float) -> npt.NDArray[_Number]:
    """Refuse an array with an element outside [low, high]; NaN lies outside."""
    outside = ~((value >= low) & (value <= high))
    if outside.any():
        refuse(name, f"every element between {low} and {high}", f"{value[outside].flat[0]}")
    return value


def _item(value: Any) -> Any:
    """The number in a tensor of no dimensions; one that requires a gradient is no plain number."""
    if hasattr(value, "detach") and value.ndim == 0 and not value.requires_grad:
        return value.item()
    return value


def number(
    name: str,
    value: Any,
    at_least: float = -math.inf,
    above: float = -math.inf,
    at_most: float = math.inf,
) -> float:
    """A plain number (Python's, NumPy's or a tensor of no dimensions) within bounds, as a float."""
    value = _item(value)
    if not isinstance(value, Real | np.bool_):
        refuse(name, "a number", describe(value), TypeError)
    result = float(value)
    if not (at_least <= result <= at_most and (result > above or above == -math.inf)):
        bounds = [f"at least {at_least:g}"] * (at_least > -math.inf)
        bounds += [f"above {above:g}"] * (above > -math.inf)
        bounds += [f"at most {at_most:g}"] * (at_most < math.inf)
        refuse(name, "a number " + " and ".join(bounds or ["that is not NaN"]), f"{result:g}")
    return result


def integer(name: str, value: Any) -> int:
    """A whole number. Raises `TypeError` for a float and for a bool, as torch does."""
    value = _item(value)
    if not isinstance(value, Integral) or isinstance(value, bool):
        refuse(name, "an integer", describe(value), TypeError)
    return int(value)


def flag(name: str, value: Any) -> bool:
    """True or False. Raises `TypeError` for 1 and 0 and everything else, as torch does."""
    if not isinstance(value, bool):
        refuse(name, "True or False", describe(value), TypeError)
    return value


def axis(name: str, value: Any, ndim: int) -> int:
    """An axis number made non-negative. Raises `ValueError` outside [-ndim, ndim - 1]."""
    chosen, size = integer(name, value), max(ndim, 1)
    if not -size <= chosen < size:
        refuse(name, f"an axis between {-size} and {size - 1}", chosen)
    return chosen % size


def class_numbers(
    name: str, value: Any, allowed: Sequence[str] = ("int64", "uint8")
) -> npt.NDArray[np.int64]:
    """Class numbers as an int64 array; other dtypes than `allowed` raise `TypeError`."""
    array = _as_numpy(name, value)
    if (dtype_name(value) or "float") not in allowed:
        expected = f"class numbers of dtype {' or '.join(allowed)} (use .long())"
        refuse(name, expected, describe(value), TypeError)
    return array.astype(np.int64, copy=False)
