"""Every family and oddity of the simulator's scene `families`: added by its address alone, and with each value as an entity."""

import json
from typing import Any, ClassVar

from programs import until
from scenario import Scenario, digits

# Address -> type, model, and what a person must read of it (None: there is no such entity). Source: the frames that the devices' registers are from.
FAMILIES: dict[str, tuple[str, str, dict[str, str | None]]] = {
    "80:6F:B0:0E:7B:91": ("renogy_controller", "RNG-CTRL-RVR40", {
        "battery_voltage": "14.4 V", "charging_status": "boost", "power_generation_total": "65.936 kWh", "solar_energy": None}),
    # 24 V; its thresholds are told for 12 V.
    "AC:4D:16:1D:AD:B1": ("renogy_controller", "RNG-CTRL-RVRPG40", {
        "battery_voltage": "29.3 V", "overvoltage_threshold": "31.2 V", "boost_voltage": "29.6 V", "power_generation_total": "578.602 kWh"}),
    # Answers to 17 alone.
    "AC:4D:16:17:8A:45": ("renogy_controller", "RCC40RVRE", {"solar_voltage": "76.5 V", "power_generation_today": "0.125 kWh", "device_id": "17"}),
    "AC:4D:16:1A:A5:EE": ("renogy_dcc", "RBC50D1S-G1", {
        "battery_voltage": "13.2 V", "alternator_voltage": "12.9 V", "power_generation_total": "76.580 kWh", "charging_mode": "standby", "load_status": None}),
    # Never answers where the charging mode is.
    "AC:4D:16:1A:A5:EF": ("renogy_dcc", "RBC50D1S-G6", {"battery_voltage": "13.2 V", "charging_mode": None, "charging_status": "deactivated"}),
    "60:98:66:ED:FC:11": ("renogy_battery", "RBT100LFP12S-G1", {
        "voltage": "13.2 V", "remaining_ah": "63.167 Ah", "cell_voltage_2": "3.3 V", "cell_voltage_4": "3.2 V", "cell_voltage_5": None}),
    "C4:64:E3:38:3D:0E": ("renogy_battery", "RBT50LFP48S", {"voltage": "52.8 V", "cell_voltage_16": "3.3 V", "temperature_4": "19.0 °C"}),
    "C4:64:E3:38:3D:0F": ("renogy_battery", "RBT100LFP12SH-G1", {"remaining_ah": "92.999 Ah", "heater": "off", "discharge_current_limit": "-100.00 A"}),
    # Current in 0.1 A.
    "4C:E1:74:57:94:7B": ("renogy_battery", "RBT12100LFP-BT", {"current": "-3.0 A", "temperature_1": "16.0 °C", "temperature_3": None}),
    "4C:E1:74:68:36:92": ("renogy_battery", "RBT12100LFP-BT", {"current": "-3.0 A", "cycles": "12"}),
    # A healthy one has 0x00AA among its alarms.
    "4C:E1:74:03:68:81": ("renogy_battery", "RBT12500LFP-SHBT", {"current": "-2.01 A", "remaining_ah": "476.910 Ah", "faults": "none"}),
    "D8:B6:73:BF:4F:75": ("renogy_inverter", "RIV1230RCH-SPS", {
        "output_voltage": "124.9 V", "load_active_power": "108 W", "max_charging_current": "60.0 A", "machine_state": None}),
    # Its battery's current is told the other way round.
    "60:98:F2:6D:8F:08": ("renogy_inverter", "RIV4835CSH1S", {"charging_current": "49.5 A", "machine_state": "inverter", "battery_type": "lf15"}),
    # Does not tell its model.
    "60:98:66:E5:CD:EB": ("renogy_inverter", "RIV4835CSH1S", {"charging_current": "49.5 A", "model": None, "faults": "none"}),
    "D8:B6:73:C0:11:2A": ("renogy_inverter_hf", "RIV1230PCH-23S", {"input_voltage": "119.8 V", "temperature": "31.2 °C", "output_priority": "grid first"}),
    "E0:7D:EA:17:62:01": ("renogy_shunt", "Smart Shunt 300", {"current": "-8.719 A", "voltage": "13.285 V", "soc": "96.5 %", "starter_voltage": "0.000 V"}),
}
_BANK = {"count": "2", "current": "-6.00 A", "power": "-86.4 W", "remaining_ah": "188.0 Ah", "capacity_ah": "200.0 Ah", "soc": "94.0 %",
         "cell_voltage_spread": "0.000 V", "soc_spread": "0.0 %"}
_LINK_KEYS = {"bluetooth": "bluetooth_connection"}  # where the entity's key is another one than that of the topic


def _same(state: str, value: Any) -> bool:
    """Whether Core's state says this value of our JSON."""
    if isinstance(value, str):
        return state in (value, value.replace("Z", "+00:00"))  # times
    try:
        return float(state) == value
    except ValueError:
        return False


class Families(Scenario):
    scene = "families"
    options: ClassVar[dict[str, Any]] = {"banks": [{"name": "Rolling home", "devices": ["4C:E1:74:57:94:7B", "4C:E1:74:68:36:92"]}]}
    answers: ClassVar[dict[str, dict[str, Any]]] = {}

    @classmethod
    def begin(cls) -> None:
        """All are added, and what is disabled at first is enabled: its values must be right, too."""
        super().begin()
        core = cls.home.core
        for mac in FAMILIES:
            cls.answers[mac] = cls.home.broker.ask({"command": "add_device", "address": mac})
        until(lambda: all(f"blupow_{mac}" in core.devices() for mac in FAMILIES), "Core knows all devices")
        for entity in core.entities().values():
            if entity["disabled_by"] is not None:
                core.ask("config/entity_registry/update", entity_id=entity["entity_id"], disabled_by=None)
        core.restart()

    def test_each_is_recognised_by_its_address_alone(self) -> None:
        found = {mac: (answer.get("device", {}).get("type"), answer.get("device", {}).get("model")) for mac, answer in self.answers.items()}
        self.assertEqual({mac: (family, model) for mac, (family, model, _) in FAMILIES.items()}, found)
        devices = self.home.core.devices()
        self.assertEqual({mac: ("Renogy", model, [["bluetooth", mac]], devices["blupow_gateway"]["id"]) for mac, (_, model, _) in FAMILIES.items()},
                         {mac: tuple(devices[f"blupow_{mac}"][key] for key in ("manufacturer", "model", "connections", "via_device_id")) for mac in FAMILIES})

    def test_every_value_of_a_state_is_the_state_of_an_entity_and_the_other_way_round(self) -> None:
        """Meters and times move on: they are the same in the moment when both have been heard."""
        entries = self.home.core.entities()
        units = {entry["unique_id"] for entry in entries.values() if any(entry["unique_id"].startswith(f"blupow_{digits(mac)}_") for mac in FAMILIES)}

        def same() -> bool:
            values: dict[str, Any] = {}
            for topic, payload in self.home.broker.retained("blupow/#").items():
                _, mac, *rest = topic.split("/")
                if mac in FAMILIES and rest in (["state"], ["link"]):
                    values.update({f"blupow_{digits(mac)}_{_LINK_KEYS.get(key, key)}": value for key, value in json.loads(payload).items()})
            buttons = {f"blupow_{digits(mac)}_refresh" for mac in FAMILIES}
            self.assertEqual(sorted(units - buttons), sorted(values))
            states = self.states(values)
            differing = {unique_id: (states[unique_id], value) for unique_id, value in values.items() if not _same(states[unique_id] or "", value)}
            if differing:
                raise AssertionError(f"{len(differing)} differ (Core, BluPow): {dict(list(differing.items())[:8])}")
            return True

        until(same, "Core shows what BluPow says", 90)

    def test_a_person_reads_the_values_of_the_devices(self) -> None:
        self._read({f"blupow_{digits(mac)}_{key}": text for mac, (_, _, values) in FAMILIES.items() for key, text in values.items()})

    def test_a_bank_that_is_asked_for_is_a_device_with_the_sums_of_its_batteries(self) -> None:
        self._read({f"blupow_bank_rolling_home_{key}": text for key, text in _BANK.items()})
        devices = self.home.core.devices()
        bank = devices["blupow_bank_rolling_home"]
        self.assertEqual(("Rolling home", [], devices["blupow_gateway"]["id"]), (bank["name"], bank["connections"], bank["via_device_id"]))

    def _read(self, wanted: dict[str, str | None]) -> None:
        """Until a person reads this."""
        def right() -> bool:
            shown = self.shown(set(wanted))
            differing = {unique_id: (shown.get(unique_id), text) for unique_id, text in wanted.items() if shown.get(unique_id) != text}
            if differing:
                raise AssertionError(f"{len(differing)} are not as expected (shown, expected): {differing}")
            return True

        until(right, "the values are shown")


class FamiliesAsControls(Families):
    """Likewise with settings that may be changed, and a document for each entity."""

    options: ClassVar[dict[str, Any]] = {**Families.options, "allow_settings": True, "discovery": "component"}
    answers: ClassVar[dict[str, dict[str, Any]]] = {}
