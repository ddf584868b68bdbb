// Checks which places are marked as unread. Needs Node and nothing else: node --test crates/discord-emulator/tests/page/

import assert from "node:assert/strict";
import { test } from "node:test";

import { unread } from "../../src/page/assets/unread.js";

const view = (me, channel, lasts) => ({ me, channel, directs: [], places: Object.entries(lasts).map(([id, last]) => ({ id, last })) });

/** The unread places after each view. */
function marks(...views) {
  const marked = unread();
  return views.map((one) => {
    marked.look(one);
    return marked.of(one).join();
  });
}

test("a message in a place that is not open marks it, and opening it takes the mark away", () => {
  const shown = marks(view("me", "a", { a: "5", b: "4", c: null }), view("me", "a", { a: "5", b: "6", c: "10" }), view("me", "b", { a: "5", b: "6", c: "10" }), view("me", "a", { a: "5", b: "6", c: "10" }));
  assert.deepEqual(shown, ["", "b,c", "c", "c"]);
});

test("what came while the place was open is read, and what came before the page was opened is not unread", () => {
  assert.deepEqual(marks(view("me", "a", { a: "5", b: "9" }), view("me", "a", { a: "12", b: "9" }), view("me", "b", { a: "12", b: "9" })), ["", "", ""]);
});

test("everybody has read what they have read themselves", () => {
  assert.deepEqual(marks(view("me", "a", { a: "5", b: "4" }), view("me", "b", { a: "5", b: "10" }), view("other", "a", { a: "5", b: "10" })), ["", "", "b"]);
});
