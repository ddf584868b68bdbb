// Puts the page together: follows one person's view, draws its frame, hands the parts their deeds. The parts draw themselves.

import { composer } from "./composer.js";
import { field, openDialog } from "./dialog.js";
import { element, redrawn } from "./dom.js";
import { forum } from "./forum.js";
import { inOneLine } from "./message.js";
import { messageMenu, personMenu, reactionMenu, toolbar } from "./message_menu.js";
import { messageList } from "./messages.js";
import { openModal } from "./modals.js";
import { panel } from "./panel.js";
import { placeList, signOf } from "./places.js";
import { deed, follow } from "./server.js";
import { speech } from "./speech.js";
import { unread } from "./unread.js";

const at = (id) => document.getElementById(id);
const SOMEBODY_NEW = "+";
const FORUM = 15;
const CATEGORY = 4;

let view = null;
let lists = { people: [], roles: [], channels: [], version: 0 };
let names = { people: {}, channels: {}, roles: {} };
let editing = null;
const NO_MODAL = { id: null, close: () => {}, refuse: () => {} };
let modal = NO_MODAL;
let stop = () => {};
let isLost = false;
const dismissed = new Set();
const marks = unread();

/** Who does it, and where. */
const here = () => ({ person: view.me, channel: view.channel });
const entryOf = (id) => view.entries.find((entry) => entry.id === id);

/** Whether it worked; if not, the person is told why. */
async function attempt(what) {
  try {
    await what();
    tell(null);
    return true;
  } catch (error) {
    tell(error.message);
    return false;
  }
}

/** As [`attempt`], but gives the sentence to whoever shows it. */
async function sentenceOf(what) {
  try {
    await what();
    return null;
  } catch (error) {
    return error.message;
  }
}

function tell(sentence) {
  at("notice").textContent = sentence ?? "";
  at("notice").hidden = !sentence;
}

/** A deed after which its outcome is worth seeing: whoever has said something wants to see what comes of it. */
async function speak(name, body, files) {
  const done = await attempt(() => deed(name, { ...here(), ...body }, files));
  if (done) messages.toEnd();
  return done;
}

const deeds = {
  use: (command, options, files) => speak("use", { command, options, file_options: Object.keys(files) }, Object.values(files)),
  types: () => deed("type", here()).catch(() => {}),
  say: ({ text, files, reply_to }) => speak("say", { text, reply_to }, files),
  complete: async (command, options, focused) => (await deed("complete", { ...here(), command, options, focused })).choices,
  press: (message, custom_id) => attempt(() => deed("press", { ...here(), message: message.id, custom_id })),
  choose: (message, custom_id, values) => attempt(() => deed("choose", { ...here(), message: message.id, custom_id, values })),
  react: (message, emoji, on) => attempt(() => deed("react", { ...here(), message: message.id, emoji, on })),
  pin: (message) => attempt(() => deed("pin", { ...here(), message: message.id })),
  remove: (message) => attempt(() => deed("delete", { ...here(), message: message.id })),
  save: async (message, text) => {
    if (await attempt(() => deed("edit", { ...here(), message: message.id, text }))) deeds.edit(null);
  },
  edit(message) {
    editing = message?.id ?? null;
    showMessages();
    if (!message) talk.focus();
  },
  editLast() {
    const last = view.entries.findLast((entry) => entry.message?.author.id === view.me && entry.message.type !== 18);
    if (last) deeds.edit(last.message);
  },
  reply: (message) => talk.reply(message),
  mention: (user) => talk.name(user),
  messageCommand: (command, message) => speak("menu", { command, message: message.id }),
  personCommand: (command, user) => speak("menu", { command, target: user.id }),
  copy: (text) => attempt(() => navigator.clipboard.writeText(text)),
  dismiss(entry) {
    dismissed.add(entry.id);
    showMessages();
  },
  open: (id) => watch(view.me, id),
  find: (id) => messages.find(id),
  person: (user, anchor) => personMenu(user, view, deeds, anchor),
  direct: (other) => attempt(async () => watch(view.me, (await deed("direct", { person: view.me, other })).channel)),
  thread(message) {
    const name = element("input", { name: "name", required: true, value: [...(message.content || "Thread")].slice(0, 100).join("") });
    openDialog({ title: "Open a thread", submit: "Open", parts: [field("Name", name, null, { most: 100 })],
      send: () => sentenceOf(async () => watch(view.me, (await deed("thread", { ...here(), message: message.id, name: name.value })).channel)) });
  },
};

const menuOf = (id, anchor, place) => {
  const entry = entryOf(id);
  if (entry?.message) messageMenu(entry, view, deeds, anchor, place);
};
const spoken = speech(at("spoken"));
const messages = messageList(at("messages"), menuOf);
const talk = composer(at("composer"), deeds);
const showForum = forum(at("forum"), (id) => deeds.open(id), (post) => sentenceOf(async () => watch(view.me, (await deed("post", { ...here(), ...post })).channel)));
const showPlaces = placeList({ guilds: at("guild"), channels: at("channels"), directs: at("directs") }, (id) => {
  openSide(false);
  deeds.open(id);
}, () => deeds.direct(view.bot.id));
const showPeople = redrawn(at("person"), ({ people }) => [
  ...people.filter((one) => !one.bot).map((one) => element("option", { value: one.id }, one.standing ? `${one.name} (${one.standing})` : one.name)),
  element("option", { value: SOMEBODY_NEW }, "somebody new…")]);
/** Each language by the name that it has in itself, which is how its speakers look for it. */
const showLanguages = redrawn(at("language"), ({ locales }) => locales.map((locale) => element("option", { value: locale },
  new Intl.DisplayNames([locale], { type: "language" }).of(locale))));
panel(at("panel"), at("open-panel"));

function watch(person, channel) {
  stop();
  editing = null;
  modal.close();
  modal = NO_MODAL;
  messages.clear();
  spoken.fallSilent();
  stop = follow(person, channel, show, (sentence) => {
    isLost = true;
    tell(sentence);
  });
}

function show(next) {
  if (isLost) tell(null);
  isLost = false;
  const isElsewhere = view && (view.channel !== next.channel || view.me !== next.me);
  if (isElsewhere) tell(null);
  view = next;
  const version = JSON.stringify([next.people, next.places.map(({ last, ...place }) => place), next.roles]);
  if (version !== lists.version) {
    lists = { people: next.people, roles: next.roles, channels: next.places.filter((one) => one.type !== CATEGORY), version };
    const named = (list) => Object.fromEntries(list.map((one) => [one.id, one.name]));
    names = { people: named(next.people), channels: named(next.places), roles: named(next.roles) };
  }
  showFrame(next);
  marks.look(next);
  const marked = marks.of(next);
  showPlaces(next, marked);
  at("open-places").classList.toggle("unread", marked.length > 0);
  at("open-places").setAttribute("aria-label", marked.length > 0 ? "Channels, with something new" : "Channels");
  showPeople({ people: next.people });
  at("person").value = next.me;
  showLanguages({ locales: next.locales });
  at("language").value = next.locale;
  showForum(next);
  showMessages();
  talk.show(next, lists);
  showModal(next.modal);
  // Whoever was led here by a form that is gone may write at once; by touch, that would bring the keyboard up.
  const isLeft = document.activeElement === document.body || !document.activeElement.checkVisibility();
  if (isElsewhere && isLeft) {
    if (matchMedia("(pointer: coarse)").matches) at("messages").focus({ preventScroll: true });
    else talk.focus();
  }
}

function showFrame({ here, bot, typing }) {
  const title = here ? `${signOf(here.type)} ${here.name}` : "Nothing to see";
  at("channel").textContent = title;
  at("topic").textContent = here?.topic ?? "";
  document.title = `${title} · Discord emulator`;
  at("bot").textContent = bot.connected ? `${bot.name} is connected` : "No bot is connected";
  at("bot").classList.toggle("here", bot.connected);
  at("typing").textContent = typing.length > 0 ? `${typing.join(", ")} ${typing.length === 1 ? "is" : "are"} typing…` : "";
  at("messages").dataset.empty = bot.connected ? "Nothing here yet." : "Nothing here yet, and no bot is connected. The terminal in which the emulator runs tells where to point one.";
  at("messages").hidden = here?.type === FORUM;
  at("composer").hidden = !here || here.type === FORUM;
}

function showMessages() {
  const entries = view.entries.filter((entry) => !dismissed.has(entry.id));
  messages.show(entries, { me: view.me, names, lists, deeds, editing });
  spoken.hear(entries.map((entry) => ({ id: entry.id, line: inOneLine(entry, { me: view.me, names }) })));
}

/** The modal that the bot has opened for this person. */
function showModal(next) {
  if (next?.failed) modal.refuse("Something went wrong. Try again.");
  if ((next?.id ?? null) === modal.id) return;
  modal.close();
  modal = NO_MODAL;
  if (!next) return;
  const to = { person: view.me, modal: next.id };
  const fill = ({ values, files }) => {
    const counts = Object.entries(files).map(([id, list]) => [id, list.length]);
    return sentenceOf(() => deed("fill", { ...to, values: pairs(values), file_fields: counts }, Object.values(files).flat()));
  };
  const opened = openModal(next, { names, lists }, fill, () => {
    modal = { ...NO_MODAL, id: next.id };
    attempt(() => deed("dismiss", to));
  });
  modal = { id: next.id, ...opened };
}

/** One [field, value] for each value; what was not chosen is left out. */
function pairs(values) {
  return Object.entries(values).flatMap(([id, value]) => [value].flat().filter((one) => one !== null && one !== "").map((one) => [id, String(one)]));
}

function comeIn() {
  const name = element("input", { name: "name", required: true });
  openDialog({ title: "Somebody new", submit: "Let them in", parts: [field("What are they called?", name, null, { most: 32 })],
    send: () => sentenceOf(async () => watch((await deed("people", { name: name.value })).id, view.channel)) });
}

/** On a phone the places stand before the page until one is chosen. */
function openSide(open) {
  const goesAway = !open && document.body.classList.contains("side-open") && at("places").contains(document.activeElement);
  document.body.classList.toggle("side-open", open);
  at("open-places").setAttribute("aria-expanded", String(open));
  if (open) at("guild").focus();
  else if (goesAway) at("open-places").focus();
}

at("open-places").addEventListener("click", () => openSide(!document.body.classList.contains("side-open")));
at("places").addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  openSide(false);
});
document.querySelector("main").addEventListener("pointerdown", () => openSide(false));
at("guild").addEventListener("change", () => watch(view.me, view.guilds.find((one) => one.id === at("guild").value)?.first));
at("person").addEventListener("change", () => {
  const chosen = at("person").value;
  at("person").value = view.me;
  if (chosen === SOMEBODY_NEW) comeIn();
  else watch(chosen, view.channel);
});

at("language").addEventListener("change", () => {
  const locale = at("language").value;
  at("language").value = view.locale;
  attempt(() => deed("language", { person: view.me, locale }));
});

/** Signs beside the message under the pointer or with the focus; by touch, beside the one that was touched. */
const signs = toolbar((what, anchor) => {
  const id = signs.closest(".entry")?.dataset.id;
  const entry = entryOf(id);
  if (!entry?.message) return;
  if (what === "react") reactionMenu(entry.message, deeds, anchor);
  else if (what === "reply") deeds.reply(entry.message);
  else menuOf(id, anchor);
});
const showSigns = (event) => {
  const item = event.target.closest?.(".entry");
  if (!item || signs.contains(event.target)) return;
  signs.hidden = !entryOf(item.dataset.id)?.message;
  if (signs.parentElement !== item) item.append(signs);
};
for (const kind of ["pointerover", "focusin", "click"]) at("messages").addEventListener(kind, showSigns);
at("messages").addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") signs.hidden = true; });

watch(null, null);
