// What a device and a bank look like. Cards are made once and then changed in place, so that focus and what is unfolded stay. Texts from devices are
// hostile: they become text, never markup.

const MOST_TILES = 8;
// What tells most, in this order, and how many of each before others get their turn.
const TILES = new Map([["state_of_charge", 1], ["power", 3], ["voltage", 2], ["current", 1], ["word", 1], ["temperature", 1], ["energy_total", 1],
  ["frequency", 1], ["apparent_power", 1], ["charge_capacity", 1]]);
const RANK = [...TILES.keys()];
const GROUPS = [["primary", "Values"], ["diagnostic", "Details"], ["config", "Settings of the device"]];

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function sentence(text) {
  return text === "mppt" ? "MPPT" : text.charAt(0).toUpperCase() + text.slice(1);
}

export function ago(seconds) {
  if (seconds < 2) return "just now";
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} days ago`;
}

// For a glance: about four digits.
function roundedOf(reading) {
  if (typeof reading.value !== "number") return valueOf(reading);
  const size = Math.abs(reading.value);
  const digits = reading.unit === "%" || size >= 100 ? 1 : size >= 10 ? 2 : 3;
  return reading.value.toFixed(Math.min(reading.decimals, size >= 1000 ? 0 : digits));
}

function valueOf(reading) {
  if (typeof reading.value === "number") return reading.value.toFixed(Math.min(reading.decimals, 6));
  return reading.quantity === "word" || reading.quantity === "problem" || reading.quantity === "contact" ? sentence(reading.value) : reading.value;
}

// One element a key, in the order of the list; those that went are taken away.
export function reconcile(parent, list, keyOf, create, update) {
  const known = parent.known ?? (parent.known = new Map());
  const wanted = new Set(list.map(keyOf));
  for (const [key, element] of known) {
    if (wanted.has(key)) continue;
    element.remove();
    known.delete(key);
  }
  list.forEach((item, index) => {
    let element = known.get(keyOf(item));
    if (!element) known.set(keyOf(item), (element = create(item)));
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
    update(element, item);
  });
}

// The few that tell most, the battery's own before others, never single cells or the extremes of the day.
function tilesOf(readings) {
  const isBattery = (reading) => /^(battery_|voltage$|current$)/.test(reading.key);
  const fit = readings.filter((reading) => reading.category === "primary" && TILES.has(reading.quantity) && !/_\d+$|(^|_)(min|max)_/.test(reading.key));
  const ranked = RANK.flatMap((quantity) => {
    const same = fit.filter((reading) => reading.quantity === quantity);
    return [...same.filter(isBattery), ...same.filter((reading) => !isBattery(reading))];
  });
  const taken = new Map();
  const first = [];
  const rest = [];
  for (const reading of ranked) {
    const count = (taken.get(reading.quantity) ?? 0) + 1;
    taken.set(reading.quantity, count);
    (count <= TILES.get(reading.quantity) ? first : rest).push(reading);
  }
  const shown = new Set([...first, ...rest].slice(0, MOST_TILES));
  return ranked.filter((reading) => shown.has(reading));
}

function showTiles(list, readings) {
  reconcile(list, readings, (reading) => reading.key, (reading) => {
    const tile = make("div", { className: "tile" }, make("dt"), make("dd", {}, make("span", { className: "number" }), make("span", { className: "unit" })));
    if (reading.quantity === "state_of_charge") tile.append(make("meter", { min: 0, max: 100, low: 20, high: 40, optimum: 100 }));
    return tile;
  }, (tile, reading) => {
    setText(tile.querySelector("dt"), reading.name);
    setText(tile.querySelector(".number"), roundedOf(reading));
    setText(tile.querySelector(".unit"), reading.unit ?? "");
    tile.classList.toggle("text", typeof reading.value !== "number");
    const meter = tile.querySelector("meter");
    if (meter) {
      meter.value = reading.value;
      meter.setAttribute("aria-label", reading.name);
    }
  });
}

function showGroups(parent, readings) {
  const groups = GROUPS.map(([category, title]) => ({ category, title, list: readings.filter((reading) => reading.category === category) }));
  reconcile(parent, groups.filter((group) => group.list.length > 0), (group) => group.category,
    () => make("div", { className: "group" }, make("h5"), make("dl", { className: "values" })), (element, group) => {
      setText(element.querySelector("h5"), group.title);
      reconcile(element.querySelector("dl"), group.list, (reading) => reading.key, () => make("div", {}, make("dt"), make("dd")), (row, reading) => {
        setText(row.querySelector("dt"), reading.name);
        setText(row.querySelector("dd"), valueOf(reading) + (reading.unit ? `\u00a0${reading.unit}` : ""));
      });
    });
}

function makeReadings() {
  return make("div", { className: "readings" }, make("dl", { className: "tiles" }),
    make("details", { className: "more" }, make("summary"), make("div", { className: "groups" })));
}

function showReadings(element, readings) {
  const tiles = tilesOf(readings);
  showTiles(element.querySelector(".tiles"), tiles);
  const more = element.querySelector(".more");
  more.hidden = readings.length <= tiles.length;
  setText(more.querySelector("summary"), `All ${readings.length} values`);
  showGroups(more.querySelector(".groups"), readings);
}

// Of several units behind one link the first is called as the device is: here it goes by its model.
function showUnit(element, unit, device) {
  const head = element.querySelector(".unit-head");
  head.hidden = device.units.length === 1;
  setText(head.querySelector("h4"), unit.name === device.name ? unit.model || unit.type_name : unit.name);
  setText(head.querySelector(".about"), `${unit.type_name} \u00b7 unit ${unit.id}`);
  setText(head.querySelector(".pill"), sentence(unit.status));
  head.querySelector(".pill").dataset.state = unit.status;
  element.classList.toggle("stale", unit.status !== "online");
  const problem = unit.readings.find((reading) => reading.quantity === "problem" && reading.value !== "none");
  const fault = element.querySelector(".fault");
  fault.hidden = !problem;
  setText(fault, problem ? `${problem.name}: ${problem.value}` : "");
  showReadings(element, unit.readings);
}

function makeUnit() {
  const readings = makeReadings();
  return make("section", { className: "unit-card" },
    make("div", { className: "unit-head" }, make("h4"), make("p", { className: "about" }), make("span", { className: "pill" })),
    make("p", { className: "fault", hidden: true }), ...readings.children);
}

function makeDevice(device, remove) {
  const card = make("article", { className: "card" },
    make("header", {}, make("h3", { tabIndex: -1 }), make("span", { className: "pill" }), make("p", { className: "about" })),
    make("p", { className: "reason" }),
    make("div", { className: "units" }),
    make("footer", {}, make("p", { className: "health" }), make("button", { type: "button", className: "quiet remove" }, "Remove")));
  card.querySelector(".remove").addEventListener("click", () => remove(card.device));
  return card;
}

function aboutOf(device) {
  if (device.units.length > 1) return `${device.units.length} units \u00b7 ${device.address}`;
  const about = device.units.map((unit) => unit.type_name);
  if (device.model && !device.name.startsWith(device.model)) about.push(device.model);
  about.push(device.address);
  return about.join(" \u00b7 ");
}

function healthOf(link, now) {
  const parts = [];
  if (link.last_success) parts.push(`Read ${ago(Math.max(0, (now - Date.parse(link.last_success)) / 1000))}`);
  else parts.push("Not read yet");
  if (link.rssi !== undefined) parts.push(`signal ${link.rssi} dBm`);
  if (link.success_rate !== undefined) parts.push(`${Math.round(link.success_rate)} % of polls answered`);
  if (link.reconnects) parts.push(`${link.reconnects} reconnect${link.reconnects === 1 ? "" : "s"}`);
  return parts.join(" \u00b7 ");
}

// A device counts as online for a while after its last answer.
function standingOf(device) {
  if (device.status !== "online") return ["offline", "Offline"];
  if (device.connection_reason === "connected") return ["online", "Online"];
  return ["waiting", device.connection_reason === "connecting" ? "Connecting" : "Interrupted"];
}

function showDevice(card, device, now) {
  card.device = device;
  setText(card.querySelector("h3"), device.name);
  setText(card.querySelector("header .about"), aboutOf(device));
  const pill = card.querySelector("header .pill");
  const [state, text] = standingOf(device);
  setText(pill, text);
  pill.dataset.state = state;
  const reason = card.querySelector(".reason");
  reason.hidden = device.connection_reason === "connected";
  setText(reason, `${sentence(device.explanation)}.`);
  card.querySelector(".remove").setAttribute("aria-label", `Remove ${device.name}`);
  setText(card.querySelector(".health"), healthOf(device.link, now));
  reconcile(card.querySelector(".units"), device.units, (unit) => unit.id, makeUnit, (element, unit) => showUnit(element, unit, device));
}

export function showDevices(parent, devices, now, remove) {
  reconcile(parent, devices, (device) => device.address, (device) => makeDevice(device, remove), (card, device) => showDevice(card, device, now));
}

export function showBanks(parent, banks) {
  reconcile(parent, banks, (bank) => bank.slug, () => make("article", { className: "card" },
    make("header", {}, make("h3"), make("span", { className: "pill" })), make("p", { className: "reason" }), makeReadings()), (card, bank) => {
    setText(card.querySelector("h3"), bank.name);
    setText(card.querySelector(".pill"), sentence(bank.status));
    card.querySelector(".pill").dataset.state = bank.status;
    card.querySelector(".reason").hidden = bank.readings.length > 0;
    setText(card.querySelector(".reason"), "Waits for its batteries.");
    card.classList.toggle("stale", bank.status !== "online");
    showReadings(card, bank.readings);
  });
}
