"""The image's root folder as a container has it: read-only, with /data, /run/dbus, /proc and the files that Docker lays over.

The mounts are those of the test run's own mount namespace and go with it.
"""

import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from programs import Program

HOSTS, RESOLVER, AUTHORITIES = "etc/hosts", "etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"
_EMULATOR = "/usr/bin/qemu-aarch64"
# What the emulator, a program of this machine, needs to start; an image for another machine has nothing there.
_EMULATORS_OWN = ("/usr/lib/x86_64-linux-gnu", "/lib64")


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], check=True)


class Container:
    def __init__(self, root: Path, folder: Path, arch: str):
        """root: unpacked, the files that Docker would make are made in it; folder: for what lies outside of the image."""
        self._root = folder / "container"
        self.data, self.bus = folder / "data", folder / "bus"
        self._folder = folder
        self._emulated = arch == "aarch64" and platform.machine() != "aarch64"
        for place in (self._root, self.data, self.bus):
            place.mkdir()
        for name in (HOSTS, RESOLVER):
            (root / name).touch()
        if self._emulated:
            self._make_room_for_emulator(root)
        _mount("--bind", root, self._root)
        _mount("-o", "remount,bind,ro", self._root)
        _mount("-t", "proc", "proc", self._root / "proc")
        self._lay(self.data, "data", writable=True)
        self._lay(self.bus, "run/dbus")
        if self._emulated:
            for place in (_EMULATOR, *_EMULATORS_OWN):
                self._lay(Path(place).resolve(), place[1:])

    @staticmethod
    def _make_room_for_emulator(root: Path) -> None:
        (root / _EMULATOR[1:]).touch()
        for place in _EMULATORS_OWN:
            (root / place[1:]).mkdir()

    def _lay(self, source: Path, name: str, writable: bool = False) -> None:
        _mount("--bind", source, self._root / name)
        if not writable:
            _mount("-o", "remount,bind,ro", self._root / name)

    def lay_file(self, name: str, text: str) -> None:
        """A file over the image's own: HOSTS, RESOLVER, AUTHORITIES."""
        source = self._folder / name.replace("/", "_")
        source.write_text(text)
        self._lay(source, name)

    def read_only(self) -> bool:
        try:
            (self._root / "usr/bin/written").touch()
        except OSError:
            return True
        return False

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [shutil.which("chroot") or "/usr/sbin/chroot", str(self._root), *([_EMULATOR] if self._emulated else []), "/usr/bin/blupow", *arguments]

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Program:
        return Program("blupow", self._command(arguments), self._folder / "blupow.log", {**(environment or {})})

    def run(self, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._command(arguments), capture_output=True, text=True, timeout=seconds, env={}, check=False)
