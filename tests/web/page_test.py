#!/usr/bin/python3
"""The page in a real browser, in Home Assistant's frame behind a look-alike ingress, with the built program and simulated devices behind it."""

import argparse
import json
import pathlib
import sys
import tempfile
import traceback

from house import CONTROLLER, INVERTER, House, Program
from browser import Browser
from ingress import Ingress
from programs import until

HOSTILE = "BT-TH-<b>x</b><img src=x>"  # as it is on the air
GIVEN = "<img src=x onerror=alert(1)> Shed"
SCENE = {"devices": [
    {"address": INVERTER, "name": "BTRIC134000035", "rssi": -58, "units": [{"family": "inverter", "static": True}]},
    {"address": CONTROLLER, "name": HOSTILE, "rssi": -67, "units": [{"family": "controller", "static": True}]}]}


def finds_and_adds(house, browser):
    browser.wait_text("#live", "Live")
    browser.wait_text("#empty", "No devices yet")
    browser.click("#add-first")
    browser.wait_text("#search-text", "Listening")
    browser.wait_text("#found", INVERTER)
    browser.wait_text("#found", HOSTILE)
    assert browser.evaluate("page.querySelectorAll('#found b, #found img').length") == 0, "a device's name became markup"
    assert browser.evaluate("page.activeElement.closest('dialog').id") == "add-dialog", "the focus is in the dialog"
    browser.click("#found li:first-child button")
    browser.wait_text("#found li:first-child .result", "Connecting")
    browser.wait_text("#found li:first-child .result", "Added.", 40)
    assert house.device(INVERTER) is not None


def says_what_is_wrong(browser):
    browser.click("#by-address input[name=address]")
    browser.type("nonsense")
    browser.press("Enter", 13)
    browser.wait_text("#by-address .result", "Address must be a Bluetooth address such as AA:BB:CC:DD:EE:FF")


def adds_by_address(house, browser):
    browser.evaluate("page.querySelector('#by-address input[name=address]').select()")
    browser.type(CONTROLLER.lower())
    browser.click("#by-address input[name=name]")
    browser.type(GIVEN)
    browser.click("#by-address button")
    browser.wait_text("#by-address .result", "Added.", 40)
    assert house.device(CONTROLLER)["name"] == GIVEN
    browser.press("Escape", 27)
    until(lambda: browser.evaluate("page.querySelector('dialog[open]') === null"), "Escape closes the dialog")
    browser.wait_text("#devices", GIVEN)
    assert browser.evaluate("page.querySelectorAll('#devices img').length") == 0, "a given name became markup"


def tile(name):
    return f"""[...page.querySelectorAll('#devices .tile')].find((tile) => tile.querySelector('dt').textContent === {json.dumps(name)})
               ?.querySelector('dd').textContent"""


def shows_values_live(house, browser):
    readings = {reading["name"]: reading for reading in house.device(INVERTER)["units"][0]["readings"]}
    assert readings["Battery Voltage"]["unit"] == "V"
    until(lambda: browser.evaluate(tile("AC Load Power")) == f"{readings['AC Load Power']['value']}W", "the tile shows the reading")
    house.simulate(do="set", device=INVERTER, register=4409, words=[777])
    until(lambda: browser.evaluate(tile("AC Load Power")) == "777W", "the page follows the device")
    browser.click("#devices .more summary")
    browser.wait_text("#devices .values", "Battery Voltage")
    house.simulate(do="set", device=INVERTER, register=4409, words=[778])
    until(lambda: browser.evaluate(tile("AC Load Power")) == "778W", "the page follows the device")
    assert browser.evaluate("page.querySelector('#devices .more').open"), "what is unfolded stays so"


# Of the tiles: how many words there are, which of them are broken, and by how much the page is too wide.
LAYOUT = """(() => {
  const words = [...page.querySelectorAll('#devices .tile')].flatMap((tile) => {
    const texts = page.createNodeIterator(tile, NodeFilter.SHOW_TEXT), found = [];
    for (let node = texts.nextNode(); node; node = texts.nextNode())
      for (const word of node.data.matchAll(/\\S+/g)) {
        const range = page.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        found.push([word[0], range.getClientRects().length]);
      }
    return found;
  });
  return {words: words.length, broken: words.filter(([, lines]) => lines !== 1), wide: page.documentElement.scrollWidth - page.documentElement.clientWidth}; })()"""


def fits_phones_and_desks(browser):
    for width in (320, 360, 393, 420, 600, 768, 1024, 1280):
        browser.look(width, 900)
        until(lambda width=width: browser.evaluate("window.innerWidth") == width, f"the window is {width} px wide")
        found = browser.evaluate(LAYOUT)
        assert found["words"] > 20 and found["broken"] == [] and found["wide"] == 0, f"{width} px: {found}"


def says_why_a_device_is_away(house, browser):
    house.simulator.kill()
    browser.wait_text("#devices .reason", "Bluetoothd not running", 60)
    house.simulator = house.start_simulator()
    until(lambda: browser.text("#devices .reason") is None, "the reason goes with its cause", 60)


def removes(house, browser):
    browser.click(".card .remove")
    browser.wait_text("#remove-dialog", GIVEN)
    browser.click("#remove-dialog button", "Cancel")
    assert house.device(CONTROLLER) is not None
    browser.click(".card .remove")
    browser.click("#remove")
    until(lambda: GIVEN not in browser.text("#devices"), "the card goes", 40)
    until(lambda: browser.evaluate("page.querySelector('dialog[open]') === null"), "the dialog closes")
    assert house.device(CONTROLLER) is None
    assert house.device(INVERTER) is not None


def follows_a_restart(house, browser):
    house.service.stop()
    browser.wait_text("#notices", "BluPow cannot be reached.")
    browser.wait_text("#live", "Not connected")
    house.service = house.start_service()
    browser.wait_text("#live", "Live")
    until(lambda: not browser.text("#notices"), "the notice goes")
    browser.wait_text("#devices", "RIV1230RCH-SPS")


def does_without_events(house, ingress, browser):
    ingress.hold_streams()
    browser.open(ingress.url)
    browser.wait_text("#live", "Live")
    house.simulate(do="set", device=INVERTER, register=4409, words=[779])
    until(lambda: browser.evaluate(tile("AC Load Power")) == "779W", "the page asks where nothing is told")


def run(build, folder):
    house = House(build, folder, SCENE)
    ingress = Ingress(house.address, (house.address, 8099))
    browser = Browser(folder)
    browser.open(ingress.url)
    finds_and_adds(house, browser)
    says_what_is_wrong(browser)
    adds_by_address(house, browser)
    shows_values_live(house, browser)
    fits_phones_and_desks(browser)
    says_why_a_device_is_away(house, browser)
    removes(house, browser)
    assert browser.complaints == [], "\n".join(browser.complaints)
    follows_a_restart(house, browser)
    does_without_events(house, ingress, browser)
    violations = [text for text in browser.complaints if "Content Security Policy" in text or "exception" in text or "Trusted" in text]
    assert violations == [], "\n".join(violations)
    asked = {path.split("?")[0] for path in ingress.paths}
    assert asked <= {"GET /", "GET /app.js", "GET /api.js", "GET /cards.js", "GET /dialogs.js", "GET /style.css", "GET /icon.svg", "GET /api/state", "GET /api/events",
                     "POST /api/commands"}, asked
    assert house.service.stop(seconds=5) == 0, "an open stream holds nothing up"
    browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        try:
            run(arguments.build.resolve(), folder)
        except Exception:
            traceback.print_exc()
            for log in ("blupow.log", "simulator.log"):
                print(f"--- {log}\n" + (folder / log).read_text(errors="replace")[-4000:] if (folder / log).exists() else f"no {log}", file=sys.stderr)
            sys.exit(1)
        finally:
            Program.kill_all()
    print("the page: found, added, shown, explained, removed, back after a restart")


main()
