"""A home to test in: a private D-Bus with the simulator as bluetoothd, a broker, BluPow and a Home Assistant Core.

All of it lives in one folder and in the test run's own network namespace, where every port is free.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker import BROKER_PORT, Broker
from bus import start_bus
from core import Core
from programs import Program, until
from simulator import Simulator

_TOKEN = "0123456789abcdef"  # of the look-alike Supervisor


@dataclass
class Places:
    """What the test run was given."""

    blupow: Path
    simulator: Path
    core: Path
    folder: Path


class Home:
    """The programs of one home."""

    def __init__(self, places: Places, name: str, known: dict[str, Any], options: dict[str, Any]):
        """known: what lies in devices.json at the start; options: of every start of BluPow."""
        self.folder = places.folder / name
        self.folder.mkdir()
        self._places = places
        self.broker = Broker(self.folder)
        self.core = Core(places.core, self.folder, BROKER_PORT)
        self._bus_address = f"unix:path={self.folder}/bus"
        self._blupow: Program | None = None
        self._bus: Program | None = None
        self._simulator: Simulator | None = None
        self._supervisor: Program | None = None
        self._options = {"log_level": "debug", "poll_interval": 5, "mqtt": {"host": "127.0.0.1", "port": BROKER_PORT}, **options}
        (self.folder / "data").mkdir()
        (self.folder / "data" / "devices.json").write_text(json.dumps(known))

    def start_devices(self, scene: str) -> None:
        """The bus and the simulator on it; scene: one of the built-in ones, or one written out in JSON."""
        self._bus = start_bus(self.folder, self.folder / "bus")
        if scene.startswith("{"):
            (self.folder / "scene.json").write_text(scene)
            scene = str(self.folder / "scene.json")
        self._simulator = Simulator(self._places.simulator, self.folder, self._bus_address, scene)

    def start_supervisor(self, slug: str) -> None:
        """A look-alike of it, which names our broker and makes BluPow an add-on of that slug."""
        look_alike = Path(__file__).resolve().parent.parent / "support" / "supervisor_look_alike.py"
        says = {"slug": slug, "mqtt": {"host": "127.0.0.1", "port": BROKER_PORT, "ssl": False, "protocol": "3.1.1", "addon": "core_mosquitto"}}
        self._supervisor = Program("supervisor", [sys.executable, str(look_alike), _TOKEN, json.dumps(says)], self.folder / "supervisor.log")
        self._supervisor.wait_for_output("\n")

    @property
    def simulator(self) -> Simulator:
        if self._simulator is None:
            raise AssertionError("the simulator does not run")
        return self._simulator

    def restore(self) -> None:
        """Starts what does not run."""
        if not self.broker.running():
            self.broker.start()
        if self._blupow is None:
            self.start_blupow()
        if not self.core.running():
            self.core.start()

    def start_blupow(self, **options: Any) -> None:
        file = self.folder / "options.json"
        file.write_text(json.dumps({**self._options, **options}))
        arguments = [str(self._places.blupow), "run", "--options", str(file), "--data", str(self.folder / "data"), "--http", "off"]
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self._bus_address}
        if self._supervisor is not None:
            port = self._supervisor.text().split()[1]
            environment.update(SUPERVISOR_TOKEN=_TOKEN, SUPERVISOR_URL=f"http://127.0.0.1:{port}")
        self._blupow = Program("blupow", arguments, self.folder / "blupow.log", environment)

    def stop_blupow(self) -> None:
        if self._blupow is not None:
            program, self._blupow = self._blupow, None
            status = program.stop()
            if status != 0:
                raise AssertionError(f"blupow ended with {status}:\n{program.text()[-3000:]}")

    def check_blupow(self) -> None:
        """Waiting for what a dead program should do is no use."""
        if self._blupow is None or not self._blupow.running():
            raise SystemError("blupow does not run")

    def kill_blupow(self) -> None:
        if self._blupow is not None:
            self._blupow.kill()
            self._blupow = None

    def kill(self) -> None:
        """Ends all that is left of this home."""
        self.core.kill()
        self.kill_blupow()
        for program in (self._simulator, self._bus, self._supervisor):
            if program is not None:
                program.kill()
        self.broker.kill()

    def version(self) -> str:
        """What `blupow --version` says, without the name."""
        answer = subprocess.run([self._places.blupow, "--version"], stdout=subprocess.PIPE, text=True, check=True, timeout=30)
        return answer.stdout.split()[1]

    def blupow_said(self) -> str:
        """The last lines of BluPow's log, for a failure's message."""
        log = self.folder / "blupow.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-60:]) if log.exists() else ""

    def wait_until_gone(self, topics: str) -> None:
        """Until nothing retained is left of the topics."""
        def gone() -> bool:
            left = self.broker.retained(topics)
            if left:
                raise AssertionError(f"retained: {sorted(left)}")
            return True

        until(gone, f"nothing retained on {topics}", 40)
