"""A house in which the program is watched: private bus with a monitor, simulator, broker with and without TLS, and blupow under strace as it runs in the
image: behind tini (which Docker's init is), without any capability, without netlink."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from trace import TRACED, Use

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "home_assistant"))
from bus import start_bus  # noqa: E402
from programs import Program, until  # noqa: E402  (shared with the tests of a real Home Assistant Core)
from simulator import Simulator  # noqa: E402

_HERE = Path(__file__).resolve().parent
_NO_CAPABILITIES = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"]
INIT = "/usr/bin/tini-static"
# strace that is killed lets go of what it watches; then init gets SIGTERM, and ends with the program.
_BEHIND_INIT = [INIT, "-p", "SIGTERM", "--"]


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class House:
    def __init__(self, build: Path, folder: Path):
        self.build, self.folder = build, folder
        self.data, self.traces = folder / "data", folder / "traces"
        for name in ("data/profiles", "ssl", "run/dbus", "traces", "sim"):
            (folder / name).mkdir(parents=True)
        self.bus = f"unix:path={folder}/run/dbus/system_bus_socket"
        self.tls_port, self.plain_port, self.http_port = free_ports(3)
        self._requests = 0
        self.signals: set[Use] = set()  # sent to the program by somebody else
        self._start_bus()
        self._start_broker()
        self.simulator = Simulator(build / "blupow-sim", folder / "sim", self.bus, "two")
        self.ear = Program("mosquitto_sub", ["mosquitto_sub", "--unix", str(folder / "broker"), "-q", "1", "-t", "blupow/#", "-F", "%t %p"], folder / "ear.log")

    def _start_bus(self) -> None:
        start_bus(self.folder, self.folder / "run/dbus/system_bus_socket")
        self.monitor = Program("dbus-monitor", ["dbus-monitor", "--address", self.bus], self.folder / "monitor.log")
        self.monitor.wait_for_output("NameLost")  # it is no client any more, but hears everything

    def _start_broker(self) -> None:
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        for made in (["req", "-x509", *new_key, "-keyout", "authority.key", "-out", "ssl/authority.pem", "-subj", "/CN=authority", "-days", "2"],
                     ["req", *new_key, "-keyout", "broker.key", "-out", "broker.csr", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                     ["x509", "-req", "-in", "broker.csr", "-CA", "ssl/authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2", "-copy_extensions",
                      "copy", "-out", "broker.pem"]):
            subprocess.run(["openssl", *made], cwd=self.folder, check=True, capture_output=True, timeout=30)
        # As root the broker would drop to user mosquitto, who may not read our folder.
        (self.folder / "mosquitto.conf").write_text(
            f"user root\nlog_dest stderr\nallow_anonymous true\nlistener 0 {self.folder}/broker\nlistener {self.plain_port} localhost\n"
            f"listener {self.tls_port} localhost\ncertfile {self.folder}/broker.pem\nkeyfile {self.folder}/broker.key\n")
        Program("mosquitto", ["/usr/sbin/mosquitto", "-c", str(self.folder / "mosquitto.conf")], self.folder / "mosquitto.log").wait_for_output("running")

    # ---- the program

    def write_options(self, **options: object) -> None:
        (self.data / "options.json").write_text(json.dumps({"poll_interval": 5, **options}))

    def traced(self, name: str, *arguments: str, init: bool = False, **environment: str) -> Program:
        command = [*(_BEHIND_INIT if init else []), str(self.build / "blupow"), *arguments]
        strace = ["strace", "-ff", "-o", str(self.traces / name), "-yy", "-s", "4096", "-e", f"trace={TRACED}", *command]
        # Leaks cannot be looked for under strace, and the limit of core files is the sanitizer's business.
        surroundings = {"PATH": os.environ["PATH"], "DBUS_SYSTEM_BUS_ADDRESS": self.bus, "ASAN_OPTIONS": "detect_leaks=0:disable_coredump=0", **environment}
        confined = _NO_CAPABILITIES if os.geteuid() == 0 else []  # who is not root has none to drop
        return Program(name, [*confined, sys.executable, str(_HERE / "refuse.py"), *strace], self.folder / f"{name}.log", surroundings)

    def serve(self, name: str, **environment: str) -> Program:
        return self.traced(name, "run", "--options", str(self.data / "options.json"), "--data", str(self.data), "--http", f"127.0.0.1:{self.http_port}", init=True, **environment)

    def end(self, service: Program) -> int:
        """SIGTERM to PID 1 of the image, as docker stop does it; gives the exit status."""
        [init] = subprocess.run(["pgrep", "-x", "-P", str(service.pid), Path(INIT).name], capture_output=True, text=True, check=True).stdout.split()
        os.kill(int(init), signal.SIGTERM)
        self.signals.add(Use("signal", "term", "receive", "docker stop"))
        return service.wait()

    # ---- the broker

    def say(self, **command: object) -> None:
        subprocess.run(["mosquitto_pub", "--unix", str(self.folder / "broker"), "-q", "1", "-t", "blupow/gateway/command", "-m", json.dumps(command)], check=True, timeout=20)

    def ask(self, **command: object) -> dict:
        """A command and its answer."""
        self._requests += 1
        topic = f"blupow/gateway/response/{self._requests} "
        self.say(request_id=str(self._requests), **command)

        def answer() -> str:
            return next((line for line in self.ear.text().splitlines() if line.startswith(topic)), "")

        return json.loads(until(answer, f"the answer to {command}", 40).removeprefix(topic))

    def online_again(self, times: int) -> None:
        until(lambda: self.times_online() >= times, f"the gateway is online for the {times}. time")

    def times_online(self) -> int:
        return self.ear.text().count("blupow/gateway/status online")
