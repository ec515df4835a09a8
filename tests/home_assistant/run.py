#!/usr/bin/python3
"""Runs the scenarios against a real Home Assistant Core and prints, as the last line, `N passed, N failed, N skipped`.

A scenario mostly waits, so some run at a time: each in a process and a network namespace of its own, where every port is free. Needs root,
and Debian's dbus, mosquitto, mosquitto-clients, python3-websocket; what Core needs is prepared first (scripts/home-assistant-prepare). If that
cannot be delivered, all are skipped.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from network import bring_loopback_up
from programs import Program, until

_SOURCES = Path(__file__).resolve().parent.parent.parent
_CANNOT_DELIVER = 75
_INSIDE = "BLUPOW_HOME_ASSISTANT_CORE"  # the prepared folder; set for the run of one scenario, in its own network namespace
_LONGEST = 600  # s, of one scenario


class _Result(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.passed += 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="BluPow against a real Home Assistant Core")
    parser.add_argument("--build", type=Path, default=_SOURCES / "build" / "dev", help="the folder with blupow and blupow-sim (default: build/dev)")
    parser.add_argument("--core", default="2026.11.0", help="version of Home Assistant Core")
    parser.add_argument("--jobs", type=int, default=3, help="scenarios at a time (default: 3)")
    parser.add_argument("--logs", type=Path, help="folder for logs and data, kept; default: a temporary one")
    parser.add_argument("names", nargs="*", help="tests, as module.Class.test; default: all")
    return parser.parse_args()


def _load(names: list[str]) -> unittest.TestSuite:
    loader = unittest.TestLoader()
    if names:
        return loader.loadTestsFromNames(names)
    return loader.loadTestsFromNames(sorted(file.stem for file in Path(__file__).parent.glob("test_*.py")))


def _prepare(version: str, count: int) -> Path:
    """The folder with Core in it."""
    prepared = subprocess.run([_SOURCES / "scripts" / "home-assistant-prepare", version], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    sys.stderr.write(prepared.stderr)
    if prepared.returncode == _CANNOT_DELIVER:
        print(f"skipped: {prepared.stderr.strip().splitlines()[-1]}\n0 passed, 0 failed, {count} skipped")
        sys.exit(0)
    if prepared.returncode != 0:
        print(f"Home Assistant Core could not be prepared: {prepared.stderr.strip()}\n0 passed, {count} failed, 0 skipped")
        sys.exit(1)
    return Path(prepared.stdout.strip())


def _tests_of(suite: unittest.TestSuite) -> dict[str, list[str]]:
    """The names of the tests by scenario."""
    scenarios: dict[str, list[str]] = {}
    for test in suite:
        for scenario, names in (_tests_of(test) if isinstance(test, unittest.TestSuite) else {type(test).__name__: [test.id()]}).items():
            scenarios.setdefault(scenario, []).extend(names)
    return scenarios


def _run_all(arguments: argparse.Namespace, core: Path, scenarios: dict[str, list[str]], folder: Path) -> tuple[int, int, int]:
    """Each scenario in a process of its own; prints what they print, each whole, and gives the sums of their counts."""
    environment = {**os.environ, _INSIDE: str(core)}
    waiting, running, sums = sorted(scenarios), {}, [0, 0, 0]
    while waiting or running:
        while waiting and len(running) < arguments.jobs:
            scenario = waiting.pop(0)
            command = ["unshare", "--net", sys.executable, str(Path(__file__).resolve()), "--build", str(arguments.build), "--logs", str(folder)]
            running[scenario] = Program(scenario, [*command, *scenarios[scenario]], folder / f"{scenario}.txt", environment)
        done = until(lambda: [scenario for scenario, program in running.items() if not program.running()], "a scenario ends", _LONGEST)
        for scenario in done:
            text = running.pop(scenario).text()
            counts = re.search(r"^(\d+) passed, (\d+) failed, (\d+) skipped\n\Z", text, re.MULTILINE)
            print(text[:counts.start()] if counts else text, flush=True)
            found = [int(count) for count in counts.groups()] if counts else [0, len(scenarios[scenario]), 0]
            sums = [sum(pair) for pair in zip(sums, found)]
    return sums[0], sums[1], sums[2]


def _run_one(arguments: argparse.Namespace, core: Path, suite: unittest.TestSuite, folder: Path) -> tuple[int, int, int]:
    """The tests of one scenario, in this process."""
    from home import Places
    from scenario import Scenario

    bring_loopback_up()
    Scenario.places = Places(arguments.build / "blupow", arguments.build / "blupow-sim", core, folder)
    result = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=_Result).run(suite)
    skipped = len(result.skipped)
    # What did not run because its home could not be set up has failed, too.
    return result.passed, suite.countTestCases() - result.passed - skipped, skipped


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    arguments = _arguments()
    suite = _load(arguments.names)
    signal.signal(signal.SIGTERM, _stop)
    with tempfile.TemporaryDirectory(prefix="blupow-") as temporary:
        folder = arguments.logs or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if _INSIDE in os.environ:
                passed, failed, skipped = _run_one(arguments, Path(os.environ[_INSIDE]), suite, folder)
            else:
                passed, failed, skipped = _run_all(arguments, _prepare(arguments.core, suite.countTestCases()), _tests_of(suite), folder)
        finally:
            Program.kill_all()
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
