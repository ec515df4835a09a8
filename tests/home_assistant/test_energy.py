"""The energy dashboard, set up as docs/energy.md tells: Home Assistant has nothing to say against our counters, meters and powers."""

import json
from typing import Any, ClassVar

from programs import until
from scenario import Scenario, digits

CONTROLLER = "80:6F:B0:0E:7B:91"
INVERTER = "D8:B6:73:BF:4F:75"
BATTERY = "60:98:66:ED:FC:11"
CHARGER = "AC:4D:16:1A:A5:EE"
SHUNT = "E0:7D:EA:17:62:01"

# At noon, with the engine running. Its own charge tells the battery what flows in: more sun than load charges it.
_DEVICES = {CONTROLLER: ("renogy_controller", "BT-TH-B00E7B91", {"family": "controller", "panels": 400, "load": 40, "charge": 50}),
            INVERTER: ("renogy_inverter", "BTRIC134000035", {"family": "inverter", "panels": 800, "load": 350, "charge": 50}),
            BATTERY: ("renogy_battery", "BT-TH-66EDFC11", {"family": "battery", "panels": 600, "load": 50, "charge": 50}),
            CHARGER: ("renogy_dcc", "BT-TH-161AA5EE", {"family": "dcc", "id": 1, "panels": 200, "load": 20, "alternator": 500, "charge": 50}),
            SHUNT: ("renogy_shunt", "RTMShunt30017000621", {"family": "shunt", "panels": 0, "load": 300, "charge": 50})}

_COUNTERS = [(CONTROLLER, "power_generation_total"), (CONTROLLER, "power_consumption_total"), (INVERTER, "solar_energy"), (INVERTER, "load_energy"),
             (BATTERY, "charge_energy"), (BATTERY, "discharge_energy"), (SHUNT, "charge_energy"), (SHUNT, "discharge_energy"), (CHARGER, "solar_energy"),
             (CHARGER, "alternator_energy")]
_GROWING = [(INVERTER, "solar_energy"), (INVERTER, "load_energy"), (BATTERY, "charge_energy"), (SHUNT, "discharge_energy"), (CHARGER, "alternator_energy")]


def _number(state: str | None) -> float:
    try:
        return float(state or "")
    except ValueError:
        raise AssertionError(f"{state} is no number") from None


class EnergyDashboard(Scenario):
    scene = json.dumps({"start_hour": 12, "timing": {"advertise_ms": 100, "connect_ms": 100, "resolve_ms": 100, "disconnect_ms": 100},
                        "devices": [{"address": mac, "name": name, "units": [unit]} for mac, (_, name, unit) in _DEVICES.items()]})
    known: ClassVar[dict[str, Any]] = {mac: {"address": mac, "type": family} for mac, (family, _, _) in _DEVICES.items()}

    def test_home_assistant_has_nothing_to_say_against_our_energy(self) -> None:
        core = self.home.core
        until(self._counting, "energy is counted", 90)
        core.ask("energy/save_prefs", energy_sources=[
            self._solar(CONTROLLER, "power_generation_total"),
            self._solar(INVERTER, "solar_energy"),
            self._solar(CHARGER, "solar_energy"),
            {"type": "grid", "stat_energy_from": self._of(CHARGER, "alternator_energy"), "stat_rate": self._of(CHARGER, "alternator_power"),
             "cost_adjustment_day": 0},
            self._battery(BATTERY),
            self._battery(SHUNT),
        ], device_consumption=[
            {"stat_consumption": self._of(INVERTER, "load_energy"), "stat_rate": self._of(INVERTER, "load_active_power")},
            {"stat_consumption": self._of(CONTROLLER, "power_consumption_total"), "stat_rate": self._of(CONTROLLER, "load_power")},
        ])
        inverted = [f"{self._of(mac, 'power')}_inverted" for mac in (BATTERY, SHUNT)]
        until(lambda: {*inverted} <= {*core.states()}, "Core has made its own sensors of battery power")
        self._assert_inverted(inverted)
        core.compile_statistics()
        until(self._without_issues, "nothing to say", 20)

        statistics = {entry["statistic_id"]: entry for entry in core.ask("recorder/list_statistic_ids")}
        self.assertEqual({place: (True, "kWh") for place in _COUNTERS}, {
            place: (entry["has_sum"], entry["statistics_unit_of_measurement"]) for place in _COUNTERS for entry in [statistics[self._of(*place)]]})
        self.assertEqual({}, core.ask("recorder/validate_statistics"))

    def _of(self, mac: str, key: str) -> str:
        return self.entity(f"blupow_{digits(mac)}_{key}")

    def _solar(self, mac: str, energy: str) -> dict[str, Any]:
        return {"type": "solar", "stat_energy_from": self._of(mac, energy), "stat_rate": self._of(mac, "solar_power"), "config_entry_solar_forecast": None}

    def _battery(self, mac: str) -> dict[str, Any]:
        return {"type": "battery", "stat_energy_from": self._of(mac, "discharge_energy"), "stat_energy_to": self._of(mac, "charge_energy"),
                "power_config": {"stat_rate_inverted": self._of(mac, "power")}, "stat_soc": self._of(mac, "soc")}

    def _counting(self) -> bool:
        states = self.states(f"blupow_{digits(mac)}_{key}" for mac, key in _GROWING)
        self.assertEqual([], [(unique_id, state) for unique_id, state in states.items() if _number(state) <= 0])
        return True

    def _assert_inverted(self, inverted: list[str]) -> None:
        """A charging battery is negative there, a discharging one positive: what Core wants of a battery's power."""
        def right() -> bool:
            states = self.home.core.states()
            charging, discharging = (_number(states[entity_id]["state"]) for entity_id in inverted)
            self.assertLess(charging, 0)
            self.assertGreater(discharging, 0)
            return True

        until(right, "Core's own sensors of battery power have the sign that it wants")

    def _without_issues(self) -> bool:
        answer = self.home.core.ask("energy/validate")
        self.assertEqual([], [issue for group in answer.values() for source in group for issue in source])
        return True
