"""A house for tests of the page: bus, bluetoothd with devices, broker, and the built program with its page at an address of the test's own."""

import json
import os
import pathlib
import shutil
import socket
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "home_assistant"))

from bus import start_bus  # noqa: E402
from programs import Program  # noqa: E402

INVERTER = "D8:B6:73:BF:4F:75"
CONTROLLER = "80:6F:B0:0E:7B:91"


def own_address():
    """A loopback address that no other test has: no port is raced for."""
    pid = os.getpid()
    return f"127.{1 + (pid >> 16 & 63)}.{pid >> 8 & 255}.{pid & 255 or 1}"


class House:
    """Bus, bluetoothd with devices, broker, and the program as inside the add-on."""

    def __init__(self, build, folder, scene, inside_add_on=True):
        self.build, self.folder = build, folder
        self.address = own_address()
        self.base = f"http://{self.address}:8099"
        (folder / "scene.json").write_text(json.dumps(scene))
        (folder / "mosquitto.conf").write_text(f"user root\nlog_dest stderr\nlistener 0 {folder}/broker\nallow_anonymous true\n")
        (folder / "options.json").write_text(json.dumps({"poll_interval": 5, "mqtt": {"host": f"{folder}/broker"}}))
        self.environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus"}
        if inside_add_on:
            self.environment |= {"SUPERVISOR_TOKEN": "x", "SUPERVISOR_URL": "http://127.0.0.1:1"}
        start_bus(folder, folder / "bus")
        self.simulator = self.start_simulator()
        self._start("mosquitto", [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", folder / "mosquitto.conf"], "running")
        self.service = self.start_service()

    def _start(self, name, command, ready):
        program = Program(name, [str(word) for word in command], self.folder / f"{name}.log", self.environment)
        program.wait_for_output(ready)
        return program

    def start_simulator(self):
        control = self.folder / "control"
        control.unlink(missing_ok=True)
        return self._start("simulator", [self.build / "blupow-sim", "--scene", self.folder / "scene.json", "--control", control], "ready on")

    def start_service(self, http=None, ready="the page is served at"):
        return self._start("blupow", [self.build / "blupow", "run", "--options", self.folder / "options.json", "--data", self.folder / "data", "--http",
                                      http or f"{self.address}:8099"], ready)

    def simulate(self, **command):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            control.settimeout(10)
            control.connect(str(self.folder / "control"))
            control.sendall(json.dumps(command).encode() + b"\n")
            answer = json.loads(control.makefile().readline())
        assert answer["ok"], answer

    def state(self):
        with urllib.request.urlopen(f"{self.base}/api/state", timeout=10) as answer:
            return json.load(answer)

    def command(self, **command):
        request = urllib.request.Request(f"{self.base}/api/commands", json.dumps(command).encode(), {"Content-Type": "application/json", "X-BluPow": "1"})
        with urllib.request.urlopen(request, timeout=40) as answer:
            return json.load(answer)

    def device(self, address):
        return next((device for device in self.state()["devices"] if device["address"] == address), None)
