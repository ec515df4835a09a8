"""The simulator as bluetoothd with Renogy devices behind it, and what a test does to it (sim/README.md)."""

import json
import socket
from pathlib import Path
from typing import Any

from programs import Program


class Simulator:
    def __init__(self, program: Path, folder: Path, bus_address: str, scene: str):
        self._control = folder / "control"
        arguments = [str(program), "--bus", bus_address, "--scene", scene, "--control", str(self._control)]
        self._program = Program("blupow-sim", arguments, folder / "simulator.log")
        self._program.wait_for_output("ready on")

    def tell(self, what: str, **arguments: Any) -> dict[str, Any]:
        """A command of the control socket and its answer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(10)
            connection.connect(str(self._control))
            connection.sendall(json.dumps({"do": what, **arguments}).encode() + b"\n")
            answer = json.loads(connection.makefile().readline())
        if not answer["ok"]:
            raise AssertionError(f"the simulator refuses {what} {arguments}: {answer['error']}")
        return answer

    def connected(self, mac: str) -> bool:
        return next(device["connected"] for device in self.tell("list")["devices"] if device["address"] == mac)

    def kill(self) -> None:
        self._program.kill()
