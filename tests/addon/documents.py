"""Many values of options in few options documents: starting the program is what takes time, and it names every mistake with its key."""

from typing import Any

STOP = "stop_here"  # no option: ends the program at its options, before it looks at bus and broker


class Case:
    """One value at its place, and all that has to stand around it."""

    _count = 0

    def __init__(self, path: str, value: Any):
        Case._count += 1
        own_mac = f"00:00:00:00:{Case._count // 256:02X}:{Case._count % 256:02X}"
        self.path, self.value = path, value
        self.root, _, key = path.replace("[]", "").partition(".")
        self.whole = not key  # of a list or an object; nothing else of it may stand in the same document
        if path == "mqtt.ca_file":
            self.options: dict[str, Any] = {"mqtt": {"ssl": True, "ca_file": value}}
        elif self.whole:
            self.options = {path: value}
        elif self.root == "mqtt":
            self.options = {"mqtt": {key: value}}
        elif self.root == "devices":
            self.options = {"devices": [{"address": own_mac} | {key: value}]}
        else:
            self.options = {"banks": [{"name": "House"} | {key: [value] if path.endswith("[]") else value}]}


class Documents:
    """As few options documents as hold all cases."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self._whole: list[set[str]] = []
        self.places: list[tuple[int, str]] = []  # of each case: its document, and how the program names it there

    def add(self, case: Case, options: dict[str, Any]) -> None:
        """options: the case's own, or what the Supervisor made of them."""
        part = options[case.root]
        number = next((number for number in range(len(self.documents)) if self._fits(number, case, part)), len(self.documents))
        if number == len(self.documents):
            self.documents.append({STOP: 1})
            self._whole.append(set())
        document = self.documents[number]
        place = case.root
        if case.whole:
            document[case.root] = part
            self._whole[number].add(case.root)
        elif case.root == "mqtt":
            document.setdefault("mqtt", {}).update(part)
            place = case.path
        else:
            place = f"{case.root}[{len(document.setdefault(case.root, []))}]"
            document[case.root] += part
        self.places.append((number, place))

    def _fits(self, number: int, case: Case, part: Any) -> bool:
        document = self.documents[number]
        if case.whole:
            return case.root not in document
        if case.root in self._whole[number]:
            return False
        return case.root != "mqtt" or not set(part) & set(document.get("mqtt", {}))
