// Draws the entries of a channel and keeps those that have not changed. Decides nothing about what is shown.

import { element } from "./dom.js";
import { buttons, embed } from "./embeds.js";
import { markdown } from "./markdown_view.js";

const LOADING = 1 << 7;

/** Shows entries in a list; gives a function that takes the next ones. */
export function messageList(list) {
  const shown = new Map();
  const dismissed = new Set();
  return function show(entries, names) {
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    const wanted = entries.filter((entry) => !dismissed.has(entry.id));
    const ids = new Set(wanted.map((entry) => entry.id));
    for (const [id, old] of shown) {
      if (!ids.has(id)) {
        old.item.remove();
        shown.delete(id);
      }
    }
    let before = list.firstElementChild;
    for (const entry of wanted) {
      const state = JSON.stringify(entry);
      const old = shown.get(entry.id);
      if (old?.state === state) {
        before = old.item.nextElementSibling;
        continue;
      }
      const item = draw(entry, names, () => {
        dismissed.add(entry.id);
        shown.get(entry.id)?.item.remove();
      });
      if (old) {
        old.item.replaceWith(item);
        before = item.nextElementSibling;
      } else {
        list.insertBefore(item, before);
      }
      shown.set(entry.id, { state, item });
    }
    if (follows) list.scrollTop = list.scrollHeight;
  };
}

function draw(entry, names, dismiss) {
  const used = entry.use ? useLine(entry.use) : null;
  if (!entry.message) {
    return element("li", { className: "entry" }, used, element("div", { className: "body" }, failure()));
  }
  const { message } = entry;
  const name = message.author.global_name ?? message.author.username;
  const body = element("div", { className: "body" },
    element("div", { className: "head" },
      element("span", { className: "name" }, name),
      message.author.bot ? element("span", { className: "app", title: "This is an application" }, "APP") : null,
      clock(message.timestamp)),
    content(entry, names),
    message.embeds.map((one) => embed(one, names)),
    buttons(message.components ?? []),
    entry.only_you ? onlyYou(dismiss) : null);
  const face = element("div", { className: "face", "aria-hidden": "true", "--hue": hue(message.author.id) }, [...name][0]?.toUpperCase() ?? "?");
  return element("li", { className: "entry" }, used, face, body);
}

function useLine(used) {
  const options = used.options.map((option) => [` ${option.name}: `, option.value]);
  return element("div", { className: "use" }, element("b", {}, used.person), " used ", element("b", {}, `/${used.command}`), options);
}

function content(entry, names) {
  if (entry.failed) return failure();
  if (entry.message.flags & LOADING) return thinking();
  const text = element("div", { className: "text" }, markdown(entry.message.content, "content", names));
  if (entry.message.edited_timestamp) {
    const mark = element("span", { className: "edited", title: entry.message.edited_timestamp }, " (edited)");
    // Behind the last words where they are a line of text, below them where they are a block such as a list.
    const last = text.lastElementChild;
    (["DIV", "SMALL"].includes(last?.tagName) ? last : text).append(mark);
  }
  return text;
}

function thinking() {
  return element("div", { className: "thinking", role: "status" }, "Thinking", element("i"), element("i"), element("i"));
}

function failure() {
  return element("div", { className: "failed" }, "The application did not respond");
}

function onlyYou(dismiss) {
  const button = element("button", { type: "button" }, "Dismiss");
  button.addEventListener("click", dismiss);
  return element("div", { className: "only" }, "Only you can see this · ", button);
}

function clock(timestamp) {
  const date = new Date(timestamp);
  const text = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return element("time", { dateTime: timestamp, title: date.toLocaleString() }, text);
}

/** The same person always has the same colour. */
function hue(id) {
  let sum = 0;
  for (const digit of id) sum = (sum * 31 + digit.charCodeAt(0)) % 360;
  return String(sum);
}
