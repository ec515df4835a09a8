// Adding and removing a device. What goes wrong is said in the service's own sentence, where it happened.

import { command } from "./api.js";
import { make, reconcile, sentence, setText } from "./cards.js";

const SEARCH_SECONDS = 10;
const find = (id) => document.getElementById(id);

function say(element, text, kind) {
  element.dataset.kind = kind;
  setText(element, text);
}

// One attempt: the controls rest meanwhile, the outcome stands in result.
async function attempt(controls, result, doing, act, done) {
  for (const control of controls) control.disabled = true;
  say(result, doing, "busy");
  try {
    await act();
    say(result, done, "done");
    return true;
  } catch (error) {
    say(result, sentence(error.message), "error");
    return false;
  } finally {
    for (const control of controls) control.disabled = false;
  }
}

const CONNECTING = "Connecting and reading, up to 25 seconds\u2026";

function makeFound(device) {
  const name = make("input", { name: "name", maxLength: 128, autocomplete: "off", placeholder: "Name, if you like", "aria-label": `Name for ${device.address}` });
  const add = make("button", { type: "submit", className: "primary" }, "Add");
  const result = make("p", { className: "result", role: "status" });
  const form = make("form", { noValidate: true }, name, add, result);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const added = await attempt([name, add], result, CONNECTING, () => command("add_device", { address: device.address, name: name.value }), "Added.");
    if (!added) return;
    name.disabled = add.disabled = true;
  });
  return make("li", {}, make("div", {}, make("strong", { className: "found-name" }), make("span", { className: "about" })), form);
}

function showFound(item, device) {
  setText(item.querySelector(".found-name"), device.name ?? "No name");
  setText(item.querySelector(".about"), device.address + (device.rssi === null ? "" : ` \u00b7 ${device.rssi} dBm`));
}

function showProgress(bar) {
  const began = performance.now();
  bar.value = 0;
  bar.hidden = false;
  const timer = setInterval(() => { bar.value = Math.min(100, (performance.now() - began) / (SEARCH_SECONDS * 10)); }, 200);
  return () => {
    clearInterval(timer);
    bar.hidden = true;
  };
}

async function search() {
  const button = find("search");
  if (button.disabled) return;
  button.disabled = true;
  say(find("search-text"), `Listening for ${SEARCH_SECONDS} seconds\u2026`, "busy");
  const end = showProgress(find("search-progress"));
  try {
    const { devices } = await command("discover_devices", { seconds: SEARCH_SECONDS });
    reconcile(find("found"), devices, (device) => device.address, makeFound, showFound);
    say(find("search-text"), devices.length === 0 ? "No new device was heard. Is it switched on, in range, and not connected to a phone?" : "", "done");
  } catch (error) {
    say(find("search-text"), sentence(error.message), "error");
  } finally {
    end();
    button.disabled = false;
    setText(button, "Search again");
  }
}

async function addByAddress(event) {
  event.preventDefault();
  const form = event.target;
  const { address, name } = form.elements;
  const added = await attempt([...form.elements], form.querySelector(".result"), CONNECTING,
    () => command("add_device", { address: address.value.trim(), name: name.value }), "Added.");
  if (added) address.value = name.value = "";
}

function openAdd() {
  reconcile(find("found"), [], (device) => device.address, makeFound, showFound);
  say(find("by-address").querySelector(".result"), "", "done");
  find("add-dialog").showModal();
  search();
}

let leaving = null; // the device that the remove dialog is about

export function askToRemove(device) {
  leaving = device;
  const dialog = find("remove-dialog");
  setText(find("remove-text"), `${device.name} (${device.address}) is no longer read, and its entities go from Home Assistant.`);
  say(dialog.querySelector(".result"), "", "done");
  dialog.showModal();
}

async function remove() {
  const dialog = find("remove-dialog");
  const removed = await attempt([find("remove")], dialog.querySelector(".result"), "Removing\u2026",
    () => command("remove_device", { address: leaving.address }), "");
  if (removed) dialog.close();
}

export function isOpen() {
  return document.querySelector("dialog[open]") !== null;
}

export function setUpDialogs() {
  find("add").addEventListener("click", openAdd);
  find("add-first").addEventListener("click", openAdd);
  find("search").addEventListener("click", search);
  find("by-address").addEventListener("submit", addByAddress);
  find("remove").addEventListener("click", remove);
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}
