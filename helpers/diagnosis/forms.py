"""Calls of a loss that Python refuses before any loss is computed: the class in place of a module,
options in place of inputs, an argument too many or too few."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from helpers.diagnosis.calls import LossCall, Site, spelling, torch_functions
from helpers.diagnosis.repairs import (
    REDUCTIONS,
    Diagnosis,
    attempt_of,
    diagnose,
    try_out,
    weights,
)
from helpers.diagnosis.source import PLAIN, Spelling
from helpers.findings import Fix
from helpers.legacy import legacy_reduction
from helpers.losses import BY_TORCH_CLASS
from helpers.working import Loss

OLD = ("size_average", "reduce")  # the deprecated options that reduction has replaced


def misformed(
    function: Any,
    args: tuple[Any, ...],
    named: Mapping[str, Any],
    error: BaseException,
    site: Site | None = None,
) -> Diagnosis | None:
    """What is wrong with the form of a call at a site, and the call in its right form.

    None where the function is no loss of torch, or its form is right.
    """
    loss = _loss_of(function)
    if loss is None:
        return None
    made = inspect.isclass(function)
    inputs = dict(zip(loss.inputs, args, strict=False))
    inputs |= {name: value for name, value in named.items() if name in loss.inputs}
    rest = {name: value for name, value in named.items() if name not in loss.inputs}
    if made and not any(hasattr(value, "detach") for value in inputs.values()):
        return None
    cause = _cause(function, loss, args, inputs, rest)
    if cause is None:
        return None
    known = {n: v for n, v in _options(rest).items() if n in _allowed(loss)}
    fits = len(inputs) == len(loss.inputs) >= len(args)
    if not (fits and set(rest) <= {*known, *OLD}):
        return Diagnosis((cause,))
    return _rewritten(function, loss, inputs, known, cause, error, site)


def wrong_weight(loss: Loss, held: Mapping[str, Any]) -> Diagnosis | None:
    """What is wrong with a weight that a constructor, with these variables, refuses."""
    given = {name: held[name] for name in weights(loss) if held.get(name) is not None}
    tensors = [value for value in held.values() if hasattr(value, "detach")]
    for name, value in given.items():
        if hasattr(value, "detach"):
            if len(tensors) == len(given) and value.ndim > 1:
                text = (
                    f"{name} has shape {tuple(value.shape)}. It is a weight for each class and has "
                    f"one axis, as {name}.flatten() has."
                )
                return Diagnosis((text,))
        elif isinstance(value, str) and value in REDUCTIONS:
            return Diagnosis((f"{name} is given {value!r}, by its place: reduction={value!r}.",))
        else:
            plain = isinstance(value, int | float | list | tuple) and len(repr(value)) <= 40
            code = f"{name}=torch.tensor({value!r})" if plain else f"{name}=torch.tensor({name})"
            text = f"{name} is a {type(value).__name__}, and torch takes a tensor: {code}."
            return Diagnosis((text,))
    return None


def _loss_of(function: Any) -> Loss | None:
    """The entry of a class, a module or a function of torch."""
    cls = function if inspect.isclass(function) else type(function)
    for base in cls.__mro__:
        if base.__name__ in BY_TORCH_CLASS and base.__module__.startswith("torch.nn."):
            return BY_TORCH_CLASS[base.__name__]
    try:
        return torch_functions().get(function)
    except TypeError:
        return None


def _allowed(loss: Loss) -> tuple[str, ...]:
    """The options that a call may have."""
    return tuple(n for n in inspect.signature(loss.value).parameters if n not in loss.inputs)


def _options(rest: Mapping[str, Any]) -> dict[str, Any]:
    """The options, the deprecated ones as the reduction that they stand for."""
    options = {name: value for name, value in rest.items() if name not in OLD}
    if set(rest) & set(OLD):
        options["reduction"] = legacy_reduction(*(rest.get(name) for name in OLD))
    return options


def _cause(
    function: Any,
    loss: Loss,
    args: tuple[Any, ...],
    inputs: Mapping[str, Any],
    rest: Mapping[str, Any],
) -> str | None:
    """What is wrong with the form of a call; None where nothing is."""
    name, wanted = loss.torch_class, " and ".join(loss.inputs)
    if inspect.isclass(function):
        return (
            f"nn.{name} is a class, and {' and '.join(inputs)} went to its constructor. An instance"
            f" is made first, with the options, and then called: nn.{name}()({', '.join(inputs)})."
        )
    missing = [one for one in loss.inputs if one not in inputs]
    if missing:
        return f"{' and '.join(missing)} is missing: {name} takes {wanted}."
    if not hasattr(function, "forward"):
        unknown = [one for one in rest if one not in (*_allowed(loss), *OLD)]
        if unknown:
            near = difflib.get_close_matches(unknown[0], _allowed(loss), 1)
            text = f"{loss.name} has no argument {unknown[0]}."
            return text + (f" {near[0]} is one of its options." if near else "")
        return None
    if len(args) > len(loss.inputs):
        text = f"{name} is called with {len(args)} arguments, and takes two arguments"
        text = text.replace("two", str(len(loss.inputs))) + f", {wanted}."
        return text + (
            " Options are for the constructor; the weights of elements multiply the losses that "
            "reduction='none' returns, as in weight * loss."
        )
    if rest:
        given = " and ".join(rest)
        text = f"{given} is an option of the constructor of {name}, not of the call."
        old = " and ".join(one for one in rest if one in OLD)
        if old:
            text += f" {old} is deprecated; reduction has replaced it."
        return text
    return None


def _rewritten(
    function: Any,
    loss: Loss,
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    cause: str,
    error: BaseException,
    site: Site | None,
) -> Diagnosis:
    """The call in its right form, and what is wrong with that one, if anything is."""
    module = function if not inspect.isclass(function) else None
    held = loss.options_of(module) if hasattr(module, "forward") and not loss.attributes else {}
    plain = {
        parameter.name: parameter.default
        for parameter in inspect.signature(loss.value).parameters.values()
        if parameter.name not in loss.inputs
    }
    given = {**inputs, **plain, **held, **options}
    made = _made(loss)
    spelled = PLAIN if site is None else _respelled(site, loss, function, given)
    chosen = {name: value for name, value in given.items() if name not in inputs}
    call = LossCall(loss, inputs, chosen, made, error=error, spelled=spelled)
    root = attempt_of(call)
    try:
        value = try_out(root, call)
    except Exception:
        found = diagnose(call)
        return Diagnosis((cause, *found.causes), found.fixes, found.remarks)
    why = "An instance is made with its options, and called with the inputs."
    return Diagnosis((cause,), (Fix(root.code(spelled), value, why, True),))


def _respelled(site: Site, loss: Loss, function: Any, given: Mapping[str, Any]) -> Spelling:
    """How the call is written there, but for what is called: that is what has to change."""
    spelled = spelling(site, loss, function, given)
    return replace(spelled, called="", style="")


def _made(loss: Loss) -> Any:
    """A module of the class of a loss, which tells that the call is written with one."""
    import torch

    cls = getattr(torch.nn, loss.torch_class)
    module = cls.__new__(cls)
    torch.nn.Module.__init__(module)
    return module
