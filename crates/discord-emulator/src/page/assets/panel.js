// The emulator's controls: faults, time, rate limits, the gateway, and what has happened. Follows the emulator while it is open.

import { button, element, redrawn } from "./dom.js";
import { faultForm, ready } from "./faults.js";
import { control, panelView } from "./server.js";

/** How often the controls look again while they are open, in milliseconds. */
const PACE = 1000;
const CUTS = [["Reset", "reset"], ["Reconnect (op 7)", "reconnect"], ["Invalid session (op 9)", { invalid_session: false }], ["Close 4000", { close: 4000 }], ["Close 4009", { close: 4009 }]];
const AHEAD = [["3 s", 3], ["1 min", 60], ["15 min", 900], ["1 h", 3600]];

/** Takes over the place of the controls and the button that opens them. */
export function panel(place, opener) {
  let timer = null;
  const notice = element("p", { className: "bad", role: "alert", hidden: true });
  const parts = {};
  // What can be pressed stands still; only what is told beside it is drawn anew.
  const section = (name, title, isOpen, draw, ...still) => {
    const body = element("div", { className: "parts" });
    parts[name] = redrawn(body, draw);
    return element("details", { open: isOpen }, element("summary", {}, title), element("div", { className: "parts" }, still), body);
  };
  const deed = (label, act) => button({ onclick: act }, label);
  const deeds = (...buttons) => element("div", { className: "deeds" }, buttons);
  place.append(
    element("div", { className: "panel-head" }, element("h2", {}, "Controls"), button({ className: "close", label: "Close the controls", onclick: () => show(false) }, "×")),
    notice,
    section("faults", "Faults", true, faults,
      deeds(ready.map(({ label, of, fault }) => deed(label, () => order("POST", of ?? "faults", fault)))),
      faultForm((fault) => order("POST", "faults", fault))),
    section("clock", "Time", true, clock, deeds(
      deed("Freeze", () => order("POST", "clock", { speed: 0 })),
      deed("Run", () => order("POST", "clock", { speed: 1 })),
      AHEAD.map(([label, seconds]) => deed(`+ ${label}`, () => order("POST", "clock", { advance: seconds }))))),
    section("limits", "Rate limits", false, limits, deeds(
      deed("Calm", () => order("POST", "limits", { profile: "calm" })),
      deed("Realistic", () => order("POST", "limits", { profile: "realistic" })))),
    section("gateway", "Gateway", false, gateway, deeds(
      CUTS.map(([label, cut]) => deed(label, () => order("POST", "gateway", { cut }))),
      deed("Down for 10 s", () => order("POST", "gateway", { down: 10, cut: "reset" })),
      deed("Repeat the last event", () => order("POST", "gateway", { repeat_last: true })))),
    section("interactions", "Interactions", true, interactions),
    section("requests", "Requests", false, requests),
    section("report", "Report", false, report));

  /** Does something and shows what came of it. */
  async function order(method, what, body) {
    try {
      await control(method, what, body);
      tell(null);
    } catch (error) {
      tell(error.message);
    }
    await look();
  }

  async function takeBack(faults) {
    for (const one of faults) await order("DELETE", `${one.of}/${one.id}`);
    // What was pressed is gone, and must not take the place in the page with it.
    if (document.activeElement === document.body) place.querySelector("summary").focus();
  }

  function tell(sentence) {
    notice.textContent = sentence ?? "";
    notice.hidden = !sentence;
  }

  async function look() {
    clearTimeout(timer);
    try {
      const view = await panelView();
      parts.faults([...view.faults.map((one) => ({ ...one, of: "faults" })), ...view.event_faults.map((one) => ({ ...one, of: "event-faults" }))]);
      parts.clock({ ...view.clock, now: view.clock.now.slice(0, 19).replace("T", " ") });
      parts.limits(view.limits);
      parts.gateway(view.sessions);
      parts.interactions(view.interactions);
      parts.requests(view.requests);
      parts.report(view.report);
    } catch (error) {
      tell(error.message);
    }
    if (!place.hidden) timer = setTimeout(look, PACE);
  }

  function show(isOpen) {
    place.hidden = !isOpen;
    opener.setAttribute("aria-expanded", String(isOpen));
    clearTimeout(timer);
    if (isOpen) look();
    (isOpen ? place.querySelector(".close") : opener).focus();
  }

  opener.addEventListener("click", () => show(place.hidden));
  place.addEventListener("keydown", (event) => { if (event.key === "Escape") show(false); });

  function faults(ordered) {
    if (ordered.length === 0) return element("p", { className: "small" }, "No fault is ordered.");
    const isDone = (one) => one.left === 0;
    const rows = [...ordered].sort((one, other) => isDone(one) - isDone(other)).map((one) => element("tr", { className: isDone(one) ? "faint" : "" },
      element("td", {}, described(one)),
      element("td", { className: "standing" }, standing(one)),
      element("td", {}, button({ label: isDone(one) ? "Forget this fault" : "Take this fault back", "data-key": `${one.of}/${one.id}`, onclick: () => takeBack([one]) }, "×"))));
    const done = ordered.filter(isDone);
    return [element("table", { "aria-label": "Faults" }, element("tbody", {}, rows)), deeds(
      done.length > 0 ? deed(`Forget ${done.length} done`, () => takeBack(done)) : null,
      ordered.length > 1 ? deed("Take all back", () => takeBack(ordered)) : null)];
  }
}

function clock({ now, speed }) {
  return element("p", {}, element("time", {}, now), speed === 0 ? " – frozen" : speed === 1 ? "" : ` – ${speed} times as fast`);
}

function limits(profile) {
  return element("p", { className: "small" }, profile === "calm" ? "Nothing is limited." : "Limits are in force.");
}

function gateway(sessions) {
  if (sessions.length === 0) return element("p", { className: "small" }, "No session.");
  const rows = sessions.map((one) => element("tr", {}, element("td", {}, `shard ${one.shard[0]} of ${one.shard[1]}`),
    element("td", {}, one.connected ? "connected" : "expected back"), element("td", {}, `event ${one.seq}`)));
  return element("table", { "aria-label": "Sessions" }, element("tbody", {}, rows));
}

function standing({ met, left }) {
  if (left === 0) return `done, met ${met}`;
  return left === null ? `met ${met}` : `met ${met}, ${left} left`;
}

function described({ fault, of }) {
  const what = of === "event-faults" ? fault.kind ?? "any event" : [fault.method, fault.path].filter(Boolean).join(" ") || "any request";
  return [element("b", {}, what), ` ${inWords(fault.action)}`];
}

/** What a fault does, at a glance: the status of an answer, the name of anything else with what belongs to it. */
function inWords(action) {
  if (typeof action === "string") return action.replaceAll("_", " ");
  const [[name, more]] = Object.entries(action);
  if (more?.status) return `answers ${more.status}`;
  const detail = typeof more === "object" ? JSON.stringify(more) : String(more);
  return `${name.replaceAll("_", " ")} ${[...detail].slice(0, 60).join("")}`;
}

const ms = (value) => (value === null || value === undefined ? "–" : value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);

function interactions(list) {
  if (list.length === 0) return element("p", { className: "small" }, "Nothing was used yet.");
  return list.map(({ person, name, stands, timeline }) => element("div", { className: "moments" },
    element("p", {}, element("b", {}, name), ` by ${person ?? "somebody"} · `, element("span", { className: stands === "not answered" || stands === "left thinking" ? "bad" : "" }, stands)),
    element("p", { className: "small" }, `received ${ms(timeline.received_ms)} · acknowledged ${ms(timeline.acknowledged_ms)} · first text ${ms(timeline.first_text_ms)} · last change ${ms(timeline.last_change_ms)} · ${timeline.edits} ${timeline.edits === 1 ? "edit" : "edits"}`)));
}

/** Requests that are open for reading, so that they stay so while others come. */
let reading = new Set();

function requests(list) {
  if (list.length === 0) return element("p", { className: "small" }, "No request yet.");
  const keyed = list.map((one) => [`${one.method} ${one.path} ${one.status} ${one.ms}`, one]);
  reading = new Set(keyed.map(([key]) => key).filter((key) => reading.has(key)));
  return keyed.map(([key, one]) => {
    const isBad = one.status === 0 || one.status >= 400;
    const made = element("details", { className: "request", open: reading.has(key) },
      element("summary", { title: one.path }, element("span", { className: isBad ? "bad" : "" }, one.status === 0 ? "cut" : String(one.status)), ` ${one.method} ${shortPath(one.path)} `, element("span", { className: "small" }, `${one.ms.toFixed(1)} ms`)),
      one.body ? element("pre", { tabIndex: 0, role: "group", "aria-label": "Body" }, JSON.stringify(one.body, null, 2)) : null,
      one.answer ? element("pre", { tabIndex: 0, role: "group", "aria-label": "Answer" }, JSON.stringify(one.answer, null, 2)) : null);
    made.addEventListener("toggle", () => (made.open ? reading.add(key) : reading.delete(key)));
    return made;
  });
}

/** A path to be read at a glance: ids by their last digits, tokens by their name. */
const shortPath = (path) => path.replace("/api/v10", "").replace(/emulated\.\d+/g, "{token}").replace(/\d{15,}/g, (id) => `…${id.slice(-4)}`);

function report(shown) {
  const words = (one) => (typeof one === "string" ? one : one.path ? `${one.status} ${one.method} ${shortPath(one.path)}` : one.command ? `${one.command} by ${one.person}` : JSON.stringify(one));
  return element("dl", {}, Object.entries(shown).map(([name, value]) => {
    const count = value.count ?? value;
    return [element("dt", {}, name.replaceAll("_", " "), ": ", element("b", { className: count > 0 ? "bad" : "" }, String(count))),
      (value.latest ?? []).map((one) => element("dd", { className: "small" }, words(one)))];
  }));
}
