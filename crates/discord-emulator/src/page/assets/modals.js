// A modal of the bot as a form: text fields in rows, labels around fields of every kind, text between them. Sends nothing itself.

import { offered } from "./components.js";
import { WAITS, field, openDialog } from "./dialog.js";
import { element } from "./dom.js";
import { markdown } from "./markdown_view.js";

const [ROW, STRING_SELECT, TEXT_INPUT, TEXT, LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX] = [1, 3, 4, 10, 18, 19, 21, 22, 23];
const LONGEST_TEXT = 4000;

/**
 * Opens a modal. `fill` gets {values, files} by custom_id and gives a sentence when they were refused; `leave` is told when it is
 * closed. Once sent it stays until the bot has taken it. Gives {close, refuse}.
 */
export function openModal(modal, room, fill, leave) {
  const readers = [];
  const read = (made) => {
    readers.push(made);
    return made.shown;
  };
  const parts = (modal.components ?? []).map((one) => part(one, room, read));
  return openDialog({
    title: modal.title,
    parts,
    note: element("p", { className: "small" }, "This form comes from the application, not from the emulator."),
    send: async () => (await fill({ values: Object.fromEntries(readers.filter((one) => one.value).map((one) => [one.id, one.value()])),
      files: Object.fromEntries(readers.filter((one) => one.files).map((one) => [one.id, one.files()])) })) ?? WAITS,
    leave,
  });
}

function part(sent, room, read) {
  switch (sent.type) {
    case ROW: return (sent.components ?? []).map((one) => part(one, room, read));
    case TEXT: return element("div", { className: "text" }, markdown(sent.content, "content", room.names));
    case TEXT_INPUT: return read(textInput(sent, sent.label, null));
    case LABEL: return read(labelled(sent.component ?? {}, sent, room));
    default: return element("p", { className: "small" }, `A component of type ${sent.type}, which this page cannot show.`);
  }
}

function labelled(sent, { label, description }, room) {
  switch (sent.type) {
    case TEXT_INPUT: return textInput(sent, label, description);
    case STRING_SELECT: case 5: case 6: case 7: case 8: return select(sent, label, description, room);
    case UPLOAD: return upload(sent, label, description);
    case RADIO: return boxes(sent, label, description, "radio");
    case CHECKBOXES: return boxes(sent, label, description, "checkbox");
    case CHECKBOX: return checkbox(sent, label, description);
    default: return { id: sent.custom_id ?? "", shown: element("p", { className: "small" }, `A component of type ${sent.type}, which this page cannot show.`) };
  }
}

function textInput(sent, label, description) {
  const isLong = sent.style === 2;
  const control = element(isLong ? "textarea" : "input", { name: sent.custom_id, required: sent.required !== false, value: sent.value ?? "", placeholder: sent.placeholder ?? "", ...(isLong ? { rows: 4 } : { type: "text" }) });
  return { id: sent.custom_id, shown: field(label ?? sent.custom_id, control, description, { least: sent.min_length ?? 0, most: sent.max_length ?? LONGEST_TEXT }), value: () => control.value };
}

function select(sent, label, description, room) {
  const choices = offered(sent, room.lists);
  if ((sent.max_values ?? 1) > 1) return boxes({ ...sent, options: choices.map((one) => ({ value: one.value, label: one.label, description: one.detail, default: one.checked })) }, label, description, "checkbox");
  const options = choices.map((one) => element("option", { value: one.value, selected: one.checked }, one.detail ? `${one.label} – ${one.detail}` : one.label));
  const control = element("select", { name: sent.custom_id, required: sent.required !== false },
    element("option", { value: "" }, sent.placeholder ?? "Make a selection"), options);
  return { id: sent.custom_id, shown: field(label, control, description), value: () => [...control.selectedOptions].map((one) => one.value).filter((value) => value !== "") };
}

function upload(sent, label, description) {
  const control = element("input", { type: "file", name: sent.custom_id, required: sent.required !== false, multiple: (sent.max_values ?? 1) > 1 });
  return { id: sent.custom_id, shown: field(label, control, description), files: () => [...control.files] };
}

/** Choices beside each other, of which one or several are taken. */
function boxes(sent, label, description, type) {
  const made = (sent.options ?? []).map((one) => element("label", { className: "check" },
    element("input", { type, name: sent.custom_id, value: one.value, checked: one.default === true, required: type === "radio" && sent.required !== false }),
    element("span", {}, one.label, one.description ? element("small", {}, one.description) : null)));
  const isAsked = sent.required !== false;
  const legend = element("legend", {}, label, isAsked ? element("span", { className: "asked", "aria-hidden": "true" }, " *") : null);
  const shown = element("fieldset", { className: "field" }, legend, description ? element("p", { className: "small" }, description) : null);
  if (type === "checkbox") bound(shown, made, isAsked, { least: sent.min_values ?? 1, most: sent.max_values ?? made.length });
  shown.append(element("div", { className: "checks" }, made));
  const chosen = () => [...shown.querySelectorAll("input:checked")].map((one) => one.value);
  return { id: sent.custom_id, shown, value: () => (type === "radio" ? chosen()[0] ?? null : chosen()) };
}

/** Lets nobody check more boxes than may be, and no form be sent with fewer than must be. */
function bound(fieldset, made, isAsked, { least, most }) {
  const all = made.map((one) => one.querySelector("input"));
  const look = () => {
    const count = all.filter((one) => one.checked).length;
    all.forEach((one) => { one.disabled = count >= most && !one.checked; });
    all[0]?.setCustomValidity(count < least && (isAsked || count > 0) ? `Choose at least ${least}.` : "");
  };
  if (most < made.length || least > 1) fieldset.append(element("p", { className: "small" }, `Choose ${least === most ? most : `${isAsked ? least : 0} to ${most}`}.`));
  fieldset.addEventListener("change", look);
  look();
}

function checkbox(sent, label, description) {
  const control = element("input", { type: "checkbox", name: sent.custom_id, checked: sent.default === true });
  const shown = element("div", { className: "field" }, element("label", { className: "check" }, control, label), description ? element("p", { className: "small" }, description) : null);
  return { id: sent.custom_id, shown, value: () => control.checked };
}
