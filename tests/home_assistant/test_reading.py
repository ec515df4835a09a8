"""Two devices and the gateway as Home Assistant knows them, and what becomes of them when a program goes and comes back."""

import re
from typing import Any

from expected import GATEWAY_ENTITIES, Entity
from programs import until
from scenario import digits
from two import CONTROLLER, DEVICES, INVERTER, SHOWN, TwoDevices

_GATEWAY = "blupow_gateway"


class Reading(TwoDevices):
    def test_the_devices_are_described(self) -> None:
        devices = self.home.core.devices()
        gateway = devices[_GATEWAY]
        version = self.home.version()
        keys = ("name", "manufacturer", "model", "serial_number", "sw_version", "hw_version", "connections", "via_device_id")
        self.assertEqual(
            {
                _GATEWAY: {"name": "BluPow gateway", "manufacturer": "BluPow", "model": None, "serial_number": None, "sw_version": version,
                           "hw_version": None, "connections": [], "via_device_id": None},
                f"blupow_{INVERTER}": {"name": "House inverter", "manufacturer": "Renogy", "model": "RIV1230RCH-SPS", "serial_number": None, "sw_version": None,
                                       "hw_version": None, "connections": [["bluetooth", INVERTER]], "via_device_id": gateway["id"]},
                f"blupow_{CONTROLLER}": {"name": "RNG-CTRL-RVR40 7B91", "manufacturer": "Renogy", "model": "RNG-CTRL-RVR40", "serial_number": "1501FFFF",
                                         "sw_version": "V3.2.1", "hw_version": "V1.2.3", "connections": [["bluetooth", CONTROLLER]],
                                         "via_device_id": gateway["id"]},
            },
            {identifier: {key: device[key] for key in keys} for identifier, device in devices.items()})

    def test_the_inverter_has_its_entities(self) -> None:
        self._compare(f"blupow_{digits(INVERTER)}", f"blupow_{INVERTER}", "house_inverter")

    def test_the_controller_has_its_entities(self) -> None:
        self._compare(f"blupow_{digits(CONTROLLER)}", f"blupow_{CONTROLLER}", "rng_ctrl_rvr40_7b91")

    def test_the_gateway_has_its_entities(self) -> None:
        wanted = {f"{_GATEWAY}_{entity.key}": entity for entity in GATEWAY_ENTITIES}

        def right() -> bool:
            shown = self.shown(set(wanted))
            differing = {unique_id: (shown[unique_id], entity.shown) for unique_id, entity in wanted.items() if not entity.fits(shown[unique_id])}
            if differing:
                raise AssertionError(f"not as expected (shown, expected): {differing}")
            return True

        # The first state tells of no poll yet, the next follows a minute later.
        until(right, "the gateway's values are shown", 75)
        self._compare(_GATEWAY, _GATEWAY, "blupow_gateway")
        self.assertEqual(self.home.version(), self.shown()[f"{_GATEWAY}_version"])

    def test_enumerations_list_the_word_for_what_they_do_not_know(self) -> None:
        enumerations = [state for state in self.home.core.states().values() if state["attributes"].get("device_class") == "enum"
                        and state["entity_id"].startswith(("sensor.house_inverter", "sensor.rng_ctrl_rvr40_7b91"))]
        reasons = [state for state in enumerations if state["entity_id"].endswith("_connection_reason")]
        self.assertEqual(2, len(reasons))
        self.assertEqual(6, len(enumerations))
        # Why a link is up or not is BluPow's own to say: it knows all the words.
        for state in enumerations:
            if state in reasons:
                continue
            self.assertIn("unknown", state["attributes"]["options"], state["entity_id"])

    def test_values_are_back_after_a_restart_of_core(self) -> None:
        before = self.registered()
        self.home.core.restart()
        self.wait_for_values()
        self.assertEqual(before, self.registered())
        self.assert_no_ghosts()

    def test_values_are_back_after_a_restart_of_the_broker(self) -> None:
        self.broker_went = True
        self.home.broker.stop()
        self.wait_for_state("unavailable", SHOWN)
        self.home.broker.start()
        self.wait_for_values()
        self.assert_no_ghosts()

    def test_a_killed_blupow_is_unavailable_until_it_is_back(self) -> None:
        self.home.kill_blupow()
        self.wait_for_state("unavailable", SHOWN)
        self.home.start_blupow()
        self.wait_for_values()

    def test_a_stopped_blupow_is_unavailable_until_it_is_back(self) -> None:
        self.home.stop_blupow()
        self.wait_for_state("unavailable", SHOWN)
        self.home.start_blupow()
        self.wait_for_values()

    def _compare(self, prefix: str, device: str, slug: str) -> None:
        """All entities whose unique id begins so, field by field, against those written out."""
        core = self.home.core
        device_id = core.devices()[device]["id"]
        device_name = core.devices()[device]["name"]
        states = core.states()
        shown = self.shown()
        found: dict[str, dict[str, Any]] = {}
        for unique_id, entry in core.entities().items():
            if not unique_id.startswith(prefix + "_"):
                continue
            attributes = states.get(entry["entity_id"], {"attributes": {}})["attributes"]
            found[unique_id] = {
                "entity_id": entry["entity_id"], "name": entry["original_name"], "friendly_name": attributes.get("friendly_name"),
                "device": entry["device_id"] == device_id, "category": entry["entity_category"], "disabled_by": entry["disabled_by"],
                "device_class": attributes.get("device_class"), "state_class": attributes.get("state_class"), "unit": attributes.get("unit_of_measurement"),
                "shown": shown[unique_id]}
        wanted = {f"{prefix}_{entity.key}": _as_known(entity, slug, device_name, shown.get(f"{prefix}_{entity.key}")) for entity in _wanted(prefix)}
        self.assertEqual(sorted(wanted), sorted(found))
        self.assertEqual([], [f"{unique_id}: {field} is {found[unique_id][field]!r}, not {value!r}" for unique_id, entity in wanted.items()
                              for field, value in entity.items() if found[unique_id][field] != value])


def _wanted(prefix: str) -> list[Entity]:
    return GATEWAY_ENTITIES if prefix == _GATEWAY else DEVICES[prefix]


def _as_known(entity: Entity, slug: str, device_name: str, shown: str | None) -> dict[str, Any]:
    return {
        "entity_id": f"{entity.platform}.{slug}_{entity.object or entity.key}", "name": entity.name, "device": True, "category": entity.category,
        "friendly_name": f"{device_name} {entity.name}" if entity.enabled else None, "disabled_by": None if entity.enabled else "integration",
        "device_class": entity.device_class, "state_class": entity.state_class, "unit": entity.unit,
        "shown": shown if entity.fits(shown) else entity.shown}
