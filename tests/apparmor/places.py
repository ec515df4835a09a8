"""Where things lie on the machine of the test and where in the image, and what of a trace says nothing about the image."""

import re
from pathlib import Path

from trace import Use

# What a build with sanitizers does and the shipped program does not: ASan reads how its own memory lies, and which program it is in.
_SANITIZERS = re.compile(r"/proc/(self|\d+)/(maps|cmdline|environ|exe|auxv|task/)|/sys/fs/cgroup/.*|.*/lib(asan|ubsan|lsan)\.so\..*")
# Asked for and not there, here or in the image: a refusal is the same to who asks.
ABSENT = {
    "/run/nscd/socket": "glibc: a cache of names; the image has none",
    "/var/run/nscd/socket": "the same, where /var/run is no link",
}
# Refused as the profile refuses it, and done without.
REFUSED = {
    "netlink raw": "glibc asks which addresses the host has, to put several addresses of a name in order; without an answer it takes both families for there",
}


class Places:
    def __init__(self, build: Path, source: Path, folder: Path):
        self.sanitized = b"__asan_init" in (build / "blupow").read_bytes()
        self._moved = [
            (f"{build}/blupow", "/usr/bin/blupow"),
            ("/usr/bin/tini-static", "/sbin/docker-init"),  # the same program: Docker's init is tini
            (f"{source}/rootfs/", "/"),
            (f"{source}/addon/ui/", "/usr/share/blupow/ui/"),
            (f"{folder}/data/", "/data/"),
            (f"{folder}/ssl/", "/ssl/"),
            (f"{folder}/run/dbus/system_bus_socket", "/run/dbus/system_bus_socket"),
        ]

    def in_image(self, use: Use) -> Use | None:
        """None for what says nothing about the image."""
        if use.kind != "file":
            return None if use.kind == "socket" and use.what in REFUSED and use.error == "EACCES" else use
        if (self.sanitized and _SANITIZERS.fullmatch(use.what)) or (use.what in ABSENT and use.error == "ENOENT"):
            return None
        for here, there in self._moved:
            if use.what.startswith(here):
                return Use(use.kind, there + use.what.removeprefix(here), use.access, use.call, use.error)
        return use
