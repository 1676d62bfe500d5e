"""The one list of the losses: torch's class, the functions here, the chapter of the book.

`explain`, the tests and the book's pages read it, so that a loss is entered once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from helpers.losses import LOSSES as NEW


@dataclass(frozen=True)
class Loss:
    """One `torch.nn` module and what stands for it here.

    `name` is the name of the function in `torch.nn.functional` and here; `topic` the module here
    and the folder of the book; `formula` the unreduced and unweighted loss in plain text; `inputs`
    the arguments of the module's `forward`; `options` the module's attributes that the function
    takes, `reduction` among them where the module has one; `attributes` the module's own name of an
    option where it is another one, or a function that gets it from the module: its weights.
    """

    torch_class: str
    name: str
    topic: str
    chapter: str
    formula: str
    inputs: tuple[str, ...] = ("input", "target")
    options: tuple[str, ...] = ("reduction",)
    attributes: Mapping[str, str | Callable] = field(default_factory=dict)

    def options_of(self, module):
        """The options that a module carries, by the names of the function's arguments."""

        def option(name):
            attribute = self.attributes.get(name, name)
            return attribute(module) if callable(attribute) else getattr(module, attribute)

        return {name: option(name) for name in self.options}

    def _function(self, suffix):
        return getattr(import_module(f"helpers.{self.topic}"), self.name + suffix)

    @property
    def value(self):
        """The function that computes the loss."""
        return self._function("")

    @property
    def gradient(self):
        """The function that computes its gradient."""
        return self._function("_grad")

    @property
    def terms(self):
        """The function that returns its working before the reduction, a `Terms`."""
        return self._function("_terms")


LOSSES = (
    *NEW,
)

BY_TORCH_CLASS = {loss.torch_class: loss for loss in LOSSES}
