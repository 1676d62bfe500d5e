"""`python -m tests.mutation [helpers/binary.py …]`: the run, and its report."""

import argparse
import functools
import hashlib
import json
import os
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

# One thread each: a child that is forked from a process with more of them could wait for ever.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", HYPOTHESIS_PROFILE="mutants")

import hypothesis
import pytest

from tests.mutation import runner
from tests.mutation.mutants import HELPERS, Mutant, modules, mutants_of

ROOT = HELPERS.parent
BUILD = ROOT / "_build" / "mutation"
MUTMUT, REQUIREMENTS = BUILD / "mutmut", Path(__file__).with_name("requirements.txt")
LEAST = 0.95
# What takes long to import, and is no part of `helpers`: imported once, for all mutants.
LARGE = ("matplotlib.figure", "matplotlib.backends.backend_svg", "pandas", "torch")

# Fewer examples than usual, so that a mutant does not die by chance; a failing one is not made
# smaller, as nobody reads it.
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=20,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)


class Results:
    """The verdicts, kept in a file, so that a run that was stopped goes on where it was.

    They hold for these very tests; with others the file is another one. With `since`, what died in
    any earlier run stays dead, and only the survivors are tried again: enough as long as tests are
    added alone.
    """

    def __init__(self, since: bool = False) -> None:
        digest = _digest(*sorted(HELPERS.glob("*.py")), *sorted((ROOT / "tests").glob("*.py")))
        BUILD.mkdir(parents=True, exist_ok=True)
        self.path, self.tests_path = BUILD / f"{digest}.jsonl", BUILD / f"{digest}.json"
        self.lines_path = BUILD / f"{digest}.coverage"
        self.path.touch()
        self.read()
        if since:
            self._take_over(pair for path in BUILD.glob("*.jsonl") for pair in _pairs(path))

    def _take_over(self, pairs: Iterable[list[str]]) -> None:
        """Keep what died in any run, once each: else the file would double with every start."""
        killed = {key: verdict for key, verdict in pairs if "survived" not in verdict}
        alive = [key for key in killed if "survived" in self._verdicts.get(key, "survived")]
        with self.path.open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps([key, killed[key]]) + "\n" for key in alive)
        self.read()

    def read(self) -> None:
        """Read what this or another process has kept."""
        self._verdicts = dict(_pairs(self.path))
        vars(self).pop("baseline", None)

    def of(self, mutant: Mutant) -> str | None:
        """The verdict on a mutant, or None."""
        return self._verdicts.get(_key(mutant))

    def tell(self, mutant: Mutant, verdict: str) -> None:
        """Keep the verdict on a mutant."""
        self._verdicts[_key(mutant)] = verdict
        with self.path.open("a", encoding="utf-8") as stream:
            print(json.dumps([_key(mutant), verdict]), file=stream)
        if len(self._verdicts) % 100 == 0:
            print(f"{len(self._verdicts)} mutants tried", flush=True)

    @functools.cached_property
    def baseline(self) -> runner.Baseline | None:
        """How the tests run without a mutant."""
        if not self.tests_path.exists():
            return None
        tests = json.loads(self.tests_path.read_text(encoding="utf-8"))
        return runner.Baseline(**tests, data=self.lines_path)

    def keep(self, files: list[str], seconds: list[float]) -> None:
        """Keep the tests' files and seconds; the lines are in `lines_path`."""
        text = json.dumps({"files": files, "seconds": seconds})
        self.tests_path.write_text(text, encoding="utf-8")
        vars(self).pop("baseline", None)


def _pairs(path: Path) -> list[list[str]]:
    """The mutants' keys and their verdicts in a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _key(mutant: Mutant) -> str:
    """A name for a mutant of this very state of its module."""
    return f"{_digest(mutant.path)}:{mutant.name}"


@functools.cache
def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


def run(mutants: list[Mutant], results: Results, jobs: int) -> None:
    """Find the verdict on every mutant that has none yet."""
    inside = [m for m in mutants if m.in_function and not results.of(m)]
    if inside or not results.baseline:
        session = runner.Session(inside, jobs, results)
        child = os.fork()
        if not child:
            os._exit(pytest.main([*runner.OPTIONS, *runner.test_files()], plugins=[session]))
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) not in (0, 5):
            sys.exit("The tests must pass without any mutant first.")
        results.read()
    baseline = results.baseline

    def trials():
        for mutant in mutants:
            verdict = results.of(mutant)
            if mutant.in_function and verdict == "survived inside":
                files = baseline.collected(mutant)
            elif verdict is None:
                files = baseline.concerned(mutant)
            else:
                continue
            seconds = baseline.seconds_of(files)
            yield mutant, functools.partial(runner.outside, mutant, files), seconds

    for mutant, verdict in runner.verdicts(trials(), jobs):
        results.tell(mutant, verdict)


@dataclass(frozen=True)
class Known:
    """The mutants that are known to survive, by how `Mutant.known` writes them, with the reason."""

    equivalent: dict[str, str]
    accepted: dict[str, str]

    @classmethod
    def read(cls) -> "Known":
        """What `survivors.toml` lists."""
        groups = tomllib.loads(Path(__file__).with_name("survivors.toml").read_text("utf-8"))
        kinds = {"equivalent": {}, "accepted": {}}
        for kind, found in kinds.items():
            for group in groups.get(kind, ()):
                found |= dict.fromkeys(group["mutants"], group["reason"])
        return cls(**kinds)


def report(mutants: list[Mutant], results: Results) -> bool:
    """Print a table by module, and the survivors that are not listed; whether all is well."""
    known, unknown, stale = Known.read(), [], []
    counts = defaultdict(Counter)
    for mutant in mutants:
        verdict, count = results.of(mutant), counts[mutant.module]
        count["made"] += 1
        if verdict == "survived" and mutant.known in known.equivalent:
            count["equivalent"] += 1
        else:
            count[verdict] += 1
        if verdict == "survived" and mutant.known not in {**known.equivalent, **known.accepted}:
            unknown.append(mutant)
    survived = {m.known for m in mutants if results.of(m) == "survived"}
    for name in {**known.equivalent, **known.accepted}:
        if name.split(".")[0] in counts and name not in survived:
            stale.append(name)
    total = sum(counts.values(), Counter())
    print("| module | made | killed | time-out | equivalent | survived | rate |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for module, count in [*sorted(counts.items()), ("all", total)]:
        numbers = [count[k] for k in ("made", "killed", "timeout", "equivalent", "survived")]
        print(f"| {module} | " + " | ".join(map(str, numbers)) + f" | {_rate(count):.1%} |")
    for mutant in unknown:
        print(f"survived, not listed: line {mutant.line}\n{mutant.known}")
    for name in stale:
        print(f"listed, but survives no more:\n{name}")
    return not unknown and not stale and all(_rate(c) >= LEAST for c in [*counts.values(), total])


def _rate(count: Counter) -> float:
    """The share of the mutants that are killed, of those that are no equivalent."""
    return (count["killed"] + count["timeout"]) / max(count["made"] - count["equivalent"], 1)


def main() -> None:
    """Run and report; the exit status says whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as helpers/binary.py; all by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    parser.add_argument("--since", action="store_true", help="try the last run's survivors alone")
    arguments = parser.parse_args()
    chosen = [Path(name).stem for name in arguments.modules] or modules()
    if not MUTMUT.is_dir():
        sys.exit(f"First: pip install --no-deps --target {MUTMUT} -r {REQUIREMENTS}")
    sys.path.append(str(MUTMUT))  # behind all that the tests import
    for name in LARGE:
        import_module(name)
    mutants = [mutant for module in chosen for mutant in mutants_of(module)]
    print(f"{len(mutants)} mutants", flush=True)
    results = Results(arguments.since)
    run(mutants, results, arguments.jobs)
    sys.exit(0 if report(mutants, results) else 1)


if __name__ == "__main__":
    main()
