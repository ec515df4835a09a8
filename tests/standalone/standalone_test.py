#!/usr/bin/python3
"""What stands beside the program for hosts without the Supervisor, held to the program and to systemd's own judgement: unit, compose file, options, page."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import unit_file
import yaml

ROOT = unit_file.ROOT
PROGRAM = os.environ["BLUPOW_PROGRAM"]
VERSION = re.search(r"project\(blupow VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
BAD_OPTIONS = 3
WORST_EXPOSURE = 20


class Folder(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = pathlib.Path(self._folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def program(self, *words):
        """No bus: nothing of this machine's is touched."""
        environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/no-bus"}
        return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=60, env=environment)

    def understands(self, words):
        """The program takes the words of `run`: it goes as far as the options, which are wrong."""
        wrong = self.write("wrong.json", '{"no_such_option": 1}')
        done = self.program(*words, "--options", wrong)
        self.assertEqual(done.returncode, BAD_OPTIONS, done.stdout + done.stderr)
        self.assertIn("no_such_option", done.stdout)

    def takes(self, options):
        """`doctor` finds nothing wrong with the options (but no bus)."""
        done = self.program("doctor", "--options", self.write("options.json", options), "--data", self.folder, "--seconds", "1", "--json")
        checks = {check["name"]: check["ok"] for check in json.loads(done.stdout)["checks"]}
        self.assertEqual((done.returncode, checks["bus"]), (1, False), done.stdout + done.stderr)


class Unit(Folder):
    def analyze(self, text, *words):
        # systemd looks for the program where the unit says; here it is another one.
        unit = self.write("blupow.service", text.replace("/usr/bin/blupow", PROGRAM))
        return subprocess.run(["systemd-analyze", "--no-pager", *words, str(unit)], capture_output=True, text=True, timeout=60)

    def test_verify_is_silent(self):
        done = self.analyze(unit_file.UNIT.read_text(), "verify")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_wrong_unit_is_told(self):
        done = self.analyze(unit_file.UNIT.read_text() + "[Service]\nNoSuchKey=1\n", "verify")
        self.assertIn("NoSuchKey", done.stderr)

    def exposure(self, text):
        done = self.analyze(text, "security", "--offline=true", f"--threshold={WORST_EXPOSURE}")
        return done.returncode, float(re.search(r"Overall exposure level for blupow\.service: ([\d.]+)", done.stdout)[1])

    def test_exposure_is_low_and_is_told_in_the_page(self):
        status, figure = self.exposure(unit_file.UNIT.read_text())
        print(f"systemd-analyze security: {figure} of 10")
        self.assertEqual(status, 0)
        self.assertIn(f"rates it {figure} of 10", (ROOT / "docs/standalone.md").read_text())

    def test_an_open_unit_is_told(self):
        status, figure = self.exposure("[Service]\nExecStart=/usr/bin/blupow run\n")
        self.assertNotEqual(status, 0)
        self.assertGreater(figure * 10, WORST_EXPOSURE)

    def test_the_program_understands_its_command(self):
        command = unit_file.command(CREDENTIALS_DIRECTORY=str(self.folder), STATE_DIRECTORY=str(self.folder))
        self.assertEqual(command[0], "/usr/bin/blupow")
        name, source = unit_file.settings()["LoadCredential"][0].split(":")
        self.assertEqual((command[2:4], source), (["--options", f"{self.folder}/{name}"], "/etc/blupow/options.json"))
        self.write(name, '{"no_such_option": 1}')
        done = self.program(*command[1:])
        self.assertEqual(done.returncode, BAD_OPTIONS, done.stdout + done.stderr)
        self.assertEqual(unit_file.settings()["RestartPreventExitStatus"], [str(BAD_OPTIONS)])


class Compose(Folder):
    def setUp(self):
        super().setUp()
        self.service = yaml.safe_load((ROOT / "packaging/compose.yaml").read_text())["services"]["blupow"]

    def test_it_is_this_versions_image(self):
        self.assertEqual(self.service["image"], f"blupow:{VERSION}")

    def test_it_has_no_right_that_it_does_not_use(self):
        self.assertTrue(self.service["read_only"])
        self.assertEqual(self.service["cap_drop"], ["ALL"])
        self.assertIn("no-new-privileges:true", self.service["security_opt"])
        for key in ("privileged", "cap_add", "devices", "network_mode", "pid", "ipc", "userns_mode", "tmpfs", "env_file"):
            self.assertNotIn(key, self.service)

    def test_only_data_can_be_written_to(self):
        mounts = {mount["target"]: mount for mount in self.service["volumes"]}
        self.assertEqual({target for target, mount in mounts.items() if not mount.get("read_only")}, {"/data"})
        self.assertEqual(mounts["/run/dbus"]["source"], "/run/dbus")

    def test_the_page_is_for_this_machine_only(self):
        self.assertEqual([port.rsplit(":", 2)[0] for port in self.service["ports"]], ["127.0.0.1"])

    def test_the_program_understands_its_command(self):
        self.understands(self.service["command"])


class Options(Folder):
    def test_those_of_the_package_are_right(self):
        self.takes((ROOT / "packaging/options.json").read_text())

    def test_those_of_the_page_are_right(self):
        examples = re.findall(r"```json\n(.*?)```", (ROOT / "docs/standalone.md").read_text(), re.DOTALL)
        self.assertTrue(examples)
        for example in examples:
            self.takes(example)

    def test_the_page_names_the_version(self):
        for found in re.findall(r"blupow[_:](\d+\.\d+\.\d+)", (ROOT / "docs/standalone.md").read_text() + (ROOT / "packaging/compose.yaml").read_text()):
            self.assertEqual(found, VERSION)


class Install(Folder):
    def test_what_only_a_package_holds_is_left_out(self):
        build = pathlib.Path(PROGRAM).parent
        subprocess.run(["cmake", "--install", build, "--prefix", "/usr"], check=True, capture_output=True, timeout=60, env=os.environ | {"DESTDIR": str(self.folder)})
        installed = {file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if not file.is_dir()}
        self.assertIn("usr/bin/blupow", installed)
        self.assertIn("usr/share/blupow/profiles/renogy_inverter.json", installed)
        self.assertEqual({file for file in installed if not file.startswith(("usr/bin/blupow", "usr/share/blupow/"))}, set())


if __name__ == "__main__":
    unittest.main()
