"""What blupow is measured in: a private bus with the simulator as bluetoothd, a private broker, a subscriber and a publisher, in one folder."""

import ctypes
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

INVERTER = "D8:B6:73:BF:4F:75"
# Of each block one reading at least.
COMPLETE = {"input_voltage", "battery_percentage", "solar_voltage", "load_active_power", "model", "device_id"}

_BUS = Path(__file__).resolve().parent.parent / "sim/private_bus.conf"
_BOUND = 30.0  # s, for whatever is waited for
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None)


def _ends_with_us() -> None:
    os.setpgrp()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Surroundings:
    def __init__(self, build: Path, folder: Path, scene: dict):
        self._build, self._folder, self._scene = build, folder, scene
        self._children: list[tuple[str, subprocess.Popen]] = []  # in order of start; ended the other way round
        self._states: queue.Queue[tuple[float, str]] = queue.Queue()
        self._answers: queue.Queue[tuple[float, str]] = queue.Queue()
        self._listening = threading.Event()
        self._environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus"}

    def start(self) -> None:
        folder = self._folder
        (folder / "scene.json").write_text(json.dumps(self._scene))
        # As root the broker would drop to user mosquitto, who may not read our folder.
        (folder / "mosquitto.conf").write_text(f"user root\nlog_dest stderr\nlistener 0 {folder}/broker\nallow_anonymous true\n")
        (folder / "options.json").write_text(json.dumps({"poll_interval": 3600, "mqtt": {"host": f"{folder}/broker"}}))
        (folder / "data").mkdir()
        (folder / "data/devices.json").write_text(json.dumps({INVERTER: {"address": INVERTER, "type": "renogy_inverter"}}))
        self._launch("dbus-daemon", ["dbus-daemon", f"--config-file={_BUS}", f"--address=unix:path={folder}/bus", "--nofork", "--nopidfile", "--print-address=1"], "unix:")
        self._launch("blupow-sim", [self._build / "blupow-sim", "--scene", folder / "scene.json", "--control", folder / "control"], "ready on")
        self._launch("mosquitto", [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", folder / "mosquitto.conf"], "running")
        broker = ["--unix", folder / "broker"]
        subscriber = self._popen("mosquitto_sub", ["mosquitto_sub", *broker, "-q", "1", "-F", "%t %p", "-t", f"blupow/{INVERTER}/state", "-t",
                                                   "blupow/gateway/response/bench", "-t", "bench"], stdout=subprocess.PIPE)
        threading.Thread(target=self._listen, args=(subscriber,), daemon=True).start()
        publisher = self._popen("mosquitto_pub", ["mosquitto_pub", *broker, "-t", "blupow/gateway/command", "-l"], stdin=subprocess.PIPE)
        self._commands = publisher.stdin
        self._wait(self._subscribed, "the subscriber")

    def stop(self) -> None:
        for name, child in reversed(self._children):
            child.terminate()
            try:
                child.wait(_BOUND)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        self._children.clear()

    def start_blupow(self) -> float:
        """Gives the moment before."""
        before = time.monotonic()
        self._blupow = self._popen("blupow", [self._build / "blupow", "run", "--options", self._folder / "options.json", "--data", self._folder / "data",
                                              "--http", "off"])
        return before

    def settle(self) -> None:
        """Until the first polls are over. The first refresh brings two states, the second about when its answer comes; every later one brings one."""
        self.wait_for_state()
        for _ in range(2):
            self.refresh()
            self.wait_for_answer()

    def refresh(self) -> None:
        """One poll; both the state and the answer to this command follow it."""
        self._commands.write(json.dumps({"command": "refresh_device", "address": INVERTER, "request_id": "bench"}).encode() + b"\n")
        self._commands.flush()

    def wait_for_state(self) -> tuple[float, dict]:
        came, text = self._take(self._states, "a state")
        return came, json.loads(text)

    def wait_for_answer(self) -> None:
        answer = json.loads(self._take(self._answers, "the answer to a command")[1])
        if answer["status"] != "success":
            raise RuntimeError(f"refresh_device failed: {answer}")
        while not self._states.empty():
            self._states.get()

    def counters(self, reset: bool = False) -> dict:
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(_BOUND)
            control.connect(str(self._folder / "control"))
            control.sendall(json.dumps({"do": "counters", "reset": reset}).encode() + b"\n")
            with control.makefile() as answers:
                answer = json.loads(answers.readline())
        if not answer["ok"]:
            raise RuntimeError(f"the simulator says: {answer['error']}")
        return answer

    def cpu_seconds(self) -> float:
        """User and system time of blupow, all threads."""
        fields = Path(f"/proc/{self._blupow.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime, stime

    def peak_kilobytes(self) -> int:
        status = Path(f"/proc/{self._blupow.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0])

    def _listen(self, subscriber: subprocess.Popen) -> None:
        for line in subscriber.stdout:
            came = time.monotonic()
            topic, _, payload = line.decode().rstrip("\n").partition(" ")
            if topic == "bench":
                self._listening.set()
            elif topic.endswith("/state"):
                self._states.put((came, payload))
            else:
                self._answers.put((came, payload))

    def _subscribed(self) -> bool:
        subprocess.run(["mosquitto_pub", "--unix", self._folder / "broker", "-t", "bench", "-m", "there?"], check=True)
        return self._listening.wait(0.05)

    def _take(self, arrivals: queue.Queue[tuple[float, str]], what: str) -> tuple[float, str]:
        try:
            return arrivals.get(timeout=_BOUND)
        except queue.Empty:
            raise RuntimeError(f"waited {_BOUND:.0f} s in vain for {what}\n{self._log('blupow')}") from None

    def _launch(self, name: str, command: Sequence[str | Path], ready: str) -> None:
        child = self._popen(name, command)

        def says_so() -> bool:
            if child.poll() is not None:
                raise RuntimeError(f"{name} did not start:\n{self._log(name)}")
            time.sleep(0.01)
            return ready in self._log(name)

        self._wait(says_so, name)

    def _popen(self, name: str, command: Sequence[str | Path], **pipes: int) -> subprocess.Popen:
        with (self._folder / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(command, env=self._environment, preexec_fn=_ends_with_us,
                                     **{"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **pipes})
        self._children.append((name, child))
        return child

    def _log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def _wait(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + _BOUND
        while not holds():
            if time.monotonic() > end:
                raise RuntimeError(f"waited {_BOUND:.0f} s in vain for {what}")
