"""The program out of the image, as the Supervisor would start it: devices in, MQTT out, in a read-only root folder with nothing but its own."""

import datetime
import json
import re
import subprocess
import unittest

from container import AUTHORITIES
from image import INVERTER, RunningTest
from name_server import NameServer
from programs import until

# Captured: 34 words from 0x0100 of a Rover.
_FRAME = ("ff03440064009000040e1900000000000000e8000400010000008f009100110000000100000000000000000000022b00010000000013"
          "7c00000000000101900000000000040000a3d2")


class CommandsTest(RunningTest):
    def ask(self, *arguments: str) -> dict:
        answer = self.container.run(*arguments, "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)

    def test_version(self):
        version = self.archive.config["config"]["Labels"]["io.hass.version"]
        self.assertEqual(self.container.run("--version").stdout, f"blupow {version}\n")

    def test_profiles(self):
        shipped = {json.loads(path.read_text())["type"] for path in (self.places.sources / "rootfs/usr/share/blupow/profiles").glob("renogy_*.json")}
        profiles = self.ask("profiles")["profiles"]
        self.assertEqual({profile["type"] for profile in profiles}, shipped)
        self.assertEqual({profile["file"].rsplit("/", 1)[0] for profile in profiles}, {"/usr/share/blupow/profiles"})

    def test_decode(self):
        fields = self.ask("decode", "--type", "renogy_controller", "--register", "0x0100", _FRAME)["fields"]
        self.assertEqual({key: fields[key] for key in ("battery_soc", "battery_voltage", "solar_voltage", "charging_status")},
                         {"battery_soc": 100, "battery_voltage": 14.4, "solar_voltage": 23.2, "charging_status": "boost"})

    def test_a_poll_over_the_bus_that_the_container_has(self):
        unit = self.ask("read", INVERTER)["units"][0]
        self.assertEqual((unit["type"], unit["model"]), ("renogy_inverter", "RIV1230RCH-SPS"))
        self.assertGreater(len(unit["state"]), 20)


class ServiceTest(RunningTest):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.name_server = NameServer("by.dns", "127.0.0.1")

    def test_the_root_folder_is_read_only(self):
        self.assertTrue(self.container.read_only())

    def test_a_device_is_added_and_published_and_kept(self):
        service = self.start_service({"host": "by.hosts"})
        self.wait_online(service)
        answer = self.broker.ask({"command": "add_device", "address": INVERTER})
        self.assertEqual((answer["status"], answer["device"]["type"]), ("success", "renogy_inverter"), answer)
        topic = f"blupow/{INVERTER}/state"
        state = until(lambda: json.loads(self.broker.retained(topic).get(topic, "null")), "a state is published", 60)
        self.assertGreater(len(state), 20)
        until(lambda: self.broker.retained(f"blupow/{INVERTER}/status") == {f"blupow/{INVERTER}/status": "online"}, "the device is online")
        self.expect_stop(service)
        self.assertEqual(list(json.loads((self.container.data / "devices.json").read_text())), [INVERTER])
        self.assertTrue((self.container.data / "blupow.db").is_file())

    def test_health(self):
        """The image's own HEALTHCHECK: 0 while the service runs, 1 after it."""
        service = self.start_service({"host": "by.hosts"})
        self.wait_online(service)
        command = self.archive.config["config"]["Healthcheck"]["Test"]
        self.assertEqual(command[:2], ["CMD", "/usr/bin/blupow"])
        answer = self.container.run(*command[2:], seconds=10)
        self.assertEqual(answer.returncode, 0, f"blupow {command[2:]}: {answer.stderr}")
        self.expect_stop(service)
        self.assertEqual(self.container.run(*command[2:], seconds=10).returncode, 1)

    def test_a_broker_that_dns_knows(self):
        service = self.start_service({"host": "by.dns"})
        self.wait_online(service)
        self.assertIn("by.dns", self.name_server.asked)
        self.assertNotIn("by.hosts", self.name_server.asked, "the hosts file comes first")
        self.expect_stop(service)

    def test_the_time_zone_that_the_supervisor_names(self):
        service = self.start_service({"host": "by.hosts"}, {"TZ": "Asia/Kathmandu"})
        self.wait_online(service)
        self.expect_stop(service)
        said = re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", service.text())
        self.assertIsNotNone(said, service.text()[:200])
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(hours=5, minutes=45)
        self.assertLess(abs(now - datetime.datetime.fromisoformat(said.group())), datetime.timedelta(minutes=5), said.group())


class TlsTest(RunningTest):
    """A broker whose certificate is signed by an authority of ours."""

    @classmethod
    def prepare(cls) -> None:
        def openssl(*arguments: str) -> None:
            subprocess.run(["openssl", *arguments], cwd=cls.folder, check=True, capture_output=True)

        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Our authority", "-keyout", "ca.key", "-out", "ca.pem")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=by.hosts", "-keyout", "broker.key", "-out", "broker.csr")
        (cls.folder / "names").write_text("subjectAltName=DNS:by.hosts\n")
        openssl("x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names",
                "-out", "broker.pem")
        cls.broker_lines = f"listener 8883 127.0.0.1\ncertfile {cls.folder}/broker.pem\nkeyfile {cls.folder}/broker.key\n"

    def test_an_authority_of_the_systems_place_is_believed_and_another_is_not(self):
        mqtt = {"host": "by.hosts", "port": 8883, "ssl": True}
        stranger = self.start_service(mqtt)
        stranger.wait_for_output("signer is not among the authorities", 60)
        self.assertEqual(stranger.stop(seconds=10), 0)
        self.assertEqual(self.broker.retained("blupow/gateway/status"), {})
        bundle = (self.root / AUTHORITIES).read_text()
        self.container.lay_file(AUTHORITIES, bundle + (self.folder / "ca.pem").read_text())
        known = self.start_service(mqtt)
        self.wait_online(known)
        self.expect_stop(known)
