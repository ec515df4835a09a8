"""Debian's Chromium, driven over its DevTools protocol: one page, what it shows, clicks and keys, and everything it complained about."""

import base64
import json
import os
import shutil
import time
import urllib.request
from pathlib import Path

import websocket

from programs import Program, until

_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
          "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-port=0", "--remote-allow-origins=*", "--window-size=1280,900"]
# In Home Assistant's page, of which ours is a frame; alone where there is none.
_DOCUMENT = "(document.querySelector('iframe') ? document.querySelector('iframe').contentDocument : document)"


class Browser:
    def __init__(self, folder: Path):
        profile = folder / "chromium"
        profile.mkdir()
        program = shutil.which("chromium")
        if program is None:
            raise SystemError("chromium is not installed")
        self._program = Program("chromium", [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"], folder / "chromium.log",
                                {**os.environ, "HOME": str(folder)})
        port_file = profile / "DevToolsActivePort"
        port = until(lambda: port_file.exists() and port_file.read_text().split("\n")[0], "chromium opens its port", 60)
        pages = until(lambda: [page for page in self._list(port) if page["type"] == "page"], "chromium opens a page")
        self._socket = websocket.create_connection(pages[0]["webSocketDebuggerUrl"], timeout=30, suppress_origin=True)
        self._count = 0
        self.complaints = []
        for domain in ("Page", "Runtime", "Log", "Audits", "Network"):
            self.call(f"{domain}.enable")

    @staticmethod
    def _list(port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
            return json.load(answer)

    def _heard(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"log: {parameters['entry']['text']} {parameters['entry'].get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            self.complaints.append(f"console: {parameters['args']}")
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(f"exception: {parameters['exceptionDetails']}")
        elif method == "Audits.issueAdded":
            self.complaints.append(f"issue: {parameters['issue']}")
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {parameters['message']}")
            self._send("Page.handleJavaScriptDialog", accept=False)

    def _send(self, method, **parameters):
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        return self._count

    def call(self, method, **parameters):
        number = self._send(method, **parameters)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise SystemError(f"{method}: {message['error']}")
                return message["result"]
            self._heard(message)
        raise AssertionError(f"chromium does not answer {method}")

    def open(self, url):
        self.call("Page.navigate", url=url)

    def evaluate(self, expression):
        """The value of an expression in which `page` is our document."""
        result = self.call("Runtime.evaluate", expression=f"(() => {{ const page = {_DOCUMENT}; return page && ({expression}); }})()", returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def text(self, selector):
        """What a person reads there; None where there is no such element, or it is not shown."""
        return self.evaluate(f"(() => {{ const found = page.querySelector({json.dumps(selector)}); "
                             "return found && found.getClientRects().length ? found.innerText : null; })()")

    def wait_text(self, selector, wanted, seconds=30):
        until(lambda: wanted in (self.text(selector) or ""), f"{selector} shows {wanted!r}; it shows {self.text(selector)!r}", seconds)

    def _place(self, selector, text):
        return self.evaluate(f"""(() => {{
          const found = [...page.querySelectorAll({json.dumps(selector)})].find((each) => each.innerText.includes({json.dumps(text)}) && !each.disabled);
          if (!found) return null;
          found.scrollIntoView({{block: 'center'}});
          const box = found.getBoundingClientRect(), frame = document.querySelector('iframe');
          const shift = frame ? frame.getBoundingClientRect() : {{left: 0, top: 0}};
          return box.width ? [box.left + shift.left + box.width / 2, box.top + shift.top + box.height / 2] : null; }})()""")

    def click(self, selector, text=""):
        """As a mouse does it: whatever lies on top gets the click."""
        x, y = until(lambda: self._place(selector, text), f"{selector} with {text!r} can be clicked")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}))

    def close(self):
        """Its other processes end before it does, and so leave its folder alone."""
        self._send("Browser.close")
        self._program.wait()

    def look(self, width, height, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def screenshot(self, file: Path):
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
