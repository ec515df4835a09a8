"""What all scenarios share: a home of their own, and questions to Core in terms of our devices."""

import unittest
from collections.abc import Iterable
from typing import Any, ClassVar

from home import Home, Places
from programs import until


def digits(mac: str) -> str:
    return mac.replace(":", "")


class Scenario(unittest.TestCase):
    """One home for the tests of a class; Core must not have complained in any of them."""

    places: ClassVar[Places]
    home: ClassVar[Home]
    scene: ClassVar[str]  # of the simulator
    known: ClassVar[dict[str, Any]] = {}  # devices.json at the start
    options: ClassVar[dict[str, Any]] = {}  # of every start of BluPow
    maxDiff = None
    broker_went = False  # a test that stops the broker says so: Core has a word for that, too

    @classmethod
    def setUpClass(cls) -> None:
        cls.home = Home(cls.places, cls.__name__, cls.known, cls.options)
        try:
            cls.home.broker.start()
            cls.home.start_devices(cls.scene)
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
        until(lambda: cls.home.broker.retained("blupow/gateway/status") == {"blupow/gateway/status": "online"}, "BluPow hears commands")

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

    def tearDown(self) -> None:
        self.assertEqual([], self.home.core.complaints(self.broker_went))

    # Questions

    @classmethod
    def entity(cls, unique_id: str) -> str:
        """Its entity id."""
        return cls.home.core.entities()[unique_id]["entity_id"]

    @classmethod
    def shown(cls, unique_ids: set[str] | None = None) -> dict[str, str]:
        """What a person reads of our entities, by unique id."""
        ids = {unique_id: entity["entity_id"] for unique_id, entity in cls.home.core.entities().items() if unique_ids is None or unique_id in unique_ids}
        texts = cls.home.core.shown(list(ids.values()))
        return {unique_id: texts[entity_id] for unique_id, entity_id in ids.items()}

    @classmethod
    def states(cls, unique_ids: Iterable[str]) -> dict[str, str | None]:
        """Their bare states; None of one that there is not."""
        ids = {unique_id: entity["entity_id"] for unique_id, entity in cls.home.core.entities().items()}
        states = cls.home.core.states()
        return {unique_id: states.get(ids.get(unique_id, ""), {}).get("state") for unique_id in unique_ids}

    @classmethod
    def wait_for_state(cls, state: str, unique_ids: Iterable[str], seconds: float = 60) -> None:
        wanted = set(unique_ids)

        def all_there() -> bool:
            found = cls.states(wanted)
            others = {unique_id: text for unique_id, text in found.items() if text != state}
            if others:
                raise AssertionError(f"{len(others)} are not {state}: {dict(list(others.items())[:8])}")
            return True

        until(all_there, f"{len(wanted)} entities are {state}", seconds)

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

