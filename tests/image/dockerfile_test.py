#!/usr/bin/env python3
"""What the Dockerfile must keep whoever edits it, and that the context it is given holds what the build reads. Building it is scripts/test --image."""

import json
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def instructions(text: str) -> list[tuple[str, str]]:
    """(word, rest), comments left out and continued lines joined."""
    lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def in_exec_form(text: str) -> list[str]:
    """The words of a command; raises ValueError where a shell would be needed."""
    return json.loads(text)


class DockerfileTest(unittest.TestCase):
    def setUp(self) -> None:
        self.all = instructions((ROOT / "Dockerfile").read_text())
        begins = [number for number, (word, _) in enumerate(self.all) if word == "FROM"]
        self.before, self.final = self.all[:begins[0]], self.all[begins[-1]:]

    def one(self, word: str) -> str:
        found = [rest for name, rest in self.final if name == word]
        self.assertEqual(len(found), 1, word)
        return found[0]

    def test_the_base_is_a_pinned_release_that_may_be_replaced(self):
        self.assertEqual([word for word, _ in self.before], ["ARG"])
        self.assertRegex(self.before[0][1], r"^BASE=debian:bookworm-20\d{6}-slim$")
        self.assertEqual([rest.split()[0] for word, rest in self.all if word == "FROM"], ["${BASE}", "packages", "scratch"])

    def test_the_last_stage_takes_one_folder_and_runs_nothing(self):
        self.assertEqual({word for word, _ in self.final}, {"FROM", "ARG", "LABEL", "COPY", "HEALTHCHECK", "ENTRYPOINT", "CMD"})
        self.assertEqual(self.one("COPY"), "--from=build /image/ /")

    def test_no_shell_is_needed_to_start_it_or_to_ask_for_its_health(self):
        self.assertEqual(in_exec_form(self.one("ENTRYPOINT")), ["/usr/bin/blupow"])
        self.assertEqual(in_exec_form(self.one("CMD")), ["run"])
        self.assertEqual(in_exec_form(self.one("HEALTHCHECK").split(" CMD ")[1]), ["/usr/bin/blupow", "health"])
        with self.assertRaises(ValueError):
            in_exec_form("/usr/bin/blupow health")

    def test_the_supervisors_labels_and_arguments(self):
        labels = dict(re.findall(r'([\w.]+)="([^"]*)"', self.one("LABEL")))
        self.assertEqual({key: value for key, value in labels.items() if key.startswith("io.hass.")},
                         {"io.hass.type": "app", "io.hass.version": "${BUILD_VERSION}", "io.hass.arch": "${BUILD_ARCH}"})
        self.assertEqual([rest for word, rest in self.final if word == "ARG"], ["BUILD_VERSION", "BUILD_ARCH"])

    def test_the_version_stands_in_cmake_alone(self):
        version = re.search(r"VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text().split("project(")[1]).group(1)
        self.assertNotIn(version, (ROOT / "Dockerfile").read_text())


class ContextTest(unittest.TestCase):
    def setUp(self) -> None:
        lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
        self.assertEqual(lines[0], "*", "what is not named is left out")
        self.inside = [line[1:] for line in lines if line.startswith("!")]

    def holds(self, path: str) -> bool:
        return any(path == entry or path.startswith(f"{entry}/") for entry in self.inside)

    def test_it_holds_what_cmake_reads(self):
        text = (ROOT / "CMakeLists.txt").read_text()
        read = {"CMakeLists.txt", "CMakePresets.json", "cmake",
                *re.findall(r"^add_subdirectory\((\w+)\)", text, re.MULTILINE), *re.findall(r"^install\(DIRECTORY (\S+)", text, re.MULTILINE)}
        self.assertGreater(len(read), 4)
        self.assertEqual({path for path in read if not self.holds(path)}, set())

    def test_it_holds_what_the_scripts_run(self):
        named = set(re.findall(r"scripts/[\w.-]+", (ROOT / "Dockerfile").read_text() + (ROOT / "scripts/image-root").read_text()))
        self.assertEqual({name for name in named - {"scripts/image"} if not self.holds(name)}, set())

    def test_it_holds_no_history_no_build_and_no_tests(self):
        for path in (".git", "build", "tests", "config.yaml", "docs"):
            self.assertFalse(self.holds(path), path)
        self.assertLess(sum(file.stat().st_size for entry in self.inside for file in [ROOT / entry, *(ROOT / entry).rglob("*")] if file.is_file()), 8_000_000)


if __name__ == "__main__":
    unittest.main()
