// A form that stands before the page until it is sent or left: modals, new threads, posts, people. Sends nothing by itself.

import { button, element } from "./dom.js";
import { held } from "./lengths.js";

/** What `send` gives when the form stays until somebody closes it from outside. */
export const WAITS = Symbol("waits");

/**
 * Opens a form. `send` gets the form and gives a sentence when it was refused, null when it is done, or [`WAITS`]; `leave` is told
 * when somebody closes it instead. Gives {close, refuse(sentence)} for whoever knows more from outside.
 */
export function openDialog({ title, note = null, parts, submit = "Submit", send, leave = () => {} }) {
  const heading = element("h2", { id: "dialog-title" }, title);
  const refused = element("p", { className: "notice", role: "alert", hidden: true });
  const sent = element("button", { type: "submit", className: "primary" }, submit);
  const form = element("form", { method: "dialog" }, heading, note, element("div", { className: "parts" }, parts), refused,
    element("div", { className: "deeds" }, button({ onclick: () => left() }, "Cancel"), sent));
  const dialog = element("dialog", { "aria-labelledby": "dialog-title" },
    button({ className: "close", label: "Close", onclick: () => left() }, "×"), form);

  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const left = () => {
    close();
    leave();
  };
  const refuse = (sentence) => {
    sent.disabled = false;
    refused.textContent = sentence ?? "";
    refused.hidden = !sentence;
  };
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    left();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refuse(null);
    sent.disabled = true;
    const outcome = await send(form);
    if (outcome === null) close();
    else if (outcome !== WAITS) refuse(outcome);
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(".parts input, .parts textarea, .parts select, .parts button")?.focus();
  return { close, refuse };
}

/** A field with its label, and what is said below it; `limits` are those of a text's length. */
export function field(label, control, description = null, limits = null) {
  const id = control.id || `field-${Math.random().toString(36).slice(2)}`;
  control.id = id;
  const said = description ? element("p", { className: "small", id: `${id}-said` }, description) : null;
  if (said) control.setAttribute("aria-describedby", said.id);
  return element("div", { className: "field" },
    element("label", { htmlFor: id }, label, control.required ? element("span", { className: "asked", "aria-hidden": "true" }, " *") : null), said, control, limits ? held(control, limits).counter : null);
}
