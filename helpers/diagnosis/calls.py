"""Loss calls: as somebody writes them, and as torch gets them.

torch's functions are found while code runs, by `torch.overrides.TorchFunctionMode`, whether a
module of `torch.nn`, a compiled function or somebody's own code calls them. torch is imported when
something of this module is used, and not before.
"""

from __future__ import annotations

import functools
import inspect
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Literal

import numpy as np

from helpers import checks
from helpers.diagnosis.source import (
    PLAIN,
    Spelling,
    Written,
    call_at,
    is_steady,
    no_total,
)
from helpers.legacy import legacy_reduction
from helpers.losses import BY_TORCH_CLASS, LOSSES
from helpers.working import Loss

OWN = str(Path(__file__).parents[1])  # the folder of this package
UNSHARED = 3  # references to a frame's dictionary: the frame's, ours, that of who counts


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
        where: the file and line of the call, outside torch and this package; empty where unknown.
        spelled: how the call is written there, as far as it is known.
        old: the deprecated flags `size_average` and `reduce` with values that are no flags.
    """

    loss: Loss
    inputs: Mapping[str, Any]
    options: Mapping[str, Any]
    criterion: Any
    result: Any = None
    error: BaseException | None = None
    where: str = ""
    spelled: Spelling = PLAIN
    old: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reduction(self) -> str | None:
        """The reduction; None for a function that reduces nothing, and is no loss."""
        return self.options.get("reduction")

    @property
    def name(self) -> str:
        """The class of the module, or the name of the function, that was called."""
        return called(self.criterion, self.loss.name)


def called(function: Any, name: str = "") -> str:
    """What a person calls a function, by its own name, or a module, by that of its class."""
    if isinstance(function, type):
        return function.__name__
    if inspect.isroutine(function):
        return name or str(getattr(function, "__name__", ""))
    return str(getattr(function, "original_name", type(function).__name__))


@functools.cache
def torch_functions() -> Mapping[Any, Loss]:
    """The functions of `torch.nn.functional` with their entries."""
    import torch.nn.functional as F

    return {getattr(F, loss.name): loss for loss in LOSSES if hasattr(F, loss.name)}


def class_loss(cls: type) -> Loss | None:
    """The entry for a class of torch, or for the one that a class is derived from."""
    for base in cls.__mro__:
        if base.__name__ in BY_TORCH_CLASS and base.__module__.startswith("torch.nn."):
            return BY_TORCH_CLASS[base.__name__]
    return None


def module_loss(module: Any) -> Loss | None:
    """The entry for a module, or for the class of torch that it is derived from."""
    import torch

    if isinstance(module, torch.jit.ScriptModule):
        return BY_TORCH_CLASS.get(str(getattr(module, "original_name", "")))
    return class_loss(type(module))


def known_loss(function: Any) -> Loss | None:
    """The entry for a module or a function of torch; None for everything else."""
    try:
        loss = torch_functions().get(function)
    except TypeError:  # It is not hashable.
        loss = None
    return loss or module_loss(function)


def unwrapped(
    function: Any, inputs: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """A call without what stands around it: `torch.compile`, `functools.partial`, `DataParallel`.

    What is compiled gives the same values as without, and can be looked into.
    """
    import torch

    around = torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel
    given = dict(named)
    while True:
        if isinstance(function, functools.partial):
            inputs, given = (*function.args, *inputs), {**function.keywords, **given}
            function = function.func
        elif isinstance(function, around):
            function = function.module
        else:
            inner = (
                vars(function).get("_torchdynamo_orig_callable") if _has_dict(function) else None
            )
            inner = getattr(function, "_orig_mod", inner)
            if inner is None:
                return function, inputs, given
            function = inner


def _has_dict(function: Any) -> bool:
    """Whether a thing has attributes of its own."""
    return hasattr(function, "__dict__") and not isinstance(function, type)


def bind(
    loss: Loss, function: Any, args: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs and the options of a call of torch's function, by their names here.

    The deprecated pair `size_average` and `reduce` becomes a reduction. Raises the `TypeError` of
    Python where the arguments do not fit the signature.
    """
    given = dict(_signature(loss, function).bind(*args, **named).arguments)
    old = given.pop("size_average", None), given.pop("reduce", None)
    if old != (None, None):
        # torch asks of the two only whether they are true.
        given["reduction"] = legacy_reduction(*(None if v is None else bool(v) for v in old))
    bound = inspect.signature(loss.value).bind_partial(**given)
    bound.apply_defaults()
    inputs = {name: bound.arguments[name] for name in loss.inputs if name in bound.arguments}
    options = {name: value for name, value in bound.arguments.items() if name not in inputs}
    return inputs, options


def _signature(loss: Loss, function: Any) -> inspect.Signature:
    """The signature of a function of torch; one that is written in C++ has that of ours."""
    return inspect.signature(function if inspect.isfunction(function) else loss.value)


def bind_forward(
    loss: Loss, args: tuple[Any, ...], named: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The inputs of a module's call by their names; None where they are not exactly those."""
    given = [*loss.inputs[: len(args)], *named]
    if len(args) > len(loss.inputs) or sorted(given) != sorted(loss.inputs):
        return None
    inputs = dict(zip(loss.inputs, args, strict=False)) | dict(named)
    return {name: inputs[name] for name in loss.inputs}


def as_torch(loss: Loss, name: str, value: Any) -> Any:
    """An input as a tensor, if it is an array, a table or numbers; everything else as it is."""
    import torch

    bare = name in loss.numbers_allowed and isinstance(value, int | float)
    if bare or value is None or isinstance(value, torch.Tensor | str):
        return value
    to_numpy = getattr(value, "to_numpy", None)
    value = value if to_numpy is None else to_numpy()
    # torch takes no array that runs backwards.
    value = value.copy() if isinstance(value, np.ndarray) else value
    try:
        return torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError):
        return value


def arguments_as_torch(
    loss: Loss, function: Any, args: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call of a known loss, with its inputs as tensors.

    Where there are tensors among them, the others are no shorthand: torch refuses them.
    """
    import torch

    if any(isinstance(value, torch.Tensor) for value in (*args, *named.values())):
        return args, dict(named)
    names = loss.inputs
    if not isinstance(function, type) and inspect.isroutine(function):
        names = tuple(_signature(loss, function).parameters)
    positions = [
        as_torch(loss, name, value) if name in loss.inputs else value
        for name, value in zip(names, args, strict=False)
    ]
    by_name = {
        name: as_torch(loss, name, value) if name in loss.inputs else value
        for name, value in named.items()
    }
    return (*positions, *args[len(positions) :]), by_name


def plain(value: Any) -> Any:
    """An argument as the working takes it: a tensor on the CPU, without a graph, as it reads."""
    import torch

    if isinstance(value, list | tuple):
        return type(value)(map(plain, value)) if type(value) in (list, tuple) else value
    if not isinstance(value, torch.Tensor):
        return value
    return value.detach().cpu().resolve_conj().resolve_neg()


def _unasked(call: LossCall) -> None:
    """What is done before torch is asked: nothing."""


@contextmanager
def finding(
    found: Callable[[LossCall], None], before: Callable[[LossCall], None] = _unasked
) -> Iterator[None]:
    """Report every loss of torch that is called within, as soon as torch has answered it.

    `before` gets each call before torch does; what it raises is raised in torch's place. What torch
    has compiled runs uncompiled. What a loss calls in turn is not reported. Calls in other threads
    are not seen, nor those of code that `torch.jit` has scripted or traced.
    """
    from torch.overrides import TorchFunctionMode

    functions = torch_functions()

    class Finder(TorchFunctionMode):
        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            loss, named = functions.get(function), dict(kwargs or {})
            if loss is None:
                return function(*args, **named)
            named |= _dropped(function, sys._getframe(1), args, named)
            bound = _bound(loss, function, args, named)
            call = LossCall(loss, *bound, function, old=_no_flags(loss, function, args, named))
            call = _placed(call, sys._getframe(1))
            try:
                before(call)
                result = function(*args, **named)
            except Exception as error:
                found(replace(call, error=error))
                raise
            found(replace(call, result=result))
            return result

    with _uncompiled(), Finder(), _finding_modules(found):
        yield


def _no_flags(
    loss: Loss, function: Any, args: tuple[Any, ...], named: Mapping[str, Any]
) -> dict[str, Any]:
    """The deprecated flags that were given something else, as an argument by its place is."""
    given = dict(zip(_signature(loss, function).parameters, args, strict=False)) | dict(named)
    old = {name: given.get(name) for name in ("size_average", "reduce")}
    return {n: v for n, v in old.items() if v is not None and not isinstance(v, bool)}


def _dropped(
    function: Any, frame: FrameType | None, args: tuple[Any, ...], named: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments that a function of torch got and did not hand over to those who watch it.

    `l1_loss` of torch 2.13 keeps its weight to itself, and would return another number.
    """
    while frame is not None and frame.f_code is not getattr(function, "__code__", None):
        frame = frame.f_back if frame.f_code.co_name == "handle_torch_function" else None
    if frame is None:
        return {}
    parameters = inspect.signature(function).parameters.values()
    handed = {parameter.name for parameter in [*parameters][: len(args)]} | set(named)
    held = {p.name: frame.f_locals[p.name] for p in parameters if p.name not in handed}
    return {name: value for name, value in held.items() if value is not None}


@contextmanager
def _uncompiled() -> Iterator[None]:
    """Let what torch has compiled run uncompiled, so that its calls are seen.

    Only the compiler knows how; it is loaded where something was compiled, and takes seconds.
    torch 2.0 has no `torch.compiler`, and releases before 2.6 no stance.
    """
    compiler = sys.modules.get("torch._dynamo")
    stance = getattr(sys.modules.get("torch.compiler"), "set_stance", None)
    if compiler is None or stance is None:
        yield
        return
    with stance("force_eager"):
        yield


def _bound(
    loss: Loss, function: Any, args: tuple[Any, ...], named: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """As `bind`; where the arguments do not fit, those inputs that can be told."""
    try:
        return bind(loss, function, args, named)
    except (TypeError, ValueError, RuntimeError):
        inputs = dict(zip(loss.inputs, args, strict=False))
        return inputs | {k: v for k, v in named.items() if k in loss.inputs}, {}


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
            options = loss.options_of(module)
            call = LossCall(loss, arguments, options, module)
            pending.append(_placed(call, sys._getframe(1)))

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


@contextmanager
def buffers_kept() -> Iterator[None]:
    """Let every module that is called within work on copies of its buffers.

    Its own ones, such as the running means of a batch norm, are not touched.
    """
    from torch.nn.modules import module as modules

    own: list[tuple[Any, dict[str, Any]]] = []
    seen: set[int] = set()

    def before(module: Any, inputs: tuple[Any, ...]) -> None:
        # What is scripted has no dictionary of buffers that one could exchange.
        if isinstance(module._buffers, dict) and module._buffers and id(module) not in seen:
            seen.add(id(module))
            own.append((module, dict(module._buffers)))
            for name, buffer in module._buffers.items():
                module._buffers[name] = None if buffer is None else buffer.clone()

    hook = modules.register_module_forward_pre_hook(before)
    try:
        yield
    finally:
        hook.remove()
        for module, buffers in own:
            module._buffers.clear()
            module._buffers.update(buffers)


@contextmanager
def quiet() -> Iterator[None]:
    """Let no warning be shown. `warnings.catch_warnings` would have all of them shown once more."""
    ignore = ("ignore", None, Warning, None, 0)
    filters: list[Any] = warnings.filters  # type: ignore[assignment]
    filters.insert(0, ignore)
    try:
        yield
    finally:
        filters.remove(ignore)


@dataclass
class Run:
    """What came of a call that was made once, with everything around it left as it was.

    Attributes:
        result: what it returned; None where it failed.
        error: the error that it failed with, or None.
        found: the losses of torch that it called, in their order.
    """

    result: Any = None
    error: Exception | None = None
    found: list[LossCall] = field(default_factory=list)


def run(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    named: Mapping[str, Any],
    before: Callable[[LossCall], None] = _unasked,
) -> Run:
    """Call something once, without gradients; random state, buffers and hooks stay as they are."""
    import torch

    made = Run()
    with ExitStack() as stack:
        for context in (torch.no_grad(), random_state_kept(), buffers_kept()):
            stack.enter_context(context)
        # The remarks say what torch warns of, with this call's numbers.
        stack.enter_context(quiet())
        try:
            with finding(made.found.append, before):
                made.result = function(*args, **named)
        except Exception as error:
            made.error = error
    return made


def known_call(
    function: Any, loss: Loss, args: tuple[Any, ...], named: Mapping[str, Any], made: Run
) -> LossCall | None:
    """The call of a known module or function; None where its arguments do not fit."""
    old = {}
    if isinstance(function, type) or not inspect.isroutine(function):
        inputs = bind_forward(loss, args, named)
        options = loss.options_of(function)
    else:
        try:
            inputs, options = bind(loss, function, args, named)
            old = _no_flags(loss, function, args, named)
        except (TypeError, ValueError, RuntimeError):
            inputs = None
    if inputs is None:
        return None
    call = LossCall(loss, inputs, options, function, made.result, made.error, old=old)
    return replace(_placed(call, sys._getframe()), where="")


def loss_in(result: Any) -> Any:
    """The loss in what a model or a step returns: itself, its `loss`, or the first of several."""
    import torch

    if isinstance(result, torch.Tensor):
        return result
    if isinstance(result, Mapping):
        return loss_in(result.get("loss"))
    if hasattr(result, "loss"):
        return loss_in(result.loss)
    if isinstance(result, list | tuple) and result:
        return loss_in(result[0])
    return result if isinstance(result, float) else None


def as_array(result: Any) -> tuple[float | np.ndarray[Any, Any], str | None]:
    """A result of torch as a float or an array of float64, and its dtype."""
    array = checks.real("reference", plain(result))
    return (array if array.ndim else float(array)), checks.dtype_name(result)


def call_in_traceback(error: BaseException) -> LossCall | None:
    """The call of a loss that an error came from, found in the frames of its traceback.

    The innermost one that holds arguments; None where there is none.
    """
    found = None
    for frame in frames_of(error):
        found = _call_in_frame(frame, error) or found
    return found


def frames_of(error: BaseException) -> Iterator[FrameType]:
    """The frames of an error's traceback, the outermost first."""
    for traceback in _tracebacks(error):
        yield traceback.tb_frame


def _tracebacks(error: BaseException | None) -> Iterator[TracebackType]:
    """The entries of an error's traceback, the outermost first."""
    traceback = None if error is None else error.__traceback__
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _call_in_frame(frame: FrameType, error: BaseException) -> LossCall | None:
    """The call of a loss that a frame is that of: of the function, or of the module."""
    held, code = frame.f_locals, frame.f_code
    for function, loss in torch_functions().items():
        if getattr(function, "__code__", None) is code:
            names = inspect.signature(function).parameters
            given = {name: held[name] for name in names if name in held}
            bound = _bound(loss, function, (), given)
            return _placed(LossCall(loss, *bound, function, error=error), frame, error)
    module = held.get("self")
    known = module_loss(module)
    if known is None or code.co_name != "forward" or not set(known.inputs) <= set(held):
        return None
    inputs = {name: held[name] for name in known.inputs}
    options = known.options_of(module)
    return _placed(LossCall(known, inputs, options, module, error=error), frame, error)


def _placed(call: LossCall, frame: FrameType, error: BaseException | None = None) -> LossCall:
    """A call with the place in the user's code that a frame was reached from."""
    site = site_of(frame, error)
    if site is None:
        return call
    given = {**call.inputs, **call.options}
    spelled = spelling(site, call.loss, call.criterion, given)
    return replace(call, where=site.where, spelled=spelled)


@dataclass(frozen=True)
class Site:
    """Where the user's code called something of torch or of this package.

    Attributes:
        frame: the innermost frame outside them.
        inside: the frame that was called from it; None where it is written in C.
        instruction: the instruction of `frame` that called it, by its offset.
        line: the number of its line.
    """

    frame: FrameType
    inside: FrameType | None
    instruction: int
    line: int

    @property
    def where(self) -> str:
        """The file and the line."""
        return f"{Path(self.frame.f_code.co_filename).name}:{self.line}"

    @functools.cached_property
    def variables(self) -> dict[str, Any]:
        """The variables of the user's code there."""
        return {**self.frame.f_globals, **_locals(self.frame)}

    def written(self) -> Written | None:
        """The call as it is written, if its source can be read; what `explain` was asked to call.

        None where `explain` was not told it by its place, or by what only hands arguments on.
        """
        found = call_at(self.frame, self.instruction)
        if found is None or not self._is_asked():
            return found
        return found.without_first() if found.args and found.whole else None

    def total(self) -> Callable[[], int]:
        """What tells the line where the results of the call are added up; 0 where they are not."""
        found = call_at(self.frame, self.instruction)
        return no_total if found is None else found.total

    def called(self, function: Any) -> Any:
        """What is called there: the given function itself, or the module that calls it."""
        if self.inside is None or self.inside.f_code is getattr(function, "__code__", None):
            return function
        return _locals(self.inside).get("call" if self._is_asked() else "self")

    def _is_asked(self) -> bool:
        """Whether it is a call of `explain`, which gets what to call and its arguments."""
        return self.inside is not None and self.inside.f_code.co_filename.startswith(OWN)


def site_of(frame: FrameType, error: BaseException | None = None) -> Site | None:
    """The place outside torch and this package that a frame was reached from.

    A frame that has caught the error is somewhere else by now; the traceback knows where it was.
    """
    import torch

    inside = str(Path(torch.__file__).parent), OWN, functools.__file__
    user: FrameType | None = frame
    inner = None
    while user is not None and user.f_code.co_filename.startswith(inside):
        inner, user = user, user.f_back
    if user is None:
        return None
    instruction, line = user.f_lasti, user.f_lineno
    for traceback in _tracebacks(error):
        if traceback.tb_frame is user:
            instruction, line = traceback.tb_lasti, traceback.tb_lineno
    return Site(user, inner, instruction, line)


def style_of(loss: Loss, criterion: Any) -> Literal["function", "module", "criterion"]:
    """How a call is typed: as a function, with a new module, or with the one that there is."""
    if not hasattr(criterion, "forward"):
        return "function"
    exact = type(criterion).__name__ == loss.torch_class
    return "module" if exact and not loss.attributes else "criterion"


def spelling(site: Site, loss: Loss, function: Any, given: Mapping[str, Any]) -> Spelling:
    """How a call is typed by who wrote it: by the source, else by the names of variables.

    `function` is what the loss was found by: torch's own function, or the module; `given` are the
    inputs and the options by their names.
    """
    names = named_in(site.variables, {**given, "criterion": function})
    called, style = names.pop("criterion", ""), style_of(loss, function)
    arguments: dict[str, str] = {}
    libraries, imports = _libraries(site.variables)
    function, around, options = unwrapped(site.called(function), (), {})
    written = None
    known = class_loss if isinstance(function, type) else known_loss
    if not around and not options and known(function) is loss:
        written, style = site.written(), style_of(loss, function)
    if written is not None:
        called = written.called
        arguments = written.arguments(_parameters(loss, function))
        libraries |= _prefixes(loss, written)
        if style == "module" and written.of is not None:
            made = inspect.signature(type(function)).parameters
            arguments = written.of.arguments([*made]) | arguments
    if style != "function" and called and is_steady(called):
        held = [n for n, v in given.items() if hasattr(v, "detach")]
        held = [n for n in held if getattr(function, n, None) is given[n]]
        names = {n: f"{called}.{n}" for n in held} | names
    arguments |= {name: code for name, code in names.items() if name not in arguments}
    unnamed = {n for n, v in given.items() if n in loss.inputs or hasattr(v, "detach")}
    if (unnamed - set(arguments)) & set(arguments.values()):
        arguments = {}  # An argument without a name of its own would be taken for another one.
    taken = frozenset({*site.variables, *site.frame.f_code.co_varnames})
    total = site.total()
    return Spelling(arguments, called, style, libraries, imports, taken, total)


def _parameters(loss: Loss, function: Any) -> tuple[str, ...]:
    """The arguments of a function or of a module's call, in their order."""
    if hasattr(function, "forward"):
        return loss.inputs
    return tuple(_signature(loss, function).parameters)


def _libraries(variables: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """What stands for torch, nn and F among variables, and the import that they need."""
    import torch

    def name_of(module: Any, short: str, other: str) -> str:
        held = [name for name, one in variables.items() if one is module]
        return short if short in held else held[-1] if held else other

    found = name_of(torch, "torch", "")
    nn = name_of(torch.nn, "nn", f"{found or 'torch'}.nn")
    functional = name_of(torch.nn.functional, "F", f"{nn}.functional")
    libraries = {"torch": found or "torch", "nn": nn, "F": functional}
    return libraries, "" if found else "import torch"


def _prefixes(loss: Loss, written: Written) -> dict[str, str]:
    """What a call tells of the names of nn and F: `torch.nn` in `torch.nn.L1Loss()(x, y)`."""
    found = {"F": written.library(loss.name)}
    if written.of is not None:
        found["nn"] = written.of.library(loss.torch_class)
    return {short: prefix for short, prefix in found.items() if prefix}


def _locals(frame: FrameType) -> dict[str, Any]:
    """The local variables of a frame, in a dictionary of their own.

    Up to Python 3.12 the frame of a function keeps the dictionary that it gives, and so the tensors
    in it. It is emptied, unless the function itself has asked for it by `locals()`.
    """
    held = frame.f_locals
    variables = dict(held)
    optimized = frame.f_code.co_flags & inspect.CO_OPTIMIZED
    if sys.version_info < (3, 13) and optimized and sys.getrefcount(held) == UNSHARED:
        held.clear()
    return variables


def named_in(variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
    """The variables that hold the given tensors and modules, by the arguments' names."""
    names: dict[str, str] = {}
    for argument, value in given.items():
        if not hasattr(value, "detach") and not hasattr(value, "forward"):
            continue
        held = [name for name, one in variables.items() if one is value and name[0] != "_"]
        if held:
            names[argument] = argument if argument in held else held[-1]
    return names
