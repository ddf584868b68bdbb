// An unmodified discord.js bot against the emulator: each scenario looks at what people see and at what the bot has been through.
//
// node scenarios.mjs EMULATOR MODULES, as .ci/discord_js calls it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";

import { bot } from "./bot.mjs";
import { Person, SOON, emulator, until } from "./emulator.mjs";

const [, , program, modules] = process.argv;
const library = createRequire(join(modules, "here.js"))("discord.js");

const scenarios = {
  async "login and commands"({ client, register }) {
    const set = await register();
    assert.deepEqual([...set.values()].map((one) => one.name).sort(), ["Count letters", "Greet", "ask", "feedback", "layout", "paint", "panel", "post", "survey"]);
    assert.deepEqual([...(await client.application.commands.fetch()).keys()].sort(), [...set.keys()].sort());
    assert.deepEqual(client.guilds.cache.map((guild) => guild.name), ["Footnote demo"]);
    assert(client.guilds.cache.first().members.me.permissions.has("SendMessages"));
  },
  async "defer, edit and follow-up"({ alice, seen }) {
    await alice.uses("ask", { question: "life" });
    await alice.reads("The answer to life is 42");
    await alice.reads("Anything else?");
    assert(seen.includes("command ask life"));
  },
  async autocomplete({ alice }) {
    const { choices } = await alice.does("autocomplete", { command: "paint", options: { colour: "re" }, focused: "colour" });
    assert.deepEqual(choices, [{ name: "red", value: "red" }, { name: "green", value: "green" }]);
    await alice.uses("paint", { colour: "green" });
    await alice.reads("Painted green");
  },
  async "button and select"({ alice, bob, seen }) {
    await alice.uses("panel");
    const { id: message } = await alice.reads("Pressed 0 times");
    for (const presses of [1, 2]) {
      await bob.does("component", { message, button: "count" });
      await alice.reads(`Pressed ${presses} times`);
    }
    await bob.does("component", { message, menu: "colour", values: ["blue"] });
    await bob.reads("You like blue");
    assert(!(await alice.sees()).some((one) => one.content === "You like blue"));
    await sees(seen, "panel Pressed 0 times");
  },
  async modal({ alice }) {
    await alice.uses("feedback");
    await alice.fills({ subject: "tests", details: "More of them" });
    await alice.reads("Thank you for tests: More of them");
  },
  async "a form with labels"({ alice }) {
    await alice.uses("survey");
    await alice.fills({ colours: ["red", "blue"] });
    await alice.reads("You chose red and blue");
  },
  async "components of the second generation"({ alice, bob }) {
    await alice.uses("layout");
    const message = await until(async () => (await alice.sees()).find((one) => one.components[0]?.type === 17), () => "no container is shown");
    assert.equal(message.components[0].components[0].components[0].content, "A section");
    await bob.does("component", { message: message.id, button: "section" });
    await bob.reads("You are here");
  },
  async "post in a forum"({ alice, client, seen }) {
    await alice.uses("post");
    await sees(seen, "thread A post");
    const post = client.channels.cache.find((one) => one.name === "A post");
    await alice.reads("Its first words", post.id);
    await alice.reads(`Posted ${post.id}`);
  },
  async "context menus"({ alice, bob }) {
    const message = await alice.says("seven!!");
    await bob.does("context", { command: "Count letters", message });
    await bob.reads("7 letters");
    await bob.does("context", { command: "Greet", target: "alice" });
    await bob.reads("Hello alice");
  },
  async "thread from a message"({ alice, client, seen }) {
    const said = await alice.says("!thread Tea or coffee");
    await alice.reads("Here we are", said);
    await sees(seen, "thread Tea or coffee");
    assert.equal(client.channels.cache.get(said).parent.name, "general");
  },
  async "direct message"({ alice, client, seen }) {
    const greeting = await (await client.users.fetch(alice.id)).send("Hello, only you");
    await alice.reads("Hello, only you", greeting.channelId);
    await alice.says("Hello back", greeting.channelId);
    await alice.reads("You wrote: Hello back", greeting.channelId);
    assert(seen.includes("direct message Hello back"));
  },
  async files({ alice, seen }) {
    await alice.says("!file");
    const { attachments: [file] } = await alice.reads("A file");
    assert.deepEqual([file.filename, file.description], ["table.csv", "A table"]);
    await sees(seen, "file one,two\n");
  },
  async "reaction, reply, history and deletion"({ alice }) {
    const said = await alice.says("!react");
    const reply = await alice.reads("Done");
    assert.equal(reply.message_reference.message_id, said);
    const reacted = (await alice.sees()).find((one) => one.id === said);
    assert.equal(reacted.reactions[0].emoji.name, "👍");
    await alice.says("!forget");
    await alice.reads("Forgotten");
    assert(!(await alice.sees()).some((one) => one.id === reply.id));
  },
  /** The library waits as long as it is told, and sends the message once. */
  async "forced rate limit"({ alice, client, world }) {
    await world.control("POST", "faults", { method: "POST", path: "/messages", times: 1, action: { rate_limited: { retry_after: 0.7 } } });
    const channel = client.channels.cache.find((one) => one.name === "general");
    const started = performance.now();
    await channel.send("Late, but once");
    assert(performance.now() - started >= 700);
    assert.equal((await alice.sees()).filter((one) => one.content === "Late, but once").length, 1);
  },
  /** Opcode 7: the library resumes, and misses nothing. */
  async reconnect({ alice, seen, world }) {
    await world.control("POST", "gateway", { cut: "reconnect" });
    await alice.uses("ask", { question: "reconnecting" });
    await sees(seen, "resumed");
    await alice.reads("The answer to reconnecting is 42");
  },
  /** Opcode 9 with false: the library identifies anew. */
  async "invalid session"({ alice, seen, world }) {
    const ready = seen.filter((one) => one === "ready").length;
    await world.control("POST", "gateway", { cut: { invalid_session: false } });
    await until(() => seen.filter((one) => one === "ready").length > ready, () => "the bot has not identified anew");
    await alice.uses("ask", { question: "starting anew" });
    await alice.reads("The answer to starting anew is 42");
  },
  async "nothing was amiss"({ seen, world }) {
    const report = await world.control("GET", "report");
    for (const name of ["unimplemented", "pings", "left_thinking", "unanswered", "rejected"]) assert.deepEqual(report[name], [], name);
    assert.deepEqual(seen.filter((one) => one.startsWith("error")), []);
  },
};

const sees = (seen, what) => until(() => seen.includes(what), () => `the bot has seen ${JSON.stringify(seen)} and not ${what}`);

/** Plays every scenario; gives the names of those that failed. */
async function play(stage) {
  const failed = [];
  for (const [name, scenario] of Object.entries(scenarios)) {
    const started = performance.now();
    try {
      await scenario(stage);
      console.log(`ok      ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
  return failed;
}

const world = await emulator(program);
const { people } = await world.control("POST", "seed", { people: [{ name: "alice" }, { name: "bob" }] });
const [alice, bob] = ["alice", "bob"].map((name) => new Person(world, name, people[name]));
const made = bot(library, `${world.page}api`);
const ready = once(made.client, library.Events.ClientReady, { signal: AbortSignal.timeout(SOON) });
await made.client.login(world.token);
await ready;
const failed = await play({ world, alice, bob, ...made });
await made.client.destroy();
const ended = await world.end();
if (ended !== 0) failed.push(`the emulator ended with ${ended}`);
console.log(`discord.js ${library.version}: ${Object.keys(scenarios).length - failed.length} of ${Object.keys(scenarios).length} scenarios passed`);
process.exit(failed.length > 0 ? 1 : 0);
