// The line at the bottom: ordinary text, or a command with its options. Sends through what it is given.

import { choices, fitting, typedOut } from "./commands.js";
import { element } from "./dom.js";

const BOOLEAN = 5;
const PERSON = 6;
const CHANNEL = 7;

/** Takes over the form; gives a function that takes the next view. `send` has use(command, options) and say(text). */
export function composer(form, send) {
  const line = form.querySelector("#line");
  const text = form.querySelector("#text");
  const submit = form.querySelector("[type=submit]");
  const picker = form.querySelector("#picker");
  let view = { commands: [], people: [], channels: [] };
  let all = [];
  let chosen = null;
  let marked = 0;

  text.addEventListener("input", () => {
    const typed = text.value.startsWith("/") ? typedOut(all, text.value) : null;
    if (typed) choose(typed.choice, typed.rest);
    else drawPicker();
  });
  text.addEventListener("keydown", (event) => {
    if (picker.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      marked += step;
      drawPicker();
    } else if (event.key === "Enter" || event.key === "Tab") {
      choose(offered()[marked], "");
    } else if (event.key === "Escape") {
      picker.hidden = true;
      text.setAttribute("aria-expanded", "false");
    } else {
      return;
    }
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (chosen) sendCommand();
    else if (text.value.trim()) send.say(text.value).then((sent) => { if (sent) text.value = ""; });
  });

  const offered = () => fitting(all, text.value.slice(1));

  function drawPicker() {
    const list = text.value.startsWith("/") && !text.value.includes("\n") ? offered() : [];
    picker.hidden = list.length === 0;
    text.setAttribute("aria-expanded", String(!picker.hidden));
    marked = list.length > 0 ? (marked + list.length) % list.length : 0;
    picker.replaceChildren(...list.map((choice, index) => {
      const item = element("li", { id: `choice-${index}`, role: "option", "aria-selected": String(index === marked) },
        element("b", {}, `/${choice.name}`), ` ${choice.options.map((option) => option.name).join(" ")}`,
        element("span", {}, choice.description));
      // The text field keeps the focus: mousedown comes before it would be lost.
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(choice, ""); });
      return item;
    }));
    if (picker.hidden) text.removeAttribute("aria-activedescendant");
    else text.setAttribute("aria-activedescendant", `choice-${marked}`);
    picker.children[marked]?.scrollIntoView({ block: "nearest" });
  }

  function choose(choice, rest) {
    if (!choice) return;
    chosen = choice;
    picker.hidden = true;
    text.hidden = true;
    text.value = "";
    marked = 0;
    line.querySelectorAll(".chosen, .option, .more").forEach((old) => old.remove());
    const required = choice.options.filter((option) => option.required);
    // Without a required option the first one takes what was typed behind the command.
    const open = required.length > 0 ? required : rest ? choice.options.slice(0, 1) : [];
    submit.before(element("span", { className: "chosen" }, `/${choice.name}`));
    for (const option of open) submit.before(field(option));
    for (const option of choice.options.filter((one) => !open.includes(one))) submit.before(more(option));
    const first = line.querySelector(".option input, .option select");
    if (first && rest) first.value = rest;
    (first ?? submit).focus();
  }

  function leave() {
    chosen = null;
    line.querySelectorAll(".chosen, .option, .more").forEach((old) => old.remove());
    text.hidden = false;
    text.focus();
  }

  /** A button that opens the field of an option that may be left out. */
  function more(option) {
    const button = element("button", { type: "button", className: "more", title: option.description }, `+ ${option.name}`);
    button.addEventListener("click", () => {
      const made = field(option);
      button.replaceWith(made);
      made.querySelector("input, select").focus();
    });
    button.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
    return button;
  }

  function field(option) {
    const id = `option-${option.name}`;
    const values = valuesOf(option);
    const control = values
      ? element("select", { id, name: option.name, required: option.required === true },
        option.required ? null : element("option", { value: "" }, "–"),
        values.map(([value, label]) => element("option", { value }, label)))
      : element("input", { id, name: option.name, type: "text", required: option.required === true,
        placeholder: option.description, maxLength: option.max_length ?? 6000 });
    control.addEventListener("keydown", (event) => {
      const isEmpty = event.key === "Backspace" && control.value === "" && control.tagName === "INPUT";
      if (event.key === "Escape" || isEmpty) {
        event.preventDefault();
        leave();
      }
    });
    return element("span", { className: option.required ? "option asked" : "option" },
      element("label", { htmlFor: id }, option.name), control);
  }

  function valuesOf(option) {
    if (option.choices?.length > 0) return option.choices.map((choice) => [String(choice.value), choice.name]);
    if (option.type === BOOLEAN) return [["true", "yes"], ["false", "no"]];
    if (option.type === PERSON) return view.people.map((person) => [person.id, person.name]);
    if (option.type === CHANNEL) return view.channels.map((channel) => [channel.id, `#${channel.name}`]);
    return null;
  }

  async function sendCommand() {
    const options = {};
    for (const control of line.querySelectorAll(".option input, .option select")) {
      if (control.value !== "") options[control.name] = control.value;
    }
    if (await send.use(chosen.name, options)) leave();
  }

  return function show(next) {
    view = next;
    all = choices(view.commands);
    if (!chosen && !picker.hidden) drawPicker();
  };
}
