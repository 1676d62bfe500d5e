"""Broken loss calls without number: a healthy call with one or two known breaks, and its repair.

Each break is something that people do to an argument, with the code that undoes it. A case is kept
where the undoing gives the healthy value again and the broken call is refused or gives another
one. Cases that nobody could tell from healthy ones are left out: an axis in a wrong place that
torch takes, probabilities in fewer than four rows.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F

from tests.diagnosis.judge import same
from tests.diagnosis.report import NAMES, Fix, Outcome, Report, plain, quiet

Tensor = torch.Tensor
INDEXED = ("cross_entropy", "nll_loss", "multi_margin_loss")
SIGNS = ("cosine_embedding_loss", "margin_ranking_loss", "hinge_embedding_loss", "soft_margin_loss")
REGRESSION = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


@dataclass(frozen=True)
class Call:
    """A call of a function of `torch.nn.functional` with its arguments by name."""

    function: str
    arguments: dict[str, Any]

    def run(self) -> Any:
        """What torch returns."""
        return getattr(F, self.function)(**self.arguments)

    def but(self, **changes: Any) -> "Call":
        """The call with other arguments."""
        return Call(self.function, self.arguments | changes)

    def __getattr__(self, name: str) -> Any:
        """An argument by its name."""
        try:
            return self.arguments[name]
        except KeyError:
            raise AttributeError(name) from None


class Break(NamedTuple):
    """Something that people do to a call, and the code that undoes it.

    applies: whether it can be done to a healthy call. do: the broken call. undo: per argument the
    code, `{}` being the broken argument. layout: only axes change, so that a call that torch takes
    cannot be told from a healthy one. instead: the function to call then, if it is another.
    """

    name: str
    kind: int
    applies: Callable[[Call], bool]
    do: Callable[[Call], Call]
    undo: dict[str, str]
    layout: bool = False
    instead: str | None = None


@dataclass(frozen=True, kw_only=True)
class Broken(Report):
    """A report whose arguments are tensors instead of code."""

    tensors: dict[str, Any] = field(default_factory=dict, compare=False)
    breaks: tuple[str, ...] = ()

    def names(self) -> dict[str, Any]:
        """The names of the arguments, with the libraries'."""
        space: dict[str, Any] = {"__name__": "broken"}
        exec(NAMES, space)
        return space | self.tensors


def on(*functions: str) -> Callable[[Call], bool]:
    """Whether a call is of one of these functions."""
    return lambda call: call.function in functions


def whole(call: Call) -> bool:
    """Whether the target holds class numbers."""
    return call.function in INDEXED and not call.target.is_floating_point()


def argument(name: str, change: Callable[[Tensor], Any]) -> Callable[[Call], Call]:
    """A break that changes one argument."""
    return lambda call: call.but(**{name: change(call.arguments[name])})


def dropped(name: str) -> Callable[[Call], Call]:
    """A break that leaves an option out."""
    return lambda call: Call(
        call.function, {key: value for key, value in call.arguments.items() if key != name}
    )


def exchanged(one: str, other: str) -> Callable[[Call], Call]:
    """A break that exchanges two arguments."""
    return lambda call: call.but(**{one: call.arguments[other], other: call.arguments[one]})


def one_hot(call: Call) -> Call:
    """The target as one-hot integers, the classes on axis 1."""
    classes = call.input.shape[1]
    return call.but(target=F.one_hot(call.target, classes).movedim(-1, 1))


def has(name: str) -> Callable[[Call], bool]:
    """Whether a call has an argument."""
    return lambda call: name in call.arguments


def rows(call: Call, classes: int) -> bool:
    """Whether there are rows enough to know probabilities from other numbers."""
    return call.input.numel() // call.input.shape[classes] >= 4


def labels_show(call: Call) -> bool:
    """Whether labels counted from 1 go beyond the last class."""
    plain_labels = whole(call) and "ignore_index" not in call.arguments
    return plain_labels and int(call.target.max()) == call.input.shape[1] - 1


def beyond_probabilities(call: Call) -> bool:
    """Whether the logits of probabilities are clearly none."""
    logits = call.input.logit()
    return bool(((logits < -0.05) | (logits > 1.05)).any())


SAME = ("binary_cross_entropy", "binary_cross_entropy_with_logits", *REGRESSION)

BREAKS = (
    # Shapes.
    Break(
        "an axis too many in the target",
        1,
        whole,
        argument("target", lambda t: t.unsqueeze(1)),
        {"target": "{}.squeeze(1)"},
        layout=True,
    ),
    Break(
        "the class axis last",
        1,
        lambda call: whole(call) and call.input.dim() > 2,
        argument("input", lambda x: x.movedim(1, -1)),
        {"input": "{}.movedim(-1, 1)"},
        layout=True,
    ),
    Break(
        "one-hot integers",
        1,
        lambda call: (
            whole(call)
            and call.function != "multi_margin_loss"
            and "ignore_index" not in call.arguments
            and call.input.shape[1] > 1
        ),
        one_hot,
        {"target": "{}.argmax(1)"},
    ),
    Break(
        "the input flattened alone",
        1,
        lambda call: whole(call) and call.input.dim() == 3,
        argument("input", lambda x: x.movedim(1, -1).flatten(0, 1)),
        {"target": "{}.flatten()"},
        layout=True,
    ),
    Break(
        "the target without its last axis of 1",
        1,
        lambda call: on(*SAME)(call) and call.input.dim() == 2 and call.input.shape[1] == 1,
        argument("target", lambda t: t.squeeze(1)),
        {"target": "{}.unsqueeze(1)"},
    ),
    Break(
        "an axis too many in the signs",
        1,
        on("cosine_embedding_loss"),
        argument("target", lambda t: t.unsqueeze(1)),
        {"target": "{}.squeeze(1)"},
        layout=True,
    ),
    Break(
        "var with two axes of 1",
        1,
        lambda call: call.function == "gaussian_nll_loss" and call.input.dim() > 2,
        lambda call: call.but(var=call.var[:1, :, :1, :1] if call.var.dim() == 4 else call.var),
        {"var": "{}.expand_as(input)"},
    ),
    Break(
        "log_probs with the batch first",
        1,
        on("ctc_loss"),
        argument("log_probs", lambda x: x.transpose(0, 1)),
        {"log_probs": "{}.transpose(0, 1)"},
        layout=True,
    ),
    # Dtypes.
    *(
        Break(
            f"class numbers as {name}",
            2,
            lambda call: whole(call),
            argument("target", lambda t, dtype=dtype: t.to(dtype)),
            {"target": "{}.long()"},
        )
        for name, dtype in (("float32", torch.float32), ("int32", torch.int32))
    ),
    *(
        Break(
            f"a target of {name}",
            2,
            lambda call: (
                call.function in SAME[:2] and bool(((call.target == 0) | (call.target == 1)).all())
            ),
            argument("target", lambda t, dtype=dtype: t.to(dtype)),
            {"target": "{}.float()"},
        )
        for name, dtype in (("int64", torch.int64), ("bool", torch.bool))
    ),
    Break(
        "a float64 target",
        2,
        on("binary_cross_entropy"),
        argument("target", lambda t: t.double()),
        {"target": "{}.float()"},
    ),
    Break(
        "float64 weights",
        2,
        lambda call: whole(call) and "weight" in call.arguments,
        argument("weight", lambda w: w.double()),
        {"weight": "{}.float()"},
    ),
    Break(
        "weights with an axis too many",
        9,
        lambda call: whole(call) and "weight" in call.arguments,
        argument("weight", lambda w: w.unsqueeze(0)),
        {"weight": "{}.squeeze(0)"},
        layout=True,
    ),
    # Labels.
    Break(
        "labels from 1",
        3,
        labels_show,
        argument("target", lambda t: t + 1),
        {"target": "{} - 1"},
    ),
    Break(
        "padding without ignore_index",
        3,
        lambda call: whole(call) and "ignore_index" in call.arguments,
        dropped("ignore_index"),
        {},
    ),
    Break(
        "0 and 1 for -1 and 1",
        3,
        lambda call: call.function in SIGNS and bool((call.target < 0).any()),
        argument("target", lambda t: (t + 1) / 2),
        {"target": "2 * {} - 1"},
    ),
    Break(
        "-1 and 1 for 0 and 1",
        3,
        lambda call: (
            on(*SAME[:2], "multilabel_soft_margin_loss")(call)
            and bool(((call.target == 0) | (call.target == 1)).all())
            and bool((call.target == 0).any())
        ),
        argument("target", lambda t: 2 * t - 1),
        {"target": "({} + 1) / 2"},
    ),
    # Space.
    Break(
        "softmax before cross-entropy",
        4,
        lambda call: call.function == "cross_entropy" and call.input.shape[1] > 1 and rows(call, 1),
        argument("input", lambda x: x.softmax(1)),
        {"input": "{}.log()"},
    ),
    Break(
        "probabilities for log-probabilities",
        4,
        lambda call: on("nll_loss", "kl_div")(call) and rows(call, 1),
        argument("input", lambda x: x.exp()),
        {"input": "{}.log()"},
    ),
    Break(
        "probabilities in CTC",
        4,
        on("ctc_loss"),
        argument("log_probs", lambda x: x.exp()),
        {"log_probs": "{}.log()"},
    ),
    Break(
        "scores for log-probabilities",
        4,
        on("nll_loss", "kl_div"),
        argument("input", lambda x: x - x.mean(1, keepdim=True) + 0.3),
        {"input": "{}.log_softmax(1)"},
    ),
    Break(
        "a target of log-probabilities",
        4,
        on("kl_div"),
        argument("target", lambda t: t.log()),
        {"target": "{}.exp()"},
    ),
    Break(
        "logits for probabilities",
        4,
        lambda call: call.function == "binary_cross_entropy" and beyond_probabilities(call),
        argument("input", lambda x: x.logit()),
        {},
        instead="binary_cross_entropy_with_logits",
    ),
    Break(
        "the logarithm of the variance",
        4,
        lambda call: call.function == "gaussian_nll_loss" and bool((call.var < 0.9).any()),
        argument("var", lambda v: v.log()),
        {"var": "{}.exp()"},
    ),
    # Order.
    Break(
        "input and target exchanged",
        5,
        lambda call: (call.function == "kl_div") or whole(call),
        exchanged("input", "target"),
        {"input": "target", "target": "input"},
    ),
)


def numbers(rng: random.Random, *shape: int) -> Tensor:
    """Normal numbers from the generator of a case."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(rng.getrandbits(40)))


def labels(rng: random.Random, classes: int, *shape: int) -> Tensor:
    """Class numbers, the last class among them."""
    seed = torch.Generator().manual_seed(rng.getrandbits(40))
    made = torch.randint(classes, shape, generator=seed)
    made.view(-1)[rng.randrange(made.numel())] = classes - 1
    return made


def signs(rng: random.Random, n: int) -> Tensor:
    """-1 and 1, a -1 among them."""
    made = labels(rng, 2, n) * 2.0 - 1
    made[rng.randrange(n)] = -1
    return made


def multiclass(rng: random.Random, sizes: list[int]) -> Call:
    """A healthy call with class numbers: rows, sequences or images; weights or padding at times."""
    n, classes, *more = sizes
    classes = max(classes, 2)
    shape = more[: rng.choice((0, 0, 1, 2))]
    name = rng.choice(("cross_entropy", "nll_loss"))
    x = numbers(rng, n, classes, *shape) * 2
    arguments: dict[str, Any] = {
        "input": x if name == "cross_entropy" else x.log_softmax(1),
        "target": labels(rng, classes, n, *shape),
    }
    extra = rng.choice(("", "", "weight", "ignore_index"))
    if extra == "weight":
        arguments["weight"] = numbers(rng, classes).exp()
    elif extra:
        pad = rng.choice((255, -1))
        padded = arguments["target"].clone()
        padded.view(-1)[-1] = pad
        # With the last class gone, -1 could be a class number that lacks 1.
        if ((padded == classes - 1).any()).item():
            arguments |= {"target": padded, "ignore_index": pad}
    return Call(name, arguments)


def binary(rng: random.Random, sizes: list[int]) -> Call:
    """A healthy binary call, hard or soft targets."""
    shape = sizes[: rng.choice((1, 2, 3))]
    if len(shape) == 2 and rng.random() < 0.4:
        shape = [shape[0], 1]
    x = numbers(rng, *shape) * 2
    hard = rng.random() < 0.8
    target = (numbers(rng, *shape) > 0).float() if hard else numbers(rng, *shape).sigmoid()
    if rng.random() < 0.5:
        return Call("binary_cross_entropy_with_logits", {"input": x, "target": target})
    return Call("binary_cross_entropy", {"input": x.sigmoid(), "target": target})


def regression(rng: random.Random, sizes: list[int]) -> Call:
    """A healthy regression, often with one number per row."""
    shape = [sizes[0], 1] if rng.random() < 0.6 else sizes[:2]
    arguments = {"input": numbers(rng, *shape), "target": numbers(rng, *shape)}
    return Call(rng.choice(REGRESSION), arguments)


def divergence(rng: random.Random, sizes: list[int]) -> Call:
    """A healthy KL divergence."""
    n, classes = sizes[0], max(sizes[1], 2)
    x, t = numbers(rng, n, classes) * 2, numbers(rng, n, classes) * 2
    arguments = {"input": x.log_softmax(1), "target": t.softmax(1), "reduction": "batchmean"}
    return Call("kl_div", arguments)


def gaussian(rng: random.Random, sizes: list[int]) -> Call:
    """A healthy Gaussian likelihood, of rows or images."""
    shape = sizes[:2] if rng.random() < 0.5 else sizes[:4]
    var = numbers(rng, *shape).exp()
    if len(shape) == 4:
        var = var[:1, :, :1, :1].expand(*shape)
    arguments = {"input": numbers(rng, *shape), "target": numbers(rng, *shape), "var": var}
    return Call("gaussian_nll_loss", arguments)


def pairs(rng: random.Random, sizes: list[int]) -> Call:
    """A healthy loss with targets -1 and 1."""
    n, d = sizes[:2]
    name = rng.choice(SIGNS)
    target = signs(rng, n)
    if name == "cosine_embedding_loss":
        first, second = numbers(rng, n, d), numbers(rng, n, d)
        second = torch.where(target[:, None] < 0, first + second / 4, second)
        return Call(name, {"input1": first, "input2": second, "target": target})
    if name == "margin_ranking_loss":
        first, second = numbers(rng, n), numbers(rng, n)
        arguments = {"input1": first, "input2": second, "target": target, "margin": 0.5}
        return Call(name, arguments)
    x = numbers(rng, n)
    return Call(name, {"input": x.abs() if name[0] == "h" else x, "target": target})


def margins(rng: random.Random, sizes: list[int]) -> Call:
    """A healthy multi-class or multi-label margin."""
    n, classes = sizes[0], max(sizes[1], 2)
    x = numbers(rng, n, classes)
    if rng.random() < 0.5:
        target = labels(rng, classes, n)
        return Call("multi_margin_loss", {"input": x, "target": target})
    return Call("multilabel_soft_margin_loss", {"input": x, "target": (x + 0.3 > 0).float()})


def sequences(rng: random.Random, sizes: list[int]) -> Call:
    """A healthy CTC call."""
    n, classes = sizes[0], max(sizes[1], 3)
    frames = max(sizes[2], 4)
    arguments = {
        "log_probs": (numbers(rng, frames, n, classes) * 2).log_softmax(-1),
        "targets": 1 + labels(rng, classes - 1, n, 2),
        "input_lengths": torch.full((n,), frames),
        "target_lengths": torch.full((n,), 2),
    }
    return Call("ctc_loss", arguments)


HEALTHY = (
    multiclass,
    multiclass,
    multiclass,
    binary,
    regression,
    divergence,
    gaussian,
    pairs,
    margins,
    sequences,
)


def written(function: str, arguments: dict[str, str]) -> str:
    """A call as code, from the code of its arguments."""
    first = ("input", "target") if "input" in arguments else ()
    parts = [code if name in first else f"{name}={code}" for name, code in arguments.items()]
    return f"F.{function}({', '.join(parts)})"


def repaired(healthy: Call, broken: Call, done: tuple[Break, ...]) -> str:
    """The code of the right call: each break undone, the last one first."""
    codes = {name: name for name in broken.arguments}
    for one in reversed(done):
        codes |= {
            name: undo.format(f"({codes[name]})" if " " in codes[name] else codes[name])
            for name, undo in one.undo.items()
            if "{}" in undo
        }
        if "target" in one.undo.values():
            codes |= {"input": codes["target"], "target": codes["input"]}
    options = {k: repr(v) for k, v in healthy.arguments.items() if not isinstance(v, Tensor)}
    function = next((one.instead for one in done if one.instead), healthy.function)
    return written(function, codes | options)


def outcome(call: Call) -> Outcome:
    """What torch does with a call."""
    try:
        with quiet():
            return Outcome(plain(call.run()), None)
    except Exception as error:
        return Outcome(None, error)


def attempt(rng: random.Random, distinct: bool) -> Broken | None:
    """A broken call, or None where this try gives none that can be told from a healthy one."""
    sizes = rng.sample(range(2, 8), 5) if distinct else [rng.randint(1, 4) for _ in range(5)]
    healthy = rng.choice(HEALTHY)(rng, sizes)
    broken, done = healthy, ()
    for _ in range(rng.choice((1, 1, 2))):
        possible = [one for one in BREAKS if one not in done and may(one, healthy, done)]
        if not possible:
            return None
        chosen = rng.choice(possible)
        try:
            broken, done = chosen.do(broken), (*done, chosen)
        except Exception:
            return None
    return checked(healthy, broken, done)


def may(one: Break, healthy: Call, done: tuple[Break, ...]) -> bool:
    """Whether a break can be done to the call, and still be told after the ones before it."""
    try:
        fits = one.applies(healthy)
    except Exception:
        return False
    # Two breaks of one argument hide each other where they are of a kind, and two of the space
    # that both sides of a divergence live in look like sides exchanged.
    rivals = [
        other
        for other in done
        if other.kind == one.kind and (one.kind == 4 or set(other.undo) & set(one.undo))
    ]
    swapped = any(other.kind == 5 for other in (*done, one)) and bool(done)
    return fits and not rivals and not swapped


def checked(healthy: Call, broken: Call, done: tuple[Break, ...]) -> Broken | None:
    """The case as a report, where it is broken and its repair gives the healthy value."""
    right, wrong = outcome(healthy), outcome(broken)
    if right.error is not None or isinstance(right.value, list) or right.value != right.value:
        return None
    if wrong.error is None and all(one.layout for one in done):
        return None
    if wrong.error is None and wrong.value == wrong.value and same(wrong.value, right.value):
        return None
    code = repaired(healthy, broken, done)
    shown = {
        name: repr(v) if isinstance(v, (str, float, int)) else name
        for name, v in broken.arguments.items()
    }
    report = Broken(
        source="",
        kind=done[0].kind,
        setup="",
        call=written(broken.function, shown),
        cause="; ".join(one.name for one in done),
        refused=wrong.error is not None,
        message=wrong.message,
        value=wrong.value,
        fixes=(Fix(code, right.value),),
        tensors=broken.arguments,
        breaks=tuple(one.name for one in done),
    )
    mended = report.run(code)
    if mended.error is not None or not same(mended.value, right.value):
        return None
    return report


def cases(seed: int, count: int, distinct: bool = True) -> Iterator[Broken]:
    """Broken calls, always the same ones for a seed.

    distinct: whether all sizes differ (2 to 7); else they are 1 to 4, and coincide often.
    """
    rng = random.Random(seed)
    while count:
        report = attempt(rng, distinct)
        if report is not None:
            yield report
            count -= 1
