#!/usr/bin/env python3
"""scripts/memory measures what a compiler process takes, a child of it too, and fails where that is too much."""

import contextlib
import importlib.machinery
import importlib.util
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

_PATH = Path(__file__).resolve().parent.parent.parent / "scripts" / "memory"
_LOADER = importlib.machinery.SourceFileLoader("memory", str(_PATH))
sys.dont_write_bytecode = True
memory = importlib.util.module_from_spec(importlib.util.spec_from_loader("memory", _LOADER))
_LOADER.exec_module(memory)

# A driver that starts what does the work, as g++ does.
_DRIVER = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', 'bytearray(200_000_000)[::4096]; sys = __import__(\"sys\"); sys.exit(3)']))"


class MemoryTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        log = mock.patch.object(memory, "LOG", Path(folder.name) / "log")
        log.start()
        self.addCleanup(log.stop)

    def test_a_process_of_the_compilers_own_counts_and_its_status_is_kept(self):
        self.assertEqual(memory.measure([sys.executable, "-c", _DRIVER]), 3)
        self.assertRegex(memory.LOG.read_text(), r'^\{"file": ".*", "peak": \d+\}\n$')
        peak = int(memory.LOG.read_text().rsplit(" ", 1)[1].rstrip("}\n"))
        self.assertTrue(200e6 < peak < 300e6, peak)

    def verdict(self, *peaks: float) -> tuple[int, str]:
        measured = [{"file": str(memory.ROOT / f"src/{number}.cpp"), "peak": int(peak * 1e6)} for number, peak in enumerate(peaks)]
        said = io.StringIO()
        with mock.patch.object(memory, "build", return_value=measured), mock.patch.object(sys, "argv", ["memory"]), contextlib.redirect_stdout(said):
            return memory.main(), said.getvalue()

    def test_the_bound(self):
        self.assertEqual(self.verdict(300, 700), (0, "   700 MB  src/1.cpp\n   300 MB  src/0.cpp\n"
                                                  "scripts/memory: 2 files, the heaviest 700 MB, 0 over 700 MB\n"))
        self.assertEqual(self.verdict(701)[0], 1)

    def test_nothing_compiled_is_no_clean_bill(self):
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(self.verdict()[0], 1)


if __name__ == "__main__":
    unittest.main()
