// What the page asks the service: commands, and the stream of what it shows. Every URL is relative: the page lies under any path of Home Assistant.

const COMMAND_BOUND = 40000; // ms; the service answers within 30 s
const STATE_BOUND = 10000;
const SILENCE = 12000; // a stream gives a sign of life every 5 s
const FIRST_SILENCE = 3000; // before its first event
const POLL = 5000;

export const UNREACHABLE = "BluPow cannot be reached.";

async function jsonOf(response) {
  const document = await response.json().catch(() => null);
  if (response.ok && document !== null) return document;
  throw new Error((document && (document.message || document.error)) || `${UNREACHABLE} (status ${response.status})`);
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Error(UNREACHABLE);
  }
}

// The answer of a command that succeeded; throws with the service's own sentence otherwise.
export async function command(name, parameters = {}) {
  const response = await reach("api/commands", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-BluPow": "1" },
    body: JSON.stringify({ command: name, ...parameters }),
    signal: AbortSignal.timeout(COMMAND_BOUND),
  });
  const answer = await jsonOf(response);
  if (answer.status !== "success") throw new Error(answer.message || UNREACHABLE);
  return answer;
}

// Calls told(event, data) for each event, the first of which is the whole state, and alive(boolean) when that changes. Where events do not get through
// (a proxy that holds them back), the state is asked for again and again.
export function follow(told, alive) {
  let stream = null;
  let last = 0; // when something was heard on the stream
  const started = Date.now();
  const events = ["state", "device", "device_removed", "bank", "bank_removed", "beat"];

  function open() {
    stream = new EventSource("api/events");
    stream.addEventListener("error", () => { last = 0; }); // the browser has found out that the connection is gone
    for (const name of events) {
      stream.addEventListener(name, (event) => {
        last = Date.now();
        alive(true);
        told(name, JSON.parse(event.data));
      });
    }
  }

  async function ask() {
    try {
      const response = await reach("api/state", { signal: AbortSignal.timeout(STATE_BOUND) });
      const state = await jsonOf(response);
      told("state", state);
      alive(true);
    } catch {
      alive(false);
    }
  }

  function watch() {
    const silence = Date.now() - (last || started);
    if (silence < (last ? SILENCE : FIRST_SILENCE) && stream.readyState !== EventSource.CLOSED) return;
    if (stream.readyState === EventSource.CLOSED) open();
    ask();
  }

  open();
  setInterval(watch, POLL);
  setTimeout(watch, FIRST_SILENCE + 100);
}
