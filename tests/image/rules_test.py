#!/usr/bin/env python3
"""The rules of the image find what they are there to find: a small sound root folder, and what can be wrong with it."""

import copy
import hashlib
import json
import os
import platform
import shutil
import tarfile
import tempfile
import unittest
from pathlib import Path

import rules
from archive import Archive

ARCH = {"x86_64": "amd64"}.get(platform.machine(), platform.machine())
LIBRARIES = f"usr/lib/{rules.TRIPLETS[ARCH]}"
LOADER = {"amd64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}[ARCH]
PAGE, PROFILE = "usr/share/blupow/ui/index.html", "usr/share/blupow/profiles/one.json"
SECOND = 1_000_000_000
CONFIG = {"architecture": {"amd64": "amd64", "aarch64": "arm64"}[ARCH], "os": "linux", "config": {
    "Entrypoint": ["/usr/bin/blupow"], "Cmd": ["run"],
    "Healthcheck": {"Test": ["CMD", "/usr/bin/blupow", "health"], "Interval": 30 * SECOND, "StartPeriod": 30 * SECOND},
    "Labels": {"io.hass.type": "app", "io.hass.version": "2.0.0", "io.hass.arch": ARCH, "org.opencontainers.image.version": "2.0.0",
               "org.opencontainers.image.title": "BluPow", "org.opencontainers.image.licenses": "MIT"}}}


class RulesTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root, self.sources = Path(folder.name) / "root", Path(folder.name) / "sources"
        for there, here in ((PAGE, "addon/ui/index.html"), (PROFILE, "rootfs/usr/share/blupow/profiles/one.json")):
            self.write(there, "text")
            self.write(self.sources / here, "text")
        self.write("etc/ssl/certs/ca-certificates.crt", "-----END CERTIFICATE-----\n" * 120)
        self.link("usr/lib/ssl/cert.pem", "../../../etc/ssl/certs/ca-certificates.crt")
        for zone in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Sydney"):
            self.write(f"usr/share/zoneinfo/{zone}", "TZif2")
        for name in ("data", "dev", "proc", "run/dbus", "sys", "tmp"):
            (self.root / name).mkdir(parents=True)
        (self.root / "tmp").chmod(0o1777)
        # A program of Debian's that needs the C library alone stands for ours.
        self.copy("/bin/true", rules.PROGRAM)
        self.copy(f"/{LIBRARIES}/libc.so.6", f"{LIBRARIES}/libc.so.6")
        loader = Path(LOADER).name
        self.copy(f"/{LIBRARIES}/{loader}", f"{LIBRARIES}/{loader}")
        self.link("lib", "usr/lib")
        if LOADER.startswith("/lib64"):
            self.link("lib64", "usr/lib64")
        self.link(f"usr{LOADER}", os.path.relpath(f"/{LIBRARIES}/{loader}", f"/usr{Path(LOADER).parent}"))

    def write(self, name: str | Path, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def link(self, name: str, target: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).symlink_to(target)

    def copy(self, source: str, name: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, self.root / name)

    def findings(self) -> list[str]:
        return [*rules.too_big(self.root), *rules.strangers(self.root, ARCH), *rules.unsafe(self.root), *rules.binaries(self.root, ARCH),
                *rules.missing(self.root, self.sources)]

    def expect(self, *findings: str) -> None:
        self.assertEqual(self.findings(), list(findings))

    def test_a_sound_root_has_no_findings(self):
        self.expect()

    def test_a_byte_too_many(self):
        path = self.root / "usr/share/zoneinfo/UTC"
        os.truncate(path, 0)
        path.write_bytes(b"TZif")
        os.truncate(path, rules.MOST_BYTES - rules.size(self.root) + 4)
        self.expect()
        os.truncate(path, path.stat().st_size + 1)
        self.expect("40000001 bytes, more than 40000000")

    def test_a_shell_a_package_manager_a_second_program(self):
        names = ("bin/sh", "root/.profile", "usr/bin/apt-get", "usr/bin/tini", f"{LIBRARIES}/busybox", "usr/share/doc/x/copyright", "var/lib/dpkg/status")
        for name in names:
            self.write(name, "")
        self.assertEqual(rules.strangers(self.root, ARCH), [f"{name} is not on the list" for name in sorted(names)])

    def test_a_link_to_a_shell_and_an_empty_folder(self):
        self.link("usr/bin/sh", "blupow")
        (self.root / "var").mkdir()
        self.expect("usr/bin/sh is not on the list", "var is an empty folder")

    def test_a_zone_that_is_none(self):
        self.write("usr/share/zoneinfo/leapseconds", "#")
        self.expect("usr/share/zoneinfo/leapseconds is no time zone")

    def test_rights_given_away(self):
        (self.root / rules.PROGRAM).chmod(0o4755)
        self.expect(f"{rules.PROGRAM} is setuid or setgid")
        (self.root / rules.PROGRAM).chmod(0o757)
        self.expect(f"{rules.PROGRAM} may be written by everybody")
        (self.root / rules.PROGRAM).chmod(0o755)
        os.chown(self.root / PAGE, 1, 0)
        self.expect(f"{PAGE} is not root's")
        os.chown(self.root / PAGE, 0, 0)
        os.mkfifo(self.root / "usr/share/blupow/ui/pipe.js")
        self.expect("usr/share/blupow/ui/pipe.js is neither file, folder nor link")

    def test_capabilities(self):
        os.setxattr(self.root / rules.PROGRAM, "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
        self.expect(f"{rules.PROGRAM} has capabilities")

    def test_a_library_that_lacks_and_one_too_many(self):
        (self.root / LIBRARIES / "libc.so.6").rename(self.root / LIBRARIES / "libother.so.6")
        self.expect("libc.so.6, which blupow needs, is missing", "nothing needs libother.so.6")

    def test_no_loader(self):
        (self.root / f"usr{LOADER}").unlink()
        self.assertEqual(rules.binaries(self.root, ARCH), [f"the loader {LOADER} is missing"])

    def test_a_link_that_leads_out_of_the_image(self):
        (self.root / f"usr{LOADER}").unlink()
        self.link(f"usr{LOADER}", "/etc/hostname")
        self.expect(f"the loader {LOADER} is missing", f"usr{LOADER} leads nowhere")

    def test_another_machine(self):
        other = "aarch64" if ARCH == "amd64" else "amd64"
        (self.root / f"usr/lib/{rules.TRIPLETS[ARCH]}").rename(self.root / f"usr/lib/{rules.TRIPLETS[other]}")
        self.assertIn("blupow is for", " ".join(rules.binaries(self.root, other)))
        self.assertIn(f"{LIBRARIES.replace(rules.TRIPLETS[ARCH], rules.TRIPLETS[other])}/libc.so.6 is not on the list", rules.strangers(self.root, ARCH))

    def test_symbols(self):
        # The dynamic linker's debug symbols are Debian's own affair; /proc/self/exe of a test build would do, an ELF header's word is enough.
        program = self.root / rules.PROGRAM
        program.write_bytes(program.read_bytes().replace(b".dynsym\0", b".symtab\0", 1) if b".dynsym\0" in program.read_bytes()
                            else program.read_bytes().replace(b".gnu.version\0", b".symtab\0", 1))
        self.expect("blupow is not stripped")

    def test_profiles_and_page_differ_from_the_sources(self):
        self.write(PROFILE, "other")
        self.expect("usr/share/blupow/profiles is not what rootfs/usr/share/blupow/profiles is")
        self.write(PROFILE, "text")
        (self.root / PAGE).unlink()
        (self.sources / "addon/ui/index.html").unlink()
        self.assertIn("addon/ui of the sources is empty", self.findings())

    def test_authorities_and_zones_that_lack(self):
        self.write("etc/ssl/certs/ca-certificates.crt", "")
        self.expect("only 0 certificates")
        self.write("etc/ssl/certs/ca-certificates.crt", "-----END CERTIFICATE-----\n" * 120)
        (self.root / "usr/lib/ssl/cert.pem").unlink()
        (self.root / "usr/share/zoneinfo/Asia/Kathmandu").unlink()
        self.assertEqual(rules.missing(self.root, self.sources), ["OpenSSL does not find the certificates", "the time zone Asia/Kathmandu is missing"])


class WordsTest(unittest.TestCase):
    def findings(self, change=lambda config: None, tags=("docker.io/library/blupow:2.0.0",), version="2.0.0") -> list[str]:
        config = copy.deepcopy(CONFIG)
        change(config)
        return rules.wrong_words(config, list(tags), ARCH, version)

    def test_sound_words(self):
        self.assertEqual(self.findings(), [])

    def test_each_word_that_lacks_or_differs(self):
        changes = {
            "architecture": lambda config: config.update(architecture="riscv64"),
            "os": lambda config: config.pop("os"),
            "entrypoint": lambda config: config["config"].update(Entrypoint=["/bin/sh", "-c", "/usr/bin/blupow"]),
            "command": lambda config: config["config"].pop("Cmd"),
            "user": lambda config: config["config"].update(User="1000"),
            "health check": lambda config: config["config"]["Healthcheck"].update(Test=["CMD-SHELL", "/usr/bin/blupow health"]),
            "health check: at odd times": lambda config: config["config"]["Healthcheck"].update(Interval=600 * SECOND),
            **{f"label {label}": lambda config, label=label: config["config"]["Labels"].pop(label) for label in CONFIG["config"]["Labels"]},
        }
        for what, change in changes.items():
            with self.subTest(what=what):
                findings = self.findings(change)
                self.assertEqual(len(findings), 1, findings)
                self.assertTrue(findings[0].startswith(what), findings)

    def test_a_health_check_that_the_format_has_lost(self):
        self.assertEqual(len(self.findings(lambda config: config["config"].pop("Healthcheck"))), 2)

    def test_another_tag_and_version(self):
        self.assertEqual(self.findings(tags=["blupow:latest"]), ["tags: ['blupow:latest'], not ['blupow:2.0.0']"])
        self.assertEqual(len(self.findings(version="2.0.1")), 3)


class ArchiveTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def archive(self, told: str | None = None) -> Archive:
        """told: the layer's digest by the configuration, in place of the right one."""
        (self.folder / "hello").write_text("hello")
        with tarfile.open(self.folder / "layer.tar", "w") as layer:
            layer.add(self.folder / "hello", "hello")
        digest = hashlib.sha256((self.folder / "layer.tar").read_bytes()).hexdigest()
        (self.folder / "config.json").write_text(json.dumps({"rootfs": {"diff_ids": [told or f"sha256:{digest}"]}}))
        (self.folder / "manifest.json").write_text(json.dumps([{"Config": "config.json", "RepoTags": ["a:1"], "Layers": ["layer.tar"]}]))
        with tarfile.open(self.folder / "image.tar", "w") as image:
            for name in ("manifest.json", "config.json", "layer.tar"):
                image.add(self.folder / name, name)
        return Archive(self.folder / "image.tar")

    def test_it_is_read_and_unpacked(self):
        archive = self.archive()
        self.assertEqual(archive.tags, ["a:1"])
        archive.unpack(self.folder / "root")
        self.assertEqual((self.folder / "root/hello").read_text(), "hello")

    def test_a_layer_that_is_not_what_is_told(self):
        self.assertEqual(len(self.archive("sha256:0").wrong_layers()), 1)
        self.assertEqual(self.archive().wrong_layers(), [])


if __name__ == "__main__":
    unittest.main()
