#!/usr/bin/env python3
"""Every test that is written is built and run: a file that no CMakeLists.txt names would pass for ever."""

import pathlib
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent


class TestsTest(unittest.TestCase):
    def test_every_test_file_is_named_beside_it(self):
        files = sorted(TESTS.rglob("*_test.cpp"))
        self.assertGreater(len(files), 50)
        for file in files:
            with self.subTest(file=file.relative_to(TESTS).as_posix()):
                self.assertIn(file.name, (file.parent / "CMakeLists.txt").read_text().split())

    def test_every_test_of_the_add_on_is_run(self):
        files = sorted((TESTS / "addon").glob("*_test.py"))
        self.assertGreater(len(files), 3)
        for file in files:
            with self.subTest(file=file.name):
                self.assertRegex((TESTS / "addon/CMakeLists.txt").read_text(), rf"\b{file.name.removesuffix('_test.py')}\b")

    def test_every_folder_of_tests_is_entered(self):
        entered = (TESTS / "CMakeLists.txt").read_text()
        for page in TESTS.glob("*/CMakeLists.txt"):
            with self.subTest(folder=page.parent.name):
                self.assertRegex(entered, rf"\b{page.parent.name}\b")


if __name__ == "__main__":
    unittest.main()
