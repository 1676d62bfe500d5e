"""What the chapters of the book use, and no one else: exercises, versions, pictures, the ledger."""

from helpers.book import ledger, plot
from helpers.book.exercises import check_answer, seal
from helpers.book.versions import check_versions

__all__ = ["check_answer", "check_versions", "ledger", "plot", "seal"]
