"""Loss calls: as somebody writes them, and as torch gets them.

torch's functions are found while code runs, by `torch.overrides.TorchFunctionMode`, whether a
module of `torch.nn`, a compiled function or somebody's own code calls them. torch is imported when
something of this module is used, and not before.
"""

from __future__ import annotations

import functools
import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helpers.legacy import legacy_reduction
from helpers.losses import BY_TORCH_CLASS, LOSSES
from helpers.working import Loss


@dataclass(frozen=True)
class LossCall:
    """One call of a loss of torch.

    Attributes:
        loss: the entry of the loss.
        inputs: what the loss was called with, by the names of the arguments, as it got them.
        options: the other arguments of torch's function, defaults included.
        criterion: the module or function that was called.
        result: what torch returned, or None where it refused.
        error: torch's error where it refused, or None.
    """

    loss: Loss
    inputs: Mapping[str, Any]
    options: Mapping[str, Any]
    criterion: Any
    result: Any = None
    error: BaseException | None = None

    @property
    def reduction(self) -> str | None:
        """The reduction; None for a function that reduces nothing, and is no loss."""
        return self.options.get("reduction")

    @property
    def name(self) -> str:
        """The class of the module, or the name of the function, that was called."""
        if isinstance(self.criterion, type) or not inspect.isroutine(self.criterion):
            return type(self.criterion).__name__
        return self.loss.name


@functools.cache
def torch_functions() -> Mapping[Any, Loss]:
    """The functions of `torch.nn.functional` with their entries."""
    import torch.nn.functional as F

    return {getattr(F, loss.name): loss for loss in LOSSES if hasattr(F, loss.name)}


def module_loss(module: Any) -> Loss | None:
    """The entry for a module, or for the class of torch that it is derived from."""
    for cls in type(module).__mro__:
        if cls.__name__ in BY_TORCH_CLASS and cls.__module__.startswith("torch.nn."):
            return BY_TORCH_CLASS[cls.__name__]
    return None


def bind(
    loss: Loss, function: Any, args: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs and the options of a call of torch's function, by their names here.

    The deprecated pair `size_average` and `reduce` becomes a reduction. Raises the `TypeError` of
    Python where the arguments do not fit the signature.
    """
    signature = inspect.signature(function if inspect.isfunction(function) else loss.value)
    given = dict(signature.bind(*args, **named).arguments)
    old = given.pop("size_average", None), given.pop("reduce", None)
    if old != (None, None):
        given["reduction"] = legacy_reduction(*old)
    bound = inspect.signature(loss.value).bind_partial(**given)
    bound.apply_defaults()
    inputs = {name: bound.arguments[name] for name in loss.inputs if name in bound.arguments}
    options = {name: value for name, value in bound.arguments.items() if name not in inputs}
    return inputs, options


@contextmanager
def finding(found: Callable[[LossCall], None]) -> Iterator[None]:
    """Report every loss of torch that is called within, as soon as torch has answered it.

    What a loss calls in turn is not reported. Calls in other threads are not seen, nor those of
    code that `torch.jit` has scripted or traced.
    """
    from torch.overrides import TorchFunctionMode

    functions = torch_functions()

    class Finder(TorchFunctionMode):
        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            loss = functions.get(function)
            if loss is None:
                return function(*args, **(kwargs or {}))
            call = functools.partial(LossCall, loss, *bind(loss, function, args, kwargs or {}))
            try:
                result = function(*args, **(kwargs or {}))
            except Exception as error:
                found(call(function, error=error))
                raise
            found(call(function, result=result))
            return result

    with Finder(), _finding_modules(found):
        yield


@contextmanager
def _finding_modules(found: Callable[[LossCall], None]) -> Iterator[None]:
    """Report the losses that are modules alone, which call no function of their own."""
    from torch.nn.modules import module as modules

    alone = {loss.torch_class for loss in LOSSES if loss not in torch_functions().values()}
    pending: list[LossCall] = []

    def before(module: Any, inputs: tuple[Any, ...]) -> None:
        loss = module_loss(module)
        if loss is not None and loss.torch_class in alone:
            arguments = dict(zip(loss.inputs, inputs, strict=False))
            pending.append(LossCall(loss, arguments, loss.options_of(module), module))

    def after(module: Any, inputs: tuple[Any, ...], result: Any) -> None:
        if pending and pending[-1].criterion is module:
            found(replace(pending.pop(), result=result))

    hooks = (
        modules.register_module_forward_pre_hook(before),
        modules.register_module_forward_hook(after),
    )
    try:
        yield
    except Exception as error:
        for call in pending:
            found(replace(call, error=error))
        raise
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Put the random numbers of torch, NumPy and Python back to where they were."""
    import torch

    python, numpy = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng():
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
