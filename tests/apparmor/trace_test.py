#!/usr/bin/env python3
"""Every file that the program opens, socket that it makes, signal and message on the bus is covered by a rule of the profile, and no rule is idle.

trace_test.py --build FOLDER (of blupow and blupow-sim); with --keep the folder of traces stays."""

import argparse
import platform
import shutil
import tempfile
import unittest
import urllib.request
from pathlib import Path

import bus_talk
import matcher
import profile_text
import trace
from places import Places
from supervisor import TOKEN, Supervisor
from traced_house import House, Program, until

INVERTER, CONTROLLER = "D8:B6:73:BF:4F:75", "80:6F:B0:0E:7B:91"
BUILD, KEEP = Path(), False

# Parts of rules that this run does not need, and why they are there all the same.
_OTHER_MACHINE = {"x86_64": "aarch64", "aarch64": "x86_64"}[platform.machine()]
_HOST = "Docker, under another label or later than here"
IDLE = {
    **{(f"/usr/lib/{_OTHER_MACHINE}-linux-gnu/{name}*.so*", letter): "the other architecture" for name in ("ld-linux-", "lib") for letter in "mr"},
    **{("/usr/sbin/docker-init", letter): "where /sbin is a link, as Debian has it" for letter in "mrx"},
    **{("/dev/null", letter): "opened by Docker and handed over as standard input; judged when the profile is entered" for letter in "rw"},
    ("/etc/localtime", "r"): "Debian has a link there, whose end is seen; without TZ and with a file",
    ("/etc/gai.conf", "r"): "a name with several addresses",
    ("inet6 dgram", "network"): "a name with several addresses, a name server on IPv6",
    **{(f"receive {peer}", name): _HOST for peer in ("runc", "crun", "unconfined") for name in ("exists", "term", "kill", "cont") if (peer, name) != ("unconfined", "term")},
    **{(f"{access} *_blupow", name): "a signal that only a bug or the end of the host brings" for access in ("send", "receive") for name in ("abrt", "cont")},
}

def profile() -> profile_text.Profile:
    return profile_text.taken_apart(profile_text.expanded(profile_text.adjust(profile_text.PROFILE.read_text(), matcher.NAME)))


def serves(build: Path, word: bytes) -> bool:
    return word in (build / "blupow").read_bytes()


class Life:
    """What a service goes through, and the other commands beside it."""

    def __init__(self, house: House):
        self.house = house

    def whole(self) -> None:
        self.first_service()
        self.second_service()
        self.third_service()
        self.commands()

    def first_service(self) -> None:
        house = self.house
        shutil.copy(profile_text.ROOT / "rootfs/usr/share/blupow/profiles/renogy_shunt.json", house.data / "profiles/own.json")
        house.write_options(mqtt={"host": "localhost", "port": house.tls_port, "ssl": True, "ca_file": str(house.folder / "ssl/authority.pem")})
        service = house.serve("first", TZ="Europe/Berlin")
        house.online_again(1)
        house.simulator.tell("method", name="StartNotify", device=INVERTER, count=1, error="org.bluez.Error.NotPermitted", text="Notify acquired")
        self.succeeds(house.ask(command="add_device", address=INVERTER))
        house.simulator.tell("method", name="Connect", device=CONTROLLER, count=2, error="org.bluez.Error.InProgress", text="Operation already in progress")
        house.say(command="add_device", address=CONTROLLER)
        until(lambda: house.simulator.tell("counters")["calls"].get("org.bluez.Adapter1.RemoveDevice"), "a hanging connection attempt is removed")
        self.page()
        house.simulator.tell("restart", ms=300)
        until(lambda: house.simulator.connected(INVERTER), "the link is back after a restart of bluetoothd", 60)
        self.succeeds(house.ask(command="restart_gateway"))
        house.online_again(2)
        self.succeeds(house.ask(command="remove_device", address=INVERTER))
        self.expect_status(house.end(service), 0, service)

    def page(self) -> None:
        if not serves(self.house.build, b"/health"):
            return
        for path in ("health", "", "api/state"):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.house.http_port}/{path}", timeout=10) as answer:
                self.expect(answer.status == 200, f"/{path} answers {answer.status}")
        health = self.house.traced("health", "health", "--http", f"127.0.0.1:{self.house.http_port}")
        self.expect_status(health.wait(), 0, health)

    def second_service(self) -> None:
        """Damaged files, the system's authorities and time zone."""
        house = self.house
        (house.data / "devices.json").write_text("no list")
        for name in ("blupow.db", "blupow.db-wal", "blupow.db-shm"):
            (house.data / name).write_text("no database " * 400)
        house.write_options(mqtt={"host": "localhost", "port": house.tls_port, "ssl": True})
        service = house.serve("second")
        for text in ("devices.json.broken", "blupow.db.broken", "is not accepted"):
            service.wait_for_output(text)
        self.expect_status(house.end(service), 0, service)

    def third_service(self) -> None:
        """As in the add-on: the Supervisor names the broker."""
        if not serves(self.house.build, b"SUPERVISOR_URL"):
            return
        supervisor = Supervisor(self.house.plain_port)
        self.house.write_options(mqtt={})
        before = self.house.times_online()
        service = self.house.serve("third", SUPERVISOR_TOKEN=TOKEN, SUPERVISOR_URL=supervisor.url)
        self.house.online_again(before + 1)
        self.expect("/services/mqtt" in supervisor.asked, "the Supervisor was not asked for the broker")
        self.expect_status(self.house.end(service), 0, service)
        supervisor.stop()

    def commands(self) -> None:
        house = self.house
        folders = ["--data", str(house.data)]
        # A name that no server knows; an address of the other family, where nobody listens; the broker that is there.
        for count, (host, port, status) in enumerate((("broker.invalid", 1883, 1), ("::1", house.http_port, 1), ("127.0.0.1", house.plain_port, 0))):
            house.write_options(mqtt={"host": host, "port": port})
            doctor = house.traced(f"doctor{count}", "doctor", "--options", str(house.data / "options.json"), *folders, RES_OPTIONS="timeout:1 attempts:1")
            self.expect_status(doctor.wait(60), status, doctor)
        for arguments in (["scan", "--seconds", "1"], ["read", INVERTER, *folders], ["profiles", *folders]):
            program = house.traced(arguments[0], *arguments)
            self.expect_status(program.wait(60), 0, program)

    @staticmethod
    def expect(holds: bool, text: str) -> None:
        if not holds:
            raise AssertionError(text)

    def succeeds(self, answer: dict) -> None:
        self.expect(answer["status"] == "success", str(answer))

    def expect_status(self, status: int, expected: int, program: Program) -> None:
        self.expect(status == expected, f"{program.name} ended with {status}:\n{program.text()[-3000:]}")


class TraceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="blupow-apparmor-")).resolve()
        try:
            cls.house = House(BUILD, cls.folder)
            Life(cls.house).whole()
            cls.places = Places(BUILD, profile_text.ROOT, cls.folder)
            raw = set(trace.uses(sorted(cls.house.traces.iterdir()))) | cls.house.signals
            cls.uses = {use for found in raw if (use := cls.places.in_image(found))}
            cls.messages = bus_talk.messages(cls.house.monitor.text())
        except BaseException:
            cls.tearDownClass()
            raise
        cls.profile = profile()

    @classmethod
    def tearDownClass(cls) -> None:
        Program.kill_all()
        if KEEP:
            print(f"trace_test: what was seen is in {cls.folder}")
        else:
            shutil.rmtree(cls.folder)

    def test_enough_was_seen_to_judge(self):
        print("Seen, as it is in the image:", *sorted({str(seen) for seen in self.uses | self.messages}), sep="\n  ")
        paths = {use.what for use in self.uses if use.kind == "file"}
        for path in ("/usr/bin/blupow", "/sbin/docker-init", "/data/devices.json", "/data/blupow.db-wal", "/ssl/authority.pem", "/run/dbus/system_bus_socket"):
            self.assertIn(path, paths)
        self.assertGreater(len(self.messages), 20)

    def test_every_path_socket_and_signal_is_covered_by_a_rule(self):
        lacking = [f"{use}: no rule allows '{missing}'" for use in sorted(self.uses) if (missing := matcher.uncovered(self.profile, use))]
        self.assertEqual(lacking, [], "\n".join(lacking))

    def test_every_message_on_the_bus_is_covered_by_a_rule(self):
        lacking = [str(message) for message in sorted(self.messages) if matcher.unheard(self.profile, message)]
        self.assertEqual(lacking, [], "\n".join(lacking))

    def test_nothing_was_refused_without_capabilities(self):
        refused = [str(use) for use in sorted(self.uses) if use.error in ("EPERM", "EACCES")]
        self.assertEqual(refused, [])

    def test_without_any_one_rule_something_is_not_covered(self):
        for rule in self.profile.rules:
            parts = matcher.parts(profile_text.Profile("one", self.profile.flags, [rule]))
            if rule.denies or parts <= set(IDLE) or (self.places.sanitized and "overcommit" in rule.path):
                continue
            rest = profile_text.Profile("rest", self.profile.flags, [other for other in self.profile.rules if other is not rule])
            with self.subTest(rule=rule.text):
                self.assertTrue(any(matcher.uncovered(rest, use) for use in self.uses) or any(matcher.unheard(rest, message) for message in self.messages))

    def test_what_no_rule_allows_is_named(self):
        for use, missing in ((trace.Use("file", "/etc/shadow", "r"), "r"), (trace.Use("file", "/usr/bin/blupow", "rw"), "w"), (trace.Use("file", "/data/options.json", "k"), "k"),
                             (trace.Use("file", "/data/profiles/other", "r"), "r"), (trace.Use("file", "/ssl/privkey.pem", "r"), "r"), (trace.Use("file", "/bin/sh", "mrx"), "mrx"),
                             (trace.Use("socket", "netlink raw"), "netlink raw"), (trace.Use("unix", "listen"), "listen"), (trace.Use("signal", "usr1", "send"), "usr1"),
                             (trace.Use("privileged", "setuid"), "setuid")):
            self.assertEqual(matcher.uncovered(self.profile, use), missing)
        for message in (bus_talk.Message("send", "org.bluez", "/org/bluez/hci0", "org.freedesktop.DBus.Properties", "Set"),
                        bus_talk.Message("send", "org.freedesktop.systemd1", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"),
                        bus_talk.Message("receive", ":1.7", "/agent", "org.bluez.Agent1", "RequestPinCode")):
            self.assertTrue(matcher.unheard(self.profile, message), str(message))

    def test_no_rule_is_idle(self):
        idle = matcher.parts(self.profile) - matcher.needed(self.profile, self.uses, self.messages) - set(IDLE)
        if self.places.sanitized:  # it has another allocator
            idle.discard(("/proc/sys/vm/overcommit_memory", "r"))
        self.assertEqual(sorted(idle), [], "parts of rules that nothing needed")
        self.assertEqual(sorted(set(IDLE) - matcher.parts(self.profile)), [], "reasons for what no rule says")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    BUILD, KEEP = given.build.resolve(), given.keep
    unittest.main(argv=["trace_test.py"])
