"""What the contracts of several losses ask: shapes that fit, dtypes, class numbers, spaces.

Each rule is a generator of findings, with the changes that would mend them. Shapes are solved: a
rule looks for the view of one argument that fits the other, and offers no change that would create,
drop or reorder elements unseen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from helpers.findings import Asked, Facts, Finding, Kind, Remedy, Stage
from helpers.text import number

STRONG = 4.0  # digits of evidence from which on nothing else is plausible
PADDING = (-1.0, -100.0, 255.0)  # what people mark labels with that are not to count
NEARLY = 0.05  # how far from 1 a sum has to be to be no rounding
MANY = 16  # distinct numbers of one side that are no coincidence
TO_DTYPE = {
    "float32": ".float()",
    "float64": ".double()",
    "float16": ".half()",
    "bfloat16": ".bfloat16()",
}
Shape = tuple[int, ...]


def without(shape: Sequence[int], axis: int) -> Shape:
    """A shape without one of its axes."""
    return (*shape[:axis], *shape[axis + 1 :])


def class_axis(facts: Facts) -> int:
    """The axis of the classes: 1, or 0 without a batch."""
    return min(facts.ndim - 1, 1)


@dataclass(frozen=True)
class View:
    """A way to look at an argument: its code, the shape it gives, and what it takes for granted."""

    code: str
    shape: Shape
    cost: float = 0.0
    why: str = ""
    meaning: str = ""
    sure: bool = True


def squeezed(facts: Facts, name: str) -> Iterator[View]:
    """The argument as it is, without an axis of length 1, or without all of them but the first."""
    yield View("{}", facts.shape)
    ones = [axis for axis, length in enumerate(facts.shape) if length == 1]
    # An axis of channels is the usual one, then the last one; that of the batch is needed.
    for axis in sorted(ones, key=lambda axis: (axis != 1, -axis)):
        why = f"axis {axis} of {name} has length 1 and is one too many"
        cost = 0.2 if axis or facts.ndim == 1 else 0.25
        yield View(f"{{}}.squeeze({axis})", without(facts.shape, axis), cost, why)
    if len(ones) > 1:
        rest = tuple(length for length in facts.shape if length != 1)
        why = f"the axes {ones} of {name} have length 1 and are too many"
        yield View(f"{{}}.squeeze({tuple(ones)})", rest, 0.4, why)
        if ones[0] == 0:
            kept = (1, *rest)
            why = f"the axes {ones[1:]} of {name} have length 1 and are too many"
            axes = ones[1] if len(ones) == 2 else tuple(ones[1:])
            code = f"{{}}.squeeze({axes})"
            yield View(code, kept, 0.3, why)


def of_labels(target: Facts, classes: int, name: str = "target") -> Iterator[View]:
    """The ways to read class numbers out of a target."""
    yield from squeezed(target, name)
    for axis, length in enumerate(target.shape):
        if length == classes > 1 and target.one_hot(axis):
            why = f"axis {axis} of {name} is one-hot, and argmax makes class numbers of it"
            rest = without(target.shape, axis)
            yield View(f"{{}}.argmax({axis})", rest, 0.3, why, "one-hot")
            for again, one in enumerate(rest):
                if one == 1:
                    code = f"{{}}.argmax({axis}).squeeze({again})"
                    yield View(code, without(rest, again), 0.5, why, "one-hot")


def move_to_second(axis: int, ndim: int) -> str:
    """The code that makes an axis the second one and leaves the order of the others."""
    if ndim == 2:
        return "{}.T"
    if ndim == 3 and axis == 2:
        return "{}.transpose(1, 2)"
    order = [i for i in range(ndim) if i != axis]
    order.insert(1, axis)
    return f"{{}}.permute{tuple(order)}"


def flat_rows(axis: int, ndim: int) -> str:
    """The code that makes rows of classes of an input, in the order of a flattened target."""
    if axis == ndim - 1:
        return f"{{}}.flatten(0, {ndim - 2})" if ndim > 2 else "{}"
    return f"{{}}.movedim({axis}, -1).flatten(0, -2)"


def _clauses(*whys: str) -> str:
    return ", and ".join(why for why in whys if why)


def class_layouts(x: Facts, t: Facts, names: tuple[str, str]) -> Iterator[Remedy]:
    """The changes after which class numbers fit an input: where the classes are, which view fits.

    For each axis that may hold the classes and each view of the target it compares shapes; flattens
    both where that makes them fit.
    """
    for axis in range(x.ndim):
        classes, rest = x.shape[axis], without(x.shape, axis)
        too_few = 0.0 if t.high < classes or not t.whole else 1.5
        for view in of_labels(t, classes, names[1]):
            fits = view.shape == rest
            # What a class number is, a one-hot target shows; its own numbers are 0 and 1.
            cost = view.cost + (0.0 if view.meaning else too_few)
            move = _moved(x, axis, names[0])
            meaning = f"axis {axis} {view.meaning}"
            if fits and cost + move.cost:
                yield _layout(names, move, view, cost + move.cost, meaning)
            elif not fits and (math.prod(view.shape),) == rest and len(view.shape) > 1:
                # The input is flat already; with the classes first it is not.
                why = f"{names[0]} is flattened and {names[1]} is not"
                code = view.code + ".flatten()"
                flat = View(code, rest, view.cost, _clauses(view.why, why), view.meaning)
                yield _layout(names, move, flat, cost + move.cost + 0.4, meaning)
            elif not fits and (math.prod(rest),) == view.shape and len(rest) > 1:
                why = f"{names[1]} is flattened and {names[0]} is not"
                rows = View(flat_rows(axis, x.ndim), (), 0.4, why)
                extra = 0.0 if axis in (1, x.ndim - 1) else 1.0
                yield _layout(names, rows, view, cost + 0.4 + extra, meaning)


def _moved(x: Facts, axis: int, name: str) -> View:
    """The view of an input whose classes are the axis that torch expects them on."""
    if axis == class_axis(x):
        return View("{}", x.shape)
    why = f"the classes are axis {axis} of {name}, and torch expects them on axis {class_axis(x)}"
    last = axis == x.ndim - 1
    return View(move_to_second(axis, x.ndim), (), 0.3 if last and x.ndim > 2 else 0.8, why)


def _layout(
    names: tuple[str, str], of_input: View, of_target: View, cost: float, meaning: str
) -> Remedy:
    views = dict(zip(names, (of_input, of_target), strict=True))
    edits = {name: view.code for name, view in views.items() if view.code != "{}"}
    why = _clauses(of_input.why, of_target.why)
    return Remedy(why, edits, cost=cost, meaning=meaning)


def squeezed_inputs(x: Facts, t: Facts, names: tuple[str, str]) -> Iterator[Remedy]:
    """The changes of an input with axes of length 1 besides batch and classes, as (N, C, 1, 1)."""
    for view in squeezed(x, names[0]):
        if view.code == "{}" or not view.shape:
            continue
        rest = without(view.shape, min(len(view.shape) - 1, 1))
        if rest == t.shape:
            yield Remedy(view.why, {names[0]: view.code}, cost=view.cost / 2, meaning="squeeze")
    if t.ndim == 0 and x.ndim == 2 and x.shape[0] == 1:
        why = f"{names[0]} is a batch of one, and {names[1]} is a single class number"
        yield Remedy(why, {names[1]: "{}.unsqueeze(0)"}, meaning="squeeze")


def shifted(x: Facts, t: Facts, names: tuple[str, str]) -> Iterator[Remedy]:
    """The changes where one of the two is one longer along the sequence: it is to be cut."""
    for axis in {class_axis(x), x.ndim - 1} if x.ndim > 1 else ():
        rest = without(x.shape, axis)
        differ = [i for i, (a, b) in enumerate(zip(rest, t.shape, strict=False)) if a != b]
        if len(rest) != t.ndim or len(differ) != 1 or differ[0] != len(rest) - 1:
            continue
        place = differ[0]
        before, move = ":, " * place, _moved(x, axis, names[0])
        if rest[place] == t.shape[place] + 1:
            where = place if axis > place else place + 1
            cut = View("{}[" + ":, " * where + ":-1]", ())
            if axis != class_axis(x):
                cut = View(cut.code + move.code.removeprefix("{}"), ())
            why = (
                f"{names[0]} has one position more than {names[1]}, as before a shift by one; the "
                "last one has no label"
            )
            edits = {names[0]: cut.code}
        elif rest[place] + 1 == t.shape[place]:
            why = (
                f"{names[1]} has one position more than {names[0]}; the first one is not predicted"
            )
            edits = {names[1]: f"{{}}[{before}1:]"}
            if axis != class_axis(x):
                edits[names[0]] = move.code
        else:
            continue
        why = _clauses(move.why, why)
        yield Remedy(why, edits, cost=1.0 + move.cost, sure=False, meaning=f"shift {axis}")


def class_numbers_fit(x: Facts, t: Facts) -> bool:
    """Whether class numbers have the shape that torch expects for an input."""
    if x.ndim == 0:
        return False
    rest = without(x.shape, class_axis(x))
    return t.shape == rest or (x.ndim == 1 and t.shape == (1,))


def class_shapes(
    call: Asked, input: str = "input", target: str = "target", sequences: bool = True
) -> Iterator[Finding]:
    """Class numbers that do not have the shape of the input without its classes.

    `sequences` says that the input may be one, of which one position may be too many.
    """
    x, t, names = call[input], call[target], (input, target)
    if class_numbers_fit(x, t):
        return
    if x.ndim == 0:
        text = f"{input} is a single number; it needs an axis of classes."
        yield Finding("refused", Stage.SHAPE, text)
        return
    expected = without(x.shape, class_axis(x))
    text = (
        f"{target} has shape {t.shape}. With {input} of shape {x.shape}, whose axis "
        f"{class_axis(x)} is taken for the classes, class numbers have shape {expected}."
        + _excess(t, expected, target)
    )
    remedies = [*class_layouts(x, t, names), *squeezed_inputs(x, t, names)]
    if not remedies and sequences:
        remedies = [*shifted(x, t, names)]
    if not remedies:
        text += _why_none(x, t, expected, target)
    yield Finding("refused", Stage.SHAPE, text, tuple(remedies))


def _excess(t: Facts, expected: Shape, target: str) -> str:
    """How many axes there are too many or too few."""
    more = t.ndim - len(expected)
    if not more:
        return ""
    count = "one axis" if abs(more) == 1 else f"{abs(more)} axes"
    return f" {target} has {count} too {'many' if more > 0 else 'few'}."


def _why_none(x: Facts, t: Facts, expected: Shape, target: str) -> str:
    """Why no change of shape mends a call, where that can be told."""
    if t.ndim == len(expected) + 1 and t.ndim > 2 and 3 in (t.shape[-1], t.shape[-3]):
        return (
            f" A colour mask has three channels: map each colour of {target} to a class number "
            "before."
        )
    if t.ndim == len(expected) and t.ndim > 2:
        return f" Their sizes differ: resize {target} by nearest neighbour, or {'input'}."
    return " No reshaping makes them fit: the numbers of elements differ."


def label_dtype(
    call: Asked, target: str = "target", allowed: tuple[str, ...] = ("int64",)
) -> Iterator[Finding]:
    """Class numbers of another dtype than torch takes."""
    t = call[target]
    if t.dtype in allowed:
        return
    text = f"{target} has dtype {t.dtype}. Class numbers are {' or '.join(allowed)}."
    exact = {"bfloat16": 256, "float16": 2048}.get(t.dtype, math.inf)
    if t.high >= exact:
        text += (
            f" {t.dtype} rounds whole numbers from {number(exact)} on, and {target} goes up to "
            f"{number(t.high)}: take the labels from before they were rounded."
        )
        yield Finding("refused", Stage.DTYPE, text)
        return
    if t.whole and not t.nans:
        why = f"the values of {target} are whole numbers, and class numbers are int64"
        yield Finding("refused", Stage.DTYPE, text, (Remedy(why, {target: "{}.long()"}),))
        return
    text += f" Its values are not whole numbers, from {number(t.low)} to {number(t.high)}."
    yield Finding("refused", Stage.DTYPE, text)


def label_range(
    call: Asked, classes: int, target: str = "target", ignore: bool = True
) -> Iterator[Finding]:
    """Class numbers that are no class: counted from 1, padding, pixel values."""
    t = call[target]
    if not t.size or not t.whole or not math.isfinite(t.low):
        return
    index = call.options.get("ignore_index") if ignore else None
    index = -100 if index is None and ignore else index
    low, high = _range_but(t, index)
    if low >= 0 and high < classes:
        return
    worst = high if high >= classes else low
    text = (
        f"{target} holds {number(worst)}. With {classes} class{'es' if classes > 1 else ''} the "
        f"class numbers go from 0 to {classes - 1}."
    )
    remedies = tuple(_relabelled(t, classes, index, target, low, high, ignore))
    if not remedies:
        text += f" {target} goes from {number(low)} to {number(high)}."
    yield Finding("refused", Stage.LABELS, text, remedies, unsafe=t.on_gpu)


def _range_but(t: Facts, index: int | None) -> tuple[float, float]:
    """The range of class numbers, without those that are ignored."""
    if index is None or not (t.low <= index <= t.high):
        return t.low, t.high
    if t.low == t.high == index:
        return 0.0, 0.0
    low = t.low if t.low != index else next_above(t, index)
    high = t.high if t.high != index else next_below(t, index)
    return low, high


def next_above(t: Facts, value: float) -> float:
    """The smallest whole number of an argument that is larger than one."""
    return _bisected(t, value + 1, t.high)


def _bisected(t: Facts, low: float, high: float) -> float:
    """The smallest whole number of an argument from `low` to `high`, of which it has one."""
    while low < high:
        middle = (low + high) // 2
        if t.count(low, middle):
            high = middle
        else:
            low = middle + 1
    return low


def next_below(t: Facts, value: float) -> float:
    """The largest whole number of an argument that is smaller than one."""
    low, high = t.low, value - 1
    while low < high:
        middle = (low + high + 1) // 2
        if t.count(middle, high):
            low = middle
        else:
            high = middle - 1
    return low


def _relabelled(
    t: Facts, classes: int, index: int | None, target: str, low: float, high: float, ignore: bool
) -> Iterator[Remedy]:
    """The changes that make class numbers of labels that are none."""
    values = t.values or frozenset()
    if len(values) == 2 and 0 in values and t.high > classes == 2:
        why = f"the values of {target} are the grey values 0 and {number(t.high)} of pixels"
        code = {target: f"{{}} // {number(t.high)}"}
        yield Remedy(why, code, cost=0.4, sure=False, meaning="pixels")
    if high == classes and low >= 1 and (index is None or not t.count(index, index)):
        why = f"the labels count from 1 to {classes}, and class numbers start at 0"
        yield Remedy(why, {target: "{} - 1"}, cost=0.3, sure=low == 1, meaning="from 1")
    if values == {-1.0, 1.0} and classes == 2 and t.count(-1, -1) > 1:
        why = f"the values of {target} are -1 and 1, and class numbers are 0 and 1"
        yield Remedy(why, {target: "({} + 1) // 2"}, cost=0.4, sure=False, meaning="signs")
    outlier = _outlier(t, classes)
    if outlier in PADDING and ignore and index in (None, -100):
        why = f"{target} marks with {number(outlier)} what is not to count"
        options = {"ignore_index": int(outlier)}
        yield Remedy(why, {}, options, cost=0.5, sure=False, meaning="ignored")
    elif outlier in PADDING and not ignore and t.ndim == 1:
        why = f"{target} marks with {number(outlier)} what is not to count, and the loss has no"
        why += " ignore_index"
        kept = f"{{}}[{{{target}}} != {number(outlier)}]"
        edits = {"input": kept, target: kept}
        yield Remedy(why, edits, cost=0.5, sure=False, meaning="ignored")


def _outlier(t: Facts, classes: int) -> float | None:
    """The one value, negative or above the classes, that stands beside good class numbers."""
    good = t.count(0, classes - 1)
    if not good:
        return None
    if t.low < 0 and t.high < classes and t.count(t.low, t.low) == t.count(-math.inf, -1):
        return t.low
    above = t.size - t.count(-math.inf, classes - 1)
    if t.low >= 0 and t.high > classes and t.count(t.high, t.high) == above:
        return t.high
    return None


def same_dtype_weight(call: Asked, weight: str, other: str) -> Iterator[Finding]:
    """A weight of another floating dtype than what it multiplies, where torch promotes neither."""
    if weight not in call or call[weight].dtype == call[other].dtype:
        return
    if not call[other].floating:
        return
    w, x = call[weight], call[other]
    text = f"{weight} has dtype {w.dtype}, and {other} {x.dtype}. They have to be the same."
    why = f"{weight} gets the dtype of {other}, {x.dtype}"
    remedy = Remedy(why, {weight: "{}" + TO_DTYPE[x.dtype]})
    yield Finding("refused", Stage.DTYPE, text, (remedy,))


def class_weights(call: Asked, classes: int, weight: str = "weight") -> Iterator[Finding]:
    """Weights of classes that are not one for each class."""
    if weight not in call or call[weight].shape == (classes,):
        return
    w = call[weight]
    text = (
        f"{weight} has shape {w.shape}. It is a weight for each of the {classes} classes, of "
        f"shape ({classes},)."
    )
    remedies = [
        Remedy(view.why, {weight: view.code})
        for view in squeezed(w, weight)
        if view.shape == (classes,)
    ]
    if "target" in call and w.shape == call["target"].shape and w.ndim:
        text += " A number for each sample multiplies the losses that reduction='none' returns."
    yield Finding("refused", Stage.OPTIONS, text, tuple(remedies))


def lower_bound(call: Asked, name: str) -> Iterator[Finding]:
    """Weights below 0, with which the loss falls without end."""
    if name in call and call[name].low < 0:
        text = (
            f"{name} holds {number(call[name].low)}. With a negative weight being wrong is "
            "rewarded, and the loss has no lower bound."
        )
        yield Finding("mistake", Stage.OPTIONS, text)


def floating_input(call: Asked, name: str, scores: bool = True) -> Iterator[Finding]:
    """An input of whole numbers, where torch needs a floating dtype.

    `scores` says that it is what a model returns, so that a cast comes too late.
    """
    x = call[name]
    if x.floating or x.dtype.startswith("complex"):
        return
    text = f"{name} has dtype {x.dtype}. It needs a floating one, such as float32."
    remedies: tuple[Remedy, ...] = (Remedy(f"{name} has to be floating", {name: "{}.float()"}),)
    if scores:
        text += " Cast to whole numbers, or to true and false, scores lose their digits."
        told = x.dtype != "bool" and x.varied > 1
        remedies = tuple(replace(remedy, sure=False) for remedy in remedies) if told else ()
    yield Finding("refused", Stage.DTYPE, text, remedies)


def like_dtype(call: Asked, name: str, other: str, only: bool = True) -> Iterator[Finding]:
    """An argument that needs the floating dtype of another one; any floating one if not `only`."""
    a, b = call[name], call[other]
    if a.dtype == b.dtype or not b.floating or (a.floating and not only):
        return
    wanted = b.dtype if only else "a floating one"
    text = f"{name} has dtype {a.dtype}. It needs {wanted}; {other} is {b.dtype}."
    why = f"{name} gets the dtype of {other}, {b.dtype}"
    remedy = Remedy(why, {name: "{}" + TO_DTYPE[b.dtype]})
    yield Finding("refused", Stage.DTYPE, text, (remedy,))


def one_floating(call: Asked, *names: str) -> Iterator[Finding]:
    """Arguments none of which is floating, so that there is no dtype for the loss."""
    if any(call[name].floating for name in names):
        return
    dtypes = " and ".join(f"{name} {call[name].dtype}" for name in names)
    text = f"No argument is floating: {dtypes}. A mean of whole numbers has no dtype."
    edits = dict.fromkeys(names, "{}.float()")
    yield Finding("refused", Stage.DTYPE, text, (Remedy("both have to be floating", edits),))


def no_booleans(call: Asked, *names: str) -> Iterator[Finding]:
    """Booleans, of which torch has no difference."""
    for name in names:
        if call[name].dtype == "bool":
            text = f"{name} is boolean, and torch does not subtract booleans."
            remedy = Remedy(f"{name} becomes 0 and 1", {name: "{}.float()"})
            yield Finding("refused", Stage.DTYPE, text, (remedy,))


def signed_dtype(call: Asked, name: str) -> Iterator[Finding]:
    """Booleans and unsigned numbers, of which torch cannot take the negative."""
    t = call[name]
    if t.dtype == "bool" or t.dtype.startswith("uint"):
        text = f"{name} has dtype {t.dtype}, which has no negative numbers."
        remedy = Remedy(f"{name} gets a dtype with a sign", {name: "{}.float()"})
        yield Finding("refused", Stage.DTYPE, text, (remedy,))


def broadcast(*shapes: Shape) -> Shape | None:
    """The shape to which shapes broadcast, or None."""
    result: list[int] = []
    for i in range(1, max(map(len, shapes), default=0) + 1):
        lengths = {shape[-i] for shape in shapes if len(shape) >= i} - {1}
        if len(lengths) > 1:
            return None
        result.insert(0, lengths.pop() if lengths else 1)
    return tuple(result)


def alike(
    call: Asked, names: tuple[str, str], strict: bool, other: bool = True
) -> Iterator[Finding]:
    """Two arguments that go together element by element, and have different shapes.

    `strict` says that torch refuses them; else they are broadcast, which is a mistake where both
    are stretched. `other` says that a target may be class numbers, which are for another loss.
    """
    x, t = (call[name] for name in names)
    if x.shape == t.shape:
        return
    stretched = broadcast(x.shape, t.shape)
    given = f"{names[0]} has shape {x.shape} and {names[1]} {t.shape}"
    remedies = [*alike_layouts(x, t, names)]
    if other and names[1] == "target":
        remedies += class_losses(x, t)
    if strict or stretched is None:
        text = f"{given}. They have to be the same, element for element."
        if not remedies and t.size and x.size > t.size and x.size % t.size == 0:
            text += f" {names[0]} has {x.size // t.size} numbers for each of {names[1]}."
        yield Finding("refused", Stage.SHAPE, text, tuple(remedies))
    elif max(x.size, t.size) == 1 or math.prod(stretched) == 0 or stretched in (x.shape, t.shape):
        text = f"{given}; they are broadcast to {stretched}."
        yield Finding("note", Stage.SHAPE, text)
    else:
        text = (
            f"{given}: they are broadcast to {stretched}, so that each element of the one is held "
            "against several of the other."
        )
        yield Finding("mistake", Stage.SHAPE, text, tuple(remedies))


def alike_layouts(x: Facts, t: Facts, names: tuple[str, str]) -> Iterator[Remedy]:
    """The changes after which two arguments have one shape, none of which reorders elements."""
    longer, shorter = (0, 1) if x.ndim >= t.ndim else (1, 0)
    a, b = (x, t) if longer == 0 else (t, x)
    name, rest = names[longer], names[shorter]
    found = False
    for view in squeezed(a, name):
        if view.shape == b.shape and view.code != "{}":
            found = True
            yield Remedy(view.why, {name: view.code}, cost=view.cost, meaning="axes of length 1")
    for axis in range(a.ndim) if a.ndim == b.ndim + 1 else ():
        if a.shape[axis] == 1 and without(a.shape, axis) == b.shape:
            why = f"{rest} lacks axis {axis}, which has length 1 in {name}"
            edit = {rest: f"{{}}.unsqueeze({axis})"}
            yield Remedy(why, edit, cost=0.4, meaning="axes of length 1")
    if not found:
        yield from _flattened(a, b, name)
        yield from _permuted(x, t, names)


def _flattened(a: Facts, b: Facts, name: str) -> Iterator[Remedy]:
    """Flatten the axes of the one that the other has as one."""
    for first in range(a.ndim):
        for last in range(first + 1, a.ndim):
            joined = math.prod(a.shape[first : last + 1])
            if (*a.shape[:first], joined, *a.shape[last + 1 :]) == b.shape:
                code = f"{first}" if last == a.ndim - 1 else f"{first}, {last}"
                code = "" if (first, last) == (0, a.ndim - 1) else code
                why = f"the axes {first} to {last} of {name} are one axis in the other"
                edit = {name: f"{{}}.flatten({code})"}
                yield Remedy(why, edit, cost=0.5, meaning=f"flat {first}-{last}")


def _permuted(x: Facts, t: Facts, names: tuple[str, str]) -> Iterator[Remedy]:
    """Move one axis of the target to where the input has it."""
    if x.ndim != t.ndim or sorted(x.shape) != sorted(t.shape) or x.ndim < 2:
        return
    for origin in range(t.ndim):
        for place in range(t.ndim):
            order = [i for i in range(t.ndim) if i != origin]
            order.insert(place, origin)
            if origin == place or tuple(t.shape[i] for i in order) != x.shape:
                continue
            if t.ndim == 2 and origin == 1:
                continue  # The same as the first.
            code = "{}.T" if t.ndim == 2 else f"{{}}.permute{tuple(order)}"
            why = f"the axes of {names[1]} stand in another order than those of {names[0]}"
            yield Remedy(why, {names[1]: code}, cost=0.9, sure=False, meaning=f"order {order}")


def class_losses(x: Facts, t: Facts) -> Iterator[Remedy]:
    """Class numbers beside a score for each class: they are for cross-entropy."""
    # Floating numbers may be labels of one class each too: of two classes, none is likelier.
    if x.ndim < 1 or not t.whole or not t.size or (t.floating and x.shape[class_axis(x)] != 2):
        return
    t_shapes = {view.shape: view.code for view in squeezed(t, "target")}
    for axis in {class_axis(x), x.ndim - 1}:
        rest = without(x.shape, axis)
        classes = x.shape[axis]
        if rest not in t_shapes or not (classes > 1 and t.low >= 0 and t.high < classes):
            continue
        edits = {} if t_shapes[rest] == "{}" else {"target": t_shapes[rest]}
        if axis != class_axis(x):
            edits["input"] = move_to_second(axis, x.ndim)
        if t.dtype != "int64":
            edits["target"] = edits.get("target", "{}") + ".long()"
        why = f"{classes} scores beside one class number, which is what cross_entropy takes"
        yield Remedy(why, edits, loss="cross_entropy", cost=0.7, sure=False, meaning="classes")


def signs(
    call: Asked, consequence: str = "", of_zero: str = "", target: str = "target"
) -> Iterator[Finding]:
    """Targets that are neither 1 nor -1, what becomes of them, and of those that are 0."""
    t = call[target]
    right = t.count(1, 1) + t.count(-1, -1)
    if right == t.size:
        return
    text = f"{t.size - right} of {t.size} targets are neither 1 nor -1: target {listed(t)}."
    if not t.count(0, 0):
        of_zero = ""
    text += "".join(f" {more}" for more in (consequence, of_zero) if more)
    yield Finding("mistake", Stage.LABELS, text, tuple(_to_signs(t, target)))


def listed(t: Facts) -> str:
    """What values an argument has, as the end of a sentence."""
    if t.values is None:
        return f"goes from {number(t.low)} to {number(t.high)}"
    return f"holds {', '.join(number(value) for value in sorted(t.values))}"


def _to_signs(t: Facts, target: str) -> Iterator[Remedy]:
    """1 and -1 of labels 1 and 0."""
    if t.values is None or not t.values <= {0.0, 1.0}:
        return
    signed = t.floating or t.dtype.startswith("int")
    code = "2 * {} - 1" if signed else "2 * {}.float() - 1"
    why = "labels of 0 and 1 become -1 and 1 as 2 · label - 1"
    yield Remedy(why, {target: code}, cost=0.2, meaning="signs")


def flags(call: Asked, text: str, hard: bool, target: str = "target") -> Iterator[Finding]:
    """Targets outside 0 to 1: labels of -1 and 1, from 1, or pixel values.

    `text` says what becomes of them; `hard` that torch refuses them.
    """
    t = call[target]
    outside = t.size - t.count(0, 1) - t.nans
    if outside <= 0:
        return
    stated = f"{outside} of {t.size} targets lie outside 0 to 1{text}"
    stated += f" Labels are 0 or 1; target {listed(t)}."
    kind: Kind = "refused" if hard else "mistake"
    yield Finding(kind, Stage.LABELS, stated, tuple(_to_flags(t, target)))


def _to_flags(t: Facts, target: str) -> Iterator[Remedy]:
    """0 and 1 of labels that stand for them."""
    values = t.values
    if values is not None and values <= {-1.0, 1.0}:
        code = "({} + 1) / 2"
        why = "labels of -1 and 1 become 0 and 1 as (label + 1) / 2"
        yield Remedy(why, {target: code}, cost=0.2, meaning="signs")
    elif values is not None and values == {1.0, 2.0}:
        why = "labels of 1 and 2 become 0 and 1"
        yield Remedy(why, {target: "{} - 1"}, cost=0.3, sure=False, meaning="from 1")
    elif t.low >= 0 and 1 < t.high <= 255 and t.high > 100 and t.whole:
        why = f"{target} holds pixel values up to 255, and the loss takes shares from 0 to 1"
        code = "{} / 255"
        yield Remedy(why, {target: code}, cost=0.3, sure=t.high == 255, meaning="pixels")


def swapped(call: Asked, first: str, second: str, text: str, sure: bool = True) -> Finding:
    """Two arguments that stand in each other's place."""
    why = f"{first} and {second} change places"
    remedy = Remedy(why, swap=(first, second), cost=0.3, sure=sure, meaning="swap")
    return Finding("refused", Stage.FORM, text, (remedy,))


def strength(evidence: float) -> str:
    """The kind of finding that evidence is good for: none, a note, or a mistake."""
    return "mistake" if evidence >= STRONG else "note" if evidence else ""


def other_axes(facts: Facts, axis: int) -> Iterator[int]:
    """The axes besides the one of the classes."""
    return (i for i in range(facts.ndim) if i != axis and facts.shape[i] > 1)


def scores_wanted(
    call: Asked, name: str, undo: Remedy, wants: str, of_sigmoid: Remedy | None = None
) -> Iterator[Finding]:
    """Probabilities where logits are meant: a softmax or a sigmoid before the one of the loss."""
    x = call[name]
    axis = class_axis(x)
    if x.ndim == 0 or not x.size or x.nans:
        return
    for other in other_axes(x, axis) if x.high <= 0 else ():
        if x.evidence(other, True) >= STRONG and not x.evidence(axis, True):
            text = (
                f"exp({name}) adds up to 1 over axis {other}, not over the classes: a log_softmax "
                f"over the wrong axis. {wants}"
            )
            yield Finding("mistake", Stage.SPACE, text)
            return
    if x.high <= 0 and x.evidence(axis, True) >= STRONG:
        text = (
            f"The {name} holds log-probabilities already. The log-softmax within the loss leaves "
            "them as they are: nothing is wrong."
        )
        yield Finding("note", Stage.SPACE, text)
        return
    if x.low < 0:
        return
    if x.high > 1.001:
        yield from rectified(x, name, wants)
        return
    kind = strength(x.evidence(axis))
    if kind and any(x.evidence(other) >= STRONG for other in other_axes(x, axis)):
        text = f"The {name} adds up to 1 over several axes, as after a softmax. {wants}"
        yield Finding("mistake", Stage.SPACE, text)
        return
    if kind:
        certain = kind == "mistake"
        said = "as probabilities do." if certain else "as probabilities do, if that is no accident."
        text = f"Over the classes the {name} adds up to 1, {said} {wants}"
        yield Finding("mistake" if certain else "note", Stage.SPACE, text, (undo,))
        return
    for other in other_axes(x, axis):
        if x.evidence(other) >= STRONG:
            text = (
                f"The {name} adds up to 1 over axis {other}, not over the classes: a softmax over "
                f"the wrong axis. {wants}"
            )
            yield Finding("mistake", Stage.SPACE, text)
            return
    if of_sigmoid is not None and x.varied >= 4 and x.high <= 1 and not x.step:
        text = f"Every number of {name} lies between 0 and 1, as after a sigmoid. {wants}"
        yield Finding("mistake" if fills_unit(x) else "note", Stage.SPACE, text, (of_sigmoid,))
        return
    yield from rectified(x, name, wants)


def fills_unit(x: Facts) -> bool:
    """Whether many numbers reach from 0 to 1 and not beyond.

    Those of an untrained model lie close together, and may well lie between 0 and 1 by chance.
    """
    return x.varied >= 4 * MANY and 0 <= x.low < 0.1 and 0.9 < x.high <= 1


def rectified(x: Facts, name: str, wants: str) -> Iterator[Finding]:
    """Scores none of which is below 0 while many are 0, as a ReLU makes them."""
    zeros = x.count(0, 0) if x.low == 0 and x.size >= 12 and x.varied >= 4 else 0
    if zeros * 4 >= x.size:
        text = (
            f"No number of {name} is negative, and {zeros} of {x.size} are 0, as after a ReLU: "
            f"scores are of either sign. {wants}"
        )
        kind: Kind = "mistake" if x.size >= 24 else "note"
        yield Finding(kind, Stage.SPACE, text)


def log_probabilities_wanted(
    call: Asked, name: str, axes: Sequence[int], needs: str, part: Facts | None = None
) -> Iterator[Finding]:
    """Numbers that are no log-probabilities over the classes, on any of the axes that may be it.

    `part` is what counts of them, where not all does.
    """
    x = part or call[name]
    if x.ndim == 0 or not x.size or x.nans or x.high == math.inf:
        return
    sums = [x.sums(axis, True) for axis in axes]  # inf where the exponential overflows
    if any(_are_one(x, axis, s) for axis, s in zip(axes, sums, strict=True)):
        return
    axis = axes[0]
    for other in other_axes(x, axis):
        if other not in axes and x.high <= 0 and _are_one(x, other, x.sums(other, True)):
            text = (
                f"exp({name}) adds up to 1 over axis {other}, not over the classes: log_softmax was"
                f" taken over the wrong axis. {needs}"
            )
            yield Finding("mistake", Stage.SPACE, text)
            return
    if len(axes) == 1:
        off = f"{_between(*sums[0])} over axis {axis} instead of 1"
    else:
        off = f"1 over neither axis {' nor axis '.join(map(str, axes))}"
    text = f"exp({name}) adds up to {off}: {name} holds no log-probabilities. {needs}"
    if _torn(x, axis):
        text = (
            f"exp({name}) adds up to {off}, and to 1 on average: these were log-probabilities, "
            "until a reshape or view mixed their axes. Before it, permute the classes to the end."
        )
        yield Finding("mistake", Stage.SPACE, text)
        return
    yield Finding("mistake", Stage.SPACE, text, tuple(_to_logs(x, name, axes)))


def _torn(x: Facts, axis: int) -> bool:
    """Whether all numbers together are log-probabilities, and those along an axis are not."""
    rows = x.size // max(1, x.shape[axis])
    return rows >= 4 and x.high <= 0 and abs(x.mean_sum(axis, True) - 1) <= 1e-4


def _are_one(x: Facts, axis: int, sums: tuple[float, float]) -> bool:
    """Whether all sums over an axis are 1, or so near that rounding may have led away from it.

    Numbers may have been rounded to a coarser dtype than theirs before.
    """
    return max(abs(sums[0] - 1), abs(sums[1] - 1)) <= max(NEARLY, x.tolerance(axis))


def _between(low: float, high: float) -> str:
    """A range as text; a number where it is one."""
    first, last = number(low), number(high)
    return first if first == last else f"between {first} and {last}"


def _to_logs(x: Facts, name: str, axes: Sequence[int]) -> Iterator[Remedy]:
    """Log-probabilities of probabilities or of scores."""
    for axis in axes:
        if x.low >= 0 and x.high <= 1.001 and _are_one(x, axis, x.sums(axis)):
            why = f"{name} holds probabilities, and log makes log-probabilities of them"
            yield Remedy(why, {name: "{}.log()"}, meaning="probabilities")
            return
    for axis in other_axes(x, axes[0]):
        if x.high <= 0 and _are_one(x, axis, x.sums(axis, True)) and axis not in axes:
            return
        if x.low >= 0 and x.high <= 1.001 and _are_one(x, axis, x.sums(axis)):
            return
    why = f"{name} holds scores, and log_softmax makes log-probabilities of them"
    edit = {name: f"{{}}.log_softmax({axes[0]})"}
    yield Remedy(why, edit, cost=0.3, sure=x.high > 0 and len(axes) == 1, meaning="scores")


def distribution_wanted(
    call: Asked, name: str, axes: Sequence[int], instead: Sequence[Remedy] = ()
) -> Iterator[Finding]:
    """Probabilities that do not add up to 1 over any of the axes that may be the classes.

    `instead` is what mends them; else they are divided by their sum.
    """
    t = call[name]
    if t.ndim == 0 or not t.size or t.nans:
        return
    sums = [t.sums(axis) for axis in axes]
    if any(_are_one(t, axis, s) for axis, s in zip(axes, sums, strict=True)):
        return
    if len(axes) == 1:
        text = f"Over the classes the {name} adds up to {_between(*sums[0])} instead of 1."
    else:
        over = f"neither axis {' nor axis '.join(map(str, axes))}"
        text = f"{name} adds up to 1 over {over}: no distribution."
    remedies = list(instead)
    if not instead and t.low >= 0 and t.high <= 1 and sums[0][0] > 0:
        why = f"{name} is divided by its sum over the classes"
        code = {name: f"{{}} / {{}}.sum({axes[0]}, keepdim=True)"}
        remedies.append(Remedy(why, code, cost=0.6, sure=False, meaning="divided"))
    yield Finding("mistake", Stage.SPACE, text, tuple(remedies))


def rows_wanted(x: Facts, t: Facts) -> Iterator[Finding]:
    """Features and class numbers that are not rows: (N, D) with (N,), or (D,) with ()."""
    text = (
        f"input has shape {x.shape} and target {t.shape}. This loss takes rows of features, (N, D),"
        " and a class number for each, (N,): sequences are flattened to rows before."
    )
    remedies: list[Remedy] = []
    rows = f"{{}}.flatten(0, {x.ndim - 2})"
    flat_input = {"input": rows} if x.ndim > 2 else {}
    for view in squeezed(t, "target"):
        if view.shape == x.shape[:-1] and (view.code != "{}" or flat_input):
            edits = dict(flat_input)
            if flat_input:
                edits["target"] = view.code + ".flatten()"
                why = _clauses(view.why, "the rows of all sequences become those of one batch")
            else:
                edits["target"], why = view.code, view.why
            remedies.append(Remedy(why, edits, cost=view.cost + 0.2, meaning=str(view.shape)))
        elif len(view.shape) == 1 and view.shape == (math.prod(x.shape[:-1]),) and x.ndim > 2:
            why = "the target is flat already"
            edits = flat_input | ({} if view.code == "{}" else {"target": view.code})
            remedies.append(Remedy(why, edits, cost=0.4, meaning="flat"))
        elif x.ndim == 2 and math.prod(view.shape) == x.shape[0] and len(view.shape) > 1:
            why = "the input is flat already"
            edits = {"target": view.code + ".flatten()"}
            remedies.append(Remedy(why, edits, cost=0.4, meaning="flat"))
    yield Finding("refused", Stage.SHAPE, text, tuple(remedies))


def exchanged(call: Asked) -> Iterator[Finding]:
    """Class numbers in the place of the scores."""
    x, t = call["input"], call["target"]
    if not x.floating and t.floating and t.ndim >= max(1, x.ndim):
        text = (
            f"input has dtype {x.dtype} and target {t.dtype}: the scores come first, then the "
            "class numbers. They are exchanged."
        )
        yield swapped(call, "input", "target", text)
    elif not x.floating and not t.floating and (x.ndim < 2 or x.shape == t.shape):
        text = (
            f"input has dtype {x.dtype} and shape {x.shape}: these are class numbers, as argmax "
            "makes them, and not the scores of the classes, which are floating."
        )
        yield Finding("refused", Stage.FORM, text)
