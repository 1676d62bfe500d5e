"""Finds the Chromium of the machine. Run as a program, it says which one the tests use."""

import os
import shutil
import subprocess
import sys
from functools import cache

NAMES = ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser")
ON_A_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ADVICE = (
    "no Chromium was found. Install Chromium or Google Chrome (Debian: apt-get install chromium), "
    "or name its program: CHROMIUM=/path/to/chromium"
)


class MissingError(Exception):
    """There is no browser; the text says how to get one."""


@cache
def path() -> str:
    """The program of a Chromium that starts, or an error. CHROMIUM decides, if it is set."""
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else [*NAMES, ON_A_MAC]:
        program = shutil.which(name)
        if program and version(program):
            return program
    raise MissingError(f"CHROMIUM={named} names no Chromium that starts" if named else ADVICE)


def version(program: str) -> str:
    """What a browser calls itself; nothing if it does not start (a snap's stand-in)."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 and "Chrom" in asked.stdout else ""


if __name__ == "__main__":
    try:
        print(f"{version(path())}: {path()}")
    except MissingError as missing:
        sys.exit(f"The tests of the site need a browser: {missing}")
