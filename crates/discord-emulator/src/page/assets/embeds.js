// Draws embeds and link buttons. Loads no image: where there is one, its address is shown.

import { element, isWeb, link } from "./dom.js";
import { markdown } from "./markdown_view.js";

export function embed(sent, names) {
  const text = (value) => element("div", { className: "text" }, markdown(value, "embed", names));
  const bar = sent.color ? `#${sent.color.toString(16).padStart(6, "0")}` : null;
  const title = sent.title ? element("div", { className: "title" }, sent.url ? link(sent.url, sent.title) : sent.title) : null;
  const fields = (sent.fields ?? []).map((field) =>
    element("div", { className: field.inline ? "inline" : "" }, element("div", { className: "title" }, field.name), text(field.value)));
  return element("article", { className: "embed", "--bar": bar },
    sent.author ? element("div", { className: "small" }, named(sent.author)) : null,
    title,
    sent.description ? text(sent.description) : null,
    fields.length > 0 ? element("div", { className: "fields" }, fields) : null,
    ["image", "thumbnail"].map((part) => picture(sent[part]?.url)),
    footer(sent));
}

function named(author) {
  return author.url ? link(author.url, author.name) : author.name;
}

function picture(address) {
  return address && isWeb(address) ? element("div", { className: "small" }, "Image: ", link(address, new URL(address).host)) : null;
}

function footer(sent) {
  const parts = [sent.footer?.text, sent.timestamp ? new Date(sent.timestamp).toLocaleString() : null].filter(Boolean);
  return parts.length > 0 ? element("div", { className: "small" }, parts.join(" · ")) : null;
}

/** Rows of buttons: links work, others are shown but do nothing yet. */
export function buttons(rows) {
  const made = rows.flatMap((row) => row.components ?? []).map((button) =>
    button.url ? link(button.url, button.label ?? button.url)
      : element("button", { type: "button", disabled: true, title: "The emulator cannot press this yet" }, button.label ?? "…"));
  return made.length > 0 ? element("div", { className: "buttons" }, made) : null;
}
