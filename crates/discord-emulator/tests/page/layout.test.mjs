// Checks how messages and places are put together. Needs Node and nothing else: node --test crates/discord-emulator/tests/page/

import assert from "node:assert/strict";
import { test } from "node:test";

import { arranged } from "../../src/page/assets/arrangement.js";
import { outline } from "../../src/page/assets/places.js";

const said = (id, author, minute, more = {}) => ({ id, message: { type: 0, author: { id: author }, timestamp: new Date(2026, 0, 1, 12, minute).toISOString(), ...more } });
const follows = (entries) => arranged(entries).map((one) => one.follows);

test("messages of one author stand together for seven minutes", () => {
  assert.deepEqual(follows([said("1", "a", 0), said("2", "a", 6), said("3", "a", 13), said("4", "b", 13)]), [false, true, false, false]);
});

test("replies, answers to commands and failures begin anew", () => {
  assert.deepEqual(follows([said("1", "a", 0), said("2", "a", 1, { message_reference: {} }), { ...said("3", "a", 1), use: {} }]), [false, false, false]);
  assert.deepEqual(follows([said("1", "a", 0), { id: "2", failed: true }, said("3", "a", 1)]), [false, false, false]);
});

test("the first message of each day carries the day, and a failure between does not repeat it", () => {
  const tomorrow = said("4", "a", 24 * 60);
  const days = arranged([said("1", "a", 0), { id: "2", failed: true }, said("3", "a", 1), tomorrow]).map((one) => one.day);
  assert.deepEqual(days.map((day) => day !== null), [true, false, false, true]);
});

test("channels stand in their category, threads under their channel, a forum's posts in the forum alone", () => {
  const place = (id, type, parent = null, more = {}) => ({ id, type, parent, name: id, position: Number(id), ...more });
  const places = [place("1", 0), place("2", 4), place("4", 0, "2"), place("3", 15, "2"), place("5", 11, "4"), place("6", 11, "4", { archived: true }), place("7", 11, "3"), place("8", 0, "gone")];
  const shown = outline(places).map((part) => [part.name, part.places.map((one) => `${one.id}/${one.depth}`)]);
  assert.deepEqual(shown, [[null, ["1/0", "8/0"]], ["2", ["3/0", "4/0", "5/1"]]]);
});
