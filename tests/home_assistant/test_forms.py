"""The two forms of discovery documents, the change between them, and the take-over of what the first BluPow left on the broker."""

import json

from expected import CONTROLLER_READINGS, INVERTER_READINGS
from scenario import digits
from two import CONTROLLER, INVERTER, READINGS, TwoDevices

_INVERTER = f"blupow_{digits(INVERTER)}"
_LOAD = f"blupow_{digits(CONTROLLER)}_load_status"
_LAST_UPDATE = f"{_INVERTER}_last_update"  # of the first BluPow only
_FIRST = {f"blupow_{digits(mac)}_{entity.key}": entity
          for mac, entities in ((INVERTER, INVERTER_READINGS), (CONTROLLER, CONTROLLER_READINGS)) for entity in entities}
_SENSORS = [unique_id for unique_id, entity in _FIRST.items() if entity.platform == "sensor"]
_PLATFORMS = {entity.platform for entity in READINGS.values()}


class ChangeOfForm(TwoDevices):
    def test_entities_outlive_the_change_of_form_and_back(self) -> None:
        home = self.home
        self.rename(f"{_INVERTER}_battery_voltage", "My battery", "sensor.my_battery")
        self.rename(_LOAD, "My lamp", "switch.my_lamp")
        before = self.registered()
        self.assertEqual(set(READINGS), {unique_id for unique_id in before if unique_id in READINGS})

        home.stop_blupow()
        home.start_blupow(discovery="component")
        home.wait_until_gone("homeassistant/device/+/config")
        self.wait_for_values()
        self._assert_same(before)
        self.assertEqual(len(before), len(home.broker.retained("homeassistant/+/+/config")))

        home.stop_blupow()
        home.start_blupow(discovery="device")
        self._wait_until_single_ones_are_gone()
        self.wait_for_values()
        self._assert_same(before)
        self.assertEqual(3, len(home.broker.retained("homeassistant/device/+/config")))

    def _wait_until_single_ones_are_gone(self) -> None:
        for platform in sorted(_PLATFORMS):
            self.home.wait_until_gone(f"homeassistant/{platform}/+/config")

    def _assert_same(self, before: dict[str, tuple[str, str, str | None]]) -> None:
        """Now, and after a restart of Core, which forgets what it only held in memory."""
        self.assertEqual(before, self.registered())
        self.home.core.restart()
        self.wait_for_values()
        self.assertEqual(before, self.registered())
        self.assert_no_ghosts()


class TakeOver(TwoDevices):
    """The first BluPow published a document for every entity, under the same unique ids."""

    @classmethod
    def begin(cls) -> None:
        home = cls.home
        home.core.start()
        for mac, model, entities in ((INVERTER, "RIV1230RCH-SPS", INVERTER_READINGS), (CONTROLLER, "RNG-CTRL-RVR40", CONTROLLER_READINGS)):
            home.broker.publish(f"blupow/{mac}/status", "online", retain=True)
            for entity in entities:
                device_class = None if entity.device_class == "enum" else entity.device_class
                document = {"name": entity.name, "unique_id": f"blupow_{digits(mac)}_{entity.key}", "state_topic": f"blupow/{mac}/state",
                            "availability_topic": f"blupow/{mac}/status", "value_template": "{{ value_json.get('%s') }}" % entity.key,
                            "unit_of_measurement": entity.unit, "device_class": device_class, "state_class": entity.state_class,
                            "device": {"identifiers": [f"blupow_{mac}"], "name": f"Renogy {model}", "manufacturer": "Renogy", "model": model}}
                home.broker.publish(f"homeassistant/sensor/blupow_{digits(mac)}_{entity.key}/config",
                                    json.dumps({key: value for key, value in document.items() if value is not None}), retain=True)
        # What no profile has any more.
        home.broker.publish(f"homeassistant/sensor/{_INVERTER}_last_update/config",
                            json.dumps({"name": "Last update", "unique_id": _LAST_UPDATE, "state_topic": f"blupow/{INVERTER}/state",
                                        "value_template": "{{ value_json.get('last_update') }}",
                                        "device": {"identifiers": [f"blupow_{INVERTER}"], "name": "Renogy RIV1230RCH-SPS"}}), retain=True)
        cls.wait_for_state("unknown", {*_FIRST, _LAST_UPDATE})

    def setUp(self) -> None:
        """As begin() left it."""

    def test_the_entities_of_the_first_blupow_are_taken_over(self) -> None:
        home = self.home
        self.rename(f"{_INVERTER}_battery_voltage", "My battery", "sensor.my_battery")
        before = self.registered()

        home.start_blupow()
        home.wait_until_gone("homeassistant/sensor/+/config")
        self.wait_for_values()
        after = self.registered()
        self.assertEqual({unique_id: before[unique_id] for unique_id in _SENSORS}, {unique_id: after[unique_id] for unique_id in _SENSORS})
        # What is of another platform now, or of none, is no more.
        self.assertEqual([], [entity_id for entity_id in home.core.states() if entity_id in (before[_LOAD][1], before[_LAST_UPDATE][1])])
        self.assertEqual("switch.rng_ctrl_rvr40_7b91_load", after[_LOAD][1])

        home.core.restart()
        self.wait_for_values()
        self.assertEqual(after, self.registered())
        self.assert_no_ghosts()
