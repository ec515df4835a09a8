#!/usr/bin/python3
"""A backup that Home Assistant takes while BluPow runs (backup: hot) is whole: the energy counters can be read from the copies of their files.

It copies file by file, in any order, and fails altogether when a file vanishes on the way. Whole is a copy between two checkpoints of SQLite, which come once
in a thousand pages: config.yaml says why that is enough.
"""

import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path, PurePosixPath

import manifest

WRITER = os.environ.get("METER_WRITER", str(manifest.ROOT / "build/dev/tests/test_storage_meter_writer"))


def is_excluded(path: str) -> bool:
    """As the Supervisor matches backup_exclude: against the whole path."""
    return any(PurePosixPath(path).match(pattern) for pattern in manifest.config_of(manifest.ROOT)["backup_exclude"])


def checkpoints(folder: Path) -> int:
    """The sequence number in the log's header (https://www.sqlite.org/fileformat2.html#the_write_ahead_log)."""
    return int(struct.unpack_from(">I", (folder / "blupow.db-wal").read_bytes()[:32], 12)[0])


class BackupTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data, self.copies = Path(folder.name) / "data", Path(folder.name) / "copies"
        self.data.mkdir()
        self.copies.mkdir()

    def copy(self, name: str, backwards: bool) -> Path:
        copy = self.copies / name
        copy.mkdir()
        for path in sorted(self.data.iterdir(), reverse=backwards):
            if not is_excluded(str(path)):
                shutil.copyfile(path, copy / path.name)
        return copy

    def test_a_copy_of_the_running_counters_is_whole(self) -> None:
        with subprocess.Popen([WRITER, self.data], stdout=subprocess.PIPE, text=True) as writer:
            try:
                assert writer.stdout is not None

                def stored() -> int:
                    """The next value that is safe on disk."""
                    line = writer.stdout.readline()
                    self.assertTrue(line.startswith("stored "), "the writer ended")
                    return int(line.split()[1])

                whole = 0
                for attempt in range(40):
                    for _ in range(10):
                        before = stored()
                    sequence = checkpoints(self.data)
                    copy = self.copy(str(attempt), backwards=attempt % 2 == 1)
                    if checkpoints(self.data) != sequence:
                        continue
                    whole += 1
                    with sqlite3.connect(copy / "blupow.db") as database:
                        self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
                        values = dict(database.execute("SELECT place, watt_hours FROM meters"))
                    database.close()
                    self.assertEqual(values["one"], values["two"])
                    self.assertGreaterEqual(values["one"], before)
                self.assertGreater(whole, 20)
            finally:
                writer.send_signal(signal.SIGKILL)
        self.assertFalse((copy / "blupow.db.broken").exists())

    def test_what_vanishes_is_left_out_and_nothing_else(self) -> None:
        folder = "/data/addons/data/0a1b2c3d_blupow"
        self.assertIn('fresh += ".new"', (manifest.ROOT / "src/storage/atomic_file.cpp").read_text())
        for name in ("devices.json.new", "home_assistant.json.new", "blupow.db-shm"):
            self.assertTrue(is_excluded(f"{folder}/{name}"), name)
        for name in ("options.json", "devices.json", "devices.json.broken", "home_assistant.json", "blupow.db", "blupow.db-wal", "blupow.db.broken", "profiles/new.json"):
            self.assertFalse(is_excluded(f"{folder}/{name}"), name)


if __name__ == "__main__":
    sys.exit(unittest.main())
