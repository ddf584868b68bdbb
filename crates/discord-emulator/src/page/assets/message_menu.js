// What one can do with a message, and with a person. Sends through the deeds it is given.

import { ofMenu } from "./commands.js";
import { element } from "./dom.js";
import { nameOf } from "./message.js";
import { openPopup } from "./popup.js";

const OF_PERSON = 2;
const OF_MESSAGE = 3;
/** Reactions within one press. */
const EMOJI = ["👍", "👎", "❤️", "😂", "🎉", "😮", "😢", "🙏", "✅", "❌", "👀", "🔥"];

/** Opens the menu of a message. */
export function messageMenu(entry, view, deeds, anchor, at) {
  const { message } = entry;
  const may = view.here.may;
  const isMine = message.author.id === view.me;
  const isOrdinary = !entry.only_you && !entry.failed;
  const apps = ofMenu(view.commands, OF_MESSAGE, view.locale);
  const items = [
    isOrdinary && may.history ? { sign: "☺", label: "Add reaction", act: () => reactionMenu(message, deeds, anchor) } : null,
    isOrdinary && may.write ? { sign: "↩", label: "Reply", act: () => deeds.reply(message) } : null,
    isMine && isOrdinary && message.type !== 18 ? { sign: "✎", label: "Edit message", act: () => deeds.edit(message) } : null,
    isOrdinary && may.pin && !message.pinned ? { sign: "⚲", label: "Pin message", act: () => deeds.pin(message) } : null,
    isOrdinary && may.threads && !entry.thread ? { sign: "↳", label: "Open a thread", act: () => deeds.thread(message) } : null,
    message.content ? { sign: "❐", label: "Copy text", act: () => deeds.copy(message.content) } : null,
    { sign: "#", label: "Copy id", act: () => deeds.copy(message.id) },
    ...(isOrdinary ? apps : []).map(({ name, label }) => ({ sign: "◆", label, detail: "App", act: () => deeds.messageCommand(name, message) })),
    isOrdinary && (isMine || may.manage) ? { sign: "⌫", label: "Delete message", danger: true, act: () => deeds.remove(message) } : null,
  ];
  openPopup(anchor, "Message", items.filter(Boolean), { at });
}

/** Opens the reactions one can add with one press. */
export function reactionMenu(message, deeds, anchor) {
  openPopup(anchor, "Reactions", EMOJI.map((emoji) => ({ label: emoji, act: () => deeds.react(message, emoji, true) })), { className: "emoji" });
}

/** Opens the menu of a person or a bot. */
export function personMenu(user, view, deeds, anchor) {
  const apps = ofMenu(view.commands, OF_PERSON, view.locale);
  const items = [
    view.here.may.write ? { sign: "@", label: `Mention ${nameOf(user)}`, act: () => deeds.mention(user) } : null,
    user.id === view.bot.id && user.id !== view.me ? { sign: "✉", label: "Message", act: () => deeds.direct(user.id) } : null,
    { sign: "#", label: "Copy id", act: () => deeds.copy(user.id) },
    ...apps.map(({ name, label }) => ({ sign: "◆", label, detail: "App", act: () => deeds.personCommand(name, user) })),
  ];
  openPopup(anchor, nameOf(user), items.filter(Boolean));
}

/** The signs that stand beside a message under the pointer. */
export function toolbar(show) {
  const made = element("div", { className: "toolbar", hidden: true });
  const sign = (label, text, act) => element("button", { type: "button", "aria-label": label, title: label, tabIndex: -1, onclick: (event) => act(event.currentTarget) }, text);
  made.append(sign("Add reaction", "☺", (anchor) => show("react", anchor)), sign("Reply", "↩", (anchor) => show("reply", anchor)), sign("More", "⋯", (anchor) => show("menu", anchor)));
  return made;
}
