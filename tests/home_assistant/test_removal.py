"""A device that is removed is gone from Home Assistant for good, whether Core was up or not."""

from programs import until
from scenario import digits
from two import CONTROLLER, INVERTER, SHOWN, TwoDevices


class _Removing(TwoDevices):
    """Not a test itself."""

    def _remove(self, mac: str) -> None:
        self.assertEqual("success", self.home.broker.ask({"command": "remove_device", "address": mac})["status"])
        self.home.wait_until_gone(f"blupow/{mac}/#")

    def _gone(self, mac: str) -> bool:
        core = self.home.core
        return f"blupow_{mac}" not in core.devices() and not any(digits(mac) in unique_id for unique_id in core.entities())


class Removal(_Removing):
    def test_a_device_goes_while_core_is_up_and_another_while_it_is_down(self) -> None:
        home = self.home
        home.core.wait_for_birth()
        self._remove(CONTROLLER)
        until(lambda: self._gone(CONTROLLER), "Core has forgotten the controller")
        home.core.restart()
        self.wait_for_values(of=f"blupow_{digits(INVERTER)}")
        self.assertTrue(self._gone(CONTROLLER))
        self.assert_no_ghosts()

        home.core.stop()
        self._remove(INVERTER)
        home.core.start()
        # Core remembers it from its registry until its birth message has brought the document and its end.
        until(lambda: self._gone(INVERTER), "Core has forgotten the inverter", 60)
        home.core.restart()
        self.assertEqual({"blupow_gateway"}, set(home.core.devices()))
        self.assert_no_ghosts()
        self.assertEqual([], [topic for topic in home.broker.retained() if INVERTER in topic or digits(INVERTER) in topic])


class RemovalBeforeCoreIsBack(_Removing):
    """After the broker has died Core is back some 10 s later than BluPow, and what happens meanwhile it does not hear."""

    @classmethod
    def begin(cls) -> None:
        cls.home.core.start()
        cls.home.start_blupow(discovery="component")
        cls.wait_for_values()

    def test_a_device_goes_before_core_has_found_the_broker_again(self) -> None:
        self.broker_went = True
        home = self.home
        home.core.wait_for_birth()
        home.broker.kill()  # in an orderly stop it would say Core's last will
        self.wait_for_state("unavailable", SHOWN)
        home.broker.start()
        documents = "homeassistant/sensor/+/config"
        until(lambda: any(digits(CONTROLLER) in topic for topic in home.broker.retained(documents)), "BluPow has found the broker again")
        self._remove(CONTROLLER)
        until(lambda: self._gone(CONTROLLER), "Core has forgotten the controller", 60)
        home.core.restart()
        self.wait_for_values(of=f"blupow_{digits(INVERTER)}")
        self.assertTrue(self._gone(CONTROLLER))
        self.assert_no_ghosts()
        self.assertEqual([], [topic for topic in home.broker.retained() if CONTROLLER in topic or digits(CONTROLLER) in topic])
