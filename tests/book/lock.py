"""The lock, `requirements.txt`: the versions that the stored outputs are from."""

import re

from .contents import ROOT


def pinned(package: str) -> str:
    """The version of a package, named as the lock spells it."""
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return re.search(rf"^{re.escape(package)}==(\S+)$", lock, re.MULTILINE)[1]
