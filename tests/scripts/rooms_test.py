#!/usr/bin/env python3
"""The check of the room table finds what it is there to find."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class RoomsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        shutil.copytree(ROOT / "src", self.root / "src")
        shutil.copytree(ROOT / "sim", self.root / "sim")
        (self.root / "docs").mkdir()
        shutil.copy(ROOT / "docs/architecture.md", self.root / "docs")

    def check(self):
        return subprocess.run([ROOT / "scripts/rooms", self.root], capture_output=True, text=True)

    def append(self, file, text):
        with open(self.root / file, "a") as target:
            target.write(text)

    def expect(self, finding):
        run = self.check()
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stderr.splitlines(), [finding])

    def test_our_own_tree_is_clean(self):
        self.assertEqual((self.check().returncode, self.check().stderr), (0, ""))

    def test_an_include_against_the_arrows_is_found(self):
        (self.root / "src/core/bad.hpp").write_text('#include "device/session.hpp"\n')
        self.expect("src/core/bad.hpp:1: core may not use device")

    def test_a_room_below_is_not_its_neighbour(self):
        (self.root / "src/ble/bad.hpp").write_text('\n#include "ble/bluez/bluez_transport.hpp"\n')
        self.expect("src/ble/bad.hpp:2: ble may not use ble/bluez")

    def test_a_library_in_the_wrong_room_is_found(self):
        (self.root / "src/device/bad.cpp").write_text("#include <spdlog/spdlog.h>\n#include <vector>\n")
        self.expect("src/device/bad.cpp:1: device may not use spdlog")

    def test_a_file_in_no_room_is_found(self):
        (self.root / "src/attic").mkdir()
        (self.root / "src/attic/bad.cpp").write_text("")
        self.expect("src/attic/bad.cpp: in no room of the table")

    def test_the_simulator_shares_no_codec_with_the_program(self):
        (self.root / "sim/bad.cpp").write_text('#include "modbus/frame.hpp"\n')
        self.expect("sim/bad.cpp:1: sim may not use modbus")

    def test_a_room_in_a_link_line_is_found(self):
        self.append("src/modbus/CMakeLists.txt", "target_link_libraries(blupow_modbus PUBLIC blupow_gateway)\n")
        self.expect("src/modbus/CMakeLists.txt: modbus may not link gateway")

    def test_a_library_in_a_link_line_is_found(self):
        self.append("src/core/CMakeLists.txt", "target_link_libraries(blupow_core PRIVATE SDBusCpp::sdbus-c++)\n")
        self.expect("src/core/CMakeLists.txt: core may not link SDBusCpp::sdbus-c++")

    def test_asio_and_beast_in_a_link_line_are_found(self):
        self.append("src/mqtt/CMakeLists.txt", "target_link_libraries(blupow_mqtt PRIVATE blupow_beast)\n")
        self.expect("src/mqtt/CMakeLists.txt: mqtt may not link blupow_beast")

    def test_a_table_that_cannot_be_read_is_no_clean_bill(self):
        (self.root / "docs/architecture.md").write_text("# Architecture\n")
        self.assertNotEqual(self.check().returncode, 0)


if __name__ == "__main__":
    unittest.main()
