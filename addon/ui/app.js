// The page: holds what the service tells and shows it. No library, no build step.

import { follow, UNREACHABLE } from "./api.js";
import { ago, make, reconcile, setText, showBanks, showDevices } from "./cards.js";
import { askToRemove, isOpen, setUpDialogs } from "./dialogs.js";

const STARTING = 10; // s, in which an adapter may not be known yet
const find = (id) => document.getElementById(id);

const model = { devices: new Map(), banks: new Map(), gateway: {}, broker: null, version: null, known: false, alive: null, clock: 0 };

function take(event, data) {
  switch (event) {
    case "state":
      // A newer program may come with a newer page.
      if (model.version !== null && model.version !== data.version && !isOpen()) return location.reload();
      model.version = data.version;
      model.devices = new Map(data.devices.map((device) => [device.address, device]));
      model.banks = new Map(data.banks.map((bank) => [bank.slug, bank]));
      model.known = true;
      takeBeat(data.now);
      break;
    case "device": model.devices.set(data.address, data); break;
    case "device_removed": model.devices.delete(data.address); break;
    case "bank": model.banks.set(data.slug, data); break;
    case "bank_removed": model.banks.delete(data.slug); break;
    case "beat": takeBeat(data); break;
  }
  showSoon();
}

// The service's clock decides how old a reading is, not the browser's.
function takeBeat(now) {
  model.clock = Date.parse(now.time) - Date.now();
  model.broker = now.broker;
  model.gateway = now.gateway;
}

// Seconds since then.
function age(time) {
  return Math.max(0, (Date.now() + model.clock - Date.parse(time)) / 1000);
}

function notices() {
  if (model.alive === false) return [{ kind: "error", text: `${UNREACHABLE} Trying again\u2026` }];
  if (!model.known) return [];
  const list = [];
  if (model.broker === "away") list.push({ kind: "warning", text: "The MQTT broker is not connected: Home Assistant gets no values. The log says why." });
  if (!model.gateway.adapter && age(model.gateway.started_at) > STARTING) list.push({ kind: "warning", text: "There is no Bluetooth adapter to use. The log says why." });
  return list;
}

const LIVE = { true: ["online", "Live"], false: ["offline", "Not connected"], null: ["waiting", "Connecting"] };

function footerText() {
  const { gateway } = model;
  const parts = [`BluPow ${model.version}`];
  if (gateway.adapter) parts.push(`adapter ${gateway.adapter}`);
  parts.push(`${gateway.polls_ok} polls, ${gateway.polls_failed} failed`);
  parts.push(`started ${ago(age(gateway.started_at))}`);
  return parts.join(" \u00b7 ");
}

function show() {
  const now = Date.now() + model.clock;
  const [state, text] = LIVE[model.alive];
  setText(find("live"), text);
  find("live").dataset.state = state;
  document.body.classList.toggle("lost", model.alive === false);
  reconcile(find("notices"), notices(), (notice) => notice.text, () => make("p", { className: "notice" }), (element, notice) => {
    element.dataset.kind = notice.kind;
    setText(element, notice.text);
  });
  if (!model.known) return;
  const byName = (a, b) => a.name.localeCompare(b.name) || a.address.localeCompare(b.address);
  showDevices(find("devices"), [...model.devices.values()].sort(byName), now, askToRemove);
  showBanks(find("banks"), [...model.banks.values()]);
  find("empty").hidden = model.devices.size > 0;
  find("banks-section").hidden = model.banks.size === 0;
  setText(find("footer"), footerText());
}

let due = false;
function showSoon() {
  if (due) return;
  due = true;
  setTimeout(() => {
    due = false;
    show();
  }, 0);
}

setUpDialogs();
follow(take, (alive) => {
  if (model.alive === alive) return;
  model.alive = alive;
  showSoon();
});
setInterval(show, 5000);
