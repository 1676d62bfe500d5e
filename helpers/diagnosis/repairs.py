"""The search for what would mend a loss call: changes, tried on copies of its arguments.

The contract of a loss names its faults, and for each the changes that may mend it. The search
applies them stage by stage, the shape before the dtype, until no fault is left, and evaluates the
code that it prints. What torch refuses even so is not offered, nor is what leaves a worse fault.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from helpers import checks
from helpers.diagnosis.calls import LossCall, quiet, random_state_kept, style_of
from helpers.diagnosis.facts import TensorFacts
from helpers.diagnosis.remarks import nothing_left, on_result, widened
from helpers.diagnosis.source import LONG, PLAIN, Spelling, attachable, is_atom, is_steady
from helpers.findings import Finding, Fix, Remedy, Stage
from helpers.losses import LOSSES
from helpers.working import FloatArray, Loss, Remark

FARTHEST = 5.0  # the cost from which on a change is too far-fetched to be tried
NEAR = 1.5  # how much more than the best fix another one may cost to be shown beside it
SHOWN = 3  # fixes
LEFT = 2.0  # what a mistake costs that a change leaves
STEPS = 5  # changes, one after the other
TRIED = 8  # calls of torch
LARGEST = 1 << 31  # bytes that a change may take
_PLACE = re.compile(r"{(\w*)}")  # of an argument in the code of a change; {} is the changed one
_NAMED = re.compile(r"{(\w+)}")
WIDTH = 78  # columns of the code of a fix, which fits the page with the frame around it
BY_NAME = {loss.name: loss for loss in LOSSES}
REDUCTIONS = ("none", "mean", "sum")
# What else people write for them.
MEANT_BY = {"none": ("no", "false"), "mean": ("avg", "average", "elementwise_mean")}


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a call.

    Attributes:
        causes: what is wrong, in words; none where nothing was found.
        fixes: the changed calls that torch takes, the best first.
        remarks: what was found, each with its fix where there is one.
    """

    causes: tuple[str, ...]
    fixes: tuple[Fix, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Written:
    """An argument as it is typed, and as it is.

    `name` is the argument, `template` what is typed with {} in the place of its name, `value` what
    that gives, and `facts` those of a tensor.
    """

    name: str
    value: Any
    template: str = "{}"
    facts: TensorFacts | None = None

    @classmethod
    def of(cls, name: str, value: Any, template: str = "{}") -> Written:
        """An argument with its facts, if it is a tensor; its graph is left behind."""
        tensor = _is_tensor(value)
        value = value.detach() if tensor else value
        return cls(name, value, template, TensorFacts(value) if tensor else None)

    @classmethod
    def of_numbers(cls, name: str, value: Any) -> Written:
        """An argument that torch takes as a sequence of numbers too, with the facts of them."""
        import torch

        facts = TensorFacts(torch.as_tensor(value)) if isinstance(value, list | tuple) else None
        return cls(name, value, facts=facts)

    def changed(self, template: str, others: Mapping[str, Any]) -> Written | None:
        """The argument after a change; None where that fails or would take too much memory.

        `others` are the arguments of the call before any change.
        """
        if template == "{}":
            return self
        if self.facts is not None and _bytes_of(template, self.facts) > LARGEST:
            return None
        try:
            code = _NAMED.sub(r"\1", template.replace("{}", "it_"))
            value = evaluate(code, {**others, "it_": self.value})
        except Exception:
            return None
        attached = not re.match(r"[\w.]+\({}", template)
        old = f"({self.template})" if attached and not _is_atom(self.template) else self.template
        return Written.of(self.name, value, template.replace("{}", old))

    def uses(self) -> list[str]:
        """The arguments that its code reads, each as often as it does."""
        return [name or self.name for name in _PLACE.findall(self.template)]

    def typed(self, spelled: Spelling) -> str:
        """The code, with the names or expressions of the arguments."""

        def argument(match: re.Match[str]) -> str:
            code = spelled.of(match[1] or self.name)
            before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
            alone = before in ("", "(") and after in ("", ")", ",")
            return code if alone else attachable(code)

        template = re.sub(r"\btorch\.", f"{spelled.library('torch')}.", self.template)
        return _PLACE.sub(argument, template)


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "detach") and hasattr(value, "dtype")


def _is_atom(code: str) -> bool:
    """Whether something may be attached to the code of a change as it stands."""
    return is_atom(_NAMED.sub(r"\1", code.replace("{}", "it")))


def _bytes_of(template: str, facts: TensorFacts) -> int:
    """How many bytes a change takes at most, told from the shape alone."""
    if "one_hot(" in template:
        return facts.size * int(template.rsplit(", ", 1)[1].split(")")[0]) * 12
    return facts.size * 16


def evaluate(code: str, names: Mapping[str, Any]) -> Any:
    """What torch makes of code; no gradient, warning, hook or watcher takes note of it."""
    import torch

    space = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, **names}
    with torch.no_grad(), quiet(), torch._C.DisableTorchFunction():
        return eval(code, space)


@dataclass(frozen=True)
class Attempt:
    """A call with some changes. It is what a contract asks: see `helpers.findings.Asked`.

    `given` are the arguments that are arrays, `raw` as they were, `options` the others; `mended`
    the findings that were answered by the changes `done`.
    """

    loss: Loss
    given: Mapping[str, Written]
    options: Mapping[str, Any]
    raw: Mapping[str, Any]
    style: Literal["function", "module", "criterion"] = "function"
    mended: tuple[Finding, ...] = ()
    done: tuple[Remedy, ...] = ()

    def __getitem__(self, name: str) -> TensorFacts:
        facts = self.given[name].facts
        if facts is None:
            raise KeyError(name)
        return facts

    def plain(self, name: str) -> Any:
        """An argument that is no tensor, as it was given."""
        return self.given[name].value

    def __contains__(self, name: str) -> bool:
        return name in self.given and self.given[name].facts is not None

    @property
    def cost(self) -> float:
        """How far-fetched the changes are."""
        return sum(remedy.cost for remedy in self.done)

    @property
    def meaning(self) -> tuple[str, ...]:
        """What tells the changed call from others that torch takes too."""
        return tuple(sorted({remedy.meaning for remedy in self.done if remedy.meaning}))

    @property
    def sure(self) -> bool:
        """Whether none of the changes is a guess."""
        return all(remedy.sure and remedy.loss is None for remedy in self.done)

    def findings(self) -> list[Finding]:
        """What is found, up to the first stage with something that torch refuses."""
        found: list[Finding] = []
        worst = Stage.OPTIONS
        for finding in (*not_tensors(self), *not_options(self), *self._by_contract()):
            if finding.stage > worst:
                break
            found.append(finding)
            if finding.kind == "refused":
                worst = min(worst, finding.stage)
                if worst <= Stage.SHAPE:
                    break
        return found

    def _by_contract(self) -> Iterator[Finding]:
        """What the contract of the loss finds; nothing where an input is no tensor."""
        inputs = [name for name in self.loss.inputs if name not in self.loss.numbers_allowed]
        if all(name in self for name in inputs) and not any(map(_is_tensor, self.options.values())):
            yield from self.loss.contract(self)

    def after(self, finding: Finding, remedy: Remedy) -> Attempt | None:
        """The call after one more change; None where it cannot be made."""
        given, options, loss = dict(self.given), dict(self.options), self.loss
        style = self.style
        if remedy.swap:
            first, second = remedy.swap
            given[first], given[second] = given[second], given[first]
        for name, template in remedy.edits.items():
            changed = given[name].changed(template, self.raw)
            if changed is None:
                return None
            given[name] = changed
        if remedy.loss is not None:
            loss = BY_NAME[remedy.loss]
            kept = {*loss.inputs, *remedy.keeps}
            given = {name: value for name, value in given.items() if name in kept}
            style = "module" if self.style == "criterion" else self.style
            options = defaults(loss) | {
                name: value
                for name, value in options.items()
                if name in remedy.keeps and value is not None
            }
        for name, value in remedy.options.items():
            given.pop(name, None)
            options[name] = defaults(loss)[name] if value is None else value
        return replace(
            self,
            loss=loss,
            style=style,
            given=given,
            options=options,
            mended=(*self.mended, finding),
            done=(*self.done, remedy),
        )

    def code(self, spelled: Spelling = PLAIN) -> str:
        """The call as one would type it, in the words of who wrote it.

        What is read twice and computed, or too long for the line, gets a name in a line before.
        """
        read = Counter(name for written in self.given.values() for name in written.uses())
        chosen = {n for n in read if read[n] > 1 and not is_steady(spelled.of(n))}
        lines, typed = spelled.with_lines(chosen)
        code = self._typed(typed)
        for long in (LONG, LONG // 2):
            if len(code) > WIDTH:
                chosen |= {name for name in read if len(spelled.of(name)) > long}
                lines, typed = spelled.with_lines(chosen)
                code = self._typed(typed)
        if spelled.imports and re.search(r"\btorch\.", code):
            lines.insert(0, spelled.imports)
        return "\n".join([*lines, code])

    def _typed(self, spelled: Spelling) -> str:
        """The call in one line."""
        style = spelled.style or self.style
        typed = {name: written.typed(spelled) for name, written in self.given.items()}
        plain = defaults(self.loss)
        first = required(self.loss) if style == "function" else self.loss.inputs
        options = {name: code for name, code in typed.items() if name not in first}
        changed = {name for remedy in self.done for name in remedy.options}
        options |= {
            name: spelled.of(name)
            if callable(value)
            or _is_tensor(value)
            or (name in spelled.arguments and name not in changed)
            else repr(value)
            for name, value in self.options.items()
            if name in plain and not _same(value, plain[name])
        }
        inputs = ", ".join(typed[name] for name in first if name in typed)
        named = ", ".join(f"{name}={code}" for name, code in options.items())
        if style == "function":
            other = any(remedy.loss for remedy in self.done) or not spelled.called
            called = f"{spelled.library('F')}.{self.loss.name}" if other else spelled.called
            return f"{called}({inputs}{', ' if inputs and named else ''}{named})"
        made = spelled.called or ("criterion" if self.style == "criterion" else "")
        if made and self._keeps_module():
            return f"{made}({inputs})"
        return f"{spelled.library('nn')}.{self.loss.torch_class}({named})({inputs})"

    def _keeps_module(self) -> bool:
        """Whether the changes are all of inputs, so that the module that there is can be called."""
        inputs = set(self.loss.inputs)
        return self.style == "criterion" or all(
            remedy.loss is None and not remedy.options and inputs.issuperset(remedy.edits)
            for remedy in self.done
        )

    def names(self) -> dict[str, Any]:
        """What the names in its code stand for, unless it is changed: copies of the arguments."""
        return {name: value for name, value in self.options.items() if callable(value)}


def _same(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


def defaults(loss: Loss) -> dict[str, Any]:
    """The options of a loss that have a default, with it."""
    parameters = inspect.signature(loss.value).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}


def required(loss: Loss) -> tuple[str, ...]:
    """The arguments of a function that have no default, in their order: they go without a name."""
    return tuple(
        name for name in inspect.signature(loss.value).parameters if name not in defaults(loss)
    )


def weights(loss: Loss) -> tuple[str, ...]:
    """The options of a loss that are tensors."""
    return tuple(name for name in ("weight", "pos_weight") if name in defaults(loss))


def not_tensors(call: Attempt) -> Iterator[Finding]:
    """What is no tensor: arrays, lists, numbers, what a model returns besides its scores."""
    for name in (*call.loss.inputs, *weights(call.loss)):
        written = call.given.get(name)
        if name in call or name in call.loss.numbers_allowed or written is None:
            continue
        kind = type(written.value).__name__
        text = f"{name} is a {kind}, and torch takes a tensor."
        yield Finding("refused", Stage.FORM, text, tuple(_to_tensor(name, written.value)))


def not_options(call: Attempt) -> Iterator[Finding]:
    """Options that are none: a reduction that there is not, several numbers in the place of one."""
    for name, value in call.options.items():
        if _is_tensor(value):
            text = f"{name} is a tensor of shape {tuple(value.shape)}. It is one number for all."
            yield Finding("refused", Stage.OPTIONS, text)
    if "reduction" not in call.options:
        return
    reduction, known = call.options["reduction"], (*REDUCTIONS, *call.loss.more_reductions)
    if reduction not in known:
        listed = f"{', '.join(map(repr, known[:-1]))} or {known[-1]!r}"
        text = f"reduction is {reduction!r}. It is a word: {listed}."
        word = str(reduction).lower()
        near = [r for r in known if r == word or word in MEANT_BY.get(r, ())]
        why = f"the word is {near[0]!r}" if near else ""
        remedies = [Remedy(why, {}, {"reduction": r}) for r in near]
        yield Finding("refused", Stage.OPTIONS, text, tuple(remedies))


def _to_tensor(name: str, value: Any) -> Iterator[Remedy]:
    """The ways to get a tensor out of something else."""
    if hasattr(value, "to_numpy"):
        why = f"{name} becomes a tensor of the same numbers"
        yield Remedy(why, {name: "torch.as_tensor({}.to_numpy())"})
    elif isinstance(value, Mapping):
        for key in ("logits", "out", "loss"):
            if key in value:
                yield Remedy(f"{name} holds the scores as '{key}'", {name: f"{{}}[{key!r}]"})
                return
    elif isinstance(value, tuple | list) and any(hasattr(item, "detach") for item in value):
        if len({getattr(item, "shape", None) for item in value}) == 1:
            why = f"{name} becomes one tensor of its {len(value)} tensors"
            yield Remedy(why, {name: "torch.stack({})"}, sure=False, meaning="stacked")
        why = f"{name} is a {type(value).__name__} whose first entry holds the scores"
        yield Remedy(why, {name: "{}[0]"}, sure=False, meaning="first entry")
    elif value is not None:
        why = f"{name} becomes a tensor of the same numbers"
        yield Remedy(why, {name: "torch.as_tensor({})"})


def attempt_of(call: LossCall) -> Attempt:
    """A call without changes."""
    given, options, plain, arrays = {}, {}, defaults(call.loss), weights(call.loss)
    for name, value in {**call.inputs, **call.options}.items():
        if isinstance(plain.get(name), int | float):
            # A number, though it may be given as a tensor.
            options[name] = value.item() if _is_tensor(value) and value.numel() == 1 else value
            continue
        if name in call.loss.numbers_allowed and not _is_tensor(value):
            given[name] = Written.of_numbers(name, value)
        elif (
            name in call.loss.inputs or _is_tensor(value) or (name in arrays and value is not None)
        ):
            given[name] = Written.of(name, value)
        else:
            options[name] = value
    raw = {name: written.value for name, written in given.items()}
    return Attempt(call.loss, given, options, raw, style_of(call.loss, call.criterion))


def try_out(attempt: Attempt, call: LossCall) -> float | FloatArray:
    """What torch returns for the code of a changed call, evaluated on copies of the arguments."""
    copies: dict[str, Any] = {
        name: value.detach().clone() if hasattr(value, "detach") else value
        for name, value in {**call.inputs, **call.options}.items()
    }
    copies["criterion"] = functools.partial(_forward(call), call.criterion)
    with random_state_kept():
        result = evaluate(attempt.code(), copies)
    return _plain(result, attempt.loss)


def _plain(result: Any, loss: Loss) -> float | FloatArray:
    """A loss as a float or an array."""
    array = checks.real("result", loss.result(result))
    return array if array.ndim else float(array)


def _forward(call: LossCall) -> Any:
    """torch's own `forward` of a module, past what a subclass or a hook makes of it."""
    for cls in type(call.criterion).__mro__:
        if cls.__name__ == call.loss.torch_class:
            return vars(cls)["forward"]
    return call.criterion


@dataclass(frozen=True)
class Tried:
    """A changed call that torch took, and the mistakes that are left in it."""

    attempt: Attempt
    value: float | FloatArray
    left: tuple[Finding, ...]

    @property
    def cost(self) -> float:
        """How far-fetched it is, mistakes that are left included."""
        return self.attempt.cost + LEFT * len(self.left)


def leaves(root: Attempt, computed: bool) -> Iterator[tuple[Attempt, tuple[Finding, ...]]]:
    """The changed calls in which the contract finds nothing that torch refuses."""
    seen, attempts = {root.code()}, [root]
    for _ in range(STEPS):
        coming: list[Attempt] = []
        for attempt in attempts:
            found = [f for f in attempt.findings() if f.kind in ("refused", "mistake")]
            if computed and attempt is root:
                found = [f for f in found if f.kind == "mistake"]
            mistakes = tuple(f for f in found if f.kind == "mistake")
            if attempt is not root and len(mistakes) == len(found):
                yield attempt, mistakes
            for changed in _next(attempt, found):
                code = changed.code()
                if changed.cost <= FARTHEST and code not in seen:
                    seen.add(code)
                    coming.append(changed)
        attempts = coming


def _next(attempt: Attempt, found: Iterable[Finding]) -> Iterator[Attempt]:
    """The calls after the changes for the faults of the first stage that has any to offer."""
    faults = [f for f in found if f.remedies or f.kind == "refused"]
    stage = min((f.stage for f in faults), default=Stage.FORM)
    for finding in faults:
        if finding.stage == stage:
            for remedy in finding.remedies:
                changed = attempt.after(finding, remedy)
                if changed is not None:
                    yield changed


def search(call: LossCall, root: Attempt, computed: bool) -> list[Tried]:
    """The changed calls that torch takes, the most plausible first."""
    found: list[Tried] = []
    candidates = [*leaves(root, computed)]
    candidates.sort(key=lambda leaf: leaf[0].cost + LEFT * len(leaf[1]))
    for attempt, left in candidates[:TRIED]:
        try:
            found.append(_in_range(Tried(attempt, try_out(attempt, call), left), call))
        except Exception:
            continue
    return sorted(found, key=lambda tried: tried.cost)


def _in_range(tried: Tried, call: LossCall) -> Tried:
    """The same with more digits, where the dtype alone keeps its value from being a number."""
    arrays = tuple(name for name in tried.attempt.given if name in tried.attempt)
    found = widened(tried.attempt, arrays)
    if found is None or np.all(np.isfinite(tried.value)):
        return tried
    wider = tried.attempt.after(Finding("note", Stage.OPTIONS, ""), found[1])
    value = None if wider is None else try_out(wider, call)
    if wider is None or value is None or not np.all(np.isfinite(value)):
        return tried
    return Tried(replace(wider, mended=tried.attempt.mended), value, tried.left)


def fixes_of(call: LossCall, tried: list[Tried]) -> Iterator[Fix]:
    """The best of the changed calls, as fixes."""
    meanings = {(t.attempt.loss.name, t.attempt.meaning) for t in tried}
    for number, candidate in enumerate(tried[:SHOWN]):
        if candidate.cost > tried[0].cost + NEAR:
            return
        attempt = candidate.attempt
        whys = list(dict.fromkeys(remedy.why for remedy in attempt.done if remedy.why))
        sure = number == 0 and attempt.sure and not candidate.left and len(meanings) == 1
        # Another reading that a note tells of is a rival too.
        sure = sure and not any(f.remedies for f in attempt.findings())
        value = candidate.value
        number_of_all = bool(np.size(value) and np.all(np.isfinite(value)))
        yield Fix(
            attempt.code(call.spelled), value, _sentence(whys, attempt), sure and number_of_all
        )


def _sentence(clauses: list[str], attempt: Attempt) -> str:
    """Clauses as a sentence, with a capital unless it begins with the name of an argument."""
    text = "; ".join(clauses)
    named = text.split(" ", 1)[0] in attempt.given
    return (text if named else text[:1].upper() + text[1:]) + "."


def diagnose(call: LossCall) -> Diagnosis:
    """What is wrong with a call that torch has refused or computed, and what would mend it."""
    root = attempt_of(call)
    computed = call.error is None
    # What the arguments do not tell, and no change of them takes away.
    of_call = [*_not_the_flag(call), *_exchanged_names(call, root)]
    findings = [*root.findings(), *of_call]
    if computed:
        # What nothing is left of, as all of it is ignored, says nothing of what is right.
        told = ("numerics", "note") if nothing_left(root) else ("mistake", "numerics", "note")
        findings = [f for f in findings if f.kind in told]
        findings += _on_result(call, root, any(f.kind == "numerics" for f in findings))
    faults = [f for f in findings if f.kind in ("refused", "mistake")]
    tried = search(call, root, computed) if faults else []
    fixes = tuple(fixes_of(call, tried))
    causes = [f.text for f in (tried[0].attempt.mended if tried else faults)]
    if tried:
        causes += [f.text for f in tried[0].left]
    if tried:
        # The other mistakes are consequences, gone with the cause.
        still = {f.text for f in (*tried[0].attempt.mended, *tried[0].left)}
        findings = [f for f in findings if f.kind != "mistake" or f.text in still]
    remarks = tuple(
        Remark(f.kind, f.text, _fix_for(call, f, tried, root, f in of_call))
        for f in findings
        if f.kind != "refused"
    )
    if not faults:
        order = ("numerics", "note")
        kind = min((r.kind for r in remarks if r.kind in order), key=order.index, default="note")
        offered = (remark.fix for remark in remarks if remark.kind == kind)
        fixes = tuple(fix for fix in offered if fix and np.all(np.isfinite(fix.value)))
    return Diagnosis(tuple(dict.fromkeys(causes)), fixes, remarks)


def _not_the_flag(call: LossCall) -> Iterator[Finding]:
    """A number that went to a deprecated flag by its place, and is no flag."""
    for name, value in call.old.items():
        shown = "A tensor" if _is_tensor(value) else repr(value)
        text = (
            f"{shown} was given as {name}, by its place: an old flag, of which torch asks only "
            "whether it is true. Options go by their names."
        )
        numbers = [n for n, default in defaults(call.loss).items() if type(default) is float]
        remedies = []
        if len(numbers) == 1 and type(value) in (int, float):
            why = f"{shown} becomes {numbers[0]}"
            remedies = [Remedy(why, {}, {numbers[0]: value}, sure=False, meaning="by name")]
        yield Finding("mistake", Stage.OPTIONS, text, tuple(remedies))


def _exchanged_names(call: LossCall, root: Attempt) -> Iterator[Finding]:
    """Two arguments whose variables have each other's names, where their order matters."""
    for first, second in itertools.combinations(call.loss.inputs, 2):
        if (call.spelled.of(first), call.spelled.of(second)) == (second, first):
            order = ", ".join(call.loss.inputs)
            text = f"{first} is given the variable {second}, and {second} the variable {first}."
            why = f"{first} and {second} change places"
            remedy = Remedy(why, swap=(first, second), cost=0.3, sure=False, meaning="names")
            value = None if call.result is None else _plain(call.result, root.loss)
            changed = _value_after(call, root, remedy)
            if value is None or changed is None or not np.allclose(changed, value, equal_nan=True):
                yield Finding("mistake", Stage.FORM, f"{text} The order is {order}.", (remedy,))


def _on_result(call: LossCall, root: Attempt, explained: bool) -> Iterator[Finding]:
    """What the result gives away, of a call that torch has computed.

    `explained` says that its contract has found already where digits are lost.
    """
    arrays = tuple(name for name in root.given if name in root)
    if call.result is None or not arrays:
        return
    value = _plain(call.result, root.loss)
    if not (explained and np.all(np.isfinite(value))):
        yield from on_result(root, arrays, value, functools.partial(_value_after, call, root))


def _value_after(call: LossCall, root: Attempt, remedy: Remedy) -> float | FloatArray | None:
    """What torch returns after a change; None where it refuses."""
    changed = root.after(Finding("note", Stage.OPTIONS, ""), remedy)
    try:
        return None if changed is None else try_out(changed, call)
    except Exception:
        return None


def _fix_for(
    call: LossCall, finding: Finding, tried: list[Tried], root: Attempt, direct: bool
) -> Fix | None:
    """The best changed call in which a fault is mended; no search looks for a `direct` one."""
    mended = [t for t in tried if finding in t.attempt.mended]
    if not mended and (direct or finding.kind in ("note", "numerics")):
        for remedy in finding.remedies:
            changed = root.after(finding, remedy)
            if changed is not None:
                try:
                    mended.append(Tried(changed, try_out(changed, call), ()))
                except Exception:
                    continue
    return next(iter(fixes_of(call, mended)), None)


def unsafe(call: LossCall) -> Diagnosis | None:
    """What is wrong with a call that torch must not be asked: it would read foreign memory."""
    root = attempt_of(call)
    if not any(f.unsafe for f in root.findings()):
        return None
    return diagnose(replace(call, error=ValueError("not called: it would read foreign memory")))
