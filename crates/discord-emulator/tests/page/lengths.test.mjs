// Checks how lengths are counted. Needs Node and nothing else: node --test crates/discord-emulator/tests/page/

import assert from "node:assert/strict";
import { test } from "node:test";

import { judged, lengthOf } from "../../src/page/assets/lengths.js";

test("a length is counted in code points", () => {
  assert.equal(lengthOf("aé🙂"), 3);
  assert.equal(judged("🙂".repeat(2000), { most: 2000 }).wrong, "");
  assert.match(judged("🙂".repeat(2001), { most: 2000 }).wrong, /2000 or fewer/);
});

test("the last tenth of the room is told, and what is beyond", () => {
  const told = (length) => judged("a".repeat(length), { most: 2000 }).told;
  assert.deepEqual([1799, 1800, 2000, 2003].map(told), ["", "200 left", "0 left", "3 too many"]);
});

test("what is there must be long enough, and what is left out need not be", () => {
  assert.deepEqual(["", "🙂", "ab"].map((text) => judged(text, { least: 2, most: 9 }).wrong === ""), [true, false, true]);
});
