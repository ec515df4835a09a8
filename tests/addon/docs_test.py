#!/usr/bin/python3
"""DOCS.md and README.md, as Home Assistant shows them, say what is: options, types, reasons, names, commands and examples are those of the program."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import manifest
import supervisor

BLUPOW = os.environ.get("BLUPOW", str(manifest.ROOT / "build/dev/blupow"))
DOCS = (manifest.ROOT / "DOCS.md").read_text()
SOURCES = manifest.ROOT / "src"

SECTIONS = ["Installation", "Devices", "Options", "Controls", "Energy dashboard", "Limits", "Troubleshooting", "Backup", "Removal", "Moving over from the first BluPow",
            "Security", "Licence"]
# What stands in italics and is no entity: words of Home Assistant's and BluPow's own pages, and words that an entity shows.
PAGES = {"Watchdog", "Show in sidebar", "Show unused optional configuration options", "Add device", "By address", "Remove", "BluPow gateway",
         "custom", "manual"}


def headings(level: int) -> list[str]:
    return re.findall(rf"^{'#' * level} (.+)$", re.sub(r"^```.*?^```", "", DOCS, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, re.DOTALL | re.MULTILINE)


def section(name: str) -> str:
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", DOCS, re.DOTALL | re.MULTILINE)
    if found is None:
        raise AssertionError(f"there is no section {name}")
    return found[1]


def rows(text: str) -> dict[str, list[str]]:
    """The rows of its tables by their first cell."""
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| "))
    return {row[0].strip("`"): row[1:] for row in cells}


def names_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("name"), str):
            yield value["name"]
        value = list(value.values())
    if isinstance(value, list):
        for entry in value:
            yield from names_of(entry)


def entity_names() -> set[str]:
    profiles = (manifest.ROOT / "rootfs/usr/share/blupow/profiles").glob("renogy_*.json")
    names = {name for profile in profiles for name in names_of(json.loads(profile.read_text()))}
    return names | set(re.findall(r'\.name = "([^"]+)"', (SOURCES / "homeassistant/components.cpp").read_text()))


class DocsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.config = manifest.config_of(manifest.ROOT)

    def test_the_sections_are_there(self) -> None:
        self.assertEqual(headings(2), SECTIONS)

    def test_every_option_is_told_with_its_default(self) -> None:
        table = rows(section("Options"))
        self.assertEqual(set(table) - {"option"}, set(self.config["schema"]))
        for key, default in self.config["options"].items():
            if not isinstance(default, (dict, list)):
                with self.subTest(key=key):
                    self.assertEqual(table[key][0], f"`{str(default).lower() if isinstance(default, bool) else default}`")
        for path, _ in manifest.elements(self.config["schema"]):
            if len(path) == 2:
                with self.subTest(path=path):
                    self.assertIn(f"`{path[1]}`", table[path[0]][1])

    def test_every_type_is_told(self) -> None:
        types = re.search(r"list\((.+)\)", self.config["schema"]["devices"][0]["type"])
        assert types is not None
        self.assertEqual(set(rows(section("Devices"))) - {"type"}, set(types[1].split("|")))

    def test_every_reason_has_its_cure(self) -> None:
        words = re.search(r"std::string_view words\(ConnectionReason.*?^}", (SOURCES / "device/state.cpp").read_text(), re.DOTALL | re.MULTILINE)
        assert words is not None
        reasons = set(re.findall(r'return "([^"]+)";', words[0])) - {"connected"}
        self.assertGreater(len(reasons), 10)
        self.assertEqual({reason for reason in reasons if reason[0].upper() + reason[1:] not in headings(3) and reason not in headings(3)}, set())

    def test_the_entities_are_called_as_it_says(self) -> None:
        named = set(re.findall(r"(?<![*\w])\*([^*\n]+)\*(?!\*)", DOCS)) - PAGES
        self.assertGreater(len(named), 8)
        self.assertEqual(named - entity_names(), set())

    def test_every_command_is_named(self) -> None:
        known = set(re.findall(r'Known\{"(\w+)"', (SOURCES / "gateway/json/command_parser.cpp").read_text()))
        self.assertGreater(len(known), 8)
        self.assertEqual(known - set(re.findall(r"`(\w+)`", section("Controls"))), set())
        for block in blocks("json"):
            self.assertIn(json.loads(block)["command"], known)

    def test_the_page_of_mqtt_names_every_command_reason_and_topic(self) -> None:
        page = (manifest.ROOT / "docs/mqtt.md").read_text()
        for folder, pattern, wanted in (("gateway/json/command_parser.cpp", r'Known\{"(\w+)"', rows(page)),
                                        ("gateway/commands.cpp", r'return "(\w+)";', set(re.findall(r"`(\w+)`", page)))):
            known = set(re.findall(pattern, (SOURCES / folder).read_text()))
            self.assertGreater(len(known), 8)
            self.assertEqual(known - set(wanted), set())
        topics = "".join((SOURCES / f"homeassistant/topics.{end}").read_text() for end in ("hpp", "cpp"))
        ends = set(re.findall(r'"(?:/gateway)?/(\w+)/?"', topics)) - {"config", "device", "bank_"}
        self.assertGreater(len(ends), 6)
        told = set(re.findall(r"`blupow/\S+?/(\w+)(?:/<\w+>)?`", page))
        self.assertEqual(ends - told, set())

    def test_its_options_are_taken_by_supervisor_and_program(self) -> None:
        self.assertGreaterEqual(len(blocks("yaml")), 3)
        for block in blocks("yaml"):
            with self.subTest(block=block), tempfile.TemporaryDirectory() as folder:
                given = yaml.safe_load(block)
                options = supervisor.validate_options(self.config["schema"], supervisor.merged(self.config["options"], given), {"blupow_password": "hush"})
                for key, value in given.items():
                    kept = json.dumps(options[key]).replace("hush", "!secret blupow_password")
                    self.assertEqual(json.loads(kept), value, "nothing may be dropped")
                if "ca_file" in options["mqtt"]:
                    (Path(folder) / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
                    options["mqtt"]["ca_file"] = f"{folder}/ca.pem"
                file = Path(folder) / "options.json"
                file.write_text(json.dumps(options | {"stop_here": 1}))
                ended = subprocess.run([BLUPOW, "doctor", "--options", file, "--data", folder], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual(ended.returncode, 3)
                self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)

    def test_its_links_lead_somewhere(self) -> None:
        # Home Assistant shows the page by itself: only places on it can be reached, and addresses.
        anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings(2) + headings(3)}
        for target in re.findall(r"\]\(([^)]+)\)", DOCS):
            with self.subTest(target=target):
                self.assertTrue(target.removeprefix("#") in anchors if target.startswith("#") else target.startswith("https://"))

    def test_the_minimum_of_home_assistant_is_told(self) -> None:
        self.assertIn(f"Home Assistant {self.config['homeassistant'].removesuffix('.0')} or later", DOCS)

    def test_the_commands_of_the_readme_are_the_program_s(self) -> None:
        help_text = subprocess.run([BLUPOW, "--help"], capture_output=True, text=True, check=True).stdout
        commands = re.findall(r"^build/release/blupow (\w+)(.*?)(?:#.*)?$", (manifest.ROOT / "README.md").read_text(), re.MULTILINE)
        self.assertGreater(len(commands), 3)
        for command, arguments in commands:
            with self.subTest(command=command):
                self.assertRegex(help_text, rf"(?m)^  {command} ")
                known = subprocess.run([BLUPOW, command, "--help"], capture_output=True, text=True, check=True).stdout
                for option in re.findall(r"--[\w-]+", arguments):
                    self.assertIn(option, known)


if __name__ == "__main__":
    sys.exit(unittest.main())
