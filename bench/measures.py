#!/usr/bin/env python3
"""Measures blupow against the simulator and a private broker, and prints each figure beside its limit.

It is no test: a limit that is missed is only said. The status is 1 where a measure could not be taken.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surroundings import COMPLETE, INVERTER, Surroundings

STARTS = 10
TIMED_POLLS = 100
COUNTED_POLLS = 1000
START_REQUESTS = 10  # one to recognise the unit, then the nine of an inverter's first poll, with its settings
POLL_REQUESTS = 3  # model and id are asked once
WRITE = "org.bluez.GattCharacteristic1.WriteValue"

# A module as the limits mean it: its answers take 20 ms. The second is on a serial line, where bytes take their time, too.
PLAIN = {"advertise_ms": 300, "connect_ms": 600, "resolve_ms": 900, "answer_ms": 20, "baud": 0}
SERIAL = {**PLAIN, "baud": 9600}


def row(what: str, figure: float, limit: float, unit: str, note: str = "") -> None:
    verdict = "ok" if figure <= limit else "MISSED"
    print(f"{what:<48} {figure:>9.3f} {unit:<3} limit {limit:>8.3f} {unit:<3} {verdict:<6} {note}", flush=True)


def bound_ms(answer_ms: float) -> float:
    return 1.02 * answer_ms + 10


@contextmanager
def surroundings(build: Path, timing: dict[str, int], seed: int = 1, live: bool = False) -> Iterator[Surroundings]:
    with tempfile.TemporaryDirectory(prefix="blupow-bench-") as folder:
        made = Surroundings(build, Path(folder), {"seed": seed, "devices": [{
            "address": INVERTER, "name": "BTRIC134000035", "timing": timing, "units": [{"family": "inverter", "static": not live}]}]})
        try:
            made.start()
            yield made
        finally:
            made.stop()


def check_requests(calls: dict[str, int], wanted: int) -> None:
    if calls != {WRITE: wanted}:
        print(f"{'':<48} MISSED: {wanted} requests need {wanted} calls of WriteValue and no other, there were {calls}")


def measure_start(build: Path) -> None:
    times, over, answers = [], [], []
    for seed in range(1, STARTS + 1):
        with surroundings(build, PLAIN, seed) as around:
            started = around.start_blupow()
            came, state = around.wait_for_state()
            missing = COMPLETE - state.keys()
            if missing:
                raise RuntimeError(f"the first state lacks {sorted(missing)}")
            counters = around.counters()
            check_requests({WRITE: counters["calls"].get(WRITE, 0)}, START_REQUESTS)
            device = counters["devices"][INVERTER]
            times.append(came - started)
            answers.append(device["answer_ms"])
            over.append((came - device["first_request"]) * 1000 - bound_ms(device["answer_ms"]))
    row("start to first complete state, median", statistics.median(times), 2.5, "s", f"{STARTS} starts")
    row("start to first complete state, longest", max(times), 2.5, "s")
    answer_ms = statistics.median(answers)
    row(f"recognition and first poll, {START_REQUESTS} requests: longest", max(over) + bound_ms(answer_ms), bound_ms(answer_ms), "ms", f"answers {answer_ms:.1f} ms")


def measure_polls(build: Path, timing: dict[str, int], line: str) -> None:
    """From the first request at the device to the state at a subscriber."""
    taken, over, answers = [], [], []
    with surroundings(build, timing) as around:
        around.start_blupow()
        around.settle()
        for _ in range(TIMED_POLLS):
            around.counters(reset=True)
            around.refresh()
            came, _ = around.wait_for_state()
            counters = around.counters()
            check_requests(counters["calls"], POLL_REQUESTS)
            device = counters["devices"][INVERTER]
            taken.append((came - device["first_request"]) * 1000)
            answers.append(device["answer_ms"])
            over.append(taken[-1] - bound_ms(answers[-1]))
            around.wait_for_answer()
    limit = bound_ms(statistics.median(answers))
    note = f"answers {statistics.median(answers):.1f} ms"
    row(f"poll of 3 blocks, {line}: median", statistics.median(over) + limit, limit, "ms", f"{note}, {TIMED_POLLS} polls")
    row(f"poll of 3 blocks, {line}: longest", max(over) + limit, limit, "ms", note)


def measure_load(build: Path) -> None:
    """All that the process uses, all threads: the command that asks for the poll, its requests and answers, the state published, the command's answer."""
    with surroundings(build, {**PLAIN, "answer_ms": 5}, live=True) as around:
        around.start_blupow()
        around.settle()
        around.refresh()
        _, state = around.wait_for_state()
        around.wait_for_answer()
        around.counters(reset=True)
        before = around.cpu_seconds()
        for _ in range(COUNTED_POLLS):
            around.refresh()
            around.wait_for_answer()
        used = around.cpu_seconds() - before
        counters = around.counters()
        check_requests(counters["calls"], COUNTED_POLLS * POLL_REQUESTS)
        requests = counters["devices"][INVERTER]["requests"]
        note = f"{COUNTED_POLLS} polls of {len(state)} values, {requests} requests, {used:.2f} s"
        row("CPU (user and system) a request", used * 1000 / requests, 0.2, "ms", note)
        row("peak RSS", around.peak_kilobytes() / 1024, 16, "MB")


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="folder of blupow and blupow-sim")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    print(f"bench: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    try:
        measure_start(build)
        measure_polls(build, PLAIN, "20 ms")
        measure_polls(build, SERIAL, "9600 baud")
        measure_load(build)
    except (RuntimeError, AssertionError, OSError, json.JSONDecodeError) as error:
        print(f"bench: a measure could not be taken: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
