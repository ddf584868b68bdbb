// The emulator as a program, and people in it: what they do and see, by its control API.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

/** How long anything may take that ought to happen at once, in milliseconds. Only a broken bot or emulator lets it run out. */
export const SOON = 60_000;

/** The control API has refused something. */
class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** A running emulator: {page, token, control(method, path, body), end()}; `end` gives what it ended with. */
export async function emulator(program) {
  const process = spawn(program, ["--port", "0", "--message-content", "--rate-limits", "realistic"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(process, "exit");
  const told = {};
  for await (const line of createInterface({ input: process.stdout })) {
    const found = /^(page|bot token) +(\S+)/.exec(line);
    if (found) told[found[1]] = found[2];
    if (told.page && told["bot token"]) break;
  }
  if (!told["bot token"]) throw new Error("the emulator has ended before it had come up");
  process.stdout.resume();
  const { page } = told;

  async function control(method, path, body) {
    const answer = await fetch(`${page}_emu/${path}`, { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } });
    const read = await answer.json();
    if (!answer.ok) throw new Refused(answer.status, `${method} ${path} ${JSON.stringify(body)}: ${answer.status} ${JSON.stringify(read)}`);
    return read;
  }

  async function end() {
    process.kill("SIGTERM");
    const [code] = await ended;
    return code;
  }

  return { page, token: told["bot token"], control, end };
}

/** Somebody in the guild. */
export class Person {
  constructor(emulator, name, id) {
    Object.assign(this, { emulator, name, id });
  }

  does(what, details) {
    return this.emulator.control("POST", what, { person: this.name, channel: "general", ...details });
  }

  /** Writes; gives the message's id. */
  async says(text, channel = "general") {
    return (await this.does("message", { channel, text })).message;
  }

  uses(command, options = {}) {
    return this.does("command", { command, options });
  }

  /** Fills in the form that the bot is about to open. */
  async fills(values) {
    const fill = () => this.emulator.control("POST", "modal", { person: this.name, values }).then(() => true, unless(404));
    await until(fill, () => `no form has opened for ${this.name}`);
  }

  /** The messages that they see in a channel, oldest first, as the API shows them. */
  async sees(channel = "general") {
    return (await this.emulator.control("GET", `view?person=${this.name}&channel=${channel}`)).messages;
  }

  /** Waits until a message of exactly this text is there. */
  async reads(text, channel = "general") {
    let seen = [];
    const look = async () => {
      // A thread that somebody is about to open is not there yet.
      seen = (await this.sees(channel).catch(unless(404))) || [];
      return seen.find((one) => one.content === text);
    };
    return until(look, () => `${this.name} sees ${JSON.stringify(seen.map((one) => one.content))} and not ${text}`);
  }
}

/** Takes one refusal for "not yet" and passes every other error on. */
function unless(status) {
  return (error) => {
    if (error.status !== status) throw error;
    return false;
  };
}

/** Looks again and again until something is found; gives it. */
export async function until(look, otherwise) {
  const end = performance.now() + SOON;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(otherwise());
    await pause(20);
  }
}
