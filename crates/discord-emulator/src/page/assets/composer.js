// The line at the bottom: a message with files and mentions, or a command with its options. Sends through what it is given.

import { choices, fitting, typedOut } from "./commands.js";
import { button, bytes, element } from "./dom.js";
import { LONGEST_MESSAGE, held } from "./lengths.js";
import { listbox } from "./listbox.js";
import { offers, withMentions, wordAt } from "./mentions.js";
import { nameOf } from "./message.js";
import { optionField } from "./options.js";

const MOST_FILES = 10;
/** Others are told at most this often that somebody types, in milliseconds. */
const TYPING = 8_000;

/**
 * Takes over the form. `deeds` has use, say, types, complete and editLast, each of which says whether it worked. Gives
 * {show(view, lists), reply(message), name(user), focus()}.
 */
export function composer(form, deeds) {
  const line = form.querySelector("#line");
  const text = form.querySelector("#text");
  const submit = form.querySelector("[type=submit]");
  const chooser = form.querySelector("#chooser");
  const above = form.querySelector("#above");
  const why = form.querySelector("#why");
  let view = { commands: [], channel: null, me: null };
  let lists = { people: [], roles: [], channels: [] };
  let all = [];
  let chosen = null;
  let fields = [];
  let files = [];
  let picked = [];
  let replied = null;
  let typed = 0;
  const length = held(text, { most: LONGEST_MESSAGE }, (typed) => withMentions(typed, picked).trim());
  submit.before(length.counter);
  const suggestions = listbox(text, form.querySelector("#picker"), (entry) => (entry.choice ? choose(entry.choice, "") : mention(entry)));

  text.addEventListener("input", () => {
    grow();
    const command = text.value.startsWith("/") ? typedOut(all, text.value) : null;
    if (command) choose(command.choice, command.rest);
    else suggest();
    if (!text.value.startsWith("/") && text.value && Date.now() - typed > TYPING) {
      typed = Date.now();
      deeds.types();
    }
  });
  text.addEventListener("keydown", (event) => {
    if (suggestions.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) form.requestSubmit();
    else if (event.key === "ArrowUp" && text.value === "") deeds.editLast();
    else if (event.key === "Escape" && replied) reply(null);
    else return;
    event.preventDefault();
  });
  text.addEventListener("blur", () => suggestions.hide());
  text.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    attach(event.clipboardData.files);
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    attach(event.dataTransfer.files);
  });
  chooser.addEventListener("change", () => {
    attach(chooser.files);
    chooser.value = "";
  });
  form.querySelector("#attach").addEventListener("click", () => chooser.click());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (chosen) sendCommand();
    else if (text.value.trim() || files.length > 0) sendText();
  });

  function grow() {
    text.rows = Math.min(8, text.value.split("\n").length);
    length.check();
  }

  /** Commands behind a slash at the start, names behind `@` and `#`. */
  function suggest() {
    if (text.value.startsWith("/") && !text.value.includes("\n")) {
      const found = fitting(all, text.value.slice(1)).map((choice) => ({ choice, label: `/${choice.name}`, more: choice.options.map((option) => option.name).join(" "), detail: choice.description }));
      const none = view.here?.may?.commands === false ? "You do not have permission to use commands here." : "No bot offers you a command here.";
      return found.length > 0 || text.value === "/" ? suggestions.show(found, found.length === 0 ? none : null) : suggestions.hide();
    }
    const word = wordAt(text.value, text.selectionStart);
    const found = word ? offers(word, lists).map((one) => ({ ...one, label: one.name, from: word.from })) : [];
    return found.length > 0 ? suggestions.show(found) : suggestions.hide();
  }

  function mention(entry) {
    const caret = text.selectionStart;
    text.setRangeText(`${entry.before ?? ""}${entry.label} `, entry.from, caret, "end");
    picked.push({ name: entry.label, as: entry.as });
    length.check();
    suggestions.hide();
  }

  /** Writes somebody's name at the caret, to be sent as a mention of them. */
  function name(user) {
    if (text.hidden) return;
    text.focus();
    const isGlued = /\S$/.test(text.value.slice(0, text.selectionStart));
    mention({ label: `@${nameOf(user)}`, as: `<@${user.id}>`, from: text.selectionStart, before: isGlued ? " " : "" });
  }

  function attach(list) {
    files = [...files, ...list].slice(0, MOST_FILES);
    drawAbove();
    text.focus();
  }

  function reply(message) {
    replied = message;
    drawAbove();
    if (message) text.focus();
  }

  /** What goes with the message: whom it answers, and its files. */
  function drawAbove() {
    const answer = replied ? element("span", { className: "tag" }, "Replying to ", element("b", {}, nameOf(replied.author)), button({ label: "Do not reply", onclick: () => reply(null) }, "×")) : null;
    const attached = files.map((one) => element("span", { className: "tag" }, one.name, element("small", {}, bytes(one.size)),
      button({ label: `Remove ${one.name}`, onclick: () => {
        files = files.filter((other) => other !== one);
        drawAbove();
      } }, "×")));
    above.replaceChildren(...[answer, ...attached].filter(Boolean));
  }

  async function sendText() {
    const sent = { text: withMentions(text.value, picked), files, reply_to: replied?.id ?? null };
    if (!(await deeds.say(sent))) return;
    typed = 0;
    text.value = "";
    files = [];
    picked = [];
    replied = null;
    grow();
    drawAbove();
  }

  function choose(choice, rest) {
    suggestions.hide();
    clearCommand();
    chosen = choice;
    text.hidden = true;
    form.querySelector("#attach").hidden = true;
    text.value = "";
    grow();
    const required = choice.options.filter((option) => option.required);
    // Without a required option the first one takes what was typed behind the command.
    const open = required.length > 0 ? required : rest ? choice.options.slice(0, 1) : [];
    submit.before(element("span", { className: "chosen" }, `/${choice.name}`));
    for (const option of open) submit.before(add(option).box);
    for (const option of choice.options.filter((one) => !open.includes(one))) submit.before(more(option));
    submit.before(button({ className: "leave", label: "Leave the command", onclick: leave }, "×"));
    if (rest) fields[0]?.fill(rest);
    if (fields.length > 0) fields[0].focus();
    else submit.focus();
  }

  function add(option) {
    const made = optionField(option, lists, (focused, typed) => deeds.complete(chosen.name, { ...values(), [focused]: typed }, focused), leave);
    fields.push(made);
    return made;
  }

  /** A button that opens the field of an option that may be left out. */
  function more(option) {
    const made = element("button", { type: "button", className: "more", title: option.description }, `+ ${option.name}`);
    made.addEventListener("click", () => {
      const opened = add(option);
      made.replaceWith(opened.box);
      opened.focus();
    });
    made.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
    return made;
  }

  function values() {
    return Object.fromEntries(fields.filter((one) => !one.file() && one.value() !== "").map((one) => [one.name, one.value()]));
  }

  function clearCommand() {
    line.querySelectorAll(".chosen, .option, .more, .leave").forEach((old) => old.remove());
    chosen = null;
    fields = [];
  }

  function leave() {
    clearCommand();
    text.hidden = false;
    form.querySelector("#attach").hidden = view.here?.may?.attach === false;
    text.focus();
  }

  async function sendCommand() {
    const given = Object.fromEntries(fields.filter((one) => one.file()).map((one) => [one.name, one.file()]));
    if (await deeds.use(chosen.name, values(), given)) leave();
  }

  function show(next, nextLists) {
    const isElsewhere = next.channel !== view.channel || next.me !== view.me;
    view = next;
    lists = nextLists;
    all = choices(view.commands, view.locale);
    if (isElsewhere) {
      if (chosen) {
        clearCommand();
        text.hidden = false;
      }
      reply(null);
      suggestions.hide();
    }
    form.querySelector("#attach").hidden = view.here?.may?.attach === false || chosen !== null;
    const isOpen = view.here?.may?.write !== false || all.length > 0;
    line.hidden = !isOpen;
    why.hidden = isOpen && view.here?.may?.write !== false;
    why.textContent = view.here?.why ?? "";
    text.placeholder = `Message ${view.here?.type === 1 ? "@" : "#"}${view.here?.name ?? ""}`;
  }

  return { show, reply, name, focus: () => (text.hidden ? null : text.focus()) };
}
