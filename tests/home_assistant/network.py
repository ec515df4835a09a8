"""The network namespace that a test run was started in."""

import fcntl
import socket
import struct


def bring_loopback_up() -> None:
    """The only interface here; a new namespace has it down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        set_flags, up_and_running = 0x8914, 0x41  # linux/sockios.h SIOCSIFFLAGS, linux/if.h
        fcntl.ioctl(control, set_flags, struct.pack("16sh14x", b"lo", up_and_running))
