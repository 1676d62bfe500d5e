"""`python -m tests.versions [release …]`: run the probes on every release, and keep the results.

Releases that have all results already are left out, unless they are named. A run that is stopped
goes on where it was.
"""

import argparse
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from helpers.book.releases import Result, changes, same
from tests.versions.releases import FOLDER, RELEASES, CannotInstallError, Release, environment
from tests.versions.results import Results

PROBES = Path(__file__).with_name("probes.py")
# glibc then fills all memory that is allocated or freed, so that what reads memory that nobody
# wrote returns something else.
FILLED = {"MALLOC_PERTURB_": "85", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}


def probe(python: Path, **variables: str) -> dict[str, Any]:
    """What the probes print under an interpreter."""
    run = subprocess.run(
        [python, PROBES],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


def steady(once: Mapping[str, Result], again: Mapping[str, Result]) -> dict[str, Result]:
    """The results of one run, without those that another run does not confirm."""
    return {
        key: result if same(result, again[key]) else {"unsteady": True}
        for key, result in once.items()
    }


def measure(release: Release, results: Results) -> str:
    """Install a release, run the probes, keep the results; returns a line about it."""
    with environment(release) as python:
        found, again = probe(python), probe(python, **FILLED)
    if found["torch"] != release.torch:
        raise CannotInstallError(f"pip installed {found['torch']}")
    column = steady(found["results"], again["results"])
    made = {"python": found["python"], "numpy": found["numpy"], "date": date.today().isoformat()}
    results.put(release.torch, column, made)
    results.write()
    return f"{len(column)} calls with Python {made['python']}, NumPy {made['numpy']}"


def news(release: Release, results: Results) -> str:
    """How many calls the release changed."""
    order = [r.torch for r in RELEASES]
    pairs = {after: before for before, after in itertools.pairwise(order)}
    before = pairs.get(release.torch)
    if before not in results.torch:
        return ""
    changed = changes(results.torch[before], results.torch[release.torch])
    return f", {len(changed)} changed since {before}"


def main(names: list[str]) -> int:
    """Measure what is missing, or the named releases; returns the exit status."""
    results = Results()
    results.take_calls()
    if unknown := set(names) - {release.torch for release in RELEASES}:
        print(f"No such release: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    failed = 0
    for number, release in enumerate(RELEASES, 1):
        wanted = release.torch in names if names else not results.has(release.torch)
        if not wanted:
            continue
        start = time.monotonic()
        print(f"[{number:2}/{len(RELEASES)}] torch {release.torch}: ", end="", flush=True)
        try:
            done = measure(release, results)
            print(f"{done}{news(release, results)}; {time.monotonic() - start:.0f} s", flush=True)
        except CannotInstallError as error:
            print(f"{error}. Left as it was.", flush=True)
        except subprocess.CalledProcessError as error:
            failed += 1
            lines = ((error.stdout or "") + (error.stderr or "")).strip().splitlines()
            print("failed.", *lines[-5:], sep="\n    ", flush=True)
    missing = [release.torch for release in RELEASES if not results.has(release.torch)]
    print(f"Without results: {', '.join(missing)}" if missing else "All releases have results.")
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", nargs="*", help="measure these again, and no others")
    # The environment of the moment is removed when the run is stopped, or else by the next one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    shutil.rmtree(FOLDER, ignore_errors=True)
    sys.exit(main(parser.parse_args().release))
