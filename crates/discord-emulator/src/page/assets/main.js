// Puts the page together: follows one person's view and draws its frame. The parts draw themselves.

import { composer } from "./composer.js";
import { element } from "./dom.js";
import { messageList } from "./messages.js";
import { comeIn, follow, say, use } from "./server.js";

const at = (id) => document.getElementById(id);
const SOMEBODY_NEW = "+";

let person = null;
let channel = null;
let view = null;
let stop = () => {};
let showMessages = messageList(at("messages"));

const showComposer = composer(at("composer"), {
  use: (command, options) => attempt(() => use({ person, channel, command, options })),
  say: (text) => attempt(() => say({ person, channel, text })),
});

/** Whether it worked; if not, the person is told why. */
async function attempt(what) {
  try {
    await what();
    tell(null);
    // Whoever has just said something wants to see what comes of it.
    at("messages").scrollTop = at("messages").scrollHeight;
    return true;
  } catch (error) {
    tell(error.message);
    return false;
  }
}

function tell(sentence) {
  at("notice").textContent = sentence ?? "";
  at("notice").hidden = !sentence;
}

function watch(nextPerson, nextChannel) {
  stop();
  at("messages").replaceChildren();
  showMessages = messageList(at("messages"));
  stop = follow(nextPerson, nextChannel, show, () => tell("The emulator does not answer. Is it still running?"));
}

function show(next) {
  if (!view) tell(null);
  if (at("notice").textContent.startsWith("The emulator does not answer")) tell(null);
  view = next;
  person = next.me;
  channel = next.channel;
  const open = next.channels.find((one) => one.id === channel);
  at("guild").textContent = next.guild;
  at("channel").textContent = `# ${open?.name ?? "unknown"}`;
  document.title = `#${open?.name ?? "unknown"} · Discord emulator`;
  at("bot").textContent = next.bot.connected ? `${next.bot.name} is connected` : "No bot is connected";
  at("bot").classList.toggle("here", next.bot.connected);
  showChannels(next.channels);
  showPeople(next.people);
  const named = (list) => Object.fromEntries(list.map((one) => [one.id, one.name]));
  showMessages(next.entries, { people: { ...named(next.people), [next.bot.id]: next.bot.name }, channels: named(next.channels) });
  showComposer(next);
}

function showChannels(channels) {
  if (at("channels").dataset.state === JSON.stringify([channels, channel])) return;
  at("channels").dataset.state = JSON.stringify([channels, channel]);
  at("channels").replaceChildren(...channels.map((one) => {
    const button = element("button", { type: "button", "aria-current": String(one.id === channel) }, `# ${one.name}`);
    button.addEventListener("click", () => watch(person, one.id));
    return element("li", {}, button);
  }));
}

function showPeople(people) {
  if (at("person").dataset.state === JSON.stringify(people)) return;
  at("person").dataset.state = JSON.stringify(people);
  at("person").replaceChildren(
    ...people.map((one) => element("option", { value: one.id }, one.name)),
    element("option", { value: SOMEBODY_NEW }, "somebody new…"));
  at("person").value = person;
}

at("person").addEventListener("change", async () => {
  if (at("person").value !== SOMEBODY_NEW) return watch(at("person").value, channel);
  at("person").value = person;
  const name = prompt("What is the new person called?");
  if (name) await attempt(async () => watch((await comeIn(name)).id, channel));
});

watch(null, null);
