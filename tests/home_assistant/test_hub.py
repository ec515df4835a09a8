"""A hub: one Bluetooth device, many units, each a Home Assistant device of its own, and the bank of its batteries."""

import json
from typing import Any, ClassVar

from programs import until
from scenario import Scenario, digits

HUB = "80:6F:B0:1A:2B:3C"
_BATTERIES = [48, 49, 50, 51]
_UNITS = [97, 96, 32, *_BATTERIES]  # a controller, a DC-DC charger, an inverter
_SILENT = 50
_BANK = f"blupow_bank_{digits(HUB)}"
_LINK = {"connection_reason", "rssi", "success_rate", "poll_duration", "reconnects", "last_success", "bluetooth_connection", "refresh"}


# Two batteries and a controller behind a quick one, in which nothing moves.
_SMALL_HUB = "80:6F:B0:1A:2B:3D"
_SMALL_SCENE = {"timing": {"advertise_ms": 100, "connect_ms": 100, "resolve_ms": 100, "disconnect_ms": 100}, "devices": [
    {"address": _SMALL_HUB, "name": "BT-TH-B01A2B3D", "units": [
        {"family": "controller", "id": 97, "universal": "deaf", "static": True},
        {"family": "battery", "id": 48, "universal": "deaf", "static": True, "serial": 1},
        {"family": "battery", "id": 49, "universal": "deaf", "static": True, "serial": 2}]}]}


class Hub(Scenario):
    scene = "hub"
    options: ClassVar[dict[str, Any]] = {"poll_interval": 10}
    first: ClassVar[int]  # id of the unit that was recognised first: it has the bare address

    @classmethod
    def begin(cls) -> None:
        super().begin()
        answer = cls.home.broker.ask({"command": "add_device", "address": HUB})
        cls.first = answer["device"]["units"][0]["id"]
        until(lambda: len(cls.home.core.devices()) == len(_UNITS) + 2, "Core knows the gateway, all units and the bank", 90)

    @classmethod
    def suffix(cls, unit: int) -> str:
        return "" if unit == cls.first else f"_{unit}"

    def entities_of(self, unit: int) -> set[str]:
        """Unique ids of a unit's own entities, without those of the link and what is disabled."""
        prefix = f"blupow_{digits(HUB)}{self.suffix(unit)}_"
        device = self.home.core.devices()[f"blupow_{HUB}{self.suffix(unit)}"]["id"]
        return {unique_id for unique_id, entity in self.home.core.entities().items()
                if entity["device_id"] == device and entity["disabled_by"] is None and unique_id.removeprefix(prefix) not in _LINK}

    def bank(self) -> set[str]:
        return {unique_id for unique_id in self.home.core.entities() if unique_id.startswith(f"{_BANK}_")}

    def test_each_unit_is_a_device_of_its_own(self) -> None:
        devices = self.home.core.devices()
        gateway = devices["blupow_gateway"]["id"]
        self.assertEqual({"blupow_gateway", _BANK, *(f"blupow_{HUB}{self.suffix(unit)}" for unit in _UNITS)}, set(devices))
        self.assertEqual({gateway}, {device["via_device_id"] for identifier, device in devices.items() if identifier != "blupow_gateway"})
        # One device of Home Assistant would become of all that name the same connection.
        self.assertEqual([f"blupow_{HUB}"], [identifier for identifier, device in devices.items() if device["connections"]])
        self.assertEqual(len(devices), len({device["name"] for device in devices.values()}), "names differ")
        link = {unique_id.removeprefix(f"blupow_{digits(HUB)}_") for unique_id in self.home.core.entities()} & _LINK
        self.assertEqual(_LINK, link)
        for unit in _UNITS:
            self.assertGreater(len(self.entities_of(unit)), 15, f"entities of unit {unit}")

    def test_the_bank_is_a_device_that_sums_its_batteries(self) -> None:
        def sums() -> bool:
            found = {unique_id.removeprefix(f"{_BANK}_"): text for unique_id, text in self.shown(self.bank()).items()}
            self.assertEqual({"count", "current", "power", "remaining_ah", "capacity_ah", "soc", "cell_voltage_spread", "soc_spread"}, set(found))
            self.assertEqual(("4", "400.0 Ah"), (found["count"], found["capacity_ah"]))
            remaining = [float(text or "") for text in self.states(f"blupow_{digits(HUB)}{self.suffix(unit)}_remaining_ah" for unit in _BATTERIES).values()]
            # The batteries live on between two polls.
            self.assertAlmostEqual(sum(remaining), float(found["remaining_ah"].split()[0]), delta=4)
            self.assertAlmostEqual(sum(remaining) / 4, float(found["soc"].split()[0]), delta=1)
            return True

        until(sums, "the bank's values are shown")

    def test_one_silent_unit_is_unavailable_alone_and_back_with_its_answer(self) -> None:
        others = {unique_id for unit in _UNITS if unit != _SILENT for unique_id in self.entities_of(unit)}
        silent = self.entities_of(_SILENT)
        bank = self.bank()
        self.home.simulator.tell("unit", device=HUB, unit=_SILENT, silent=True)
        self.wait_for_state("unavailable", silent | bank, 75)
        self._fresh(others)
        self.assertEqual([], [unique_id for unique_id, state in self.states(others).items() if state == "unavailable"])
        self.assertEqual("connected", self.states([f"blupow_{digits(HUB)}_connection_reason"])[f"blupow_{digits(HUB)}_connection_reason"])
        self.home.simulator.tell("unit", device=HUB, unit=_SILENT, silent=False)
        until(lambda: "unavailable" not in self.states(silent | bank).values(), "the unit and the bank are back", 75)

    def _fresh(self, unique_ids: set[str]) -> None:
        """Until each unit but the silent one has shown another value than now: its day goes on."""
        units = [unit for unit in _UNITS if unit != _SILENT]
        before = {unit: self.states(self.entities_of(unit)) for unit in units}

        def all_moved() -> bool:
            standing = [unit for unit in units if self.states(before[unit]) == before[unit]]
            self.assertEqual([], standing)
            return True

        until(all_moved, "the other units' values go on", 45)


class HubThatGoes(Scenario):
    scene = json.dumps(_SMALL_SCENE)

    def test_its_units_are_the_same_after_a_restart_and_gone_when_it_is_removed(self) -> None:
        home = self.home
        self.assertEqual("success", home.broker.ask({"command": "add_device", "address": _SMALL_HUB})["status"])
        until(lambda: len(home.core.devices()) == 5, "Core knows the gateway, the units and the bank", 60)
        own = {unique_id for unique_id, entity in home.core.entities().items() if entity["disabled_by"] is None and not unique_id.startswith("blupow_gateway")}
        until(lambda: not {"unavailable", None} & {*self.states(own).values()}, "all have states")
        before = self.registered()

        home.stop_blupow()
        self.wait_for_state("unavailable", own)
        home.start_blupow()
        until(lambda: "unavailable" not in self.states(own).values(), "all are back")
        self.assertEqual(before, self.registered())

        home.core.wait_for_birth()
        self.assertEqual("success", home.broker.ask({"command": "remove_device", "address": _SMALL_HUB})["status"])
        until(lambda: {"blupow_gateway"} == {*home.core.devices()}, "Core has forgotten the units and the bank")
        home.core.restart()
        until(lambda: home.core.states()[self.entity("blupow_gateway_version")]["state"] == home.version(), "Core is back")
        self.assertEqual({"blupow_gateway"}, {*home.core.devices()})
        self.assert_no_ghosts()
        self.assertEqual([], [topic for topic in home.broker.retained() if _SMALL_HUB in topic or digits(_SMALL_HUB) in topic])
