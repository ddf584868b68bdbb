// Draws the tree of markdown.js. Text becomes text nodes, and links lead to the web or nowhere.

import { element, link } from "./dom.js";
import { parse } from "./markdown.js";

/** The nodes of a text. `names` tells what mentions are called: {people, channels, roles} by id. */
export function markdown(text, where, names) {
  return parse(text, where).map((node) => draw(node, names));
}

/** The same text in one line without any form, as a quotation shows it. */
export function plain(text, names) {
  const words = (node) => {
    if (typeof node === "string") return node;
    if (node.kind === "mention") return called(node, names);
    if (node.kind === "moment") return moment(node).textContent;
    if (node.kind === "spoiler") return "▇".repeat(5);
    return node.text ?? (node.inside ?? node.items?.flat() ?? []).map(words).join("");
  };
  return parse(text).map(words).join(" ").replace(/\s+/g, " ");
}

function draw(node, names) {
  if (typeof node === "string") return document.createTextNode(node);
  const inside = (nodes = node.inside) => nodes.map((one) => draw(one, names));
  switch (node.kind) {
    case "lines": return element("div", {}, inside());
    case "quote": return element("blockquote", {}, inside());
    case "heading": return element(`h${node.level + 2}`, {}, inside());
    case "subtext": return element("small", {}, inside());
    case "list": return list(node, inside);
    case "fence": return fence(node);
    case "code": return element("code", {}, node.text);
    case "bold": return element("strong", {}, inside());
    case "italic": return element("em", {}, inside());
    case "underline": return element("u", {}, inside());
    case "strike": return element("s", {}, inside());
    case "spoiler": return spoiler(inside());
    case "link": return titled(link(node.address, inside()), node.hover ?? node.address);
    case "mention": return element("span", { className: "mention" }, called(node, names));
    case "moment": return moment(node);
    default: return document.createTextNode("");
  }
}

function titled(made, title) {
  made.title = title;
  return made;
}

function list(node, inside) {
  const items = node.items.map((item) => element("li", {}, inside(item)));
  return node.ordered ? element("ol", { start: node.start }, items) : element("ul", {}, items);
}

function fence(node) {
  const language = node.language ? element("span", { className: "language" }, node.language) : null;
  return element("pre", {}, language, element("code", {}, node.text));
}

function spoiler(inside) {
  const made = element("button", { type: "button", className: "spoiler", "aria-expanded": "false", "aria-label": "Spoiler" }, element("span", {}, inside));
  made.addEventListener("click", (event) => {
    if (made.getAttribute("aria-expanded") === "false") event.preventDefault();
    made.setAttribute("aria-expanded", "true");
    made.removeAttribute("aria-label");
  });
  return made;
}

function called(node, names) {
  switch (node.of) {
    case "person": return `@${names.people[node.what] ?? "unknown-user"}`;
    case "channel": return `#${names.channels[node.what] ?? "unknown"}`;
    case "role": return `@${names.roles[node.what] ?? "deleted-role"}`;
    case "command": return `/${node.what}`;
    case "all": return `@${node.what}`;
    default: return node.what;
  }
}

const DATE = { d: { dateStyle: "short" }, D: { dateStyle: "long" }, t: { timeStyle: "short" }, T: { timeStyle: "medium" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" }, S: { dateStyle: "short", timeStyle: "medium" } };

function moment(node) {
  const date = new Date(node.seconds * 1000);
  if (Number.isNaN(date.getTime())) return document.createTextNode(`<t:${node.seconds}>`);
  const text = node.style === "R" ? relative(node.seconds) : new Intl.DateTimeFormat("en-GB", DATE[node.style]).format(date);
  return element("time", { dateTime: date.toISOString(), title: date.toISOString() }, text);
}

const STEPS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

function relative(seconds) {
  const away = seconds - Date.now() / 1000;
  const [unit, size] = STEPS.find(([, size]) => Math.abs(away) >= size) ?? STEPS.at(-1);
  return new Intl.RelativeTimeFormat("en").format(Math.round(away / size), unit);
}
