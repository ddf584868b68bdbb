// Draws embeds and attached files. Loads no picture from elsewhere: where there is one, its address is shown.

import { bytes, element, isWeb, link, local } from "./dom.js";
import { markdown } from "./markdown_view.js";

export function embed(sent, names) {
  const text = (value, where = "embed") => element("div", { className: "text" }, markdown(value, where, names));
  const bar = sent.color ? `#${sent.color.toString(16).padStart(6, "0")}` : null;
  const named = (value) => markdown(value, "title", names);
  const title = sent.title ? element("div", { className: "title" }, sent.url ? link(sent.url, named(sent.title)) : named(sent.title)) : null;
  const fields = (sent.fields ?? []).map((field) =>
    element("div", { className: field.inline ? "inline" : "" }, element("div", { className: "title" }, named(field.name)), text(field.value)));
  return element("article", { className: sent.thumbnail?.url ? "embed with-thumbnail" : "embed", "--bar": bar, "aria-label": "Embed" },
    sent.author ? element("div", { className: "small author" }, authorOf(sent.author)) : null,
    title,
    sent.description ? text(sent.description) : null,
    fields.length > 0 ? element("div", { className: "fields" }, fields) : null,
    sent.thumbnail?.url ? element("div", { className: "thumbnail" }, picture(sent.thumbnail.url, "Thumbnail")) : null,
    sent.image?.url ? picture(sent.image.url, "Image") : null,
    footer(sent));
}

function authorOf(author) {
  return author.url ? link(author.url, author.name) : author.name;
}

/** A picture of this emulator's own, or a box that says where it would come from. */
export function picture(address, what, description = null) {
  const path = local(address);
  if (path) return element("img", { className: "picture", src: path, alt: description ?? what, loading: "lazy" });
  const from = isWeb(address) ? link(address, new URL(address).host) : address;
  return element("div", { className: "picture elsewhere" }, element("span", {}, `${what} from `, from), description ? element("small", {}, description) : null);
}

function footer(sent) {
  const parts = [sent.footer?.text, sent.timestamp ? new Date(sent.timestamp).toLocaleString() : null].filter(Boolean);
  return parts.length > 0 ? element("div", { className: "small foot" }, parts.join(" · ")) : null;
}

/** An attached file: a picture as itself, anything else by name and size. */
export function file(sent) {
  const path = local(sent.url);
  if (path && (sent.content_type ?? "").startsWith("image/")) {
    return element("a", { className: "file", href: path, target: "_blank", rel: "noopener" }, picture(sent.url, sent.filename, sent.description ?? sent.filename));
  }
  return element("div", { className: "file card" },
    element("span", { className: "sign", "aria-hidden": "true" }, "▤"),
    element("span", { className: "what" },
      path ? element("a", { href: path, download: sent.filename }, sent.filename) : sent.filename,
      element("small", {}, [bytes(sent.size ?? 0), sent.description].filter(Boolean).join(" · "))));
}
