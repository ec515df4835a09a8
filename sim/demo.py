#!/usr/bin/env python3
"""The demonstration: private bus, simulator, private Mosquitto and `blupow run`, and a table of what arrives at the broker.

Everything runs in a temporary folder on unix sockets; nothing of the machine's own bus, Bluetooth or broker is touched.
"""

import argparse
import ctypes
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

BUS = pathlib.Path(__file__).resolve().parent / "private_bus.conf"
# What is shown of a device: the values of the first row whose first key is in its state.
SHOWN = [["cell_voltage_1", "voltage", "soc", "current", "power", "temperature_1"],
         ["alternator_voltage", "battery_voltage", "battery_soc", "charging_power", "solar_power", "alternator_power", "charging_mode"],
         ["load_active_power", "battery_voltage", "battery_percentage", "solar_power", "charging_status", "machine_state"],
         ["controller_temperature", "battery_voltage", "battery_soc", "solar_power", "load_power", "charging_status"],
         ["discharging_current", "input_voltage", "battery_current", "charging_current", "machine_state"],
         ["starter_voltage", "voltage", "soc", "current", "power", "temperature"]]
POLL_INTERVAL = 5
PAGE = "127.0.0.1:8099"
ADDING_BOUND = 180  # s, for all devices
ADDED_AT_ONCE = 4
libc = ctypes.CDLL(None)


def dies_with_us():
    """The children end with us, however we end; and Ctrl-C reaches us only, so that the order of the end is ours."""
    os.setpgrp()
    libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Demo:
    def __init__(self, build, folder, page):
        self.build, self.folder, self.page = build, folder, page
        self.children = []  # in order of start; ended the other way round
        self.messages = queue.Queue()
        self.states, self.units, self.names, self.online = {}, {}, {}, {}
        self.found = []  # devices to be added
        self.asked = set()  # addresses whose add_device has no answer yet
        self.refused = False  # a device was not added

    def start(self, name, command, ready, environment=None):
        log = open(self.folder / f"{name}.log", "wb")
        child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, preexec_fn=dies_with_us,
                                 env={**os.environ, **(environment or {})})
        self.children.append((name, child))
        end = time.monotonic() + 20
        while ready.encode() not in (self.folder / f"{name}.log").read_bytes():
            if child.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"demo: {name} did not start:\n" + (self.folder / f"{name}.log").read_text(errors="replace"))
            time.sleep(0.02)

    def set_up(self):
        (self.folder / "mosquitto.conf").write_text(
            f"user root\nlog_dest stderr\nlistener 0 {self.folder}/broker\nallow_anonymous true\n")
        (self.folder / "options.json").write_text(json.dumps({"poll_interval": POLL_INTERVAL, "mqtt": {"host": f"{self.folder}/broker"}}))
        bus = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/bus"}
        self.start("dbus-daemon", ["dbus-daemon", f"--config-file={BUS}", f"--address=unix:path={self.folder}/bus", "--nofork", "--nopidfile", "--print-address=1"], "unix:")
        self.start("simulator", [self.build / "blupow-sim", "--scene", "demo"], "ready on", bus)
        self.start("mosquitto", [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", self.folder / "mosquitto.conf"], "running")
        listener = subprocess.Popen(["mosquitto_sub", "--unix", self.folder / "broker", "-F", "%t %p", "-q", "1", "-t", "blupow/#", "-t",
                                     "homeassistant/device/+/config"], stdout=subprocess.PIPE, preexec_fn=dies_with_us)
        self.children.append(("listener", listener))
        threading.Thread(target=self.listen, args=(listener,), daemon=True).start()
        self.start("blupow", [self.build / "blupow", "run", "--options", self.folder / "options.json", "--data", self.folder / "data",
                              "--http", PAGE if self.page else "off"], "", bus)

    def listen(self, listener):
        for line in listener.stdout:
            topic, _, payload = line.decode(errors="replace").rstrip("\n").partition(" ")
            self.messages.put((topic, payload))

    def command(self, **arguments):
        subprocess.run(["mosquitto_pub", "--unix", self.folder / "broker", "-q", "1", "-t", "blupow/gateway/command", "-m", json.dumps(arguments)], check=True)

    def take(self, topic, payload):
        """Notes what a message says. The address whose readings are to be shown, else None."""
        parts = topic.split("/")
        if topic.startswith("homeassistant/device/blupow_") and payload:
            document = json.loads(payload)
            device = parts[2].removeprefix("blupow_")
            units = {component.get("unique_id", "").rpartition(device + "_")[2]: component.get("unit_of_measurement", "")
                     for component in document["components"].values()}
            is_first = device not in self.units
            self.units[device] = units
            return next((address for address in self.states if is_first and address.replace(":", "") == device), None)
        elif len(parts) == 3 and parts[2] == "status":
            self.online[parts[1]] = payload
        elif len(parts) == 3 and parts[2] == "state" and parts[1] != "gateway" and payload:
            self.states[parts[1]] = json.loads(payload)
            return parts[1] if parts[1].replace(":", "") in self.units else None  # units come with the document, just after the first state
        return None

    def add_devices(self):
        """Asks for the first devices; the others follow as answers come, and readings are shown meanwhile."""
        self.wait_for(lambda topic, payload: topic == "blupow/gateway/status" and payload == "online", 20, "the gateway to come online")
        self.command(command="discover_devices", request_id="demo-discover", seconds=3)
        answer = self.wait_for(lambda topic, _: topic == "blupow/gateway/response/demo-discover", 20, "the devices in the air")
        self.found = json.loads(answer)["devices"]
        for _ in range(ADDED_AT_ONCE):
            self.add_next()

    def add_next(self):
        if not self.found:
            return
        device = self.found.pop(0)
        address = device["address"]
        print(f"demo: adding {address} '{device['name']}'", flush=True)
        self.command(command="add_device", request_id=f"demo-{address.replace(':', '')}", address=address)
        self.asked.add(address)

    def answered(self, topic, payload):
        """Notes the answer to add_device, if it is one."""
        address = next((one for one in self.asked if topic == f"blupow/gateway/response/demo-{one.replace(':', '')}"), None)
        if address is None:
            return
        self.asked.discard(address)
        reply = json.loads(payload)
        if reply["status"] == "success":
            self.names[address] = " ".join(filter(None, [reply["device"]["name"], reply["device"]["model"] and f"({reply['device']['model']})"]))
        else:
            self.refused = True
            self.names[address] = f"{reply['reason']}: {reply['message']}"
            print(f"demo: {address} was not added: {self.names[address]}", flush=True)
        self.add_next()

    def wait_for(self, fits, bound, what):
        end = time.monotonic() + bound
        while True:
            try:
                topic, payload = self.messages.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise SystemExit(f"demo: waited {bound} s in vain for {what}\n" + (self.folder / "blupow.log").read_text(errors="replace")) from None
            self.take(topic, payload)
            if fits(topic, payload):
                return payload

    def readings(self, address):
        state = self.states[address]
        keys = next((row for row in SHOWN if row[0] in state), list(state)[:6])
        units = self.units.get(address.replace(":", ""), {})
        return [(key, f"{state[key]} {units.get(key) or ''}".strip()) for key in keys if key in state]

    def show(self, address):
        if sys.stdout.isatty():
            self.draw()
        else:
            print(f"{time.strftime('%H:%M:%S')} {address} {self.names.get(address, '')}: "
                  + ", ".join(f"{key} {text}" for key, text in self.readings(address)), flush=True)

    def draw(self):
        lines = ["\x1b[H\x1b[2J" + "BluPow: what arrives at the broker (Ctrl-C ends)", ""]
        for address in sorted(self.states):
            lines.append(f"\x1b[1m{address}\x1b[0m  {self.names.get(address, '')}  {self.online.get(address, '')}")
            lines += [f"    {key:<20} {text}" for key, text in self.readings(address)]
        print("\n".join(lines + ["", self.how_to_reach()]), flush=True)

    def how_to_reach(self):
        page = f"     page: http://{PAGE}" if self.page else ""
        return f"The broker: mosquitto_sub --unix {self.folder}/broker -v -t 'blupow/#'     log: {self.folder}/blupow.log{page}"

    def run(self, seconds):
        """Shows what arrives; the seconds count from the answer for the last device, or from when that is overdue."""
        end = float("inf")
        overdue = time.monotonic() + ADDING_BOUND
        while (left := end - time.monotonic()) > 0:
            if seconds and end == float("inf") and (not self.asked or time.monotonic() > overdue):
                end = time.monotonic() + seconds
            if (child := next((name for name, child in self.children if child.poll() is not None), None)) is not None:
                raise SystemExit(f"demo: {child} ended:\n" + (self.folder / "blupow.log").read_text(errors="replace"))
            try:
                message = self.messages.get(timeout=min(left, 1))
            except queue.Empty:
                continue
            self.answered(*message)
            if address := self.take(*message):
                self.show(address)

    def stop(self):
        for name, child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if name == "blupow" and child.returncode != 0:
                print(f"demo: blupow ended with status {child.returncode}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo", description="Live readings of simulated devices, as BluPow publishes them.")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder of blupow and blupow-sim")
    parser.add_argument("--seconds", type=float, help="end after so many seconds (default: Ctrl-C ends)")
    parser.add_argument("--page", action="store_true", help=f"also serve BluPow's page at http://{PAGE}")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="blupow-demo-"))
    demo = Demo(arguments.build.resolve(), folder, arguments.page)
    try:
        demo.set_up()
        print(demo.how_to_reach(), flush=True)
        demo.add_devices()
        demo.run(arguments.seconds)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end is under way: a second Ctrl-C does not leave half of it
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print("demo: ended, nothing is left behind", flush=True)
    sys.exit(1 if demo.refused or (arguments.seconds and demo.asked) else 0)


main()
