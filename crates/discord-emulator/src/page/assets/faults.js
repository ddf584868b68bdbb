// Faults one can order with one press, and a form for any other. Orders none itself.

import { field } from "./dialog.js";
import { element } from "./dom.js";

/** The ready ones: {label, fault} for requests, {label, of: "event-faults", fault} for events. */
export const ready = [
  { label: "Next edit: 429 for 5 s", fault: { method: "PATCH", path: "/messages/", times: 1, action: { rate_limited: { retry_after: 5 } } } },
  { label: "Next answer: 500", fault: { times: 1, action: { answer: { status: 500, body: { message: "500: Internal Server Error", code: 0 } } } } },
  { label: "Next answer: HTML", fault: { times: 1, action: { text: { status: 502, body: "<html><body>502 Bad Gateway</body></html>" } } } },
  { label: "Next edit: 403", fault: { method: "PATCH", path: "/messages/", times: 1, action: { answer: { status: 403, body: { message: "Missing Permissions", code: 50013 } } } } },
  { label: "Next reply is cut off", fault: { method: "PATCH", path: "/messages/", times: 1, action: "reset_after" } },
  { label: "Callbacks never arrive", fault: { method: "POST", path: "/callback", times: 1, action: "reset_before" } },
  { label: "Everything takes 2 s", fault: { action: { delay: 2 } } },
  { label: "Next event twice", of: "event-faults", fault: { times: 1, action: "double" } },
  { label: "Next event is lost", of: "event-faults", fault: { times: 1, action: "lose" } },
];

const ACTIONS = {
  "answer with a status": { label: "Status", value: 500, of: (value) => ({ answer: { status: value, body: { message: `${value}: ordered by the emulator`, code: 0 } } }) },
  "429 with a wait": { label: "Seconds", value: 5, of: (value) => ({ rate_limited: { retry_after: value } }) },
  "delay": { label: "Seconds", value: 2, of: (value) => ({ delay: value }) },
  "reset before the work": { label: null, of: () => "reset_before" },
  "reset after the work": { label: null, of: () => "reset_after" },
  "cut the answer in two": { label: null, of: () => "truncate" },
  "never answer": { label: null, of: () => "hang" },
};

/** A form for a fault of one's own. */
export function faultForm(order) {
  const method = element("select", { name: "method" }, ["any", "GET", "POST", "PUT", "PATCH", "DELETE"].map((one) => element("option", { value: one }, one)));
  const path = element("input", { name: "path", type: "text", placeholder: "part of the path; empty for any" });
  const times = element("input", { name: "times", type: "number", min: 1, value: 1, placeholder: "without end" });
  const action = element("select", { name: "action" }, Object.keys(ACTIONS).map((one) => element("option", { value: one }, one)));
  const value = element("input", { name: "value", type: "number", min: 0, step: "any", value: 500 });
  const valueField = field("Status", value);
  action.addEventListener("change", () => {
    const chosen = ACTIONS[action.value];
    valueField.hidden = chosen.label === null;
    valueField.querySelector("label").textContent = chosen.label ?? "";
    value.value = chosen.value ?? "";
  });
  const form = element("form", { className: "own-fault" }, field("Method", method), field("Path", path), field("How often", times), field("What happens", action), valueField,
    element("div", { className: "deeds" }, element("button", { type: "submit", className: "primary" }, "Order it")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    order({ method: method.value === "any" ? null : method.value, path: path.value.trim(), times: times.value === "" ? null : Number(times.value), action: ACTIONS[action.value].of(Number(value.value)) });
  });
  return element("details", {}, element("summary", {}, "One of your own"), form);
}
