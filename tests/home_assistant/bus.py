"""A private D-Bus on which everybody may do everything."""

from pathlib import Path

from programs import Program

_CONFIGURATION = Path(__file__).resolve().parent.parent.parent / "sim/private_bus.conf"


def start_bus(folder: Path, socket: Path) -> Program:
    """The bus at the socket; its log lies in the folder."""
    arguments = ["dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", f"--config-file={_CONFIGURATION}", f"--address=unix:path={socket}"]
    bus = Program("dbus-daemon", arguments, folder / "bus.log")
    bus.wait_for_output("unix:path=")
    return bus
