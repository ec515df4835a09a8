#!/usr/bin/python3
"""Runs the scenarios against a real Home Assistant Core and prints, as the last line, `N passed, N failed, N skipped`.

Needs root, and Debian's dbus, mosquitto, mosquitto-clients, python3-websocket; what Core needs is prepared first
(scripts/home-assistant-prepare). If that cannot be delivered, all are skipped.
"""

import argparse
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

_SOURCES = Path(__file__).resolve().parent.parent.parent
_CANNOT_DELIVER = 75
_INSIDE = "BLUPOW_HOME_ASSISTANT_CORE"  # the prepared folder; set for the run in its own network namespace


class _Result(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.passed += 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="BluPow against a real Home Assistant Core")
    parser.add_argument("--build", type=Path, default=_SOURCES / "build" / "dev", help="the folder with blupow and blupow-sim (default: build/dev)")
    parser.add_argument("--core", default="2026.11.0", help="version of Home Assistant Core")
    parser.add_argument("--logs", type=Path, help="folder for logs and data, kept; default: a temporary one")
    parser.add_argument("names", nargs="*", help="tests, as module.Class.test; default: all")
    return parser.parse_args()


def _load(names: list[str]) -> unittest.TestSuite:
    loader = unittest.TestLoader()
    if names:
        return loader.loadTestsFromNames(names)
    return loader.loadTestsFromNames(sorted(file.stem for file in Path(__file__).parent.glob("test_*.py")))


def _bring_loopback_up() -> None:
    """The only interface here; a new namespace has it down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        set_flags, up_and_running = 0x8914, 0x41  # linux/sockios.h SIOCSIFFLAGS, linux/if.h
        fcntl.ioctl(control, set_flags, struct.pack("16sh14x", b"lo", up_and_running))


def _prepare(version: str, count: int) -> None:
    """Prepares Core, then starts this program again where nothing but loopback can be reached."""
    prepared = subprocess.run([_SOURCES / "scripts" / "home-assistant-prepare", version], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    sys.stderr.write(prepared.stderr)
    if prepared.returncode == _CANNOT_DELIVER:
        print(f"skipped: {prepared.stderr.strip().splitlines()[-1]}\n0 passed, 0 failed, {count} skipped")
        sys.exit(0)
    if prepared.returncode != 0:
        print(f"Home Assistant Core could not be prepared: {prepared.stderr.strip()}\n0 passed, {count} failed, 0 skipped")
        sys.exit(1)
    os.environ[_INSIDE] = prepared.stdout.strip()
    os.execvp("unshare", ["unshare", "--net", sys.executable, str(Path(__file__).resolve()), *sys.argv[1:]])


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    arguments = _arguments()
    suite = _load(arguments.names)
    total = suite.countTestCases()
    if _INSIDE not in os.environ:
        _prepare(arguments.core, total)
    from home import Places
    from programs import Program
    from scenario import Scenario

    signal.signal(signal.SIGTERM, _stop)
    _bring_loopback_up()
    with tempfile.TemporaryDirectory(prefix="blupow-") as temporary:
        folder = arguments.logs or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        Scenario.places = Places(arguments.build / "blupow", arguments.build / "blupow-sim", Path(os.environ[_INSIDE]), folder)
        try:
            result = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=_Result).run(suite)
        finally:
            Program.kill_all()
    skipped = len(result.skipped)
    # What did not run because its home could not be set up has failed, too.
    failed = total - result.passed - skipped
    print(f"{result.passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
