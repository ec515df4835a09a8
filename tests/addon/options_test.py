#!/usr/bin/python3
"""What the Supervisor takes for an option, the program takes too, and the other way round: both judge one table of good and hostile values."""

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import voluptuous as vol

import manifest
import supervisor
from documents import STOP, Case, Documents

BLUPOW = os.environ.get("BLUPOW", str(manifest.ROOT / "build/dev/blupow"))
MAC = "D8:B6:73:BF:4F:75"
OTHER_MAC = "AC:4D:16:17:8A:45"

# How the two agree on a value:
TAKEN = "taken"          # by both, as it is
CHANGED = "changed"      # the Supervisor makes the right type of it; the program takes that, and would refuse the value itself
REFUSED = "refused"      # by both
STRICTER = "stricter"    # the Supervisor refuses what the program would take: no user of the add-on gets that far
LATER = "later"          # the Supervisor takes it, the program refuses it: what no schema can say

SWITCH = {TAKEN: [True, False], CHANGED: ["true", "off", "YES", 1, 0, 1.5, [], {}, [True]], STRICTER: [""], REFUSED: ["x", "maybe", "wahr", "2"]}
INTERVAL = {TAKEN: [5, 30, 3600], CHANGED: ["30", 30.9, " 7 "], STRICTER: [None, ""],
            REFUSED: [4, 3601, 0, -5, True, 1e30, 99999999999999999999, "x", "30s", "30.5", [], [30], {}, "5;6"]}
WORDS_REFUSED = ["loud", "INFO", "info ", "info\n", "component|device", 1, True, ["info"], {}]
MAC_REFUSED = ["x", "AA:BB:CC:DD:EE", "AA:BB:CC:DD:EE:FF:00", "AA-BB-CC-DD-EE-FF", "AABBCCDDEEFF", "GG:BB:CC:DD:EE:FF", " " + MAC, MAC + " ", MAC + "\n", MAC + "\n\n",
               "\n" + MAC, "٠٠:00:00:00:00:00", "+A:BB:CC:DD:EE:FF", 5, True, [MAC], {"address": MAC}]
TOPIC = {TAKEN: ["a", "7", "solar/roof", "a/b/c", "Solar Dach/ä", "blu pow", "$SYS/x", "a" * 300, "\u2028a"],
         STRICTER: [None, ""], CHANGED: [7, True, ["a"]],
         REFUSED: [[], {}, "/a", "a/", "a//b", "/", "//", "a+", "+", "#", "a/#", "a\u0007b", "a\u007f", "a\u0085b", "a\tb", "a\n", "a\nb", "\na", "---", "ä", " ", "$"]}
TEXT = {TAKEN: ["a", " ", "-", "name with blanks", "ä\u2028", "\U0001f31e", "a\nb", "x" * 1000, "!secrets", "'; --", ""], STRICTER: [None],
        REFUSED: [5, True, 1.5, [], ["a"], {}]}

TABLE: dict[str, dict[str, list[Any]]] = {
    "log_level": {TAKEN: ["trace", "debug", "info", "warning", "error"], STRICTER: [None, ""], REFUSED: WORDS_REFUSED},
    "poll_interval": INTERVAL,
    "adaptive_polling": SWITCH,
    "keep_connected": SWITCH,
    "allow_settings": SWITCH,
    "adapter": {TAKEN: ["hci0", "hci12", "hci999999999", MAC, MAC.lower()], STRICTER: [None, "", "hci0000000001"],
                REFUSED: ["hci", "hci-1", "hci0x", "hci99999999999", "hci0\n", "HCI0", "usb0", " hci0", "hci0 ", "hci٣", 0, ["hci0"], *MAC_REFUSED]},
    "base_topic": TOPIC,
    "discovery": {TAKEN: ["device", "component"], STRICTER: [None, ""], REFUSED: ["both", *WORDS_REFUSED]},
    "discovery_prefix": TOPIC,
    "mqtt": {TAKEN: [{}, {"host": "broker", "username": "u", "password": "p"}], STRICTER: [None, ""], CHANGED: [{"colour": 1}], REFUSED: ["x", 5, [], [{}], True]},
    "mqtt.host": {TAKEN: ["broker.local", "192.168.1.10", "fd00::1", "core-mosquitto", "/run/mosquitto.sock", "/run/a@b", "ä", ""], CHANGED: [5, True, 1.5, [], ["a"], {}],
                  STRICTER: [None, "a\nb", "broker\n"], REFUSED: ["mqtt://192.168.1.10", "mqtts://me:hush@broker.local:8883", "me:hush@broker.local", "10.0.0.1/24", "x\n/", "@"]},
    "mqtt.port": {TAKEN: [1, 1883, 65535], CHANGED: ["1883", 1883.5, True], STRICTER: [None, ""], REFUSED: [0, 65536, -1, "x", "1883/tcp", [], {}]},
    "mqtt.username": TEXT,
    "mqtt.password": TEXT,
    "mqtt.ssl": SWITCH,
    "mqtt.client_id": {TAKEN: ["a", "blupow-1", "ä" * 64, "\U0001f31e" * 64], STRICTER: [None, "", "a\nb", "\n"], CHANGED: [5],
                       REFUSED: ["a" * 65, "ä" * 65, "a" * 64 + "\n", "a" * 1000, "[" + "a" * 70 + "]"]},
    "mqtt.ca_file": {STRICTER: [None], LATER: ["/ssl/not_there.pem", "/ssl", "relative.pem"], TAKEN: [""], REFUSED: [5, True, []]},
    "devices": {TAKEN: [[], [{"address": MAC}, {"address": OTHER_MAC}]], STRICTER: [None, "", [None], [""]], CHANGED: [[{"address": MAC, "colour": 1}]],
                LATER: [[{"address": MAC}, {"address": MAC.lower()}]],
                REFUSED: ["x", 5, {}, {"address": MAC}, [MAC], [[]], [[{"address": MAC}]], [{}], [{"name": "Shed"}], [{"address": MAC}, {}]]},
    "devices[].address": {TAKEN: [MAC, "ac:4d:16:17:8a:45", "80:6F:b0:0E:7b:91"], REFUSED: [None, "", *MAC_REFUSED]},
    "devices[].name": TEXT,
    "devices[].type": {TAKEN: ["renogy_battery", "renogy_controller", "renogy_dcc", "renogy_inverter", "renogy_inverter_hf", "renogy_shunt"], STRICTER: [None, ""],
                       REFUSED: ["renogy", "Renogy_inverter", "renogy_inverter ", "generic_modbus_device", "toaster", 5, [], ["renogy_inverter"]]},
    "devices[].poll_interval": INTERVAL,
    "banks": {TAKEN: [[], [{"name": "House"}], [{"name": "House", "devices": [MAC, OTHER_MAC + "_17"]}]], STRICTER: [None, "", [None]],
              CHANGED: [[{"name": "House", "colour": 1}]], REFUSED: ["x", {}, [MAC], [{}], [{"devices": [MAC]}], [[]]]},
    "banks[].name": {TAKEN: ["House", " ", "-", "ä", "a\nb"], CHANGED: [5, 1.5, True, [], {}], STRICTER: ["\n"], REFUSED: [None, ""]},
    "banks[].devices": {TAKEN: [[], [MAC], [MAC.lower() + "_255"]], STRICTER: [None, "", [None], [""], [MAC + "_01"]], REFUSED: ["x", MAC, {}, [[MAC]], [{"address": MAC}]]},
    "banks[].devices[]": {TAKEN: [MAC, MAC + "_1", MAC + "_99", MAC + "_255"],
                          REFUSED: [MAC + "_", MAC + "_0", MAC + "_256", MAC + "_1000", MAC + "_-1", MAC + "_1\n", MAC + "_x", MAC + "__1", "_1", *MAC_REFUSED]},
}


SHORT_PROFILE = {"name": "Short", "manufacturer": "Acme", "advertised_names": ["X"], "unit_ids": [1],
                 "gatt": {"write_service": "ffd0", "write": "ffd1", "notify_service": "fff0", "notify": "fff1"},
                 "blocks": [{"name": "one", "address": 1, "words": 1}],
                 "fields": [{"key": "a", "name": "A", "block": "one", "address": 1, "type": "u16", "quantity": "text"}]}


class OptionsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        config = manifest.config_of(manifest.ROOT)
        self.defaults, self.schema = config["options"], config["schema"]

    def environment(self) -> dict[str, str]:
        """No bus and no Supervisor."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("SUPERVISOR_")}
        return own | {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/no_bus"}

    def program(self, command: str, options: dict[str, Any], *further: str) -> subprocess.CompletedProcess[str]:
        file = self.folder / "options.json"
        file.write_text(json.dumps(options))
        return subprocess.run([BLUPOW, command, "--options", file, "--data", self.folder, *further], env=self.environment(), capture_output=True, text=True,
                              timeout=60, check=False)

    def profiles(self) -> Path:
        """Profiles of the types on offer that are read in no time."""
        folder = self.folder / "profiles_in_short"
        if not folder.exists():
            folder.mkdir()
            shutil.copy(manifest.ROOT / "rootfs/usr/share/blupow/profiles/profile.schema.json", folder)
            for name in self.schema["devices"][0]["type"].removeprefix("list(").removesuffix(")?").split("|"):
                (folder / f"{name}.json").write_text(json.dumps(SHORT_PROFILE | {"type": name}))
        return folder

    def taken(self, documents: Documents) -> list[bool]:
        """Whether the program takes each case; it comes no further than its options."""
        lines = []
        for document in documents.documents:
            ended = self.program("doctor", document, "--seconds", "1", "--profiles", self.profiles())
            self.assertEqual(ended.returncode, 3, ended.stderr)
            lines.append([line.removeprefix("blupow: ") for line in ended.stderr.splitlines()])
            self.assertTrue(any(line.startswith(STOP + ": is not known here") for line in lines[-1]), ended.stderr)
        return [not any(line.startswith((place + ":", place + ".", place + "[")) for line in lines[number]) for number, place in documents.places]

    def supervisor(self, options: dict[str, Any], schema: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """What it writes for the program; nothing where it refuses."""
        try:
            return supervisor.validate_options(schema or self.schema, supervisor.merged(self.defaults, options))
        except (vol.Invalid, OverflowError):
            return None

    def test_the_two_agree_on_every_value(self) -> None:
        cases = [(Case(path, value), agreement) for path, expected in TABLE.items() for agreement, values in expected.items() for value in values]
        raw, checked = Documents(), Documents()
        through = []  # what the Supervisor lets through, by the number of the case
        for number, (case, _) in enumerate(cases):
            raw.add(case, case.options)
            result = self.supervisor(case.options)
            if result is not None:
                through.append(number)
                checked.add(case, result)
        takes_raw, takes_checked = self.taken(raw), dict(zip(through, self.taken(checked), strict=True))
        for number, (case, expected) in enumerate(cases):
            if number not in takes_checked:
                found = STRICTER if takes_raw[number] else REFUSED
            elif not takes_checked[number]:
                found = LATER
            else:
                found = TAKEN if takes_raw[number] else CHANGED
            with self.subTest(path=case.path, value=case.value):
                self.assertEqual(found, expected)
        self.assertGreater(len(cases), 400)

    def test_the_table_finds_a_schema_that_is_not_the_program_s(self) -> None:
        # The Supervisor's half of the table alone, for each of these a value has to come out otherwise.
        for path, wrong in {"poll_interval": "int(4,3600)", "log_level": "str", "adaptive_polling": "str", "adapter": "str?", "base_topic": "match(^[^+#]+$)",
                            "discovery": "list(device|component|both)", "mqtt.port": "int?", "mqtt.host": "str?", "mqtt.password": "str(1,)?", "mqtt.client_id": "match(^.{1,64}$)?",
                            "devices[].address": "match(^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$)", "devices[].type": "str?", "banks[].name": "str",
                            "banks[].devices[]": "match(^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(_[0-9]{1,3})?$)?"}.items():
            schema = copy.deepcopy(self.schema)
            root, _, key = path.removesuffix("[]").replace("[]", "").partition(".")
            inner = schema if not key else schema[root] if root == "mqtt" else schema[root][0]
            inner[key or root] = [wrong] if path.endswith("[]") else wrong
            cases = [(Case(path, value), agreement in (TAKEN, CHANGED, LATER)) for agreement, values in TABLE[path].items() for value in values]
            with self.subTest(path=path, wrong=wrong):
                self.assertTrue(all((self.supervisor(case.options) is not None) == expected for case, expected in cases))
                self.assertFalse(all((self.supervisor(case.options, schema) is not None) == expected for case, expected in cases))

    def test_every_option_is_in_the_table(self) -> None:
        named = {path.replace("[]", "") for path in TABLE}
        self.assertEqual({".".join(path) for path, _ in manifest.elements(self.schema)} - named, set())

    def test_every_key_of_the_program_is_an_option_and_the_other_way_round(self) -> None:
        lines = "\n".join(self.program("doctor", {"x": 1, "mqtt": {"x": 1}, "devices": [{"address": MAC, "x": 1}], "banks": [{"name": "a", "x": 1}]},
                                       "--seconds", "1").stderr.splitlines())
        for place, schema in {"x": self.schema, "mqtt.x": self.schema["mqtt"], "devices[0].x": self.schema["devices"][0], "banks[0].x": self.schema["banks"][0]}.items():
            with self.subTest(place=place):
                self.assertIn(f"{place}: is not known here; known are {', '.join(sorted(schema))}", lines)

    def test_the_defaults_are_the_program_s(self) -> None:
        struct = re.search(r"^struct Options \{(.*?)^\};", (manifest.ROOT / "src/app/options.hpp").read_text(), re.DOTALL | re.MULTILINE)
        assert struct is not None
        own = dict(re.findall(r'(\w+)(?: = |\{)(?:LogLevel::|Discovery::)?"?(\w+)"?\}?;', struct[1]))
        self.assertEqual(own.pop("broker_named"), "false")  # no option, but whether mqtt.host stands there
        shown = {key: str(value).lower() for key, value in self.defaults.items() if not isinstance(value, (dict, list))}
        self.assertEqual(own, shown)
        self.assertEqual(self.supervisor({}), self.defaults)

    def test_the_exit_status_tells_refused_options(self) -> None:
        self.assertEqual(self.program("doctor", self.supervisor({}), "--seconds", "1").returncode, 1)  # no bus here: the options were fine
        self.assertEqual(self.program("doctor", {"poll_interval": 4}, "--seconds", "1").returncode, 3)
        refused = self.program("run", {"poll_interval": 4, "mqtt": {"port": 0}})
        self.assertEqual(refused.returncode, 3)
        self.assertRegex(refused.stdout, r"(?s)poll_interval: must be .*mqtt\.port: must be ")

    def test_the_service_starts_with_no_option_given(self) -> None:
        file = self.folder / "options.json"
        file.write_text(json.dumps(self.supervisor({})))
        with subprocess.Popen([BLUPOW, "run", "--options", file, "--data", self.folder, "--http", "off"], env=self.environment(), stdout=subprocess.PIPE,
                              text=True) as service:
            try:
                assert service.stdout is not None
                self.assertRegex(service.stdout.readline(), r"BluPow \d")
                service.send_signal(signal.SIGTERM)
                self.assertEqual(service.wait(30), 0)
            finally:
                service.kill()

    def test_the_types_on_offer_are_the_shipped_profiles(self) -> None:
        profiles = json.loads(subprocess.run([BLUPOW, "profiles", "--json"], capture_output=True, check=True).stdout)["profiles"]
        self.assertEqual(self.schema["devices"][0]["type"], f"list({'|'.join(sorted(profile['type'] for profile in profiles))})?")

    def test_a_secret_is_looked_up(self) -> None:
        options = supervisor.merged(self.defaults, {"mqtt": {"password": "!secret broker"}})
        self.assertEqual(supervisor.validate_options(self.schema, options, {"broker": "hush"})["mqtt"], {"password": "hush"})
        with self.assertRaises(vol.Invalid):
            supervisor.validate_options(self.schema, options)

    def test_the_supervisor_is_modelled_as_it_behaves(self) -> None:
        # Cases of its own test suite and of its code: what these say is why the schema is as it is.
        def takes(schema: dict[str, Any], options: dict[str, Any]) -> bool:
            try:
                supervisor.validate_options(schema, options)
            except vol.Invalid:
                return False
            return True

        cases = [
            ({"name": "str", "alias": "str?"}, {"name": "Pascal"}, True),
            ({"name": "str", "fires": "bool"}, {"name": "Pascal", "fires": "hah"}, False),
            ({"name": "str", "password": "password"}, {"name": "Pascal"}, False),
            ({"extend": ["str"]}, {"extend": ["test", 1]}, False),
            ({"extend": ["str"]}, {"extend": "test"}, False),
            ({"extend": ["str?"]}, {}, True),
            ({"extend": ["str"]}, {}, False),
            ({"extend": {"test": "int"}}, {"extend": {"test": 1}}, True),
            ({"extend": {"test": "int"}}, {"extend": {"wrong": 1}}, False),
            ({"extend": {"test": "int?"}}, {}, False),
            ({"extend": {"test": "int?"}}, {"extend": {}}, True),
            ({"extended": [{"name": "str", "data": ["str?"]}]}, {"extended": [{"name": "a", "data": ["b"]}, {"name": "c"}]}, True),
            ({"name": "str(1,64)"}, {"name": "Pascal"}, False),
            ({"name": "match(^a$)"}, {"name": "a\n"}, True),
            ({"name": "str"}, {"name": None}, False),
        ]
        for schema, options, expected in cases:
            with self.subTest(schema=schema, options=options):
                self.assertEqual(takes(schema, copy.deepcopy(options)), expected)


if __name__ == "__main__":
    sys.exit(unittest.main())
