"""What a loss call computes, element by element, and what is wrong with it."""

from helpers.diagnosis.explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
