"""As much of the Supervisor as a service asks for at its start: the broker's address and the add-on's own slug."""

import http.server
import json
import threading

TOKEN = "look-alike"


class Supervisor:
    def __init__(self, broker_port: int):
        self.asked: list[str] = []
        answers = {"/services/mqtt": {"host": "localhost", "port": broker_port, "ssl": False, "protocol": "3.1.1", "addon": "core_mosquitto"},
                   "/addons/self/info": {"slug": "a0d7b954_blupow", "version": "2.0.0", "ingress_port": 8099}}
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                known = self.path in answers and self.headers["Authorization"] == f"Bearer {TOKEN}"
                body = json.dumps({"result": "ok", "data": answers[self.path]} if known else {"result": "error", "message": "no"}).encode()
                self.send_response(200 if known else 403)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                asked.append(self.path)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
