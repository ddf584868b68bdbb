// Tells whoever listens what is new in a channel: each message once, when it stands. Draws nothing that can be seen.

import { element } from "./dom.js";

/** A text that has not changed for so long is read out, in milliseconds: an answer that grows is not read over and over. */
const SETTLED = 1500;
/** Lines kept; what reads them has read those before. */
const MOST = 20;

/** Speaks through `log`, a live region. Gives {hear(list), fallSilent()}: `hear` takes {id, line} of all that is shown. */
export function speech(log) {
  let known = null;
  let waiting = new Map();

  function hear(list) {
    // What was there when the channel was opened is read by whoever goes through it.
    if (known === null) {
      known = new Map(list.map(({ id, line }) => [id, line]));
      return;
    }
    for (const { id, line } of list) {
      // Once something was said of a message, its edits are not news.
      if (known.get(id) || !line || waiting.get(id)?.line === line) continue;
      clearTimeout(waiting.get(id)?.timer);
      waiting.set(id, { line, timer: setTimeout(() => speak(id, line), SETTLED) });
    }
  }

  function speak(id, line) {
    waiting.delete(id);
    known.set(id, line);
    log.append(element("p", {}, line));
    while (log.children.length > MOST) log.firstElementChild.remove();
  }

  function fallSilent() {
    for (const { timer } of waiting.values()) clearTimeout(timer);
    waiting = new Map();
    known = null;
    log.replaceChildren();
  }

  return { hear, fallSilent };
}
