// Draws one message, part by part, and redraws only the parts that have changed. Decides nothing about what is shown.

import { components } from "./components.js";
import { button, element, redrawn } from "./dom.js";
import { embed, file } from "./embeds.js";
import { LONGEST_MESSAGE, held } from "./lengths.js";
import { markdown, plain } from "./markdown_view.js";

const HAS_V2 = 1 << 15;
const LOADING = 1 << 7;
/** What a message of these types says instead of its content. */
const NOTICES = { 6: () => "pinned a message to this channel.", 18: (message) => `started a thread: ${message.content}` };
const THREAD_STARTER = 21;

/** One entry of a channel as a list item; gives the item and a function that takes its next state. */
export function messageItem(id) {
  const part = (name) => element("div", { className: `slot ${name}` });
  const [before, face, head, content, rest, foot] = ["before", "face-of", "head-of", "content", "rest", "foot"].map(part);
  const body = element("div", { className: "body" }, head, content, rest, foot);
  const item = element("li", { className: "entry", tabIndex: -1, "data-id": id }, before, face, body);
  let now = null;

  const drawBefore = redrawn(before, () => [now.entry.message ? replyBar(now.entry.message, now) : null, now.entry.use ? useLine(now.entry.use) : null]);
  const drawFace = redrawn(face, () => (now.entry.message && !now.follows ? portrait(now.entry.message.author) : null));
  const drawHead = redrawn(head, () => (now.entry.message && !now.follows ? headLine(now.entry.message, now) : null));
  const drawContent = redrawn(content, () => contentOf(now.entry, now));
  const drawRest = redrawn(rest, () => restOf(now.entry.message, now));
  const drawFoot = redrawn(foot, () => footOf(now.entry, now));

  /** `room`: {entry, follows, editing, me, names, lists, deeds}. */
  function show(room) {
    const { names } = room;
    now = { ...room, entry: started(room.entry) };
    const { entry } = now;
    const { message } = entry;
    item.classList.toggle("follows", room.follows);
    item.classList.toggle("only-you", entry.only_you === true);
    item.classList.toggle("for-you", message?.mentions?.some((user) => user.id === room.me) || message?.mention_everyone === true);
    drawBefore([message?.referenced_message, message?.message_reference, entry.use, names]);
    drawFace([message?.author, room.follows]);
    drawHead([message?.author, message?.timestamp, message?.pinned, room.follows]);
    drawContent([message?.content, message?.type, message?.flags, message?.edited_timestamp, entry.failed, room.editing, names]);
    drawRest([message?.embeds, message?.attachments, message?.components, entry.pressed, names, room.lists.version]);
    drawFoot([message?.reactions, entry.thread, entry.only_you, entry.press_failed, message?.pinned]);
  }
  return { item, show };
}

/** The first entry of a thread shows the message that it was started from, but for its buttons and menus: they are pressed where it stands. */
function started(entry) {
  const { message } = entry;
  if (message?.type !== THREAD_STARTER || !message.referenced_message) return entry;
  return { ...entry, message: { ...message.referenced_message, id: message.id, timestamp: message.timestamp, components: [] } };
}

/** An entry in one line, to be read out; empty while there is nothing to say of it, or when it is their own. */
export function inOneLine(sent, { me, names }) {
  const { message, failed } = started(sent);
  if (failed) return "The application did not respond";
  if (!message || message.flags & LOADING || message.author.id === me) return "";
  const notice = NOTICES[message.type];
  if (notice) return `${nameOf(message.author)} ${notice(message)}`;
  const [first = {}] = message.embeds ?? [];
  const said = message.content || texts(message.components).join(" ") || first.title || first.description || (message.attachments?.length > 0 ? "a file" : "");
  return said ? `${nameOf(message.author)}: ${plain(said, names)}` : "";
}

const texts = (list) => (list ?? []).flatMap((one) => [one.content, ...texts(one.components)]).filter(Boolean);

export const nameOf = (user) => user.global_name ?? user.username;

function portrait(author) {
  return element("div", { className: "face", "aria-hidden": "true", "--hue": hue(author.id) }, [...nameOf(author)][0]?.toUpperCase() ?? "?");
}

function headLine(message, room) {
  const { author } = message;
  return element("div", { className: "head" },
    button({ className: "name", onclick: (event) => room.deeds.person(author, event.currentTarget), "aria-haspopup": "menu" }, nameOf(author)),
    author.bot ? element("span", { className: "app", title: "This is an application" }, "APP") : null,
    clock(message.timestamp),
    message.pinned ? element("span", { className: "small" }, "pinned") : null);
}

function replyBar(message, room) {
  if (message.type !== 19 && !message.referenced_message) return null;
  const to = message.referenced_message;
  if (!to) return element("div", { className: "reply" }, element("i", {}, "Original message was deleted"));
  const said = to.content || (to.embeds?.length > 0 || to.attachments?.length > 0 ? "Click to see attachment" : "…");
  return element("div", { className: "reply" },
    button({ className: "quoted", onclick: () => room.deeds.find(to.id) }, element("b", {}, `@${nameOf(to.author)}`), " ", plain(said, room.names).slice(0, 200)));
}

function useLine(used) {
  const options = (used.options ?? []).map((option) => [` ${option.name}: `, option.value]);
  return element("div", { className: "use" }, element("b", {}, used.person), " used ", element("b", {}, used.menu ? used.command : `/${used.command}`), options);
}

function contentOf(entry, room) {
  const { message } = entry;
  if (entry.failed) return failure("The application did not respond");
  if (!message) return null;
  if (message.flags & LOADING) return thinking();
  if (room.editing) return editor(message, room);
  const notice = NOTICES[message.type];
  if (notice) return element("p", { className: "system" }, element("b", {}, nameOf(message.author)), " ", notice(message));
  const isEdited = message.edited_timestamp ? element("span", { className: "edited", title: new Date(message.edited_timestamp).toLocaleString() }, " (edited)") : null;
  if (message.flags & HAS_V2) return isEdited;
  if (!message.content) return isEdited;
  const text = element("div", { className: "text" }, markdown(message.content, "content", room.names));
  // Behind the last words where they are a line of text, below them where they are a block such as a list.
  const last = text.lastElementChild;
  if (isEdited) (["DIV", "SMALL"].includes(last?.tagName) ? last : text).append(isEdited);
  return text;
}

/** The field in which one's own message is changed. */
function editor(message, room) {
  const text = element("textarea", { value: message.content, rows: Math.min(8, message.content.split("\n").length), "aria-label": "Edit message", className: "editor" });
  const { counter } = held(text, { most: LONGEST_MESSAGE }, (typed) => typed.trim());
  const save = () => {
    if (text.value.trim() === message.content) room.deeds.edit(null);
    else if (text.reportValidity()) room.deeds.save(message, text.value);
  };
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") room.deeds.edit(null);
    else if (event.key === "Enter" && !event.shiftKey) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  queueMicrotask(() => {
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  });
  return element("div", {}, text, counter, element("p", { className: "small" }, "Escape to ", button({ className: "plain", onclick: () => room.deeds.edit(null) }, "cancel"),
    " · Enter to ", button({ className: "plain", onclick: save }, "save")));
}

function restOf(message, room) {
  if (!message) return null;
  const at = { names: room.names, lists: room.lists, pressed: room.entry.pressed, press: (id) => room.deeds.press(message, id), choose: (id, values) => room.deeds.choose(message, id, values) };
  return [(message.attachments ?? []).map(file), (message.embeds ?? []).map((one) => embed(one, room.names)),
    (message.components ?? []).length > 0 ? element("div", { className: "components" }, components(message.components, at)) : null];
}

function footOf(entry, room) {
  const { message, thread } = entry;
  return [
    (message?.reactions ?? []).length > 0 ? reactions(message, room) : null,
    thread ? element("div", { className: "thread" },
      button({ className: "chip", onclick: () => room.deeds.open(thread.id) }, element("b", {}, thread.name), ` · ${thread.messages} ${thread.messages === 1 ? "message" : "messages"} ›`)) : null,
    entry.press_failed ? failure("This interaction failed") : null,
    entry.only_you ? onlyYou(() => room.deeds.dismiss(entry)) : null,
  ];
}

function reactions(message, room) {
  return element("div", { className: "reactions" }, message.reactions.map((one) => {
    const emoji = one.emoji.name;
    return button({ className: "chip", "aria-pressed": String(one.me === true), "data-key": `reaction-${emoji}`, label: `${emoji}, ${one.count} ${one.count === 1 ? "reaction" : "reactions"}`,
      onclick: () => room.deeds.react(message, emoji, one.me !== true) }, `${emoji} ${one.count}`);
  }));
}

function thinking() {
  return element("div", { className: "thinking", role: "status" }, "Thinking", element("i"), element("i"), element("i"));
}

function failure(sentence) {
  return element("div", { className: "failed" }, sentence);
}

function onlyYou(dismiss) {
  return element("div", { className: "only" }, "Only you can see this · ", button({ className: "plain", onclick: dismiss }, "Dismiss"));
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
  // Ids that follow each other lie far apart on the wheel.
  return String((sum * 137) % 360);
}
