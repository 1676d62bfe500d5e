"""After the fact: the loss call that an error came from, explained.

`post_mortem()` for an interpreter or a notebook, `python -m helpers script.py` for a script, and
`%load_ext helpers` for Jupyter, with `%%explain`.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from helpers.diagnosis.backward import of_backward
from helpers.diagnosis.calls import call_in_traceback, frames_of
from helpers.diagnosis.explanation import Explanation, explained, misformed_in_traceback
from helpers.diagnosis.watching import Noticed, watch

COMPILED = ("torch/_dynamo", "torch/_inductor", "torchinductor", "<eval_with_key>")
HANDED_OVER = str(
    Path("torch", "overrides.py")
)  # from where a function is handed over to a watcher
RUN_AGAIN = (
    "The error came from compiled code, which keeps no arguments. Run it again with "
    "TORCH_COMPILE_DISABLE=1 in the environment, and ask once more."
)


def post_mortem(error: BaseException | None = None) -> Explanation:
    """Explain the loss call, or the `backward()` after it, that an error came from.

    The frames of its traceback hold the arguments of the call.

    Args:
        error: the exception; None for the one that is being handled, in an `except` block, or else
            the last one that the interpreter has printed.

    Returns:
        An `Explanation` with `error`, `causes` and `fixes`. Of compiled code, which keeps no
        arguments, it says so.

    Raises:
        LookupError: there is no error, or it did not come from a loss of torch.

    >>> import torch
    >>> try:
    ...     torch.nn.BCELoss()(torch.ones(2), torch.ones(3))
    ... except ValueError as error:
    ...     post_mortem(error).refused
    True
    """
    if error is None:
        handled = sys.exc_info()[1]
        error = handled or getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if error is None:
        raise LookupError("error: expected an exception, or one handled or printed, got none")
    chain = _chain(error)
    for one in chain:
        call = call_in_traceback(one)
        shown = misformed_in_traceback(one) or of_backward(one) if call is None else explained(call)
        if shown is not None:
            return shown
    first, *_ = str(error).splitlines() or [""]
    if any(_is_compiled(one) for one in chain):
        said = f"{type(error).__name__}: {first}"
        return Explanation("compiled code", error=said, causes=(RUN_AGAIN,))
    raise LookupError(
        f"error: expected one that came from a loss of torch, got {type(error).__name__}: {first}"
    )


def _chain(error: BaseException) -> list[BaseException]:
    """An error, and those that it was raised from or in the handling of."""
    chain = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) and before not in chain:
        chain.append(before)
    return chain


def _is_compiled(error: BaseException) -> bool:
    """Whether an error came from code that torch has compiled."""
    files = [frame.f_code.co_filename for frame in frames_of(error)]
    return any(part in file for file in files for part in COMPILED)


def run_script(arguments: Sequence[str]) -> int:
    """Run a script, or with -m a module, as Python does; say what is wrong with its losses.

    A failure in a loss is explained, and at a good end what was noticed. What torch would compile
    runs uncompiled: compiled losses cannot be looked into.
    """
    if not arguments or (arguments[0].startswith("-") and arguments[0] != "-m"):
        print("usage: python -m helpers script.py [argument ...]", file=sys.stderr)
        print("       python -m helpers -m module [argument ...]", file=sys.stderr)
        return 2
    os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")
    noticed = Noticed()
    known = importlib.util.find_spec("torch") is not None
    try:
        with noticed.noticing() if known else nullcontext():
            _run(arguments)
    except Exception as error:
        _print(error)
        return 1
    except BaseException:
        # It ends by itself, or who runs it has seen enough.
        _print_noticed(noticed)
        raise
    _print_noticed(noticed)
    return 0


def _run(arguments: Sequence[str]) -> None:
    """Run a script, or with -m a module, as Python does."""
    as_module = arguments[0] == "-m"
    target, *rest = arguments[1:] if as_module else arguments
    sys.argv = [target, *rest]
    if as_module:
        sys.path[0] = ""
        runpy.run_module(target, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = str(Path(target).resolve().parent)
        runpy.run_path(target, run_name="__main__")


def _print_noticed(noticed: Noticed) -> None:
    """What was noticed in a script, below its own output."""
    text = str(noticed)
    if text:
        print(f"\n{text}", file=sys.stderr)


def _print(error: Exception) -> None:
    """An error as Python prints it, without our own frames, and what is to be said of it."""
    shown = traceback.TracebackException.from_exception(error)
    shown.stack[:] = _without_ours(shown.stack)
    print(*shown.format(), sep="", end="", file=sys.stderr)
    try:
        print(f"\n{post_mortem(error)}", file=sys.stderr)
    except LookupError:
        return


def _without_ours(frames: Sequence[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """The frames that the error would have had without us.

    torch's functions have a second one where they are watched, from which they hand over.
    """
    ours = (str(Path(__file__).parent), runpy.__file__, "<frozen runpy>")
    between = [frame.filename.startswith(ours) for frame in frames]
    between = [b or f.filename.endswith(HANDED_OVER) for b, f in zip(between, frames, strict=True)]
    return [
        frame
        for frame, own, before_own in zip(frames, between, [*between[1:], False], strict=True)
        if not own
        and not (before_own and (frame.line or "").startswith("return handle_torch_function"))
    ]


def load_ipython_extension(shell: Any) -> None:
    """Add `%%explain` to IPython, and the explanation of a loss after a cell that failed in one."""
    shell.register_magic_function(_explain_cell, magic_kind="cell", magic_name="explain")
    shell.events.register("post_run_cell", _after_cell)


def unload_ipython_extension(shell: Any) -> None:
    """Take both away again."""
    shell.magics_manager.magics["cell"].pop("explain", None)
    shell.events.unregister("post_run_cell", _after_cell)


def _explain_cell(line: str, cell: str) -> None:
    """Explain every loss that a cell calls."""
    from IPython import get_ipython

    with watch() as seen:
        done = get_ipython().run_cell(cell)
    if done.success:
        _display(*(seen if len(seen) == 1 else [seen, *seen]))


def _after_cell(result: Any) -> None:
    """Show the explanation after a cell that has failed in a loss."""
    if result.error_in_exec is None:
        return
    try:
        _display(post_mortem(result.error_in_exec))
    except LookupError:
        return


def _display(*shown: Any) -> None:
    """Show something in the notebook."""
    from IPython import display

    display.display(*shown)  # type: ignore[no-untyped-call]
