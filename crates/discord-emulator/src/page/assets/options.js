// The fields of a command's options, one for each type, and live choices from the bot. Knows no composer.

import { element } from "./dom.js";
import { held } from "./lengths.js";
import { listbox } from "./listbox.js";

const [TEXT, WHOLE, BOOLEAN, PERSON, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE] = [3, 4, 5, 6, 7, 8, 9, 10, 11];
/** How long somebody has to pause before the bot is asked for choices, in milliseconds. */
const PAUSE = 300;
const LONGEST_TEXT = 6000;

/** One option's field: {box, focus(), value(), file(), fill(text)}. `complete(typed)` asks the bot for choices; `leave` takes Escape. */
export function optionField(option, lists, complete, leave) {
  const id = `option-${option.name}`;
  const values = valuesOf(option, lists);
  const made = values ? chosen(option, id, values) : option.type === FILE ? attached(option, id)
    : option.autocomplete ? completed(option, id, complete) : typed(option, id);
  const box = element("span", { className: option.required ? "option asked" : "option" },
    element("label", { htmlFor: id, title: option.description }, option.name), made.control, made.length?.counter ?? null, made.list ?? null);
  made.control.addEventListener("keydown", (event) => {
    const isEmpty = event.key === "Backspace" && made.control.value === "" && made.control.tagName === "INPUT";
    if (event.defaultPrevented || (event.key !== "Escape" && !isEmpty)) return;
    event.preventDefault();
    leave();
  });
  return { name: option.name, box, focus: () => made.control.focus(), value: made.value ?? (() => made.control.value),
    file: () => (option.type === FILE ? made.control.files[0] ?? null : null), fill: (text) => {
      if (!values && option.type !== FILE) made.control.value = text;
      made.length?.check();
    } };
}

function valuesOf(option, { people, roles, channels }) {
  const ids = (list, mark) => list.map((one) => [one.id, `${mark}${one.name}`]);
  if (option.choices?.length > 0) return option.choices.map((choice) => [String(choice.value), choice.name]);
  switch (option.type) {
    case BOOLEAN: return [["true", "yes"], ["false", "no"]];
    case PERSON: return ids(people, "@");
    case ROLE: return ids(roles, "@");
    case MENTIONABLE: return [...ids(people, "@"), ...ids(roles, "@")];
    case CHANNEL: {
      const types = option.channel_types ?? [];
      return ids(channels.filter((one) => types.length === 0 || types.includes(one.type)), "#");
    }
    default: return null;
  }
}

function chosen(option, id, values) {
  return { control: element("select", { id, name: option.name, required: option.required === true },
    element("option", { value: "" }, option.required ? "choose…" : "–"),
    values.map(([value, label]) => element("option", { value }, label))) };
}

function attached(option, id) {
  return { control: element("input", { id, name: option.name, type: "file", required: option.required === true }) };
}

function typed(option, id) {
  const isNumber = option.type === WHOLE || option.type === NUMBER;
  const limits = isNumber ? { type: "number", step: option.type === WHOLE ? "1" : "any", min: option.min_value, max: option.max_value }
    : { type: "text" };
  const control = element("input", { id, name: option.name, required: option.required === true, placeholder: option.description, ...limits });
  return { control, length: heldText(option, control) };
}

/** Only texts have a length. What counts is what is sent: behind a choice stands a value. */
function heldText(option, control, sent) {
  return option.type === TEXT ? held(control, { least: option.min_length ?? 0, most: option.max_length ?? LONGEST_TEXT }, sent) : undefined;
}

/** A text field whose choices the bot names while somebody types. What they type beside them is sent as it is. */
function completed(option, id, complete) {
  const control = element("input", { id, name: option.name, type: "text", required: option.required === true, placeholder: option.description,
    role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${id}-choices` });
  const list = element("ul", { id: `${id}-choices`, className: "suggestions", role: "listbox", "aria-label": `Choices for ${option.name}`, hidden: true });
  let taken = null;
  let asked = 0;
  let timer = null;
  const value = () => (taken && control.value === taken.label ? taken.value : control.value);
  const length = heldText(option, control, value);
  const suggestions = listbox(control, list, (entry) => {
    taken = entry;
    control.value = entry.label;
    length?.check();
    asked += 1;
    clearTimeout(timer);
    suggestions.hide();
  });

  async function ask() {
    const number = ++asked;
    suggestions.show([], "Loading options…");
    try {
      const choices = await complete(option.name, control.value);
      if (number !== asked) return;
      suggestions.show(choices.map((choice) => ({ label: choice.name, value: String(choice.value) })), choices.length === 0 ? "No options match your search." : null);
    } catch {
      if (number === asked) suggestions.show([], "Loading options failed.");
    }
  }

  control.addEventListener("input", () => {
    taken = null;
    asked += 1;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  control.addEventListener("focus", () => { if (!taken) ask(); });
  control.addEventListener("blur", () => {
    asked += 1;
    clearTimeout(timer);
    suggestions.hide();
  });
  control.addEventListener("keydown", (event) => suggestions.key(event));
  return { control, list, length, value };
}
