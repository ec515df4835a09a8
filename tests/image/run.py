#!/usr/bin/python3
"""Tests the archive that scripts/image leaves: what is in it, and the program out of it against a simulated bluetoothd and a real Mosquitto.

In a mount namespace of its own, so that no mount outlives it, and in a network namespace, where every port is free. Needs root.
"""

import argparse
import os
import platform
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

_SOURCES = Path(__file__).resolve().parent.parent.parent
sys.path.insert(1, str(_SOURCES / "tests" / "home_assistant"))  # private bus, broker, simulator

from network import bring_loopback_up  # noqa: E402
from programs import Program  # noqa: E402

_INSIDE = "BLUPOW_IMAGE_TEST"  # the folder of the test run; set in its own namespaces


def _arguments() -> argparse.Namespace:
    own = {"x86_64": "amd64"}.get(platform.machine(), platform.machine())
    parser = argparse.ArgumentParser(description="Tests of the image")
    parser.add_argument("--arch", choices=("amd64", "aarch64"), default=own, help="of the image; aarch64 runs under qemu-user elsewhere")
    parser.add_argument("--build", type=Path, default=_SOURCES / "build" / "dev", help="the folder with blupow-sim (default: build/dev)")
    parser.add_argument("--archive", type=Path, help="default: build/image/blupow-ARCH.tar")
    parser.add_argument("names", nargs="*", help="tests, as module.Class.test; default: all")
    return parser.parse_args()


def _inside(arguments: argparse.Namespace, folder: Path) -> int:
    from image import ImageTest, Places

    bring_loopback_up()
    archive = arguments.archive or _SOURCES / "build" / "image" / f"blupow-{arguments.arch}.tar"
    ImageTest.places = Places(_SOURCES, archive, arguments.arch, arguments.build / "blupow-sim", folder)
    names = arguments.names or sorted(file.stem for file in Path(__file__).parent.glob("test_*.py"))
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    count = suite.countTestCases()
    try:
        result = unittest.TextTestRunner(sys.stdout, verbosity=2).run(suite)
    finally:
        Program.kill_all()
    # Where a class cannot be set up, none of its tests has run.
    passed = max(result.testsRun - len(result.failures) - len(result.errors) - len(result.skipped), 0)
    failed = count - passed - len(result.skipped)
    print(f"{passed} passed, {failed} failed, {len(result.skipped)} skipped", flush=True)
    return 1 if failed or not passed else 0


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _stop)
    if _INSIDE in os.environ:
        return _inside(arguments, Path(os.environ[_INSIDE]))
    if os.geteuid() != 0:
        print("root is needed", file=sys.stderr)
        return 1
    # The folder is removed out here, where nothing is mounted in it.
    with tempfile.TemporaryDirectory(prefix="blupow-image-") as folder:
        command = ["unshare", "--net", "--mount", "--propagation", "private", sys.executable, *sys.argv]
        return subprocess.run(command, env={**os.environ, _INSIDE: folder}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
