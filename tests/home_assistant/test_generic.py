"""A device that the user describes in `add_device`: whatever class and unit its description names, Home Assistant takes it."""

import json

from programs import until
from scenario import Scenario, digits

METER = "A4:C1:38:00:00:07"

_DESCRIPTION = {"type": "generic_modbus_device", "notify_uuid": "fff1", "write_uuid": "ffd1", "device_id": 7, "name": "Tank", "sensors": [
    {"key": "volts", "register": 100, "scale": 0.1, "unit": "V", "device_class": "voltage"},
    {"key": "energy", "register": 101, "words": 2, "scale": 0.01, "unit": "kWh", "device_class": "energy"},
    {"key": "outside", "name": "Outside temperature", "register": 103, "signed": True, "scale": 0.1, "unit": "°F", "device_class": "temperature"},
    {"key": "flow", "register": 104, "unit": "L/min"},
    {"key": "classless", "register": 104},
    {"key": "wrong_unit", "register": 104, "unit": "bananas", "device_class": "power"},
    {"key": "no_such_class", "register": 104, "unit": "W", "device_class": "fruit"}]}
# The words are made up; what is shown follows from the description.
_WORDS = [123, 1, 0x86A0, 0xFFCE, 42]
_SHOWN = {"volts": "12.3 V", "energy": "1000.00 kWh", "outside": "-20.6 °C", "flow": "42 L/min", "classless": "42",
          "wrong_unit": "42 bananas", "no_such_class": "42 W"}


class Generic(Scenario):
    scene = json.dumps({"devices": [{"address": METER, "name": "ACME", "units": [{"family": "blank", "id": 7, "registers": {"100": _WORDS}}]}]})

    def test_it_is_added_and_shown(self) -> None:
        answer = self.home.broker.ask({"command": "add_device", "address": METER, **_DESCRIPTION})
        self.assertEqual("success", answer["status"], answer)

        def right() -> bool:
            shown = self.shown()
            self.assertEqual(_SHOWN, {key: shown.get(f"blupow_{digits(METER)}_{key}") for key in _SHOWN})
            return True

        until(right, "its values are shown")
        self.assertEqual("Tank", self.home.core.devices()[f"blupow_{METER}"]["name"])

    def test_a_wrong_description_is_refused_with_the_place_and_adds_nothing(self) -> None:
        wrong = {**_DESCRIPTION, "sensors": [{"key": "volts", "register": 70000}]}
        answer = self.home.broker.ask({"command": "add_device", "address": "A4:C1:38:00:00:08", **wrong})
        self.assertEqual(("failure", "bad_argument"), (answer["status"], answer["reason"]))
        self.assertIn("sensors/0/register", answer["message"])
        self.assertNotIn("blupow_A4:C1:38:00:00:08", self.home.core.devices())
