"""What all scenarios share: a home of their own, and questions to Core in terms of our devices."""

import unittest
from typing import ClassVar

from expected import CONTROLLER_ENTITIES, GATEWAY_ENTITIES, INVERTER_ENTITIES, Entity
from home import CONTROLLER, INVERTER, Home, Places
from programs import until


def digits(mac: str) -> str:
    return mac.replace(":", "")


# Prefix of the unique ids -> what must be there.
DEVICES: dict[str, list[Entity]] = {
    f"blupow_{digits(INVERTER)}": INVERTER_ENTITIES,
    f"blupow_{digits(CONTROLLER)}": CONTROLLER_ENTITIES,
}
READINGS = {f"{prefix}_{entity.key}": entity for prefix, entities in DEVICES.items() for entity in entities}
ALL_IDS = set(READINGS) | {f"blupow_gateway_{entity.key}" for entity in GATEWAY_ENTITIES}


class Scenario(unittest.TestCase):
    """One home for the tests of a class; each test finds it with all values shown and leaves it so, and Core must not have complained."""

    places: ClassVar[Places]
    home: ClassVar[Home]
    maxDiff = None
    broker_went = False  # a test that stops the broker says so: Core has a word for that, too

    @classmethod
    def setUpClass(cls) -> None:
        cls.home = Home(cls.places, cls.__name__)
        try:
            cls.home.broker.start()
            cls.home.start_devices()
            cls.begin()
        except BaseException:
            cls.print_log("the start of its home")
            cls.home.kill()
            raise

    @classmethod
    def begin(cls) -> None:
        """From running devices and a running broker to what the tests start from."""
        cls.home.core.start()
        cls.home.start_blupow()
        cls.wait_for_values()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.end()

    @classmethod
    def end(cls) -> None:
        try:
            cls.home.stop_blupow()
            cls.home.core.stop()
            cls.home.broker.stop()
        finally:
            cls.home.kill()

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        failed = 0 if result is None else len(result.failures) + len(result.errors)
        answer = super().run(result)
        if answer is not None and len(answer.failures) + len(answer.errors) > failed:
            self.print_log(self.id())
        return answer

    @classmethod
    def print_log(cls, what: str) -> None:
        print(f"--- the last that blupow said in {what}:\n{cls.home.blupow_said()}\n---")

    def setUp(self) -> None:
        """A test that failed before may have left its home in disorder."""
        self.home.restore()
        self.wait_for_values()

    def tearDown(self) -> None:
        self.assertEqual([], self.home.core.complaints(self.broker_went))

    # Questions

    @classmethod
    def shown(cls, unique_ids: set[str] | None = None) -> dict[str, str]:
        """What a person reads of our entities, by unique id."""
        ids = {unique_id: entity["entity_id"] for unique_id, entity in cls.home.core.entities().items() if unique_ids is None or unique_id in unique_ids}
        texts = cls.home.core.shown(list(ids.values()))
        return {unique_id: texts[entity_id] for unique_id, entity_id in ids.items()}

    @classmethod
    def wait_for_values(cls, of: str = "", seconds: float = 60) -> None:
        """Until all readings (of the devices whose unique ids begin so) are shown with their values."""
        wanted = {unique_id: entity.shown for unique_id, entity in READINGS.items() if unique_id.startswith(of)}

        def right() -> bool:
            cls.home.check_blupow()
            shown = cls.shown(set(wanted))
            differing = {unique_id: (shown.get(unique_id), text) for unique_id, text in wanted.items() if shown.get(unique_id) != text}
            if differing:
                raise AssertionError(f"{len(differing)} are not as expected (shown, expected): {dict(list(differing.items())[:8])}")
            return True

        until(right, "all readings are shown", seconds)

    @classmethod
    def wait_for_state(cls, state: str, unique_ids: set[str], seconds: float = 60) -> None:
        def all_there() -> bool:
            ids = {unique_id: entity["entity_id"] for unique_id, entity in cls.home.core.entities().items()}
            states = cls.home.core.states()
            found = {unique_id: states.get(ids.get(unique_id, ""), {}).get("state") for unique_id in unique_ids}
            others = {unique_id: text for unique_id, text in found.items() if text != state}
            if others:
                raise AssertionError(f"{len(others)} are not {state}: {dict(list(others.items())[:8])}")
            return True

        until(all_there, f"{len(unique_ids)} entities are {state}", seconds)

    def registered(self) -> dict[str, tuple[str, str, str | None]]:
        """What must outlive every change: registry id, entity id and the user's name by unique id."""
        return {unique_id: (entity["id"], entity["entity_id"], entity["name"]) for unique_id, entity in self.home.core.entities().items()}

    def assert_no_ghosts(self) -> None:
        """Nothing that Core only remembers, and nothing but what is expected."""
        states = self.home.core.states()
        restored = [entity_id for entity_id, state in states.items() if state["attributes"].get("restored")]
        self.assertEqual([], restored)

    def rename(self, unique_id: str, name: str, entity_id: str) -> None:
        """As a user does."""
        old = self.home.core.entities()[unique_id]["entity_id"]
        self.home.core.ask("config/entity_registry/update", entity_id=old, name=name, new_entity_id=entity_id)

