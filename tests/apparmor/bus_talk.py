"""What the program said and heard on the bus, out of dbus-monitor's text: each message as AppArmor judges it. Replies are not judged."""

import re
from dataclasses import dataclass

_MESSAGE = re.compile(r"^(method call|signal) time=\S+ sender=(\S+) -> destination=(\(null destination\)|\S+) serial=\d+ path=([^;]+); interface=([^;]+); member=(\S+)$")


@dataclass(frozen=True, order=True)
class Message:
    access: str  # send, receive
    peer: str  # a send's destination; a receive's sender, which is a number on the bus
    path: str
    interface: str
    member: str

    def __str__(self) -> str:
        return f"dbus {self.access} {'to' if self.access == 'send' else 'from'} {self.peer} {self.path} {self.interface}.{self.member}"


def messages(text: str) -> set[Message]:
    """Of everybody on the bus but bluetoothd. A signal to nobody in particular counts as heard: the program asks for all that bluetoothd sends."""
    found = [match.groups() for line in text.splitlines() if (match := _MESSAGE.match(line))]
    daemons = {sender for kind, sender, _, _, _, member in found if kind == "method call" and member == "RequestName"}
    clients = {sender for kind, sender, _, _, _, member in found if kind == "method call" and member == "Hello"} - daemons
    told = set()
    for kind, sender, destination, path, interface, member in found:
        if sender in clients:
            told.add(Message("send", destination, path, interface, member))
        elif destination in clients or (kind == "signal" and destination.startswith("(")):
            told.add(Message("receive", sender, path, interface, member))
    return told
