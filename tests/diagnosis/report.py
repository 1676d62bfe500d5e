"""What is recorded of a loss call that somebody reported, and how it is run."""

import ast
import contextlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

# What every `setup`, `call` and fix may use without an import of its own.
NAMES = """
import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn
"""


class Fix(NamedTuple):
    """A right call, and the value that torch returns for it."""

    code: str
    value: Any


class Outcome(NamedTuple):
    """What torch did: returned a value, or refused with an error."""

    value: Any
    error: Exception | None

    @property
    def message(self) -> str | None:
        """The first line of torch's message, or None where it computed."""
        if self.error is None:
            return None
        lines = str(self.error).splitlines()
        return lines[0] if lines else ""


class Parts(NamedTuple):
    """A call taken apart: the function or module that is called, and what it is given."""

    function: Callable[..., Any]
    inputs: tuple[Any, ...]
    named: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A reported call, rebuilt small, with its cause and its right form as people agreed on them.

    source: the page or thread. kind: 1 to 10, the kind of mistake: 1 shapes, 2 dtypes, 3 labels,
    4 space (probabilities, logits), 5 order and form of the arguments, 6 non-finite, 7 precision,
    8 degenerate, 9 reductions and weights, 10 right but surprising.
    setup, call: code; `call` is one expression. refused: whether torch raises, with the first line
    of its `message`; else `value` is what it returns. cause: the right cause in a sentence.
    arguments: the names of the arguments at fault, as torch calls them; a right explanation names
    one of them. words: patterns, one of which it has to contain. fixes: right calls; none where no
    change of the call mends it.
    healthy: the call is right, so that nothing may be called a mistake; `words` is then what a note
    may say. silent: the arguments alone cannot tell, so that nothing may be called a mistake
    either. beyond: a right call needs something that this one was not given (the logits before a
    sigmoid that rounded to 1), or a choice that nobody but its author can make: the cause has to be
    named, no fix has to be offered.
    """

    source: str
    kind: int
    setup: str
    call: str
    cause: str
    refused: bool = False
    message: str | None = None
    value: Any = None
    arguments: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    healthy: bool = False
    silent: bool = False
    beyond: bool = False

    @property
    def fix(self) -> str | None:
        """The first of the right calls, as code, or None."""
        return self.fixes[0].code if self.fixes else None

    @property
    def fix_value(self) -> Any:
        """The value of the first of the right calls, or None."""
        return self.fixes[0].value if self.fixes else None

    def names(self) -> dict[str, Any]:
        """The names that `setup` makes, with the libraries'."""
        space: dict[str, Any] = {"__name__": "reported"}
        with quiet():
            exec(NAMES + self.setup, space)
        return space

    def parts(self) -> Parts:
        """The call as a criterion and its arguments, for who explains it instead of calling it.

        Where the criterion cannot even be made, making and calling it is the function, without
        arguments.
        """
        space, tree = self.names(), ast.parse(self.call, mode="eval").body
        if not isinstance(tree, ast.Call):
            raise ValueError(f"{self.call!r} is no call")

        def value(node: ast.expr) -> Any:
            return eval(ast.unparse(node), space)

        with quiet():
            try:
                function = value(tree.func)
            except Exception:
                return Parts(lambda: eval(self.call, space), (), {})
            inputs = tuple(value(node) for node in tree.args)
            named = {node.arg: value(node.value) for node in tree.keywords if node.arg}
        return Parts(function, inputs, named)

    def explained_by(self, explain: Callable[..., Any]) -> Any:
        """What `explain` says of the call, asked where its variables are, as people ask it."""
        space, tree = self.names(), ast.parse(self.call, mode="eval").body
        parts = self.parts()
        if not isinstance(tree, ast.Call) or (not parts.inputs and not parts.named):
            return explain(parts.function)
        asked = ast.Call(ast.Name("_explain", ast.Load()), [tree.func, *tree.args], tree.keywords)
        with quiet():
            return eval(ast.unparse(asked), space | {"_explain": explain})

    def run(self, code: str | None = None) -> Outcome:
        """What torch does with the call, or with the code given in its place."""
        space = self.names()
        try:
            with quiet():
                return Outcome(plain(eval(code or self.call, space)), None)
        except Exception as error:
            return Outcome(None, error)


@contextlib.contextmanager
def quiet() -> Any:
    """A place without warnings and with a random state of its own, seeded with 0."""
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        yield


def plain(result: Any) -> Any:
    """A loss as numbers: a float or nested lists; of a named result its loss; else its type."""
    result = getattr(result, "loss", result)
    if isinstance(result, torch.Tensor):
        return result.detach().double().tolist()
    if isinstance(result, (int, float)):
        return float(result)
    if isinstance(result, (list, np.ndarray)):
        return np.asarray(result, float).tolist()
    return f"<{type(result).__name__}>"
