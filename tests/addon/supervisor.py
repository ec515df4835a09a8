"""What the Supervisor does with an add-on's files, as far as BluPow's depend on it (2026.07; names of its own modules beside each part).

Written anew from its behaviour, with the library that it uses (Debian's python3-voluptuous): how a value is coerced, and what a pattern may be matched
against, is that library's.
"""

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import voluptuous as vol

SUFFIXES = (".yaml", ".yml", ".json")

# ---- options (supervisor/apps/options.py)

ELEMENT = re.compile(
    r"^(?:|bool|email|url|port"
    r"|device(?:\((?P<filter>subsystem=[a-z]+)\))?"
    r"|(?:str|password)(?:\((?P<length_min>\d+)?,(?P<length_max>\d+)?\))?"
    r"|int(?:\((?P<int_min>-?\d+)?,(?P<int_max>-?\d+)?\))?"
    r"|float(?:\((?P<float_min>-?\d*\.?\d+)?,(?P<float_max>-?\d*\.?\d+)?\))?"
    r"|match\((?P<match>.*)\)"
    r"|list\((?P<list>.+)\)"
    r")\??$")

PORT = vol.All(vol.Coerce(int), vol.Range(min=1, max=65535))


def _range(found: re.Match[str]) -> vol.Range:
    limits = {name.split("_")[1]: float(text) for name, text in found.groupdict().items() if name.endswith(("_min", "_max")) and text}
    return vol.Range(**limits)


def _single(kind: str, value: Any, key: str, secrets: Mapping[str, str]) -> Any:
    if value is None:
        raise vol.Invalid(f"Missing required option '{key}'")
    if str(value).startswith("!secret "):
        value = secrets.get(value.partition(" ")[2])
        if value is None:
            raise vol.Invalid(f"Unknown secret for '{key}'")
    found = ELEMENT.match(kind)
    if not found:
        raise vol.Invalid(f"Unknown type '{kind}'")
    # A text must be one, and its limits are compared with the text itself, not with its length: str(1,64) refuses everything.
    rules: list[tuple[str, Callable[[], Callable[[Any], Any]]]] = [
        ("str", lambda: vol.Schema(vol.All(str(value), _range(found)))),
        ("password", lambda: vol.Schema(vol.All(str(value), _range(found)))),
        ("int", lambda: vol.Schema(vol.All(vol.Coerce(int), _range(found)))),
        ("float", lambda: vol.Schema(vol.All(vol.Coerce(float), _range(found)))),
        ("bool", lambda: vol.Schema(vol.Boolean())),
        ("email", lambda: vol.Schema(vol.Email())),
        ("url", lambda: vol.Schema(vol.Url())),
        ("port", lambda: vol.Schema(PORT)),
        ("match", lambda: lambda text: vol.Match(found["match"])(str(text))),
        ("list", lambda: lambda text: vol.In(found["list"].split("|"))(str(text))),
    ]
    for prefix, rule in rules:
        if kind.startswith(prefix):
            return rule()(value)
    raise vol.Invalid(f"'{kind}' of '{key}' is not modelled here")


def _element(kind: Any, value: Any, key: str, secrets: Mapping[str, str]) -> Any:
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise vol.Invalid(f"Invalid list for option '{key}'")
        return [_element(kind[0], entry, key, secrets) for entry in value]
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            raise vol.Invalid(f"Invalid dict for option '{key}'")
        return validate_options(kind, value, secrets, key)
    return _single(kind, value, key, secrets)


def validate_options(schema: Mapping[str, Any], options: Mapping[str, Any], secrets: Mapping[str, str] | None = None, root: str = "root") -> dict[str, Any]:
    """What is written to /data/options.json; raises vol.Invalid where the add-on would not start. Unknown keys are dropped."""
    checked = {key: _element(schema[key], value, key, secrets or {}) for key, value in options.items() if key in schema}
    for key in set(schema) - set(checked):
        kind = schema[key]
        if isinstance(kind, list) and kind:
            kind = kind[0]
        if not (isinstance(kind, str) and kind.endswith("?")):
            raise vol.Invalid(f"Missing option '{key}' in {root}")
    return checked


def merged(defaults: Mapping[str, Any], user: Mapping[str, Any]) -> dict[str, Any]:
    """The user's options over the defaults: objects are merged, lists and values replaced."""
    result = copy.deepcopy(dict(defaults))
    for key, value in user.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else copy.deepcopy(value)
    return result


# ---- config.yaml (supervisor/apps/validate.py)

_SCHEMA_ELEMENT = vol.Schema(vol.Any(vol.Match(ELEMENT), [vol.Any(vol.Match(ELEMENT), {str: vol.Self})], {str: vol.Self}))
_MAPS = ("data", "config", "ssl", "local_apps", "backup", "share", "media", "homeassistant_config", "all_app_configs", "app_config", "addons",
         "all_addon_configs", "addon_config")
CAPABILITIES = ("BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "IPC_LOCK", "NET_ADMIN", "NET_RAW", "PERFMON", "SYS_ADMIN", "SYS_MODULE", "SYS_NICE",
                "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME")
_LIVE_ARCHITECTURES = ("aarch64", "amd64")
_DEAD_ARCHITECTURES = ("armhf", "armv7", "i386")
_FLAGS = ("advanced", "apparmor", "audio", "auth_api", "devicetree", "docker_api", "full_access", "gpio", "hassio_api", "homeassistant_api", "host_dbus",
          "host_ipc", "host_network", "host_pid", "host_uts", "ingress", "ingress_stream", "init", "journald", "kernel_modules", "legacy", "panel_admin",
          "realtime", "stdin", "tmpfs", "uart", "udev", "usb", "video")

_CONFIG = vol.Schema({
    vol.Required("name"): str,
    vol.Required("version"): vol.Any(str, int, float),
    vol.Required("slug"): vol.Match(r"^[-_.A-Za-z0-9]+$"),
    vol.Required("description"): str,
    vol.Required("arch"): [vol.In(_LIVE_ARCHITECTURES + _DEAD_ARCHITECTURES)],
    vol.Optional("machine"): [str],
    vol.Optional("url"): vol.Url(),
    vol.Optional("startup"): vol.In(("initialize", "system", "services", "application", "once")),
    vol.Optional("boot"): vol.In(("auto", "manual", "manual_only")),
    vol.Optional("stage"): vol.In(("stable", "experimental", "deprecated")),
    vol.Optional("ports"): {vol.Match(r"^\d+(?:/tcp|/udp)?$"): vol.Maybe(PORT)},
    vol.Optional("ports_description"): {vol.Match(r"^\d+(?:/tcp|/udp)?$"): str},
    vol.Optional("watchdog"): vol.Match(r"^(?:https?|\[PROTO:\w+\]|tcp):\/\/\[HOST\]:(\[PORT:\d+\]|\d+).*$"),
    vol.Optional("webui"): vol.Match(r"^(?:https?|\[PROTO:\w+\]):\/\/\[HOST\]:\[PORT:\d+\].*$"),
    vol.Optional("ingress_port"): vol.Any(PORT, vol.Equal(0)),
    vol.Optional("ingress_entry"): str,
    vol.Optional("panel_icon"): str,
    vol.Optional("panel_title"): str,
    vol.Optional("homeassistant"): vol.Any(str, int, float),
    vol.Optional("devices"): [str],
    vol.Optional("map"): [vol.Any(vol.Match(r"^[a-z_]+(:(rw|ro))?$"),
                                  {vol.Required("type"): vol.In(_MAPS), vol.Optional("read_only"): bool, vol.Optional("path"): str})],
    vol.Optional("environment"): {vol.Match(r"\w*"): str},
    vol.Optional("privileged"): [vol.In(CAPABILITIES)],
    vol.Optional("hassio_role"): vol.In(("default", "homeassistant", "backup", "manager", "admin")),
    vol.Optional("services"): [vol.Match(r"^(mqtt|mysql):(provide|want|need)$")],
    vol.Optional("discovery"): [str],
    vol.Optional("backup"): vol.In(("hot", "cold")),
    vol.Optional("backup_exclude"): [str],
    vol.Optional("backup_pre"): str,
    vol.Optional("backup_post"): str,
    vol.Optional("options"): dict,
    vol.Optional("schema"): vol.Any(vol.Schema({str: _SCHEMA_ELEMENT}), False),
    vol.Optional("image"): vol.Match(r"^([a-zA-Z\-\.:\d{}]+/)*?([\-\w{}]+)/([\-\w{}]+)$"),
    vol.Optional("ulimits"): {str: vol.Any(vol.Coerce(int), {vol.Required("soft"): vol.Coerce(int), vol.Required("hard"): vol.Coerce(int)})},
    vol.Optional("timeout"): vol.All(vol.Coerce(int), vol.Range(min=10, max=300)),
    vol.Optional("breaking_versions"): [str],
    **{vol.Optional(flag): vol.Boolean() for flag in _FLAGS},
}, extra=vol.REMOVE_EXTRA)

_RENAMED = {"auto_uart": "uart", "snapshot": "backup", "snapshot_exclude": "backup_exclude", "snapshot_pre": "backup_pre", "snapshot_post": "backup_post"}
_IGNORED = ("advanced", "codenotary")


def _warnings(config: Mapping[str, Any]) -> Iterable[str]:
    for key in _IGNORED:
        if key in config:
            yield f"'{key}' is ignored"
    for key, name in _RENAMED.items():
        if key in config:
            yield f"'{key}' is called '{name}' now"
    if config.get("startup") in ("before", "after"):
        yield "'startup' is deprecated with this value"
    if "tmpfs" in config and not isinstance(config["tmpfs"], bool):
        yield "'tmpfs' is a boolean now"
    for arch in config.get("arch", []):
        if arch in _DEAD_ARCHITECTURES:
            yield f"'arch' has the deprecated {arch}"
    for entry in config.get("map", []):
        if isinstance(entry, dict) and "type" not in entry:
            yield "'map' has an entry without type"
    if config.get("backup") == "cold" and ("backup_pre" in config or "backup_post" in config):
        yield "'backup' is cold, but there are commands before or after it"
    if config.get("full_access") and any(config.get(key) for key in ("devices", "uart", "usb", "gpio")):
        yield "'full_access' and single devices"


def config_complaints(config: Any) -> list[str]:
    """Why the Supervisor would refuse a config.yaml, or what it would log a warning about."""
    if not isinstance(config, dict) or not config.get("name"):
        return ["Invalid app config!"]
    complaints = list(_warnings(config))
    current = {_RENAMED.get(key, key): value for key, value in config.items()}
    try:
        _CONFIG(current)
    except vol.MultipleInvalid as error:
        complaints += [str(part) for part in error.errors]
    return complaints


# ---- security rating (supervisor/apps/utils.py)

_RISKY_CAPABILITIES = {"BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "NET_ADMIN", "NET_RAW", "PERFMON", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"}


def rating(config: Mapping[str, Any], own_profile: bool) -> int:
    """1 to 8. own_profile: an apparmor.txt lies beside config.yaml, so that it is loaded at install. Newer Supervisors are milder to an add-on without
    ingress and without open ports; this one has the ingress."""
    if config.get("docker_api") or config.get("full_access"):
        return 1
    value = 5
    if not config.get("apparmor", True):
        value -= 1
    elif own_profile:
        value += 1
    if config.get("ingress"):
        value += 2
    elif config.get("auth_api"):
        value += 1
    privileged = set(config.get("privileged", []))
    if privileged & _RISKY_CAPABILITIES or config.get("kernel_modules"):
        value -= 1
    value -= {"manager": 1, "admin": 2}.get(config.get("hassio_role", "default"), 0)
    if config.get("host_network"):
        value -= 1
    if config.get("host_pid"):
        value -= 2
    if config.get("host_uts") and "SYS_ADMIN" in privileged:
        value -= 1
    return max(1, min(8, value))


# ---- the repository (supervisor/store/data.py, supervisor/store/validate.py)

REPOSITORY = vol.Schema({vol.Required("name"): str, vol.Optional("url"): vol.Url(), vol.Optional("maintainer"): str}, extra=vol.REMOVE_EXTRA)

_TRANSLATED = vol.Schema({vol.Required("name"): str, vol.Optional("description"): vol.Maybe(str), vol.Optional("fields"): {str: vol.Self}},
                         extra=vol.REMOVE_EXTRA)
TRANSLATIONS = vol.Schema({vol.Optional("configuration"): {str: _TRANSLATED}, vol.Optional("network"): {str: str}}, extra=vol.REMOVE_EXTRA)


def files_it_takes(paths: Iterable[str]) -> dict[str, list[str]]:
    """Of a repository's files those that the Supervisor reads as an add-on (config), as the repository, or as build settings, wherever they lie:
    NAME.yaml as well as NAME.anything.yaml. Add-ons alone are not looked for in dot folders and in folders called rootfs."""
    taken: dict[str, list[str]] = {"config": [], "repository": [], "build": []}
    for path in map(PurePosixPath, paths):
        kind = path.name.split(".")[0]
        skipped = kind == "config" and any(part.startswith(".") or part == "rootfs" for part in path.parts)
        if kind in taken and path.suffix in SUFFIXES and not skipped:
            taken[kind].append(str(path))
    return taken
