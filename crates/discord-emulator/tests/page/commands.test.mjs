// Checks what the composer offers. Needs Node and nothing else: node --test crates/discord-emulator/tests/page/

import assert from "node:assert/strict";
import { test } from "node:test";

import { choices, fitting, ofMenu, typedOut } from "../../src/page/assets/commands.js";
import { offers, withMentions, wordAt } from "../../src/page/assets/mentions.js";

const COMMANDS = [
  { type: 1, name: "ask", description: "Ask", options: [{ type: 3, name: "question", required: true }] },
  { type: 1, name: "search", options: [
    { type: 1, name: "set", options: [] },
    { type: 2, name: "list", options: [{ type: 1, name: "all" }] }] },
  { type: 2, name: "Greet" },
  { type: 3, name: "Quote" },
];
const namesOf = (list) => list.map((one) => one.name);

test("subcommands go by their full name, and menus are no slash commands", () => {
  assert.deepEqual(namesOf(choices(COMMANDS)), ["ask", "search list all", "search set"]);
  assert.deepEqual(ofMenu(COMMANDS, 2), [{ name: "Greet", label: "Greet" }]);
  assert.deepEqual(ofMenu(COMMANDS, 3), [{ name: "Quote", label: "Quote" }]);
});

test("what begins with the word comes before what holds it", () => {
  assert.deepEqual(namesOf(fitting(choices(COMMANDS), "s")), ["search list all", "search set", "ask"]);
  assert.deepEqual(namesOf(fitting(choices(COMMANDS), "SET")), ["search set"]);
  assert.deepEqual(fitting(choices(COMMANDS), "xyz"), []);
});

test("a command typed out is told from its text, the longest name first", () => {
  const typed = typedOut([{ name: "a" }, { name: "a b" }], "/a b c");
  assert.deepEqual([typed.choice.name, typed.rest], ["a b", "c"]);
  assert.equal(typedOut(choices(COMMANDS), "/askwhy"), null);
});

test("the word at the caret begins with its mark and ends at the caret", () => {
  assert.deepEqual(wordAt("hey @al", 7), { mark: "@", word: "al", from: 4 });
  assert.deepEqual(wordAt("#", 1), { mark: "#", word: "", from: 0 });
  assert.equal(wordAt("me@home", 7), null, "an address is no mention");
  assert.equal(wordAt("@al gone", 8), null);
  assert.deepEqual(wordAt("@al gone", 3), { mark: "@", word: "al", from: 0 });
});

const LISTS = { people: [{ id: "1", name: "alice" }, { id: "2", name: "ali" }], roles: [{ id: "3", name: "staff" }], channels: [{ id: "4", name: "general" }] };

test("people and roles stand behind @, channels behind #", () => {
  assert.deepEqual(offers({ mark: "@", word: "" }, LISTS).map((one) => one.as), ["<@1>", "<@2>", "<@&3>"]);
  assert.deepEqual(offers({ mark: "#", word: "gen" }, LISTS).map((one) => [one.name, one.as]), [["#general", "<#4>"]]);
});

test("picked names are sent as mentions, and a longer name is not cut by a shorter one", () => {
  const picked = [{ name: "@ali", as: "<@2>" }, { name: "@alice", as: "<@1>" }];
  assert.equal(withMentions("@alice and @ali, not ali", picked), "<@1> and <@2>, not ali");
});

test("what an application is called in the person's language is shown, and its own name sent", () => {
  const commands = [
    { name: "ask", description: "Asks.", description_localizations: { de: "Fragt." }, options: [] },
    { name: "Quote", type: 3, name_localizations: { de: "Zitieren" } },
  ];
  assert.deepEqual(ofMenu(commands, 3, "de"), [{ name: "Quote", label: "Zitieren" }]);
  assert.deepEqual(ofMenu(commands, 3, "fr"), [{ name: "Quote", label: "Quote" }]);
  assert.equal(choices(commands, "de")[0].description, "Fragt.");
  assert.equal(choices(commands, "fr")[0].description, "Asks.");
});
