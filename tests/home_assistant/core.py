"""A real Home Assistant Core: its configuration as files, its life, its REST and WebSocket interface, and what it complained about.

Core runs in the folder that scripts/home-assistant-prepare made, with mounts of its own; its pid is Core's own, so signals and exit
statuses are real.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import websocket

from programs import Program, until

PORT = 8123
_MOUNT_AND_START = (
    'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount --bind "$2" "$1/config" && '
    "exec chroot \"$1\" /opt/ha/bin/python -m homeassistant -c /config --skip-pip --ignore-os-check --log-no-color")

_CREATED = "2026-01-01T00:00:00+00:00"
_USER = "00000000000000000000000000000001"
_TOKEN_ID = "00000000000000000000000000000002"
_JWT_KEY = "0" * 64

# No default_config: Core's default integrations are enough, with one of our own. MQTT's debug log says when it has subscribed.
_CONFIGURATION = """\
history:
logbook:
energy:
config:
compile_statistics:
recorder:
  commit_interval: 0
logger:
  default: warning
  logs:
    homeassistant.components.mqtt: debug
"""

# What a complaint about our documents, states and services is logged by. binary_sensor and the like end in sensor, too.
_CARED_FOR = re.compile(r"homeassistant\.components\.mqtt.*|.*sensor.*|homeassistant\.components\.(button|energy|number|recorder|select|switch)(\..*)?|"
                        r"homeassistant\.helpers\.(template|entity.*|service)|homeassistant(\.core)?")
_COMPLAINT = re.compile(r"^\S+ \S+ (?P<level>WARNING|ERROR|CRITICAL) \((?P<thread>[^)]*)\) \[(?P<logger>[^]]*)\] (?P<text>.*)$", re.MULTILINE)
# Core's own, which no sound gateway can avoid: the document of a device is emptied after migrate_discovery took its entities over;
# the broker goes while Core's birth message is pending (followed by a traceback that names the function).
_UNAVOIDABLE = re.compile(r"No device components to cleanup for .*|.*Task exception was never retrieved.*_async_resubscribe_and_publish_birth_message.*", re.DOTALL)

# What Core says when the broker goes away and is not back at once.
_BROKER_WENT = re.compile(r"Error returned from MQTT server: .*|Error talking to MQTT: The client is not currently connected\.|Failed to connect to MQTT server.*")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _access_token() -> str:
    """A JSON Web Token as Core's own long-lived ones are: HS256, signed with the key of its refresh token."""
    now = int(time.time())
    header = _base64url(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    payload = _base64url(json.dumps({"iss": _TOKEN_ID, "iat": now - 60, "exp": now + 86400}).encode())
    signature = hmac.new(_JWT_KEY.encode(), f"{header}.{payload}".encode(), hashlib.sha256).digest()
    return f"{header}.{payload}.{_base64url(signature)}"


def _storage(broker_port: int) -> dict[str, tuple[int, int, dict[str, Any]]]:
    """The files that make a Core set up by its user, with one MQTT entry: name -> version, minor version, data."""
    user = {"id": _USER, "group_ids": ["system-admin"], "is_owner": True, "is_active": True, "name": "Test", "system_generated": False, "local_only": False}
    token = {"id": _TOKEN_ID, "user_id": _USER, "client_id": None, "client_name": "test", "client_icon": None, "token_type": "long_lived_access_token",
             "created_at": _CREATED, "access_token_expiration": 315360000.0, "token": "1" * 128, "jwt_key": _JWT_KEY, "last_used_at": None,
             "last_used_ip": None, "expire_at": None, "credential_id": None, "version": "2026.11.0"}
    groups = [{"id": f"system-{name}", "name": name} for name in ("admin", "users", "read-only")]
    http = {"server_host": ["127.0.0.1"], "server_port": PORT, "cors_allowed_origins": [], "login_attempts_threshold": -1, "ip_ban_enabled": False,
            "ssl_profile": "modern_v6", "use_x_frame_options": True, "created_at": _CREATED, "error": None, "error_message": None}
    home = {"latitude": 52.0, "longitude": 5.0, "elevation": 0, "unit_system_v2": "metric", "location_name": "Home", "time_zone": "UTC",
            "external_url": None, "internal_url": None, "currency": "EUR", "country": "NL", "language": "en", "radius": 100}
    mqtt = {"created_at": _CREATED, "modified_at": _CREATED, "entry_id": "00000000000000000000000003", "domain": "mqtt", "version": 2, "minor_version": 1,
            "data": {"broker": "127.0.0.1", "port": broker_port, "protocol": "5"}, "options": {"discovery": True}, "title": "127.0.0.1", "source": "user",
            "unique_id": None, "disabled_by": None, "pref_disable_new_entities": False, "pref_disable_polling": False, "discovery_keys": {}, "subentries": []}
    return {
        "auth": (1, 1, {"users": [user], "groups": groups, "credentials": [], "refresh_tokens": [token]}),
        "onboarding": (4, 1, {"done": ["user", "core_config", "analytics", "integration"]}),
        "core.config": (1, 4, home),
        "http": (3, 1, {"stable": http, "pending": None, "yaml_migration_done": True}),
        "core.config_entries": (1, 5, {"entries": [mqtt]}),
    }


class Core:
    """One Home Assistant with its configuration folder; start and stop as often as wanted."""

    def __init__(self, root: Path, folder: Path, broker_port: int):
        self._root = root
        self._config = folder / "home-assistant"
        self.log = folder / "home-assistant.log"
        self._program: Program | None = None
        self._checked = 0
        self._token = _access_token()
        storage = self._config / ".storage"
        storage.mkdir(parents=True)
        (self._config / "configuration.yaml").write_text(_CONFIGURATION)
        shutil.copytree(Path(__file__).parent / "custom_components", self._config / "custom_components")
        for key, (version, minor_version, data) in _storage(broker_port).items():
            (storage / key).write_text(json.dumps({"version": version, "minor_version": minor_version, "key": key, "data": data}))

    # Life

    def start(self) -> None:
        """Returns when Core runs and hears discovery documents; its birth message comes 5 s later."""
        environment = {"PATH": os.environ["PATH"], "HOME": "/root", "LANG": "C.UTF-8", "HA_DISABLE_LOG_FILE": "1"}
        arguments = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _MOUNT_AND_START, "core", str(self._root), str(self._config)]
        program = Program("Home Assistant Core", arguments, self.log, environment)
        self._program = program
        program.wait_for_output("homeassistant/device/+/config", 90)
        until(lambda: self.get("config")["state"] == "RUNNING", "Core runs", 60)

    def wait_for_birth(self) -> None:
        """Until this start of Core has told everyone on the broker."""
        if self._program is None:
            raise AssertionError("Core does not run")
        self._program.wait_for_output("Transmitting message on homeassistant/status: 'online'", 60)

    def stop(self) -> None:
        """An orderly stop: Core says offline and writes its registries."""
        if self._program is None:
            return
        status = self._program.stop(seconds=60)
        self._program = None
        if status != 0:
            raise AssertionError(f"Core ended with {status}")

    def kill(self) -> None:
        if self._program is not None:
            self._program.kill()
            self._program = None

    def running(self) -> bool:
        return self._program is not None

    def restart(self) -> None:
        self.stop()
        self.start()

    # REST

    def _request(self, path: str, data: Any = None) -> str:
        body = None if data is None else json.dumps(data).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{PORT}/api/{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error} {error.read().decode(errors='replace')}") from None
        except (urllib.error.URLError, ConnectionError) as error:
            raise AssertionError(f"{path}: {error}") from None

    def get(self, path: str) -> Any:
        return json.loads(self._request(path))

    def states(self) -> dict[str, dict[str, Any]]:
        """All states by entity id."""
        return {state["entity_id"]: state for state in self.get("states")}

    def shown(self, entity_ids: list[str]) -> dict[str, str]:
        """What a person reads for each of them: rounded for display and with its unit."""
        template = ("{% set shown = namespace(of={}) %}{% for e in ids %}{% set shown.of = dict(shown.of, **{e: states(e, rounded=True, with_unit=True)}) %}"
                    "{% endfor %}{{ shown.of | to_json }}")
        return json.loads(self._request("template", {"template": template, "variables": {"ids": entity_ids}}))

    def call(self, service: str, entity_id: str, **data: Any) -> None:
        """A service, such as switch.turn_on, as a person's click calls it; raises AssertionError with Core's answer if that refuses."""
        self._request(f"services/{service.replace('.', '/')}", {"entity_id": entity_id, **data})

    def compile_statistics(self) -> None:
        """Has the statistics of these five minutes booked now; Core does so itself when they are over."""
        self._request("services/compile_statistics/run", {})

    # WebSocket

    def ask(self, command: str, **arguments: Any) -> Any:
        """One WebSocket command and its result. A connection of its own each: an open one holds Core's stop up by 10 s."""
        connection = websocket.create_connection(f"ws://127.0.0.1:{PORT}/api/websocket", timeout=30)
        try:
            connection.recv()
            connection.send(json.dumps({"type": "auth", "access_token": self._token}))
            if json.loads(connection.recv())["type"] != "auth_ok":
                raise AssertionError("Core refuses the token")
            connection.send(json.dumps({"id": 1, "type": command, **arguments}))
            answer = json.loads(connection.recv())
        finally:
            connection.close()
        if not answer["success"]:
            raise AssertionError(f"{command}: {answer['error']}")
        return answer["result"]

    def entities(self) -> dict[str, dict[str, Any]]:
        """The entity registry's MQTT entries by unique id."""
        return {entry["unique_id"]: entry for entry in self.ask("config/entity_registry/list") if entry["platform"] == "mqtt"}

    def devices(self) -> dict[str, dict[str, Any]]:
        """The device registry's MQTT devices by identifier."""
        return {value: device for device in self.ask("config/device_registry/list") for domain, value in device["identifiers"] if domain == "mqtt"}

    # Log

    def complaints(self, broker_went: bool = False) -> list[str]:
        """Warnings and errors about MQTT, entities and templates since the last call, without those that nothing can avoid."""
        text = self.log.read_text(errors="replace")
        new, self._checked = text[self._checked:], len(text)
        found = []
        for match in _COMPLAINT.finditer(new):
            # A traceback belongs to the line before it.
            end = re.compile(r"^\d{4}-\d\d-\d\d ", re.MULTILINE).search(new, match.end())
            whole = (match["text"] + new[match.end():end.start() if end else None]).strip()
            expected = _UNAVOIDABLE.fullmatch(whole) or (broker_went and _BROKER_WENT.fullmatch(whole))
            if _CARED_FOR.fullmatch(match["logger"]) and not expected:
                found.append(f"{match['level']} {match['logger']}: {whole}")
        return found
