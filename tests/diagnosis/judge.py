"""Whether an explanation of a reported call is right: its cause by its facts, its fixes by running.

The judge knows nothing of how an explanation words or draws things. It reads `refused`, `causes`,
`remarks` (each with `kind` and `text`) and `fixes` (each with `code`, `value`, `why` and `sure`,
the first one being shown first), and those of the calls inside a call.

The code of a fix is a whole call (`F.mse_loss(input, target.squeeze(1))`), an assignment to an
argument or option (`target = target.squeeze(1)`), or the expression that takes the place of the
argument that it begins with (`target.squeeze(1)`). It may use the names of the reported code and
those of the arguments of torch's function.
"""

import ast
import contextlib
import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from tests.diagnosis.report import Outcome, Report, plain, quiet

LOSSES = {
    function: name
    for name, function in vars(F).items()
    if callable(function)
    and (
        re.search(r"(loss|entropy|entropy_with_logits)$", name)
        or name in ("kl_div", "cosine_similarity", "pairwise_distance")
    )
}

# The functions of torch that are built in and show no signature.
SIGNATURES = {
    F.cosine_similarity: inspect.signature(lambda x1, x2, dim=1, eps=1e-8: None),
    F.pairwise_distance: inspect.signature(lambda x1, x2, p=2.0, eps=1e-6, keepdim=False: None),
}

# What people and explanations call an argument, beside torch's name of it.
SYNONYMS = {
    "input": r"input|logits?|scores?|predictions?|outputs?|probabilit",
    "target": r"targets?|labels?|class numbers?|masks?",
    "log_probs": r"log_probs|input|log-prob",
    "input_lengths": r"input.?lengths?|frames",
    "target_lengths": r"target.?lengths?|labels",
}


class Call(NamedTuple):
    """A loss of torch inside the reported code: the function and its arguments by name."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any]

    def run(self, changes: Mapping[str, Any]) -> Any:
        """What the function returns where some arguments are others."""
        return self.function(**{**self.arguments, **changes})


@dataclass(frozen=True)
class Verdict:
    """What an explanation of a report is worth.

    cause, fix: whether the right one is given; None where none is asked for. misleading: why the
    explanation leads away, or None.
    """

    cause: bool | None
    fix: bool | None
    misleading: str | None = None
    heard: str = field(default="", repr=False)

    @property
    def right(self) -> bool:
        """Whether everything that is asked for is given and nothing leads away."""
        return self.cause is not False and self.fix is not False and self.misleading is None


class Finder(TorchFunctionMode):
    """Keeps the outermost calls of torch's losses, as they are made."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if function in LOSSES:
            bound = signature(function).bind_partial(*args, **(kwargs or {}))
            bound.apply_defaults()
            self.calls.append(Call(function, dict(bound.arguments)))
        return function(*args, **(kwargs or {}))


def signature(function: Callable[..., Any]) -> inspect.Signature:
    """The signature of a loss of torch, of those too that show Python none."""
    return SIGNATURES.get(function) or inspect.signature(function)


@contextlib.contextmanager
def finding() -> Iterator[list[Call]]:
    """The calls of torch's losses within, whether torch accepts them or not."""
    with Finder() as finder:
        yield finder.calls


def loss_calls(report: Report) -> list[Call]:
    """The losses of torch that the reported code calls; none where it gets to none.

    A loss that is a module alone counts with the arguments of its `forward`; a class that was
    given the arguments of a call counts as the module that it makes without any.
    """
    space = report.names()
    with finding() as calls, quiet(), contextlib.suppress(Exception):
        eval(report.call, space)
    # A cosine may be a step on the way to a loss.
    calls.sort(key=lambda call: call.function in SIGNATURES)
    if calls:
        return calls
    parts = report.parts()
    function = parts.function
    if inspect.isclass(function):
        try:
            function = function()
        except TypeError:
            return []
    if not isinstance(function, torch.nn.Module):
        return []
    taken = inspect.signature(function.forward)
    try:
        arguments = dict(taken.bind_partial(*parts.inputs, **parts.named).arguments)
    except TypeError:
        arguments = dict(zip(taken.parameters, parts.inputs, strict=False))
    return [Call(function, arguments)]


def same(actual: Any, expected: Any, tolerance: float = 1e-4) -> bool:
    """Whether two plain values are one, up to rounding in the dtypes of the calls."""
    if isinstance(actual, list) or isinstance(expected, list):
        if not (isinstance(actual, list) and isinstance(expected, list)):
            return False
        return len(actual) == len(expected) and all(
            same(one, other, tolerance) for one, other in zip(actual, expected, strict=True)
        )
    if isinstance(actual, str) or isinstance(expected, str):
        return bool(actual == expected)
    if math.isnan(actual) or math.isnan(expected):
        return math.isnan(actual) and math.isnan(expected)
    return math.isclose(actual, expected, rel_tol=tolerance, abs_tol=1e-6)


def leading_name(code: str) -> str | None:
    """The name with which an expression begins: `target` of `target.squeeze(1)`."""
    match = re.match(r"[(\s]*(?:2 \* |1 - |-)?([A-Za-z_]\w*)", code)
    return match[1] if match else None


def applied(report: Report, code: str, value: Any = None) -> Outcome:
    """What torch returns for the reported call after a fix, given as code.

    Where there are several losses inside the call, the fix is meant for the one for which it runs
    and gives `value`, else for the first for which it runs.
    """
    outcomes = [_applied(report, code, call) for call in loss_calls(report) or [None]]
    run = [outcome for outcome in outcomes if outcome.error is None]
    hits = [outcome for outcome in run if value is not None and same(outcome.value, value)]
    return (hits or run or outcomes)[0]


def _applied(report: Report, code: str, call: Call | None) -> Outcome:
    """What torch returns after a fix that is meant for one of the losses inside the call."""
    space, parts = report.names(), report.parts()
    arguments = dict(call.arguments) if call else {}
    names = {"criterion": parts.function} | arguments | space
    try:
        with quiet(), finding() as made:
            tree = ast.parse(code)
            body, last = tree.body, tree.body[-1]
            if not isinstance(last, ast.Expr):
                exec(compile(tree, "<fix>", "exec"), names)
                return Outcome(plain(_rerun(report, call, body, space, names)), None)
            exec(compile(ast.Module(body[:-1], []), "<fix>", "exec"), names)
            value = eval(compile(ast.Expression(last.value), "<fix>", "eval"), names)
            first = leading_name(code)
            place = (arguments | space).get(first or "")
            if made or call is None or place is None or callable(place):
                return Outcome(plain(value), None)
            return Outcome(plain(_replaced(report, call, first, value, space)), None)
    except Exception as error:
        return Outcome(None, error)


def _rerun(
    report: Report,
    call: Call | None,
    body: list[ast.stmt],
    space: dict[str, Any],
    names: dict[str, Any],
) -> Any:
    """The call after assignments: the user's where they change its names, else torch's."""
    stored = {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    used = {n.id for n in ast.walk(ast.parse(report.call)) if isinstance(n, ast.Name)}
    if stored & used or call is None:
        return eval(report.call, names)
    return call.run({name: names[name] for name in stored})


def _replaced(
    report: Report, call: Call, name: str | None, value: Any, space: dict[str, Any]
) -> Any:
    """The call with another value in the place of an argument or of a name of the user's."""
    assert name is not None
    if name in call.arguments:
        return call.run({name: value})
    return eval(report.call, space | {name: value})


def explanations(e: Any) -> list[Any]:
    """An explanation and those of the calls inside it."""
    return [e, *(inner for inner in getattr(e, "calls", ()) if inner is not e)]


def said(e: Any, report: Report) -> str:
    """What an explanation says in its own words: causes, remarks, why of the fixes.

    Torch's message and the table are no explanation. Where there are no causes to read, the whole
    text stands for them, without that message.
    """
    parts: list[str] = []
    for one in explanations(e):
        parts += [str(cause) for cause in getattr(one, "causes", ())]
        parts += [str(getattr(remark, "text", remark)) for remark in one.remarks]
        parts += [fix.why for fix in getattr(one, "fixes", ())]
        if getattr(one, "refused", False) and not hasattr(one, "causes"):
            parts.append(_without(str(one), report.message))
    return "\n".join(parts)


def _without(text: str, message: str | None) -> str:
    """A text without a message in it, however it is wrapped."""
    if not message:
        return text
    pattern = r"\s+".join(map(re.escape, message.split()))
    return re.sub(pattern, "", text)


def names_cause(report: Report, text: str) -> bool:
    """Whether a text names an argument at fault and what is wrong with it."""
    argument = "|".join(SYNONYMS.get(name, re.escape(name)) for name in report.arguments)
    fact = "|".join(f"(?:{word})" for word in report.words)
    return all(re.search(pattern, text, re.I | re.S) for pattern in (argument, fact))


def judge(report: Report, e: Any) -> Verdict:
    """Whether an explanation of the report is right, or an exception raised instead of one."""
    if isinstance(e, Exception):
        text = str(e)
        # What has no loss in it cannot be explained, but the error has to say what was called.
        loss = callable(report.parts().function) and bool(loss_calls(report))
        tells = isinstance(e, TypeError) and not loss
        asked = not (report.healthy or report.silent)
        cause = tells and names_cause(report, text) if asked else False
        return Verdict(cause, None if report.beyond or not report.fixes else False, None, text)
    text = said(e, report)
    if report.refused and not any(getattr(one, "refused", False) for one in explanations(e)):
        return Verdict(False, None, "torch refuses the call, and the explanation does not", text)
    mistakes = [
        getattr(remark, "text", str(remark))
        for one in explanations(e)
        for remark in one.remarks
        if getattr(remark, "kind", None) == "mistake"
    ]
    fixes = [fix for one in explanations(e) for fix in getattr(one, "fixes", ())]
    if report.healthy or report.silent:
        misleading = f"called a mistake: {mistakes[0]}" if mistakes else None
        misleading = misleading or _wrong_fix(report, fixes, sure_only=True)
        return Verdict(None, None, misleading, text)
    misleading = _wrong_fix(report, fixes)
    asked_fix = bool(report.fixes) and not report.beyond
    right = bool(fixes) and _is_right(report, fixes[0])
    return Verdict(names_cause(report, text), right if asked_fix else None, misleading, text)


def _is_right(report: Report, fix: Any) -> bool:
    """Whether the code of a fix gives a value that a right call gives."""
    outcome = applied(report, fix.code, plain(fix.value))
    return outcome.error is None and any(same(outcome.value, fix.value) for fix in report.fixes)


def _wrong_fix(report: Report, fixes: list[Any], sure_only: bool = False) -> str | None:
    """Why a fix leads away: the first one is wrong, one called sure is, or a value is untrue.

    Where nobody can tell (`sure_only`), a fix is a suggestion to weigh unless it is called sure.
    """
    for place, fix in enumerate(fixes):
        outcome = applied(report, fix.code, plain(fix.value))
        if outcome.error is not None:
            return f"{fix.code} does not run: {outcome.error}"
        if not same(plain(fix.value), outcome.value):
            return f"{fix.code} is said to give {fix.value} and gives {outcome.value}"
        right = any(same(outcome.value, other.value) for other in report.fixes)
        if not right and (fix.sure or (place == 0 and not sure_only)):
            return f"{fix.code} gives {outcome.value}, which is wrong"
        if fix.sure and sure_only:
            return f"{fix.code} is called sure, and nobody can tell"
    return None
