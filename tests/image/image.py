"""What the tests of the image share: the archive, its root folder unpacked, and a container of it among private programs."""

import json
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from archive import Archive
from broker import Broker
from bus import start_bus
from container import HOSTS, RESOLVER, Container
from programs import Program, until
from simulator import Simulator

INVERTER = "D8:B6:73:BF:4F:75"  # of the scene `two`


@dataclass
class Places:
    """What the test run was given."""

    sources: Path
    archive: Path
    arch: str
    simulator: Path
    folder: Path


class ImageTest(unittest.TestCase):
    """Each class unpacks the image anew."""

    places: ClassVar[Places]
    archive: ClassVar[Archive]
    root: ClassVar[Path]
    folder: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(dir=cls.places.folder))
        cls.root = cls.folder / "root"
        cls.root.mkdir()
        cls.archive = Archive(cls.places.archive)
        cls.archive.unpack(cls.root)


class RunningTest(ImageTest):
    """The program out of the image, with a simulated bluetoothd and a broker. `by.hosts` stands in the hosts file alone; where there is a name
    server, it is this machine."""

    container: ClassVar[Container]
    broker: ClassVar[Broker]
    broker_lines: ClassVar[str] = ""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.container = Container(cls.root, cls.folder, cls.places.arch)
        cls.container.lay_file(HOSTS, "127.0.0.1 localhost by.hosts\n")
        cls.container.lay_file(RESOLVER, "nameserver 127.0.0.1\n")
        socket = cls.container.bus / "system_bus_socket"
        start_bus(cls.folder, socket)
        Simulator(cls.places.simulator, cls.folder, f"unix:path={socket}", "two")
        cls.prepare()
        cls.broker = Broker(cls.folder, cls.broker_lines)
        cls.broker.start()

    @classmethod
    def prepare(cls) -> None:
        """What must be there before the broker starts."""

    @classmethod
    def tearDownClass(cls) -> None:
        Program.kill_all()

    def start_service(self, mqtt: dict[str, Any], environment: dict[str, str] | None = None) -> Program:
        """As the Supervisor starts it: no argument but `run`, options in /data."""
        (self.container.data / "options.json").write_text(json.dumps({"poll_interval": 5, "mqtt": mqtt}))
        service = self.container.start("run", environment=environment)
        self.addCleanup(service.kill)
        return service

    def wait_online(self, service: Program) -> None:
        def online() -> bool:
            if not service.running():
                raise SystemError(f"blupow ended:\n{service.text()[-3000:]}")
            return self.broker.retained("blupow/gateway/status") == {"blupow/gateway/status": "online"}

        until(online, f"blupow is online; it said:\n{service.text()[-1000:]}", 60)

    def expect_stop(self, service: Program) -> None:
        """SIGTERM ends it with 0, within the Supervisor's ten seconds."""
        self.assertEqual(service.stop(seconds=10), 0, service.text()[-3000:])
        until(lambda: self.broker.retained("blupow/gateway/status") == {"blupow/gateway/status": "offline"}, "blupow said that it goes")
