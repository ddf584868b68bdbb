// Holds text fields to lengths as Discord counts them: in code points, not in the units of JavaScript's strings. Sends nothing.

import { element } from "./dom.js";

/** Characters of a person's message at most. */
export const LONGEST_MESSAGE = 2000;
/** How much of the room has to be left for nothing to be said about it. */
const NEAR = 0.1;

/** The length of a text in code points. */
export const lengthOf = (text) => [...text].length;

/** What is to be said about a text: {told, wrong}, each a sentence or "". What is left out altogether is not too short. */
export function judged(text, { least = 0, most }) {
  const length = lengthOf(text);
  if (length > most) return { told: `${length - most} too many`, wrong: `This must be ${most} or fewer in length; it is ${length}.` };
  const told = most - length <= most * NEAR ? `${most - length} left` : "";
  return { told, wrong: length > 0 && length < least ? `This must be ${least} or more in length; it is ${length}.` : "" };
}

/**
 * Lets no form be sent whose `field` is too long or too short, and says in `counter` how much room is left. `sent` makes of what was
 * typed what will be sent, which is what counts. Gives {counter, check}; `check` looks again after the field was changed by a program.
 */
export function held(field, limits, sent = (text) => text) {
  const counter = element("span", { className: "counter", role: "status", hidden: true });
  const check = () => {
    const { told, wrong } = judged(sent(field.value), limits);
    field.setCustomValidity(wrong);
    counter.textContent = told;
    counter.hidden = told === "";
    counter.classList.toggle("bad", wrong !== "");
  };
  field.addEventListener("input", check);
  check();
  return { counter, check };
}
