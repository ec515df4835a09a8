"""A look-alike of the way from a browser to an add-on: Home Assistant's page with a frame, and the ingress of Core and Supervisor behind it.

It does to requests and answers what those do: one path for all, headers added and taken away, the charset lost, URLs filtered, short answers held
until they are whole, long ones streamed.
"""

import http.client
import re
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "0123456789abcdef0123456789abcdef"
PREFIX = f"/api/hassio_ingress/{TOKEN}"
_HELD_BACK = 4194000  # bytes: shorter answers are passed on when they are whole
_COOKIE = "ingress_session=1"

# What the Supervisor answers with 400 wherever it stands in a path or query.
_FILTER = re.compile(r"proc/self/environ|(<|%3C).*script.*(>|%3E)|[a-zA-Z0-9_]=/([a-z0-9_.]//?)+|\.\./|union.*select.*\(|union.*all.*select|concat.*\(",
                     re.IGNORECASE)
# Never passed on, there or back: of one connection, or set here.
_OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "content-length", "content-encoding", "accept-encoding"}
# What each request to the add-on has from the library of Core and Supervisor, a GET too.
_OF_ITS_OWN = {"Connection": "keep-alive", "Accept-Encoding": "gzip, deflate, br"}
_OURS = {"x-ingress-path", "x-hass-source", "x-remote-user-id", "x-remote-user-name", "x-remote-user-display-name", "x-forwarded-for", "x-forwarded-host",
         "x-forwarded-proto"}

_OUTER = f"""<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Home</title>
<style>html,body{{margin:0;height:100%}} iframe{{border:0;width:100%;height:100%;display:block}}</style></head>
<body><iframe title="BluPow" src="{PREFIX}/"></iframe></body></html>"""


def _unquoted(text):
    """However often it is quoted."""
    while (plain := urllib.parse.unquote(text)) != text:
        text = plain
    return text


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass

    def _answer(self, status, body=b"", kind="text/plain", headers=()):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _home_assistant(self):
        if self.path == "/hassio/ingress/local_blupow":
            return self._answer(200, _OUTER.encode(), "text/html", [("Set-Cookie", f"{_COOKIE}; Path=/api/hassio_ingress/; HttpOnly; SameSite=Strict")])
        if self.path == "/favicon.ico":
            return self._answer(200, b"", "image/x-icon")
        return self._answer(404)

    def _ingress(self):
        path = self.path[len(PREFIX):]
        if _COOKIE not in self.headers.get("Cookie", ""):
            return self._answer(401)
        if any(_FILTER.search(_unquoted(part)) for part in self.path.split("?", 1)):
            return self._answer(400)
        self.server.paths.append(f"{self.command} {path}")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_A_CONNECTION | _OURS}
        headers |= {"X-Ingress-Path": PREFIX, "X-Hass-Source": "core.ingress", "X-Forwarded-For": f"{self.client_address[0]}, 172.30.32.1",
                    "X-Forwarded-Proto": "http", "X-Forwarded-Host": self.headers.get("Host", ""), "X-Remote-User-Id": "1", "X-Remote-User-Name": "test",
                    "X-Remote-User-Display-Name": "Jörg".encode()}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers |= _OF_ITS_OWN | {"Content-Length": str(len(body))}
        address, port = self.server.add_on
        connection = http.client.HTTPConnection(address, port, timeout=60)
        try:
            connection.request(self.command, path, body, headers)
            self._pass_on(connection.getresponse())
        except (ConnectionError, http.client.HTTPException):
            self._answer(502)
        finally:
            connection.close()

    def _pass_on(self, response):
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() == "content-type":
                self.send_header(name, value.split(";")[0])
            elif name.lower() not in _OF_A_CONNECTION:
                self.send_header(name, value)
        length = response.getheader("Content-Length")
        if length is not None and int(length) < _HELD_BACK:
            body = response.read()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while piece := response.read1(65536):
            if self.server.holds_streams:
                continue
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _handle(self):
        try:
            self._ingress() if self.path.startswith(PREFIX) else self._home_assistant()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = do_HEAD = do_PUT = do_OPTIONS = _handle


class Ingress:
    """Runs until the test does. add_on: address and port of the program."""

    def __init__(self, address, add_on):
        self._server = ThreadingHTTPServer((address, 8123), _Handler)
        self._server.daemon_threads = True
        self._server.add_on = add_on
        self._server.paths = []
        self._server.holds_streams = False
        self.origin = f"http://{address}:8123"
        self.url = f"{self.origin}/hassio/ingress/local_blupow"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def hold_streams(self):
        """From now on as proxies do that pass on whole answers only."""
        self._server.holds_streams = True

    @property
    def paths(self):
        """What was asked of the add-on so far: "GET /api/state"."""
        return list(self._server.paths)
