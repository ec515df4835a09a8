"""The rules of the add-on linter (frenck/action-addon-linter, v2.21 and later) that a config.yaml has to pass, as a table: what it knows, of which type,
and the defaults, which it refuses as superfluous. Stricter in this: obsolete and deprecated words count, also where it only warns or the Supervisor alone
does; map is written as objects, with today's names and without read_only: true. What privileged, machine and image may be is not looked at: manifest.py
wants none of them."""

import re
from collections.abc import Mapping
from typing import Any

_FLAGS_OFF = ("advanced", "audio", "auth_api", "auto_uart", "devicetree", "docker_api", "full_access", "gpio", "hassio_api", "homeassistant_api", "host_dbus",
              "host_ipc", "host_network", "host_pid", "host_uts", "ingress", "ingress_stream", "journald", "kernel_modules", "legacy", "realtime", "stdin",
              "uart", "udev", "usb", "video")
_TEXTS = ("backup_post", "backup_pre", "codenotary", "description", "homeassistant", "image", "ingress_entry", "name", "panel_title", "slug", "url", "version",
          "watchdog", "webui")
_LISTS = ("arch", "backup_exclude", "breaking_versions", "devices", "discovery", "machine", "map", "privileged", "services")
_OBJECTS = ("environment", "options", "ports", "ports_description", "schema", "ulimits")

TYPES: dict[str, tuple[type, ...]] = {
    **{key: (bool,) for key in _FLAGS_OFF + ("init", "panel_admin")},
    **{key: (str,) for key in _TEXTS + ("backup", "boot", "hassio_role", "panel_icon", "stage", "startup")},
    **{key: (list,) for key in _LISTS},
    **{key: (dict,) for key in _OBJECTS},
    "apparmor": (bool, str),
    "ingress_port": (int,),
    "timeout": (int,),
    "tmpfs": (bool, str),
}

DEFAULTS: dict[str, Any] = {
    **{key: False for key in _FLAGS_OFF},
    "apparmor": True, "backup": "hot", "boot": "auto", "hassio_role": "default", "homeassistant": False, "ingress_port": 8099, "init": True, "options": {},
    "panel_admin": True, "panel_icon": "mdi:puzzle", "schema": {}, "stage": "stable", "startup": "application", "timeout": 10, "tmpfs": False, "ulimits": {},
}

_WORDS: dict[str, tuple[str, ...]] = {
    "arch": ("aarch64", "amd64"),
    "backup": ("hot", "cold"),
    "boot": ("auto", "manual", "manual_only"),
    "hassio_role": ("admin", "backup", "default", "homeassistant", "manager"),
    "stage": ("deprecated", "experimental", "stable"),
    "startup": ("application", "initialize", "once", "services", "system"),
}

_REQUIRED = ("arch", "description", "name", "slug", "version")
# The old words of newer names are those that every version of the linter knows and the Supervisor calls legacy.
_MAPS = ("app_config", "all_app_configs", "homeassistant_config", "ssl", "local_apps", "backup", "share", "media", "data")
_SERVICE = re.compile(r"^(mqtt|mysql):(provide|want|need)$")


def _of_type(value: Any, types: tuple[type, ...]) -> bool:
    return isinstance(value, types) and (bool in types or not isinstance(value, bool))


def _values(config: Mapping[str, Any]) -> list[str]:
    findings = []
    for key, value in config.items():
        if key not in TYPES:
            findings.append(f"'{key}' is unknown")
        elif not _of_type(value, TYPES[key]):
            findings.append(f"'{key}' is of a wrong type")
        elif key in DEFAULTS and value == DEFAULTS[key]:
            findings.append(f"'{key}' should be removed, it uses a default value")
        elif key in _WORDS:
            findings += [f"'{key}' may not be {word}" for word in (value if isinstance(value, list) else [value]) if word not in _WORDS[key]]
    return findings


def _entries(config: Mapping[str, Any]) -> list[str]:
    findings = [f"'services' may not be {entry}" for entry in config.get("services", []) if not _SERVICE.match(str(entry))]
    for entry in config.get("map", []):
        if not isinstance(entry, dict) or entry.get("type") not in _MAPS or set(entry) - {"type", "read_only", "path"}:
            findings.append(f"'map' may not be {entry}")
        elif entry.get("read_only") is True:
            findings.append("'map' should not say read_only, it is a default value")
    return findings


def _together(config: Mapping[str, Any]) -> list[str]:
    findings = []
    if config.get("ingress") and "webui" in config:
        findings.append("'webui' should be removed, Ingress is enabled")
    if config.get("ingress") and not config.get("host_network") and config.get("ingress_port") == 0:
        findings.append("'ingress_port' must not be 0 off the host network")
    for key in ("advanced", "auto_uart", "codenotary", "watchdog"):
        if key in config:
            findings.append(f"'{key}' is obsolete")
    if any(":" in str(device) for device in config.get("devices", [])):
        findings.append("'devices' uses a deprecated format")
    if config.get("full_access"):
        findings.append("'full_access' consider using other options")
    if config.get("backup") == "cold":
        findings += [f"'{key}' is not valid with cold backups" for key in ("backup_pre", "backup_post") if key in config]
    return findings


def findings(config: Mapping[str, Any]) -> list[str]:
    """One sentence a finding; warnings count, too."""
    missing = [f"'{key}' is missing" for key in _REQUIRED if key not in config]
    return missing + _values(config) + _entries(config) + _together(config)
