#!/usr/bin/python3
"""The interface of the built program over HTTP, as another program uses it: commands, state, events, health, and who is refused."""

import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from house import CONTROLLER, INVERTER, House, Program
from programs import until

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
SCENE = {"devices": [
    {"address": INVERTER, "name": "BTRIC134000035", "rssi": -58, "units": [{"family": "inverter", "static": True}]},
    {"address": CONTROLLER, "name": "BT-TH-B00E7B91    ", "rssi": -67, "units": [{"family": "controller", "static": True}]}]}


class Stream:
    """The open stream of events, read as it comes."""

    def __init__(self, house):
        self._connection = http.client.HTTPConnection(house.address, 8099, timeout=60)
        self._connection.request("GET", "/api/events")
        self.answer = self._connection.getresponse()

    def next(self, wanted):
        """The data of the next event of that name; None when the stream ended."""
        name = None
        while line := self.answer.readline().decode():
            kind, _, value = line.rstrip("\n").partition(": ")
            if kind == "event":
                name = value
            elif kind == "data" and name == wanted:
                return json.loads(value)
        return None


class ServiceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(Program.kill_all)
        self.house = House(BUILD, pathlib.Path(folder.name), SCENE, inside_add_on=False)

    def ask(self, method, path, body=None, headers=None, host=None):
        connection = http.client.HTTPConnection(self.house.address, 8099, timeout=20)
        connection.request(method, path, body, {"Host": host or self.house.address, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def health(self, *arguments):
        return subprocess.run([BUILD / "blupow", "health", *arguments], capture_output=True, text=True, timeout=30)

    def test_a_device_is_added_shown_and_removed(self):
        stream = Stream(self.house)
        self.assertEqual(stream.next("state")["devices"], [])
        found = self.house.command(command="discover_devices", seconds=3)
        self.assertEqual({device["address"] for device in found["devices"]}, {INVERTER, CONTROLLER})
        added = self.house.command(command="add_device", address=INVERTER.lower(), name="Shed")
        self.assertEqual((added["status"], added["device"]["type"]), ("success", "renogy_inverter"))
        device = self.house.device(INVERTER)
        self.assertEqual((device["name"], device["status"], device["connection_reason"]), ("Shed", "online", "connected"))
        readings = {reading["key"]: reading for reading in device["units"][0]["readings"]}
        self.assertEqual((readings["battery_voltage"]["unit"], readings["battery_voltage"]["name"]), ("V", "Battery Voltage"))
        while not (told := stream.next("device"))["units"] or told["status"] != "online":
            pass
        self.assertEqual(told["name"], "Shed")
        self.house.simulate(do="set", device=INVERTER, register=4409, words=[777])
        while not any(reading["value"] == 777 for reading in stream.next("device")["units"][0]["readings"]):
            pass
        self.assertEqual(self.house.command(command="add_device", address=INVERTER)["reason"], "already_added")
        self.assertEqual(self.house.command(command="remove_device", address=INVERTER), {"status": "success"})
        self.assertEqual(stream.next("device_removed"), {"address": INVERTER})
        self.assertEqual(self.house.state()["devices"], [])
        self.assertEqual(self.house.state()["now"]["broker"], "connected")

    def test_a_stream_does_not_hold_the_stop_up(self):
        stream = Stream(self.house)
        stream.next("state")
        self.assertEqual(self.house.service.stop(seconds=5), 0)
        self.assertIsNone(stream.next("state"))

    def test_a_restart_is_answered_and_serves_again(self):
        self.assertEqual(self.house.command(command="restart_gateway"), {"status": "success"})
        until(lambda: self.house.service.text().count("the page is served at") == 2, "the program serves again", 30)
        self.assertEqual(self.house.state()["devices"], [])
        self.assertTrue(self.house.service.running())

    def test_other_names_and_other_sites_are_refused(self):
        mark = {"Content-Type": "application/json", "X-BluPow": "1"}
        command = json.dumps({"command": "restart_gateway"})
        self.assertEqual(self.ask("GET", "/api/state", host="evil.example")[0], 421)
        self.assertEqual(self.ask("POST", "/api/commands", command, mark, host="evil.example")[0], 421)
        self.assertEqual(self.ask("POST", "/api/commands", command, {"Content-Type": "application/json"})[0], 403)
        self.assertEqual(self.ask("POST", "/api/commands", command, {**mark, "Content-Type": "text/plain"})[0], 415)
        self.assertEqual(self.ask("POST", "/api/commands", command, {**mark, "Origin": "http://evil.example"})[0], 403)
        self.assertEqual(self.ask("POST", "/api/commands", command, {**mark, "Sec-Fetch-Site": "cross-site"})[0], 403)
        self.assertEqual(self.ask("OPTIONS", "/api/commands", headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"})[0], 405)
        self.assertEqual(self.ask("GET", "/../../etc/passwd")[0], 404)
        self.assertEqual(self.ask("GET", "/api/commands")[0], 405)
        self.assertNotIn("restarts on command", self.house.service.text())

    def test_health_tells_whether_the_loop_is_alive(self):
        address = f"{self.house.address}:8099"
        sound = self.health("--http", address)
        self.assertEqual((sound.returncode, sound.stderr), (0, ""))
        document = json.loads(self.health("--http", address, "--json").stdout)
        self.assertEqual((document["ok"], set(document)), (True, {"ok", "version", "uptime"}))

        self.house.service.send(19)  # SIGSTOP: the loop hangs
        hanging = self.health("--http", address)
        self.house.service.send(18)
        self.assertEqual(hanging.returncode, 1)
        self.assertIn("gives no answer within 5 s", hanging.stderr)
        self.house.service.stop()
        gone = self.health("--http", address, "--json")
        self.assertEqual(gone.returncode, 1)
        self.assertEqual(gone.stderr, f"blupow: the service at {address} does not run\n")
        self.assertEqual(json.loads(gone.stdout), {"error": f"the service at {address} does not run"})
        off = self.health("--http", "off")
        self.assertEqual((off.returncode, "serves no page" in off.stderr), (1, True))
        self.assertEqual(self.health("--http", "localhost:8099").returncode, 2)

    def test_a_port_that_is_taken_is_said_and_tried_again(self):
        other = Program("other", [BUILD / "blupow", "run", "--options", self.house.folder / "options.json", "--data", self.house.folder / "other", "--http",
                                  f"{self.house.address}:8099"], self.house.folder / "other.log", self.house.environment)
        other.wait_for_output("another program has this port")
        self.assertTrue(other.running())
        self.house.service.stop()
        other.wait_for_output("the page is served at")
        self.assertEqual(self.health("--http", f"{self.house.address}:8099").returncode, 0)
        self.assertEqual(other.text().count("another program has this port"), 1)

    def test_it_can_be_off(self):
        self.house.service.stop()
        self.house.service = self.house.start_service("off", "BluPow")
        self.assertEqual(self.health("--http", f"{self.house.address}:8099").returncode, 1)
        self.assertNotIn("page", self.house.service.text())
        self.assertEqual(self.house.service.stop(seconds=5), 0)

    def test_the_files_of_the_page_are_as_they_should_be(self):
        folder = pathlib.Path(__file__).resolve().parent.parent.parent / "addon/ui"
        files = sorted(path.name for path in folder.iterdir())
        self.assertEqual(files, ["api.js", "app.js", "cards.js", "dialogs.js", "icon.svg", "index.html", "style.css"])
        for name in files:
            text = (folder / name).read_bytes()
            self.assertTrue(text.isascii(), f"{name}: the ingress takes the charset away")
            for word in (b"innerHTML", b"outerHTML", b"insertAdjacentHTML", b"document.write", b"eval(", b'="/', b"'/", b'("/', b"style=", b"onclick"):
                self.assertNotIn(word, text, name)
        self.assertIn(b'<meta charset="utf-8">', (folder / "index.html").read_bytes())


if __name__ == "__main__":
    unittest.main()
