"""What an image of ours may hold and must say. Each rule gives its findings as sentences; no finding, no fault."""

import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

MOST_BYTES = 40_000_000  # of all regular files
PROGRAM = "usr/bin/blupow"
TRIPLETS = {"amd64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
_MACHINES = {"amd64": "Advanced Micro Devices X86-64", "aarch64": "AArch64"}
_DOCKERS_WORDS = {"amd64": "amd64", "aarch64": "arm64"}

_EMPTY = {"data", "dev", "proc", "run/dbus", "sys", "tmp"}  # what a container mounts over
_ALLOWED = [
    r"usr/bin/blupow",
    r"etc/ssl/certs/ca-certificates\.crt",
    r"usr/lib/ssl/cert\.pem",
    r"usr/share/blupow/profiles/[\w.]+\.json",
    r"usr/share/blupow/ui/[\w./-]+\.(html|js|css|svg|png|ico|woff2|json|webmanifest)",
    r"usr/share/zoneinfo/[\w+/-]+",
    r"usr/lib/{triplet}/lib[\w+.-]+\.so[\d.]*",
    r"(usr/lib/{triplet}/|usr/lib/|usr/lib64/)ld-linux-[\w-]+\.so\.\d",
    r"lib|lib64",
]


def paths(root: Path) -> dict[str, Path]:
    """All that is no folder, by its path in the image."""
    return {str((Path(folder) / name).relative_to(root)): Path(folder) / name
            for folder, folders, files in os.walk(root)
            for name in files + [name for name in folders if (Path(folder) / name).is_symlink()]}


def _regular(root: Path) -> dict[str, Path]:
    return {name: path for name, path in paths(root).items() if path.is_file() and not path.is_symlink()}


def size(root: Path) -> int:
    return sum(path.stat().st_size for path in _regular(root).values())


def too_big(root: Path) -> list[str]:
    return [f"{size(root)} bytes, more than {MOST_BYTES}"] if size(root) > MOST_BYTES else []


def strangers(root: Path, arch: str) -> list[str]:
    """What is not on the list of what an image holds: a shell, a package manager, a second program, a forgotten folder."""
    allowed = re.compile("|".join(f"(?:{pattern})" for pattern in _ALLOWED).replace("{triplet}", TRIPLETS[arch]))
    found = [f"{name} is not on the list" for name in sorted(paths(root)) if not allowed.fullmatch(name)]
    zones = [name for name, path in sorted(_regular(root).items()) if name.startswith("usr/share/zoneinfo/") and path.read_bytes()[:4] != b"TZif"]
    empty = {str(Path(folder).relative_to(root)) for folder, folders, files in os.walk(root) if not folders and not files}
    return found + [f"{name} is no time zone" for name in zones] + [f"{name} is an empty folder" for name in sorted(empty - _EMPTY)]


def unsafe(root: Path) -> list[str]:
    """Modes and owners that give rights away."""
    found = []
    for name, path in sorted({**paths(root), **{str(Path(folder).relative_to(root)): Path(folder) for folder, _, _ in os.walk(root)}}.items()):
        status = path.lstat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode) or stat.S_ISLNK(status.st_mode)):
            found.append(f"{name} is neither file, folder nor link")
        if status.st_mode & (stat.S_ISUID | stat.S_ISGID):
            found.append(f"{name} is setuid or setgid")
        if status.st_mode & stat.S_IWOTH and not path.is_symlink() and name != "tmp":
            found.append(f"{name} may be written by everybody")
        if (status.st_uid, status.st_gid) != (0, 0):
            found.append(f"{name} is not root's")
        if "security.capability" in os.listxattr(path, follow_symlinks=False):
            found.append(f"{name} has capabilities")
    return found


def _read(option: str, path: Path) -> str:
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(["readelf", option, path], capture_output=True, text=True, check=True, env=environment).stdout


def needed(path: Path) -> list[str]:
    return re.findall(r"\(NEEDED\).*\[(.*)\]", _read("-dW", path))


def binaries(root: Path, arch: str) -> list[str]:
    """The program and its libraries: for this machine, stripped, all there, and none that nothing needs."""
    program, libraries = root / PROGRAM, root / "usr/lib" / TRIPLETS[arch]
    if not program.is_file():
        return [f"{PROGRAM} is missing"]
    found, seen, left = [], set(), [program]
    while left:
        file = left.pop()
        machine = re.search(r"Machine:\s*(.*)", _read("-hW", file)).group(1).strip()
        if machine != _MACHINES[arch]:
            found.append(f"{file.name} is for {machine}")
        if ".symtab" in _read("-SW", file):
            found.append(f"{file.name} is not stripped")
        for name in needed(file):
            if not (libraries / name).exists():
                found.append(f"{name}, which {file.name} needs, is missing")
            elif name not in seen:
                seen.add(name)
                left.append(libraries / name)
    loader = re.search(r"program interpreter: (.*)\]", _read("-lW", program)).group(1)
    if _inside(root, loader) is None:
        found.append(f"the loader {loader} is missing")
    there = {path.name for path in libraries.iterdir()} if libraries.is_dir() else set()
    return found + [f"nothing needs {name}" for name in sorted(there - seen - {Path(loader).name})]


def _inside(root: Path, name: str) -> Path | None:
    """The file or folder that the path leads to when root is /; None where it leads nowhere. Follows links as a container does."""
    place, left = root, [part for part in name.split("/") if part]
    for _ in range(256):
        if not left:
            return place
        part = left.pop(0)
        if part == "..":
            place = place if place == root else place.parent
            continue
        if (place / part).is_symlink():
            target = os.readlink(place / part)
            place = root if target.startswith("/") else place
            left = [piece for piece in target.split("/") if piece not in ("", ".")] + left
            continue
        if not (place / part).exists():
            return None
        place = place / part
    return None


def missing(root: Path, sources: Path) -> list[str]:
    """What the program needs to work: profiles and page as in the sources, authorities, time zones; every link leads somewhere."""
    found = [f"{name} leads nowhere" for name, path in sorted(paths(root).items()) if path.is_symlink() and _inside(root, name) is None]
    for there, here in (("usr/share/blupow/profiles", "rootfs/usr/share/blupow/profiles"), ("usr/share/blupow/ui", "addon/ui")):
        wanted = {name: path.read_bytes() for name, path in _regular(sources / here).items() if path.suffix != ".md"}
        if not wanted:
            found.append(f"{here} of the sources is empty")
        if {name: path.read_bytes() for name, path in _regular(root / there).items()} != wanted:
            found.append(f"{there} is not what {here} is")
    bundle = root / "etc/ssl/certs/ca-certificates.crt"
    count = bundle.read_text().count("-----END CERTIFICATE-----\n") if bundle.is_file() else 0
    if count < 100:
        found.append(f"only {count} certificates")
    if _inside(root, "usr/lib/ssl/cert.pem") != bundle:
        found.append("OpenSSL does not find the certificates")
    zones = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Sydney")
    return found + [f"the time zone {zone} is missing" for zone in zones if _inside(root, f"usr/share/zoneinfo/{zone}") is None]


def wrong_words(config: dict[str, Any], tags: list[str], arch: str, version: str) -> list[str]:
    """What the image says of itself to Docker and the Supervisor."""
    told = config["config"]
    labels, health = told.get("Labels") or {}, told.get("Healthcheck") or {}
    wanted = {
        "architecture": (config.get("architecture"), _DOCKERS_WORDS[arch]),
        "os": (config.get("os"), "linux"),
        "entrypoint": (told.get("Entrypoint"), ["/usr/bin/blupow"]),
        "command": (told.get("Cmd"), ["run"]),
        "user (D-Bus lets root talk to org.bluez)": (told.get("User") or "", ""),
        "health check": (health.get("Test"), ["CMD", "/usr/bin/blupow", "health"]),
        "label io.hass.type": (labels.get("io.hass.type"), "app"),
        "label io.hass.version": (labels.get("io.hass.version"), version),
        "label io.hass.arch": (labels.get("io.hass.arch"), arch),
        "label org.opencontainers.image.version": (labels.get("org.opencontainers.image.version"), version),
        "label org.opencontainers.image.title": (labels.get("org.opencontainers.image.title"), "BluPow"),
        "label org.opencontainers.image.licenses": (labels.get("org.opencontainers.image.licenses"), "MIT"),
        "tags": ([tag.split("/")[-1] for tag in tags], [f"blupow:{version}"]),
    }
    found = [f"{what}: {is_!r}, not {should!r}" for what, (is_, should) in wanted.items() if is_ != should]
    second = 1_000_000_000
    if not (5 * second <= health.get("Interval", 0) <= 60 * second and health.get("StartPeriod", 0) >= 10 * second):
        found.append(f"health check: at odd times {health}")
    return found
