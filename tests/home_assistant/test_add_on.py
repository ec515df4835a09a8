"""BluPow as an add-on of a look-alike Supervisor: its broker is the one named there, and the devices' pages lead to its own page."""

from typing import Any, ClassVar

from programs import until
from scenario import Scenario
from two import INVERTER

_SLUG = "a0d7b954_blupow"


class AddOn(Scenario):
    scene = "two"
    known: ClassVar[dict[str, Any]] = {INVERTER: {"address": INVERTER, "type": "renogy_inverter", "name": "House inverter"}}
    options: ClassVar[dict[str, Any]] = {"mqtt": {}}

    @classmethod
    def begin(cls) -> None:
        cls.home.start_supervisor(_SLUG)
        super().begin()

    def test_every_devices_page_leads_to_the_add_on(self) -> None:
        page = f"homeassistant://hassio/ingress/{_SLUG}"

        def all_lead() -> bool:
            found = {identifier: device["configuration_url"] for identifier, device in self.home.core.devices().items()}
            if found != {"blupow_gateway": page, f"blupow_{INVERTER}": page}:
                raise AssertionError(f"configuration_url: {found}")
            return True

        until(all_lead, "both devices lead there", 60)
