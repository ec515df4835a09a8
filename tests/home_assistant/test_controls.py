"""Controls as a person uses them: the service is called, the register is written, and what is shown is what the device says afterwards."""

import json
from typing import Any, ClassVar

from programs import until
from scenario import Scenario, digits

CONTROLLER = "80:6F:B0:0E:7B:91"
INVERTER = "D8:B6:73:BF:4F:75"
HF_INVERTER = "D8:B6:73:C0:11:2A"
CHARGER = "AC:4D:16:1A:A5:EE"

_DEVICES = {CONTROLLER: ("renogy_controller", "BT-TH-B00E7B91", {"family": "controller", "static": True}),
            INVERTER: ("renogy_inverter", "BTRIC134000035", {"family": "inverter", "static": True}),
            HF_INVERTER: ("renogy_inverter_hf", "RNGRIU123000112", {"family": "inverter_hf", "static": True}),
            CHARGER: ("renogy_dcc", "BT-TH-161AA5EE", {"family": "dcc", "id": 1, "static": True})}

# Ranges of the devices' documents.
_NUMBERS = {(CONTROLLER, "boost_voltage"): (7, 17, 0.1, "V"), (CONTROLLER, "overdischarge_delay"): (0, 120, 1, "s"),
            (CONTROLLER, "boost_time"): (10, 300, 10, "min"), (CHARGER, "max_charging_current"): (10, 50, 10, "A"),
            (INVERTER, "max_charging_current"): (5, 150, 5, "A"), (HF_INVERTER, "max_charging_current"): (30, 120, 5, "A")}
_CHOICES = {(CONTROLLER, "battery_type"): {"open", "sealed", "gel", "lithium", "custom"}, (HF_INVERTER, "output_priority"): {"grid first", "battery first"}}
_SWITCHES = [(CONTROLLER, "load_status"), (HF_INVERTER, "buzzer"), (HF_INVERTER, "ac_output"), (HF_INVERTER, "lithium_activation")]


def _id(mac: str, key: str) -> str:
    return f"blupow_{digits(mac)}_{key}"


# What every test starts from, and how to get there if a failed one did not.
_USUAL = {(CONTROLLER, "load_mode"): ("manual", "select.select_option", {"option": "manual"}), (CONTROLLER, "load_status"): ("off", "switch.turn_off", {}),
          (CONTROLLER, "battery_type"): ("lithium", "select.select_option", {"option": "lithium"}),
          (CHARGER, "max_charging_current"): ("50.0", "number.set_value", {"value": 50}),
          (INVERTER, "max_charging_current"): ("60.0", "number.set_value", {"value": 60}),
          (HF_INVERTER, "ac_output"): ("on", "switch.turn_on", {})}


class Controls(Scenario):
    scene = json.dumps({"timing": {"advertise_ms": 100, "connect_ms": 100, "resolve_ms": 100, "disconnect_ms": 100},
                        "devices": [{"address": mac, "name": name, "units": [unit]} for mac, (_, name, unit) in _DEVICES.items()]})
    known: ClassVar[dict[str, Any]] = {mac: {"address": mac, "type": family} for mac, (family, _, _) in _DEVICES.items()}
    # What is shown soon after a command is due to the command, not to a poll.
    options: ClassVar[dict[str, Any]] = {"allow_settings": True, "poll_interval": 300}

    @classmethod
    def begin(cls) -> None:
        super().begin()
        cls._show({place: state for place, (state, _, _) in _USUAL.items()})

    def setUp(self) -> None:
        super().setUp()
        found = self._when_all_are_there()
        for place, (state, service, data) in _USUAL.items():
            if found[_id(*place)] != state:
                self._call(service, *place, **data)
        self._show({place: state for place, (state, _, _) in _USUAL.items()})
        self.home.simulator.tell("writes", reset=True)

    def test_what_may_be_set_is_a_control_with_the_ranges_of_its_device(self) -> None:
        entities = self.home.core.entities()
        states = self.home.core.states()

        def platform(place: tuple[str, str]) -> str:
            return entities[_id(*place)]["entity_id"].split(".")[0]

        def attributes(place: tuple[str, str], *keys: str) -> tuple[Any, ...]:
            return tuple(states[entities[_id(*place)]["entity_id"]]["attributes"][key] for key in keys)

        self.assertEqual({place: ("number", *wanted) for place, wanted in _NUMBERS.items()},
                         {place: (platform(place), *attributes(place, "min", "max", "step", "unit_of_measurement")) for place in _NUMBERS})
        self.assertEqual({place: ("select", wanted) for place, wanted in _CHOICES.items()},
                         {place: (platform(place), set(attributes(place, "options")[0])) for place in _CHOICES})
        self.assertEqual({place: "switch" for place in _SWITCHES}, {place: platform(place) for place in _SWITCHES})
        # The load is what a controller is for; all else is configuration.
        self.assertEqual([None] + ["config"] * (len(_SWITCHES) - 1 + len(_NUMBERS) + len(_CHOICES)),
                         [entities[_id(*place)]["entity_category"] for place in [*_SWITCHES, *_NUMBERS, *_CHOICES]])

    def test_the_load_is_switched_and_shown_as_the_device_says(self) -> None:
        self._call("switch.turn_on", CONTROLLER, "load_status")
        self._show({(CONTROLLER, "load_status"): "on"})
        self._call("switch.turn_off", CONTROLLER, "load_status")
        self._show({(CONTROLLER, "load_status"): "off"})
        self.assertEqual([(0x010A, [1], "done"), (0x010A, [0], "done")], self._written(CONTROLLER))

    def test_the_load_does_not_follow_in_another_mode_and_the_link_says_so(self) -> None:
        self._call("select.select_option", CONTROLLER, "load_mode", option="off after 1 hour")
        self._show({(CONTROLLER, "load_mode"): "off after 1 hour"})
        self._call("switch.turn_on", CONTROLLER, "load_status")
        self._wait_for_last_write(CONTROLLER, "it follows only while load mode is manual, now it is off after 1 hour")
        self._show({(CONTROLLER, "load_status"): "off"})
        self._call("select.select_option", CONTROLLER, "load_mode", option="manual")
        self._show({(CONTROLLER, "load_mode"): "manual"})

    def test_a_number_is_set(self) -> None:
        for place, value, state, register, word in (((CONTROLLER, "overdischarge_delay"), 30, "30", 0xE010, 30),
                                                    ((CHARGER, "max_charging_current"), 40, "40.0", 0xE001, 4000),
                                                    ((INVERTER, "max_charging_current"), 55, "55.0", 4422, 550)):
            before = self.states([_id(*place)])[_id(*place)]
            self._call("number.set_value", *place, value=value)
            self._show({place: state})
            self.assertEqual([(register, [word], "done")], self._written(place[0]))
            self._call("number.set_value", *place, value=before)
            self._show({place: before or ""})

    def test_a_choice_opens_what_belongs_to_it(self) -> None:
        """Voltages may be set for a battery of one's own only."""
        self._call("number.set_value", CONTROLLER, "boost_voltage", value=14.2)
        self._wait_for_last_write(CONTROLLER, "only while battery_type is custom")
        self.assertEqual([], self._written(CONTROLLER))
        self._call("select.select_option", CONTROLLER, "battery_type", option="custom")
        self._show({(CONTROLLER, "battery_type"): "custom"})
        self._call("number.set_value", CONTROLLER, "boost_voltage", value=14.2)
        self._show({(CONTROLLER, "boost_voltage"): "14.2"})
        # It would be below the float voltage and the one where boosting returns.
        self.home.simulator.tell("writes", reset=True)
        self._call("number.set_value", CONTROLLER, "boost_voltage", value=13.0)
        self._wait_for_last_write(CONTROLLER, "boost_voltage was not set to 13: it may not be below")
        self._show({(CONTROLLER, "boost_voltage"): "14.2"})
        self.assertEqual([], self._written(CONTROLLER))
        self._call("select.select_option", CONTROLLER, "battery_type", option="lithium")
        self._show({(CONTROLLER, "battery_type"): "lithium"})

    def test_a_switch_of_an_inverter_is_its_setting(self) -> None:
        self._call("switch.turn_off", HF_INVERTER, "ac_output")
        self._show({(HF_INVERTER, "ac_output"): "off"})
        self._call("switch.turn_on", HF_INVERTER, "ac_output")
        self._show({(HF_INVERTER, "ac_output"): "on"})
        self.assertEqual([(4102, [2], "done"), (4102, [1], "done")], self._written(HF_INVERTER))

    def test_a_refused_value_brings_the_shown_state_back_and_the_link_says_why(self) -> None:
        self.home.simulator.tell("fault", device=CHARGER, kind="refused", register=0xE001, count=1)
        listener = self.home.broker.listen(f"blupow/{CHARGER}/state")
        self._call("number.set_value", CHARGER, "max_charging_current", value=20)
        listener.wait_for_output('"max_charging_current":50.0')
        listener.kill()
        self._wait_for_last_write(CHARGER, "the device refuses it")
        self._show({(CHARGER, "max_charging_current"): "50.0"})
        self.assertEqual([(0xE001, [2000], "exception 4")], self._written(CHARGER))

    def test_what_another_program_has_set_beyond_the_range_is_shown(self) -> None:
        """Core takes a value outside of the range and an unknown choice for an error, and applies a document to the states after it only."""
        voltage = self.states([_id(CONTROLLER, "boost_voltage")])[_id(CONTROLLER, "boost_voltage")] or ""
        before = self.home.simulator.tell("get", device=CONTROLLER, unit=16, register=0xE008, count=1)["words"]
        mode = self.home.simulator.tell("get", device=CONTROLLER, unit=16, register=0xE01D, count=1)["words"]
        self._set_elsewhere([181], [16])
        self._show({(CONTROLLER, "boost_voltage"): "18.1", (CONTROLLER, "load_mode"): "debug"})
        self.assertEqual([], self.home.core.complaints())
        self._set_elsewhere(before, mode)
        self._show({(CONTROLLER, "boost_voltage"): voltage, (CONTROLLER, "load_mode"): "manual"})
        until(lambda: self._attributes((CONTROLLER, "boost_voltage"))["max"] == 17, "the range is the usual one again")

    def _attributes(self, place: tuple[str, str]) -> dict[str, Any]:
        core = self.home.core
        return core.states()[core.entities()[_id(*place)]["entity_id"]]["attributes"]

    def _set_elsewhere(self, voltage: list[int], mode: list[int]) -> None:
        """Settings are read at the start, and every ten minutes."""
        self.home.stop_blupow()
        self.home.simulator.tell("set", device=CONTROLLER, unit=16, register=0xE008, words=voltage)
        self.home.simulator.tell("set", device=CONTROLLER, unit=16, register=0xE01D, words=mode)
        self.home.start_blupow()

    def test_core_itself_takes_nothing_outside_of_the_range(self) -> None:
        with self.assertRaisesRegex(AssertionError, "400"):
            self._call("number.set_value", INVERTER, "max_charging_current", value=151)
        with self.assertRaisesRegex(AssertionError, "400"):
            self._call("select.select_option", CONTROLLER, "battery_type", option="nickel")
        self.assertEqual([], self._written(INVERTER) + self._written(CONTROLLER))

    def _when_all_are_there(self) -> dict[str, str | None]:
        """The states of what every test starts from; a test that restarted BluPow may have waited for its own device only."""
        def there() -> dict[str, str | None]:
            self.home.check_blupow()
            found = self.states([_id(*place) for place in _USUAL])
            absent = [unique_id for unique_id, state in found.items() if state in (None, "unavailable", "unknown")]
            if absent:
                raise AssertionError(f"not there: {absent}")
            return found

        return until(there, "all controls are there")

    def _call(self, service: str, mac: str, key: str, **data: Any) -> None:
        self.home.core.call(service, self.entity(_id(mac, key)), **data)

    @classmethod
    def _show(cls, wanted: dict[tuple[str, str], str]) -> None:
        def shown() -> bool:
            cls.home.check_blupow()
            found = cls.states([_id(*place) for place in wanted])
            differing = {place: (found[_id(*place)], state) for place, state in wanted.items() if found[_id(*place)] != state}
            if differing:
                raise AssertionError(f"not as expected (shown, expected): {differing}")
            return True

        until(shown, "what is set is shown")

    def _written(self, mac: str) -> list[tuple[int, list[int], str]]:
        """Register, words and answer of each write that the device has got since it was asked for none."""
        return [(write["register"], write["words"], write["answer"]) for write in self.home.simulator.tell("writes")["devices"][mac]]

    def _wait_for_last_write(self, mac: str, text: str) -> None:
        def told() -> bool:
            said = json.loads(self.home.broker.retained(f"blupow/{mac}/link")[f"blupow/{mac}/link"]).get("last_write", "")
            if text not in said:
                raise AssertionError(said)
            return True

        until(told, f"the link says '{text}'")
