"""Calls whose arguments stand in the wrong place: a class not made, an option given to the call.

Python refuses them before torch sees the arguments. Their forms tell what is wrong, and which call
was meant.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpers.diagnosis.calls import LossCall, arguments_as_torch, called, known_call, run
from helpers.working import Loss


@dataclass(frozen=True)
class Misplaced:
    """A call whose arguments do not fit its form.

    Attributes:
        cause: what is wrong, in words.
        why: what the call that was most likely meant does about it.
        code: that call; empty where none can be told.
        meant: that call, made; None where there is none.
        sure: whether no other reading is plausible.
    """

    cause: str
    why: str = ""
    code: str = ""
    meant: LossCall | None = None
    sure: bool = False


def _call(function: Any, loss: Loss, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    """A call of a known loss, made; None where its arguments do not fit either."""
    args, given = arguments_as_torch(loss, function, args, named)
    return known_call(function, loss, args, given, run(function, args, given))


def of_class(cls: type, loss: Loss, args: tuple[Any, ...], named: Mapping[str, Any]) -> Misplaced:
    """A class called with what a module of it takes, as in `nn.MSELoss(input, target)`."""
    known = set(inspect.signature(cls).parameters) - set(loss.inputs)
    options = {name: value for name, value in named.items() if name in known}
    inputs = {name: value for name, value in named.items() if name not in known}
    made, names = _made(cls.__name__, options), ", ".join(loss.inputs)
    cause = (
        f"{cls.__name__} is a class: its brackets take the options of a module. The module, once "
        f"made, takes {' and '.join(loss.inputs)}."
    )
    try:
        meant = _call(cls(**options), loss, args, inputs)
    except Exception:  # The options do not fit either; torch's own words are shown.
        meant = None
    why = "The module is made first, and then called."
    return Misplaced(cause, why, f"{made}({names})" if meant else "", meant, sure=True)


def _made(name: str, options: Mapping[str, Any]) -> str:
    """The code that makes a module."""
    return f"nn.{name}({', '.join(f'{k}={_literal(k, v)}' for k, v in options.items())})"


def _literal(name: str, value: Any) -> str:
    """A value as it would be typed, or the name of what holds it."""
    return repr(value) if isinstance(value, str | int | float | None) else name


def of_call(
    function: Any, loss: Loss, args: tuple[Any, ...], named: Mapping[str, Any]
) -> Misplaced:
    """A module or function called with too few, too many or unknown arguments."""
    name, inputs = called(function, loss.name), loss.inputs
    takes = " and ".join(inputs)
    missing = [n for n in inputs[len(args) :] if n not in named]
    unknown = [n for n in named if n not in inputs]
    is_function = inspect.isroutine(function)
    options = [n for n in unknown if n in inspect.signature(loss.value).parameters]
    unknown = [n for n in unknown if n not in options]
    if len(missing) == len(unknown) == 1:
        given = {missing[0] if n == unknown[0] else n: v for n, v in named.items()}
        cause = f"{unknown[0]} is no argument of {name}; {missing[0]} is missing."
        meant = _call(function, loss, args, given)
        why = f"{unknown[0]} is given as {missing[0]}."
        code = _code(name if is_function else "criterion", inputs, {missing[0]: unknown[0]})
        return Misplaced(cause, why, code, meant, sure=True)
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return Misplaced(f"{' and '.join(missing)} {verb} missing: {name} takes {takes}.")
    if unknown:
        return Misplaced(f"{name} has no argument {', '.join(unknown)}.")
    if is_function:
        return Misplaced(f"{name} takes fewer arguments by position than it got.")
    return _option_in_call(function, loss, args, named, options)


def _code(name: str, inputs: tuple[str, ...], instead: Mapping[str, str]) -> str:
    """A call with its inputs, of which some are written by name."""
    return f"{name}({', '.join(f'{n}={instead[n]}' if n in instead else n for n in inputs)})"


def _option_in_call(
    module: Any,
    loss: Loss,
    args: tuple[Any, ...],
    named: Mapping[str, Any],
    options: list[str],
) -> Misplaced:
    """A module called with what its class takes, as in `criterion(input, target, weight)`."""
    import torch

    inputs, more = args[: len(loss.inputs)], args[len(loss.inputs) :]
    function = getattr(torch.nn.functional, loss.name, None)
    free = [n for n in _positions(function, loss) if n not in (*loss.inputs, *named)]
    given = {**loss.options_of(module), **dict(zip(free, more, strict=False))}
    given |= {n: named[n] for n in options}
    added = [*free[: len(more)], *options]
    made = _made(loss.torch_class, {n: given[n] for n in added if n in given})
    cause = (
        f"A module of {loss.torch_class} takes {' and '.join(loss.inputs)} alone. "
        f"{' and '.join(added) or 'What is more'}: an option, which its class takes."
    )
    given |= {n: v for n, v in named.items() if n in loss.inputs}
    meant = _call(function, loss, inputs, given) if function is not None else None
    why = "The option goes to the class."
    return Misplaced(cause, why, f"{made}({', '.join(loss.inputs)})", meant, sure=not more)


def _positions(function: Any, loss: Loss) -> list[str]:
    """The names of a function's arguments without the deprecated ones, which nobody means."""
    names = inspect.signature(function if inspect.isfunction(function) else loss.value).parameters
    return [name for name in names if name not in ("size_average", "reduce")]
