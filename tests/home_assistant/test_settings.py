"""The option allow_settings makes controls of shown settings and back: nothing is left of what they were before."""

from expected import CONTROLLER_SETTINGS, INVERTER_SETTINGS
from programs import until
from scenario import digits
from two import CONTROLLER, INVERTER, TwoDevices

_CHOICES = {"battery_type", "load_mode"}
_CHANGING = {f"blupow_{digits(mac)}_{entity.key}": "select" if entity.key in _CHOICES else "number"
             for mac, entities in ((INVERTER, INVERTER_SETTINGS), (CONTROLLER, CONTROLLER_SETTINGS)) for entity in entities if entity.enabled}
_CHANGING[f"blupow_{digits(CONTROLLER)}_battery_type"] = "select"


class AllowedSettings(TwoDevices):
    def test_settings_become_controls_and_sensors_again_without_a_trace(self) -> None:
        home = self.home
        home.core.wait_for_birth()  # else it would tell what has gone before it is asked for
        before = self._platforms()
        self.assertEqual({"sensor"}, {before[unique_id] for unique_id in _CHANGING})

        home.stop_blupow()
        home.start_blupow(allow_settings=True)
        self._wait_for({**before, **_CHANGING})
        self._restart_core()
        self._wait_for({**before, **_CHANGING})
        self.assert_no_ghosts()

        home.stop_blupow()
        home.start_blupow()
        self._wait_for(before)
        self.wait_for_values()
        self._restart_core()
        self.wait_for_values()
        self.assertEqual(before, self._platforms())
        self.assert_no_ghosts()

    def _restart_core(self) -> None:
        """Until it has heard the documents that tell what has gone: whole, emptied, and without it."""
        listener = self.home.broker.listen(f"homeassistant/device/blupow_{digits(CONTROLLER)}/config")
        self.home.core.restart()
        until(lambda: listener.text().count("homeassistant/device/") >= 3, "the documents are out")
        listener.kill()

    def _platforms(self) -> dict[str, str]:
        """Of each unique id; of one that is there twice, all of them."""
        platforms: dict[str, str] = {}
        for entry in sorted(self.home.core.ask("config/entity_registry/list"), key=lambda entry: str(entry["entity_id"])):
            if entry["platform"] == "mqtt":
                unique_id, platform = entry["unique_id"], entry["entity_id"].split(".")[0]
                platforms[unique_id] = f"{platforms[unique_id]} and {platform}" if unique_id in platforms else platform
        return platforms

    def _wait_for(self, wanted: dict[str, str]) -> None:
        """Until the entities are of these platforms, and all of them have a state."""
        def right() -> bool:
            self.home.check_blupow()
            found = self._platforms()
            differing = {unique_id: (found.get(unique_id), wanted.get(unique_id)) for unique_id in {*wanted, *found}
                         if found.get(unique_id) != wanted.get(unique_id)}
            if differing:
                raise AssertionError(f"not as expected (there, expected): {differing}")
            states = self.states(_CHANGING)
            self.assertEqual({}, {unique_id: state for unique_id, state in states.items() if state in (None, "unknown", "unavailable")})
            return True

        until(right, "the entities are of their platforms", 60)
