"""A private D-Bus on which everybody may do everything."""

from pathlib import Path

from programs import Program

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


def start_bus(folder: Path, socket: Path) -> Program:
    """The bus at the socket; its configuration and log lie in the folder."""
    configuration = folder / "bus.conf"
    configuration.write_text(_BUS.format(socket=socket))
    arguments = ["dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", f"--config-file={configuration}"]
    bus = Program("dbus-daemon", arguments, folder / "bus.log")
    bus.wait_for_output("unix:path=")
    return bus
