#!/usr/bin/env python3
"""A Supervisor as an add-on sees it, for tests: the two questions that BluPow asks, with the status codes, texts and shapes of the real one.

`supervisor_look_alike.py TOKEN [JSON]` listens on 127.0.0.1 and prints `port N`. A line of JSON on stdin changes what it says and is answered with `changed`:
{"mqtt": {...} or null, "declared": bool, "state": "running" or "setup", "slug": ..., "fault": ...}. Each request is told on stdout as
`asked PATH STATUS`, the status `-` where it gets none. It ends with its stdin, unless what it says is given as an argument.

Facts (home-assistant/supervisor): api/middleware/security.py looks at the state first, then at the token (401 without one, 403 with another); api/services.py
at the declaration (403), then for the entry (400); errors are {"result": "error", "message": ...} (api/utils.py), those of the token aiohttp's bare text.
"""

import http.server
import json
import sys
import threading

# What it does instead of an answer.
FAULTS = {
    "hang": None,  # takes the request and says nothing
    "close": b"",  # hangs up
    "garbage": b"\x16\x03\x01 this is no HTTP\r\n\r\n",
    "no json": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n<html></a",
    "list": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"result\": \"ok\"",
    "bad gateway": b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\n502: Bad Gateway",
    "elsewhere": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/services/mqtt\r\nContent-Length: 0\r\n\r\n",
    "huge": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b" " * 0x10000 + b"\r\n",
    "huge head": b"HTTP/1.1 200 OK\r\n" + b"X-Much: " + b"x" * 60 + b"\r\n",
    "drip": b"HTTP/1.1 200 OK\r\nX-Slow: ",
}
ANSWERS_IN = ("startup", "running", "freeze")  # states; it starts add-ons while it is in the first
REPEATED = {"huge": 64, "huge head": 100000}  # times the last part follows


class Settings:
    def __init__(self, token):
        self.token = token
        self.said = {"mqtt": None, "declared": True, "state": "running", "slug": "a0d7b954_blupow", "fault": None, "fault_path": None}
        self.lock = threading.Lock()
        self.end = threading.Event()

    def change(self, changes):
        with self.lock:
            unknown = set(changes) - set(self.said)
            if unknown:
                raise ValueError(f"unknown: {unknown}")
            self.said.update(changes)

    def now(self):
        with self.lock:
            return dict(self.said)


def tell(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    settings: Settings

    def log_message(self, *_):
        pass

    def do_GET(self):
        said = self.settings.now()
        if said["fault"] and said["fault_path"] in (None, self.path):
            tell(f"asked {self.path} -")
            self.fail(said["fault"])
            return
        status, body = self.answer(said)
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json; charset=utf-8"
        tell(f"asked {self.path} {status}")  # first: who has the answer to one question may ask the next
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def answer(self, said):
        def error(status, message):
            return status, {"result": "error", "message": message}

        if said["state"] not in ANSWERS_IN:
            return error(400, f"System is not ready with state: {said['state']}")
        authorization = self.headers.get("Authorization")
        if authorization is None:
            return 401, "401: Unauthorized"
        if authorization != f"Bearer {self.settings.token}":
            return 403, "403: Forbidden"
        if self.path == "/addons/self/info":
            return 200, {"result": "ok", "data": self.info(said)}
        if self.path == "/services/mqtt":
            if not said["declared"]:
                return error(403, "No access to mqtt service!")
            if said["mqtt"] is None:
                return error(400, "Service not enabled")
            return 200, {"result": "ok", "data": said["mqtt"]}
        return 404, "404: Not Found"

    @staticmethod
    def info(said):
        return {"name": "BluPow", "slug": said["slug"], "hostname": "a0d7b954-blupow", "version": "2.0.0", "state": "started", "ingress": True,
                "ingress_port": 8099, "ingress_entry": "/api/hassio_ingress/XyZ", "options": {"mqtt": {}}, "long_description": "words " * 10000,
                "translations": {"en": {"configuration": {"mqtt": {"name": "MQTT broker"}}}}}

    def fail(self, fault):
        self.close_connection = True
        data = FAULTS[fault]
        try:
            if data:
                self.wfile.write(data)
                self.wfile.flush()
            if fault in REPEATED:
                part = data[data.rindex(b"\r\n\r\n") + 4:] if fault == "huge" else data[data.index(b"X-Much"):]
                for _ in range(REPEATED[fault]):
                    self.wfile.write(part)
            if fault == "drip":
                while not self.settings.end.wait(0.2):
                    self.wfile.write(b"x")
            if data is None:
                self.settings.end.wait()
        except OSError:
            pass  # it hung up


def main():
    Handler.settings = Settings(sys.argv[1])
    if len(sys.argv) > 2:
        Handler.settings.change(json.loads(sys.argv[2]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tell(f"port {server.server_address[1]}")
    for line in sys.stdin:
        Handler.settings.change(json.loads(line))
        tell("changed")
    if len(sys.argv) > 2:
        threading.Event().wait()
    Handler.settings.end.set()


if __name__ == "__main__":
    main()
