#!/usr/bin/python3
"""The add-on's files hold the rules of manifest.py, and each of the rules can tell when they do not."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path

import manifest

BLUPOW = os.environ.get("BLUPOW", str(manifest.ROOT / "build/dev/blupow"))
FILES = ("config.yaml", "repository.yaml", "CMakeLists.txt", "CHANGELOG.md", "icon.png", "logo.png", "translations/en.yaml")

Edit = Callable[[str], str]


def add(line: str) -> Edit:
    return lambda text: text.replace("name: BluPow\n", f"name: BluPow\n{line}\n", 1)


def change(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        if old not in text:
            raise ValueError(f"nothing to change: {old}")
        return text.replace(old, new, 1)

    return edit


# (file, what is changed, what has to be found)
CONFIG = [
    (add("host_network: true"), "'host_network' is not wanted"),
    (add("privileged: [NET_ADMIN]"), "'privileged' is not wanted"),
    (add("privileged: [ROOT]"), "Supervisor: "),
    (add("image: ghcr.io/blupow/blupow"), "'image' is not wanted"),
    (add("image: ghcr.io/blupow/blupow:2.0.0"), "Supervisor: "),
    (add("hassio_api: true"), "'hassio_api' is not wanted"),
    (add("machine: [raspberrypi9]"), "'machine' is not wanted"),
    (change('version: "2.0.0"', "version: 2.0.0"), "'version' is not quoted"),
    (change('version: "2.0.0"', "version: 2.0"), "linter: 'version' is of a wrong type"),
    (change('homeassistant: "2025.10.0"', "homeassistant: 2025.10"), "linter: 'homeassistant' is of a wrong type"),
    (change("  - aarch64\n", "  - aarch64\n  - armv7\n"), "Supervisor: 'arch' has the deprecated armv7"),
    (change("  - aarch64\n", "  - aarch64\n  - i386\n"), "linter: 'arch' may not be i386"),
    (change("  - aarch64\n", "  - aarch64\n  - riscv64\n"), "Supervisor: "),
    (change("  - aarch64\n", ""), "'arch' is ['amd64'], not"),
    (add("startup: application"), "linter: 'startup' should be removed"),
    (add("startup: before"), "Supervisor: 'startup' is deprecated"),
    (add("boot: auto"), "linter: 'boot' should be removed"),
    (add("init: true"), "linter: 'init' should be removed"),
    (change("stage: experimental", "stage: stable"), "linter: 'stage' should be removed"),
    (add("apparmor: true"), "linter: 'apparmor' should be removed"),
    (add("ingress_port: 8099"), "linter: 'ingress_port' should be removed"),
    (add("ingress_port: 0"), "linter: 'ingress_port' must not be 0"),
    (add("timeout: 10"), "linter: 'timeout' should be removed"),
    (add("timeout: 5"), "Supervisor: "),
    (add("backup: hot"), "linter: 'backup' should be removed"),
    (add("backup: cold\nbackup_pre: /bin/true"), "Supervisor: 'backup' is cold"),
    (add("panel_admin: true"), "linter: 'panel_admin' should be removed"),
    (add("hassio_role: default"), "linter: 'hassio_role' should be removed"),
    (add("tmpfs: false"), "linter: 'tmpfs' should be removed"),
    (add("tmpfs: size=10"), "Supervisor: 'tmpfs' is a boolean now"),
    (add("bluetooth: true"), "linter: 'bluetooth' is unknown"),
    (add("advanced: true"), "linter: 'advanced' is obsolete"),
    (add("codenotary: me@example.com"), "Supervisor: 'codenotary' is ignored"),
    (add("watchdog: http://[HOST]:[PORT:8099]/health"), "linter: 'watchdog' is obsolete"),
    (add("webui: http://[HOST]:[PORT:8099]/"), "linter: 'webui' should be removed"),
    (add("auto_uart: true"), "Supervisor: 'auto_uart' is called 'uart' now"),
    (add("snapshot_exclude: [x]"), "Supervisor: 'snapshot_exclude' is called 'backup_exclude' now"),
    (add("full_access: true"), "linter: 'full_access' consider"),
    (change("host_dbus: true", 'host_dbus: "yes"'), "linter: 'host_dbus' is of a wrong type"),
    (change("host_dbus: true", "host_dbus: false"), "linter: 'host_dbus' should be removed"),
    (change("host_dbus: true\n", ""), "'host_dbus' is None, not True"),
    (change("ingress: true\n", ""), "'ingress' is None, not True"),
    (change("mqtt:want", "mqtt:need"), "'services' is ['mqtt:need'], not"),
    (change("mqtt:want", "mqtt:wants"), "linter: 'services' may not be mqtt:wants"),
    (change("slug: blupow", "slug: blu pow"), "Supervisor: "),
    (add("url: nowhere"), "Supervisor: "),
    (change("mdi:solar-power-variant", "solar.png"), "'panel_icon' is no icon"),
    (change("mdi:solar-power-variant", "mdi:puzzle"), "linter: 'panel_icon' should be removed"),
    (change("  - type: ssl\n", "  - ssl:rw\n"), "linter: 'map' may not be ssl:rw"),
    (change("  - type: ssl\n", "  - type: ssl\n    read_only: true\n"), "linter: 'map' should not say read_only"),
    (change("  - type: ssl\n", "  - read_only: false\n"), "Supervisor: 'map' has an entry without type"),
    (change("  - type: ssl\n", "  - type: addon_config\n"), "linter: 'map' may not be {'type': 'addon_config'}"),
    (change("description: ", "descriptions: "), "linter: 'description' is missing"),
    (change("int(5,3600)", "integer(5,3600)"), "Supervisor: "),
    (change("      devices:\n        - 'match", "      devices:\n        - - 'match"), "Supervisor: "),
]

RATING = [
    (add("apparmor: false"), 6),
    (add("host_network: true"), 7),
    (add("privileged: [NET_ADMIN]"), 7),
    (add("privileged: [NET_ADMIN, NET_RAW]"), 7),
    (add("kernel_modules: true"), 7),
    (add("privileged: [SYS_TIME]"), 8),
    (add("hassio_role: manager"), 7),
    (add("hassio_role: admin"), 6),
    (add("host_pid: true"), 6),
    (add("host_uts: true"), 8),
    (add("host_uts: true\nprivileged: [SYS_ADMIN]"), 6),
    (add("docker_api: true"), 1),
    (add("full_access: true"), 1),
    (change("ingress: true", "ingress: false"), 6),
    (change("ingress: true", "auth_api: true"), 7),
]

OPTIONS = [
    (change("  poll_interval: 30\n", "  poll_interval: 3\n"), "does not start without options"),
    (change("  poll_interval: 30\n", ""), "does not start without options: Missing option 'poll_interval'"),
    (change("  mqtt: {}\n", ""), "does not start without options: Missing option 'mqtt'"),
    (change("  devices: []\n", ""), "does not start without options: Missing option 'devices'"),
    (change("  base_topic: blupow\n", "  base_topic: /blupow\n"), "does not start without options"),
    (change("  log_level: info\n", "  log_level: null\n"), "options.log_level is null"),
    (change("  log_level: info\n", "  log_level: info\n  adapter: hci0\n"), "options.adapter is optional and has a default"),
    (change("  log_level: info\n", "  log_level: info\n  colour: red\n"), "options.colour is not in the schema"),
    (change("    client_id: 'match(^.{1,64}(?!\\n)$)?'", "    client_id: str(1,64)?"), "schema.mqtt.client_id: limits of a text refuse every text"),
    (change("{2}(?!\\n)$)'", "{2}$)'"), "schema.devices.address: $ lets a line break"),
]

TRANSLATIONS = [
    (change("  poll_interval:\n    name: Poll interval\n", "  poll_interval:\n"), "the Supervisor drops it"),
    (change("    description: Seconds from one reading of a device to the next, 5 to 3600.\n", ""), "poll_interval has no description"),
    (change("  adapter:\n", "  adaptor:\n"), "adapter has no name"),
    (change("  adapter:\n", "  adaptor:\n"), "adaptor is no option"),
    (change("      ca_file:\n", "      cafile:\n"), "mqtt.ca_file has no name"),
    (change("      address:\n", "      adress:\n"), "devices.adress is no option"),
    (change("    fields:\n", "    field:\n"), "mqtt: 'field' is unknown"),
    (change("configuration:\n", "configuration:\n  colour: red\n"), "the Supervisor drops it"),
    (lambda text: text + "network:\n  8099/tcp: The page\n", "there are no ports"),
    (lambda text: text + "options: {}\n", "'options' is unknown"),
]


class Mutated(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.restore()

    def restore(self) -> None:
        for name in FILES:
            (self.folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(manifest.ROOT / name, self.folder / name)

    def edit(self, name: str, edit: Edit) -> None:
        self.restore()
        path = self.folder / name
        before = path.read_text()
        path.write_text(edit(before))
        self.assertNotEqual(path.read_text(), before)

    def expect(self, findings: list[str], part: str) -> None:
        self.assertTrue(any(part in finding for finding in findings), f"{part!r} is not among {findings}")


class ConfigTest(Mutated):
    def test_the_supervisor_and_the_linter_have_nothing_to_say(self) -> None:
        self.assertEqual(manifest.config_findings(manifest.ROOT), [])

    def test_what_they_would_say_is_found(self) -> None:
        for number, (edit, part) in enumerate(CONFIG):
            with self.subTest(number=number, part=part):
                self.edit("config.yaml", edit)
                self.expect(manifest.config_findings(self.folder), part)

    def test_what_is_no_add_on_is_found(self) -> None:
        for text in ("[]\n", "name: ''\n"):
            self.edit("config.yaml", lambda _, text=text: text)
            self.expect([f"Supervisor: {complaint}" for complaint in manifest.supervisor.config_complaints(manifest.config_of(self.folder))], "Invalid app config")


class RatingTest(Mutated):
    def test_the_security_rating_is_the_highest(self) -> None:
        self.assertEqual(manifest.rating_findings(manifest.ROOT), [])

    def test_without_a_profile_it_is_lower(self) -> None:
        self.expect(manifest.rating_findings(self.folder), "security rating 7 of 8")
        (self.folder / "apparmor.txt").write_text("# nothing\n")
        self.expect(manifest.rating_findings(self.folder), "security rating 7 of 8")
        (self.folder / "apparmor.txt").write_text("profile blupow flags=(attach_disconnected) {\n}\n")
        self.assertEqual(manifest.rating_findings(self.folder), [])

    def test_the_profile_is_no_link(self) -> None:
        (self.folder / "profile").write_text("profile blupow flags=(attach_disconnected) {\n}\n")
        link = self.folder / "apparmor.txt"
        link.symlink_to("profile")
        self.assertEqual(manifest.rating_findings(self.folder), ["apparmor.txt is a link"])
        link.unlink()
        link.symlink_to("nothing")
        self.expect(manifest.rating_findings(self.folder), "security rating 7 of 8")

    def test_what_costs_points_is_known(self) -> None:
        for edit, rating in RATING:
            self.edit("config.yaml", edit)
            with self.subTest(rating=rating):
                self.assertEqual(manifest.supervisor.rating(manifest.config_of(self.folder), own_profile=True), rating)


class OptionsShapeTest(Mutated):
    def test_no_option_is_needed_and_every_default_fits(self) -> None:
        self.assertEqual(manifest.options_findings(manifest.ROOT), [])

    def test_what_does_not_fit_is_found(self) -> None:
        for edit, part in OPTIONS:
            with self.subTest(part=part):
                self.edit("config.yaml", edit)
                self.expect(manifest.options_findings(self.folder), part)


class TranslationsTest(Mutated):
    def test_every_option_has_a_name_and_a_description(self) -> None:
        self.assertEqual(manifest.translation_findings(manifest.ROOT), [])

    def test_what_is_missing_or_too_much_is_found(self) -> None:
        for edit, part in TRANSLATIONS:
            with self.subTest(part=part):
                self.edit("translations/en.yaml", edit)
                self.expect(manifest.translation_findings(self.folder), part)

    def test_a_page_without_language_is_found(self) -> None:
        (self.folder / "translations/en.yaml").rename(self.folder / "translations/english.yaml")
        self.expect(manifest.translation_findings(self.folder), "there is no English page")
        self.expect(manifest.translation_findings(self.folder), "english.yaml: no page of a language")


class StoreTest(Mutated):
    def test_the_repository_is_named(self) -> None:
        self.assertEqual(manifest.repository_findings(manifest.ROOT), [])

    def test_a_repository_without_name_is_found(self) -> None:
        for edit, part in ((change("name: ", "title: "), "required key"), (add("url: nowhere"), "expected a URL"), (change("maintainer: ", "author: "), "no maintainer")):
            with self.subTest(part=part):
                self.edit("repository.yaml", edit)
                self.expect(manifest.repository_findings(self.folder), part)

    def test_no_other_file_is_taken_for_one_of_the_supervisor_s(self) -> None:
        self.assertEqual(manifest.store_findings(manifest.ROOT), [])

    def test_another_file_is_found_with_and_without_git(self) -> None:
        for git in (False, True):
            if git:
                subprocess.run(["git", "-C", self.folder, "init", "--quiet"], check=True)
                (self.folder / ".gitignore").write_text("/build/\n")
            self.assertEqual(manifest.store_findings(self.folder), [])
            for name, found in {"tests/config.json": True, "web/config.yml": True, "sim/build.yaml": True, "docs/repository.json": True, "rootfs/etc/repository.yml": True,
                                "docs/config.example.yaml": True, ".ci/build.yml": True,
                                "rootfs/etc/config.yaml": False, ".ci/config.yaml": False, "build/dev/config.json": False, "tests/config.toml": False,
                                "tests/my_config.yaml": False}.items():
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("{}\n")
                with self.subTest(name=name, git=git):
                    self.assertEqual(any(name in finding for finding in manifest.store_findings(self.folder)), found)
                path.unlink()
        (self.folder / "repository.yaml").unlink()
        self.expect(manifest.store_findings(self.folder), "repository.yaml is not there")


class PicturesTest(Mutated):
    def test_they_have_the_sizes_that_home_assistant_wants(self) -> None:
        self.assertEqual(manifest.picture_findings(manifest.ROOT), [])

    def test_a_broken_picture_is_found(self) -> None:
        sound = (self.folder / "icon.png").read_bytes()
        wrong = {"is no PNG": b"GIF89a" + sound, "broken IDAT": sound[:200] + bytes([sound[200] ^ 1]) + sound[201:], "icon.png": sound[:-20],
                 "icon.png is 250x100": (self.folder / "logo.png").read_bytes()}
        for part, data in wrong.items():
            (self.folder / "icon.png").write_bytes(data)
            with self.subTest(part=part):
                self.expect(manifest.picture_findings(self.folder), part)
        (self.folder / "icon.png").unlink()
        self.expect(manifest.picture_findings(self.folder), "icon.png")

    def test_their_sources_are_drawn(self) -> None:
        subprocess.run([manifest.ROOT / "scripts/art", self.folder], check=True, capture_output=True)
        self.assertEqual(manifest.picture_findings(self.folder), [])


class VersionTest(Mutated):
    def test_it_is_the_same_everywhere(self) -> None:
        self.assertEqual(manifest.version_findings(manifest.ROOT), [])
        said = subprocess.run([BLUPOW, "--version"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(said, f"blupow {manifest.config_of(manifest.ROOT)['version']}\n")

    def test_another_one_is_found(self) -> None:
        for name, edit in {"config.yaml": change('version: "2.0.0"', 'version: "2.0.1"'), "CHANGELOG.md": change("## 2.0.0 ", "## 2.0.1 "),
                           "CMakeLists.txt": change("VERSION 2.0.0", "VERSION 2.0.1")}.items():
            self.edit(name, edit)
            with self.subTest(name=name):
                self.expect(manifest.version_findings(self.folder), "the versions differ")
        self.edit("CHANGELOG.md", change("## 2.0.0 ", "## [2.0.0] "))
        self.expect(manifest.version_findings(self.folder), "the versions differ")


if __name__ == "__main__":
    sys.exit(unittest.main())
