"""Every loss has all that the tests of all losses need, and the list of the losses is complete."""

from tests.losses.cases import CASES
