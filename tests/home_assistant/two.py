"""The simulator's scene `two`, in which nothing moves: an inverter with a given name and a controller without one."""

from typing import Any, ClassVar

from expected import CONTROLLER_ENTITIES, GATEWAY_ENTITIES, INVERTER_ENTITIES, Entity
from programs import until
from scenario import Scenario, digits

INVERTER = "D8:B6:73:BF:4F:75"
CONTROLLER = "80:6F:B0:0E:7B:91"

# Prefix of the unique ids -> what must be there.
DEVICES: dict[str, list[Entity]] = {
    f"blupow_{digits(INVERTER)}": INVERTER_ENTITIES,
    f"blupow_{digits(CONTROLLER)}": CONTROLLER_ENTITIES,
}
READINGS = {f"{prefix}_{entity.key}": entity for prefix, entities in DEVICES.items() for entity in entities}
SHOWN = {unique_id for unique_id, entity in READINGS.items() if entity.enabled} | {f"blupow_gateway_{entity.key}" for entity in GATEWAY_ENTITIES}


class TwoDevices(Scenario):
    """Each test finds all values shown and leaves them so."""

    scene = "two"
    known: ClassVar[dict[str, Any]] = {INVERTER: {"address": INVERTER, "type": "renogy_inverter", "name": "House inverter"},
                                       CONTROLLER: {"address": CONTROLLER, "type": "renogy_controller"}}

    @classmethod
    def begin(cls) -> None:
        super().begin()
        cls.wait_for_values()

    def setUp(self) -> None:
        super().setUp()
        self.wait_for_values()

    @classmethod
    def wait_for_values(cls, of: str = "", seconds: float = 60) -> None:
        """Until all readings (of the devices whose unique ids begin so) are shown with their values."""
        wanted = {unique_id: entity for unique_id, entity in READINGS.items() if entity.enabled and unique_id.startswith(of)}

        def right() -> bool:
            cls.home.check_blupow()
            shown = cls.shown(set(wanted))
            differing = {unique_id: (shown.get(unique_id), entity.shown) for unique_id, entity in wanted.items() if not entity.fits(shown.get(unique_id))}
            if differing:
                raise AssertionError(f"{len(differing)} are not as expected (shown, expected): {dict(list(differing.items())[:8])}")
            return True

        until(right, "all readings are shown", seconds)
