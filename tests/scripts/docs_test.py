#!/usr/bin/env python3
"""What the documents point at is there: files in links and in backticks, and the scripts and commands that they name."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / name for name in subprocess.run(["git", "-C", ROOT, "ls-files", "*.md"], capture_output=True, text=True, check=True).stdout.split()]
TOP = {path.name for path in ROOT.iterdir()} - {"build"}


class DocsTest(unittest.TestCase):
    def test_there_are_pages(self):
        self.assertGreater(len(PAGES), 8)

    def test_links_lead_to_files(self):
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
                with self.subTest(page=page.name, target=target):
                    self.assertTrue((page.parent / target).exists())

    def test_paths_in_backticks_are_there(self):
        for page in PAGES:
            for word in re.findall(r"`([\w./-]+/[\w./-]+)`", page.read_text()):
                if word.split("/")[0] in TOP:
                    with self.subTest(page=page.name, path=word):
                        self.assertTrue((ROOT / word).exists())

    def test_scripts_in_code_blocks_are_there(self):
        for page in PAGES:
            for script in re.findall(r"\bscripts/[\w-]+", page.read_text()):
                with self.subTest(page=page.name, script=script):
                    self.assertTrue((ROOT / script).exists())

    def test_every_script_says_what_it_does(self):
        scripts = [path for path in sorted((ROOT / "scripts").iterdir()) if path.read_text().startswith("#!")]
        self.assertGreater(len(scripts), 10)
        for script in scripts:
            with self.subTest(script=script.name):
                told = subprocess.run([script, "--help"], capture_output=True, text=True, timeout=60)
                self.assertEqual((told.returncode, told.stderr), (0, ""))
                self.assertRegex(told.stdout, rf"(?i)usage: (scripts/)?{script.name}\b")


if __name__ == "__main__":
    unittest.main()
