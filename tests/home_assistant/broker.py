"""A private Mosquitto in the test run's own network namespace, where its port is free."""

import json
import subprocess
from pathlib import Path
from typing import Any

from programs import Program, until

BROKER_PORT = 1883


class Broker:
    """Mosquitto, which keeps nothing over a restart."""

    def __init__(self, folder: Path, more: str = ""):
        """more: further lines of its configuration."""
        self._folder = folder
        self._program: Program | None = None
        # As root the broker would drop to user mosquitto, who may not read our folder.
        (folder / "mosquitto.conf").write_text(f"user root\nlog_dest stderr\nallow_anonymous true\nlistener {BROKER_PORT} 127.0.0.1\n{more}")

    def start(self) -> None:
        self._program = Program("mosquitto", ["mosquitto", "-c", str(self._folder / "mosquitto.conf")], self._folder / "mosquitto.log")
        self._program.wait_for_output("running")

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop()
            self._program = None

    def running(self) -> bool:
        return self._program is not None

    def kill(self) -> None:
        if self._program is not None:
            self._program.kill()
            self._program = None

    def publish(self, topic: str, payload: str, retain: bool = False) -> None:
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(BROKER_PORT), "-q", "1", "-t", topic, *(["-r"] if retain else []), "-m", payload],
                       check=True, timeout=30)

    def listen(self, topic: str) -> Program:
        """A program that writes down what is published from now on, as `TOPIC PAYLOAD`; the caller ends it."""
        arguments = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(BROKER_PORT), "-R", "-t", topic, "-t", "listening", "-F", "%t %p"]
        listener = Program("mosquitto_sub", arguments, self._folder / "heard.log")

        def listens() -> bool:
            self.publish("listening", "")
            return "listening" in listener.text()

        until(listens, "it listens")
        return listener

    def retained(self, topics: str = "#") -> dict[str, str]:
        """The retained messages of the topics, as the broker has them now."""
        answer = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(BROKER_PORT), "-t", topics, "--retained-only", "-W", "1", "-F", "%t %p"],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30, check=False)
        return dict(line.split(" ", 1) for line in answer.stdout.decode().splitlines())

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """A command to BluPow and its answer."""
        answer = subprocess.run(
            ["mosquitto_rr", "-h", "127.0.0.1", "-p", str(BROKER_PORT), "-q", "1", "-W", "40", "-t", "blupow/gateway/command",
             "-e", "blupow/gateway/response/test", "-m", json.dumps({**command, "request_id": "test"})],
            stdout=subprocess.PIPE, timeout=60, check=True)
        return json.loads(answer.stdout)
