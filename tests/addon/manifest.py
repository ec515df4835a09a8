"""Every rule that BluPow's add-on files have to hold, as functions from a folder to findings (sentences); no finding, all is well."""

import re
import struct
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import voluptuous as vol
import yaml

import linter
import supervisor

ROOT = Path(__file__).resolve().parent.parent.parent

# What the add-on is to its users; a change here is a change of what they agreed to.
PROMISES: dict[str, Any] = {
    "slug": "blupow", "arch": ["aarch64", "amd64"], "host_dbus": True, "ingress": True, "services": ["mqtt:want"], "map": [{"type": "ssl"}],
}
# The Supervisor would pull an image that is named here, and none is published.
UNWANTED = ("image", "ports", "privileged", "host_network", "hassio_api", "homeassistant_api", "udev", "usb", "devices", "webui", "discovery", "machine")
HIGHEST_RATING = 8


def config_of(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "config.yaml").read_text())


def config_findings(folder: Path) -> list[str]:
    text = (folder / "config.yaml").read_text()
    config = yaml.safe_load(text)
    findings = [f"Supervisor: {complaint}" for complaint in supervisor.config_complaints(config)]
    findings += [f"linter: {finding}" for finding in linter.findings(config)]
    for key in ("version", "homeassistant"):
        if key in config and not re.search(rf'^{key}: "[^"]+"$', text, re.MULTILINE):
            findings.append(f"'{key}' is not quoted")
    findings += [f"'{key}' is {config.get(key)}, not {value}" for key, value in PROMISES.items() if config.get(key) != value]
    findings += [f"'{key}' is not wanted" for key in UNWANTED if key in config]
    if not re.fullmatch(r"mdi:[a-z0-9-]+", str(config.get("panel_icon"))):
        findings.append("'panel_icon' is no icon of Material Design")
    return findings


def rating_findings(folder: Path) -> list[str]:
    profile = folder / "apparmor.txt"
    own = profile.is_file() and re.search(r"^profile [^ ]+", profile.read_text(), re.MULTILINE) is not None
    rating = supervisor.rating(config_of(folder), own)
    findings = [] if rating == HIGHEST_RATING else [f"security rating {rating} of {HIGHEST_RATING}"]
    # Links get lost on the way of a local add-on to its folder (a Windows checkout, an archive, a network share): a text file with a path is left, in
    # which the Supervisor finds no profile, and the installation fails.
    if profile.is_symlink():
        findings.append("apparmor.txt is a link")
    return findings


def elements(schema: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every plain option with its path; lists are stepped through."""
    for key, kind in schema.items():
        kind = kind[0] if isinstance(kind, list) else kind
        if isinstance(kind, dict):
            yield from elements(kind, (*path, key))
        else:
            yield (*path, key), kind


def options_findings(folder: Path) -> list[str]:
    config = config_of(folder)
    options, schema = config["options"], config["schema"]
    findings = []
    try:
        supervisor.validate_options(schema, options)
    except vol.Invalid as error:
        findings.append(f"does not start without options: {error}")
    for key, value in options.items():
        kind = schema.get(key)
        if kind is None:
            findings.append(f"options.{key} is not in the schema")
        elif isinstance(kind, str) and kind.endswith("?"):
            findings.append(f"options.{key} is optional and has a default, which makes it needed")
        if value is None:
            findings.append(f"options.{key} is null, which makes it needed before the first start")
    for path, kind in elements(schema):
        if re.match(r"(str|password)\(", kind):
            findings.append(f"schema.{'.'.join(path)}: limits of a text refuse every text")
        if kind.startswith("match(") and "$" in kind.replace(r"(?!\n)$", ""):
            findings.append(f"schema.{'.'.join(path)}: $ lets a line break at the end through")
    return findings


def translation_findings(folder: Path) -> list[str]:
    schema = config_of(folder)["schema"]
    findings = []
    pages = sorted((folder / "translations").glob("*"))
    if folder / "translations/en.yaml" not in pages:
        findings.append("there is no English page")
    for page in pages:
        if page.suffix not in supervisor.SUFFIXES or not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", page.stem):
            findings.append(f"{page.name}: no page of a language")
            continue
        words = yaml.safe_load(page.read_text())
        try:
            supervisor.TRANSLATIONS(words)
        except vol.MultipleInvalid as error:
            findings.append(f"{page.name}: the Supervisor drops it: {error}")
            continue
        findings += [f"{page.name}: '{key}' is unknown" for key in words if key not in ("configuration", "network")]
        findings += [f"{page.name}: {finding}" for finding in _words_findings(schema, words.get("configuration", {}), "")]
        if "network" in words:
            findings.append(f"{page.name}: there are no ports to describe")
    return findings


def _words_findings(schema: Mapping[str, Any], words: Mapping[str, Any], path: str) -> Iterator[str]:
    for key in set(words) - set(schema):
        yield f"{path}{key} is no option"
    for key, kind in schema.items():
        kind = kind[0] if isinstance(kind, list) else kind
        said = words.get(key)
        if said is None:
            yield f"{path}{key} has no name"
            continue
        for word in set(said) - {"name", "description", "fields"}:
            yield f"{path}{key}: '{word}' is unknown"
        for word in ("name", "description"):
            if not str(said.get(word) or "").strip():
                yield f"{path}{key} has no {word}"
        if isinstance(kind, dict):
            yield from _words_findings(kind, said.get("fields", {}), f"{path}{key}.")
        elif "fields" in said:
            yield f"{path}{key} has no fields"


def repository_findings(folder: Path) -> list[str]:
    said = yaml.safe_load((folder / "repository.yaml").read_text())
    try:
        supervisor.REPOSITORY(said)
    except vol.MultipleInvalid as error:
        return [f"repository.yaml: {error}"]
    findings = [f"repository.yaml: '{key}' is unknown" for key in said if key not in ("name", "url", "maintainer")]
    return findings + [f"repository.yaml: no {key}" for key in ("maintainer",) if key not in said]


def tracked_files(folder: Path) -> list[str]:
    """The files of a checkout. Where git does not know them (an archive of the sources): all but what builds leave behind."""
    listed = subprocess.run(["git", "-C", folder, "-c", f"safe.directory={folder}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [path for path in listed.stdout.split("\0") if path and (folder / path).exists()]
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [str(path) for path in files if path.parts[0] != "build" and "__pycache__" not in path.parts]


def store_findings(folder: Path) -> list[str]:
    taken = supervisor.files_it_takes(tracked_files(folder))
    wanted = {"config": ["config.yaml"], "repository": ["repository.yaml"], "build": []}
    findings = [f"the Supervisor would take {path} for its {kind}" for kind, paths in taken.items() for path in paths if path not in wanted[kind]]
    return findings + [f"{path} is not there" for kind, paths in wanted.items() for path in paths if path not in taken[kind]]


def png_size(path: Path) -> tuple[int, int]:
    """Width and height of a sound PNG with an alpha channel; ValueError otherwise. Every chunk's checksum is checked and the pixels unpacked."""
    data = path.read_bytes()
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("is no PNG")
    chunks: list[tuple[bytes, bytes]] = []
    place = 8
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8:place + 8 + length]
        if data[place + 8 + length:place + 12 + length] != struct.pack(">I", zlib.crc32(kind + body)):
            raise ValueError(f"has a broken {kind.decode('latin-1')} chunk")
        chunks.append((kind, body))
        place += 12 + length
    if chunks[0][0] != b"IHDR" or chunks[-1] != (b"IEND", b""):
        raise ValueError("does not begin or end as a PNG")
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[0][1])
    if (depth, colour) != (8, 6):
        raise ValueError("has no 8 bit colours with transparency")
    try:
        pixels = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    except zlib.error as error:
        raise ValueError(f"has broken pixels: {error}") from None
    if len(pixels) != height * (1 + 4 * width):
        raise ValueError("has not all its pixels")
    return width, height


def picture_findings(folder: Path) -> list[str]:
    findings = []
    for name, (width, height) in {"icon.png": (128, 128), "logo.png": (250, 100)}.items():
        try:
            size = png_size(folder / name)
        except (OSError, ValueError, struct.error, IndexError) as error:
            findings.append(f"{name} {error}")
            continue
        if size != (width, height):
            findings.append(f"{name} is {size[0]}x{size[1]}, not {width}x{height}")
    return findings


def version_findings(folder: Path) -> list[str]:
    """A version's section of the changelog begins with "# 2.0.0" in some line, without brackets: by that Home Assistant finds what an update brings, else it
    shows all there ever was."""
    versions = {
        "CMakeLists.txt": re.search(r"^project\(blupow VERSION (\S+)", (folder / "CMakeLists.txt").read_text(), re.MULTILINE),
        "config.yaml": re.search(r'^version: "([^"]+)"$', (folder / "config.yaml").read_text(), re.MULTILINE),
        "CHANGELOG.md": re.search(r"^## (\S+)", (folder / "CHANGELOG.md").read_text(), re.MULTILINE),
    }
    found = {name: match[1] if match else None for name, match in versions.items()}
    return [] if len(set(found.values())) == 1 and None not in found.values() else [f"the versions differ: {found}"]
