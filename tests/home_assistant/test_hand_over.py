"""The link as a person sees and switches it: handed over to another program, taken back, refreshed, and readable while its device is away."""

from typing import Any, ClassVar

from programs import until
from scenario import digits
from two import CONTROLLER, INVERTER, READINGS, TwoDevices

_LINK = {f"blupow_{digits(CONTROLLER)}_{key}" for key in ("connection_reason", "reconnects", "last_success", "bluetooth_connection", "refresh")}
_OWN = {unique_id for unique_id, entity in READINGS.items() if entity.enabled and unique_id.startswith(f"blupow_{digits(CONTROLLER)}")} - _LINK
_OTHERS = {unique_id for unique_id, entity in READINGS.items() if entity.enabled and digits(INVERTER) in unique_id}
_REASON = f"blupow_{digits(CONTROLLER)}_connection_reason"
_SWITCH = f"blupow_{digits(CONTROLLER)}_bluetooth_connection"


class HandOver(TwoDevices):
    def test_the_switch_hands_the_link_over_and_takes_it_back(self) -> None:
        self.home.core.call("switch.turn_off", self.entity(_SWITCH))
        self.wait_for_state("unavailable", _OWN)
        self.wait_for_state("off", {_SWITCH})
        self.wait_for_state("handed over", {_REASON})
        until(lambda: not self.home.simulator.connected(CONTROLLER), "the link is down", 10)
        self.assertNotIn("unavailable", self.states(_LINK | _OTHERS).values())
        # Another program has it meanwhile, and is not disturbed.
        self.home.simulator.tell("hold", device=CONTROLLER)
        links = self.home.simulator.tell("counters")["devices"][CONTROLLER]["links"]
        self.home.simulator.tell("hold", device=CONTROLLER, on=False)
        self.home.core.call("switch.turn_on", self.entity(_SWITCH))
        self.wait_for_values()
        self.assertEqual(links + 1, self.home.simulator.tell("counters")["devices"][CONTROLLER]["links"])

    def test_why_a_device_is_away_can_be_read(self) -> None:
        self.home.simulator.tell("silence", device=CONTROLLER)
        self.home.simulator.tell("drop", device=CONTROLLER)
        self.wait_for_state("unavailable", _OWN, 75)
        self.wait_for_state("not heard", {_REASON})
        self.assertNotIn("unavailable", self.states(_LINK | _OTHERS).values())
        self.home.simulator.tell("silence", device=CONTROLLER, on=False)
        self.wait_for_values()


class Refresh(TwoDevices):
    options: ClassVar[dict[str, Any]] = {"poll_interval": 300}

    def test_the_button_reads_the_device_now(self) -> None:
        # 0x0101, the battery's voltage in 0.1 V.
        self.home.simulator.tell("set", device=CONTROLLER, unit=16, register=0x0101, words=[131])
        self.home.core.call("button.press", self.entity(f"blupow_{digits(CONTROLLER)}_refresh"))
        self.wait_for_state("13.1", {f"blupow_{digits(CONTROLLER)}_battery_voltage"})
        self.home.simulator.tell("set", device=CONTROLLER, unit=16, register=0x0101, words=[144])
        self.home.core.call("button.press", self.entity(f"blupow_{digits(CONTROLLER)}_refresh"))
        self.wait_for_values()
