"""The archive that scripts/image leaves, by the rules."""

import re

import rules
from image import ImageTest


class ArchiveTest(ImageTest):
    def test_what_it_says_of_itself(self):
        version = re.search(r"^project\(blupow VERSION ([0-9.]+)", (self.places.sources / "CMakeLists.txt").read_text(), re.MULTILINE).group(1)
        self.assertEqual(rules.wrong_words(self.archive.config, self.archive.tags, self.places.arch, version), [])

    def test_its_layers_are_those_it_names(self):
        self.assertEqual(self.archive.wrong_layers(), [])
        self.assertEqual(len(self.archive.layers), 1, "what one layer deletes, the one below still holds")

    def test_its_size(self):
        self.assertEqual(rules.too_big(self.root), [])
        self.assertGreater(rules.size(self.root), 10_000_000)
        print(f"{rules.size(self.root)} bytes of regular files", flush=True)

    def test_nothing_else_is_in_it(self):
        self.assertEqual(rules.strangers(self.root, self.places.arch), [])

    def test_it_gives_no_rights_away(self):
        self.assertEqual(rules.unsafe(self.root), [])

    def test_the_program_and_its_libraries(self):
        self.assertEqual(rules.binaries(self.root, self.places.arch), [])

    def test_what_the_program_needs(self):
        self.assertEqual(rules.missing(self.root, self.places.sources), [])
