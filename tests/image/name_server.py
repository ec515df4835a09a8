"""A name server that knows one name: enough for getaddrinfo to ask it over UDP."""

import socket
import struct
import threading


class NameServer:
    """Answers on 127.0.0.1:53 from a thread that ends with the process; counts what it was asked."""

    def __init__(self, name: str, address: str):
        self.asked: list[str] = []
        self._name, self._address = name, socket.inet_aton(address)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            query, client = self._socket.recvfrom(512)
            self._socket.sendto(self._answer(query), client)

    def _answer(self, query: bytes) -> bytes:
        end, labels = 12, []
        while query[end]:
            labels.append(query[end + 1:end + 1 + query[end]].decode())
            end += 1 + query[end]
        question = query[12:end + 5]
        kind = struct.unpack(">H", question[-4:-2])[0]
        name = ".".join(labels)
        self.asked.append(name)
        known, of_address = name == self._name, kind == 1
        answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + self._address if known and of_address else b""
        header = query[:2] + struct.pack(">HHHHH", 0x8580 if known else 0x8583, 1, 1 if answer else 0, 0, 0)
        return header + question + answer
