"""What a loss call computes, element by element, and what is wrong with it."""

from helpers.diagnosis.afterwards import post_mortem
from helpers.diagnosis.explanation import Explanation, explain
from helpers.diagnosis.watching import watch

__all__ = ["Explanation", "explain", "post_mortem", "watch"]
