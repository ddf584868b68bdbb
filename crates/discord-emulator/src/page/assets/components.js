// Draws buttons, selects and the parts of the second generation: sections, texts, galleries, containers. Sends nothing itself.

import { button, element, link } from "./dom.js";
import { file, picture } from "./embeds.js";
import { markdown } from "./markdown_view.js";
import { openPopup } from "./popup.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium" };
/** What each kind of select chooses from. */
const SELECTS = { 3: "option", 5: "person", 6: "role", 7: "mentionable", 8: "channel" };

/**
 * The components of one message. `room` has `names` for mentions, `lists` with what selects offer, `pressed` with what waits for the
 * bot, and the deeds `press(custom_id)` and `choose(custom_id, values)`.
 */
export function components(list, room) {
  return list.map((one) => component(one, room));
}

function component(sent, room) {
  const inside = () => components(sent.components ?? [], room);
  switch (sent.type) {
    case 1: return element("div", { className: "row" }, inside());
    case 2: return pressable(sent, room);
    case 3: case 5: case 6: case 7: case 8: return select(sent, room);
    case 9: return element("div", { className: "section" }, element("div", {}, inside()), sent.accessory ? component(sent.accessory, room) : null);
    case 10: return element("div", { className: "text" }, markdown(sent.content, "content", room.names));
    case 11: return element("div", { className: "thumbnail" }, covered(sent, picture(sent.media?.url, "Picture", sent.description)));
    case 12: return element("div", { className: "gallery" }, (sent.items ?? []).map((item) => covered(item, picture(item.media?.url, "Picture", item.description))));
    case 13: return covered(sent, file({ filename: sent.name ?? sent.file?.url, size: sent.size, url: sent.file?.url }));
    case 14: return element("hr", { className: `${sent.divider === false ? "plain" : ""} ${sent.spacing === 2 ? "wide" : ""}` });
    case 17: return covered(sent, element("div", { className: "container", "--bar": colour(sent.accent_color) }, inside()));
    default: return element("p", { className: "small" }, `A component of type ${sent.type}, which this page cannot show.`);
  }
}

const colour = (number) => (Number.isInteger(number) ? `#${number.toString(16).padStart(6, "0")}` : null);

/** What is marked as a spoiler is covered until it is asked for. */
function covered(sent, made) {
  if (!sent.spoiler) return made;
  const cover = button({ className: "cover", onclick: () => cover.replaceWith(made) }, "Spoiler: show");
  return cover;
}

function sign(emoji) {
  if (!emoji) return null;
  return element("span", { "aria-hidden": "true" }, emoji.id ? `:${emoji.name}:` : emoji.name, " ");
}

function pressable(sent, room) {
  if (sent.style === 5) {
    const made = sent.disabled ? element("span", { className: "button link off" }) : link(sent.url);
    made.classList.add("button", "link");
    made.append(...[sign(sent.emoji), sent.label, element("span", { className: "out", "aria-hidden": "true" }, " ↗")].filter(Boolean));
    return made;
  }
  const waits = room.pressed === sent.custom_id;
  return element("button", { type: "button", className: `button ${STYLES[sent.style] ?? "secondary"} ${waits ? "waits" : ""}`, disabled: sent.disabled === true || waits,
    "aria-busy": waits ? "true" : null, "data-key": sent.custom_id, onclick: () => room.press(sent.custom_id) }, sign(sent.emoji), sent.label ?? "");
}

/** What a select offers: {value, label, detail, checked}. */
export function offered(sent, lists) {
  const preset = new Set((sent.default_values ?? []).map((one) => one.id));
  const from = (list, mark, kind) => list.map((one) => ({ value: one.id, label: `${mark}${one.name}`, checked: preset.has(one.id), detail: kind }));
  switch (SELECTS[sent.type]) {
    case "person": return from(lists.people, "@");
    case "role": return from(lists.roles, "@");
    case "mentionable": return [...from(lists.people, "@"), ...from(lists.roles, "@", "role")];
    case "channel": {
      const types = sent.channel_types ?? [];
      return from(lists.channels.filter((one) => types.length === 0 || types.includes(one.type)), "#");
    }
    default: return (sent.options ?? []).map((one) => ({ value: one.value, label: `${one.emoji?.id ? "" : one.emoji?.name ?? ""} ${one.label}`.trim(),
      detail: one.description, checked: one.default === true }));
  }
}

function select(sent, room) {
  const choices = offered(sent, room.lists);
  const [least, most] = [sent.min_values ?? 1, sent.max_values ?? 1];
  const chosen = choices.filter((one) => one.checked).map((one) => one.label);
  const waits = room.pressed === sent.custom_id;
  const send = (values) => room.choose(sent.custom_id, values);
  const made = element("button", { type: "button", className: `select ${waits ? "waits" : ""}`, disabled: sent.disabled === true || waits, "data-key": sent.custom_id,
    "aria-haspopup": "listbox", "aria-expanded": "false", "aria-busy": waits ? "true" : null },
    element("span", { className: chosen.length > 0 ? "" : "faint" }, chosen.length > 0 ? chosen.join(", ") : sent.placeholder || "Make a selection"),
    element("span", { "aria-hidden": "true" }, "▾"));
  made.addEventListener("click", () => {
    if (made.getAttribute("aria-expanded") === "true") return;
    const items = choices.map((one) => ({ label: one.label, detail: one.detail, checked: one.checked, act: () => send([one.value]) }));
    const many = most > 1 || least === 0 ? { most, note: `Choose ${least === most ? most : `${least} to ${most}`}.`,
      done: (indices) => send(indices.map((index) => choices[index].value)) } : null;
    openPopup(made, sent.placeholder || "Selection", items, { many, search: sent.type !== 3, className: "choices" });
  });
  return made;
}
