#!/usr/bin/python3
"""Who is answered inside the add-on: the built program in a network of its own that has the addresses of the Supervisor's."""

import fcntl
import http.client
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "home_assistant"))

from programs import Program  # noqa: E402

INGRESS = "172.30.32.2"
ADD_ON = "172.30.33.9"
OTHERS = ["172.30.32.1", "172.30.33.4", ADD_ON]
_SET_ADDRESS, _SET_FLAGS, _UP = 0x8916, 0x8914, 1


def set_up_network():
    """The loopback interface, up, with all the addresses that matter here."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))
        for number, address in enumerate(["127.0.0.1", INGRESS, *OTHERS]):
            name = b"lo" if number == 0 else f"lo:{number}".encode()
            fcntl.ioctl(any_socket, _SET_ADDRESS, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(address)))


class PeersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.addClassCleanup(Program.kill_all)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "options.json").write_text('{"mqtt": {"host": "/nowhere/broker"}}')
        environment = {**os.environ, "SUPERVISOR_TOKEN": "x", "SUPERVISOR_URL": "http://127.0.0.1:1", "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"}
        cls.environment = environment
        cls.service = Program("blupow", [str(BUILD / "blupow"), "run", "--options", str(cls.folder / "options.json"), "--data", str(cls.folder / "data")],
                              cls.folder / "blupow.log", environment)
        cls.service.wait_for_output("the page is served at 0.0.0.0:8099")

    def status(self, source, target=ADD_ON):
        """Of the page; None when the program hangs up."""
        connection = http.client.HTTPConnection(target, 8099, timeout=20, source_address=(source, 0))
        try:
            connection.request("GET", "/", headers={"Host": "homeassistant.local:8123"})
            return connection.getresponse().status
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            return None
        finally:
            connection.close()

    def test_the_ingress_and_the_container_itself_are_answered(self):
        self.assertEqual(self.status(INGRESS), 200)
        self.assertEqual(self.status("127.0.0.1", "127.0.0.1"), 200)

    def test_nobody_else_is(self):
        for address in OTHERS:
            with self.subTest(address=address):
                self.assertIsNone(self.status(address))

    def test_health_needs_no_arguments_there(self):
        run = subprocess.run([BUILD / "blupow", "health"], env=self.environment, capture_output=True, text=True, timeout=30)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("is alive", run.stdout)


if __name__ == "__main__":
    if "--inside" not in sys.argv:
        own_network = ["--net"] if os.geteuid() == 0 else ["--net", "--user", "--map-root-user"]
        os.execvp("unshare", ["unshare", *own_network, sys.executable, __file__, *sys.argv[1:], "--inside"])
    sys.argv.remove("--inside")
    BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    set_up_network()
    unittest.main()
