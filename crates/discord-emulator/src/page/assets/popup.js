// A list that opens beside what was pressed: menus, selects, reactions. Works by keyboard, mouse and touch; sends nothing.

import { element } from "./dom.js";

/** Letters that follow each other within this time are one word to look for, in milliseconds. */
const WORD = 700;

let close = () => {};

/** Whether a list is open. */
export const isOpen = () => document.querySelector(".popup") !== null;

/** Closes the list that is open, as Escape does. */
export const closePopup = () => close(false);

/**
 * Opens a list and closes any other. `items` are {label, detail, hint, disabled, checked, act}; `act` runs after the list has
 * closed, except with `many`, where items are checked and `many.done(indices)` gets them when it closes by anything but Escape.
 */
export function openPopup(anchor, name, items, { at = null, many = null, className = "", search = false } = {}) {
  close(false);
  const role = items.some((item) => item.checked !== undefined) ? "option" : "menuitem";
  const checked = new Set(items.flatMap((item, index) => (item.checked ? [index] : [])));
  const list = element("ul", { className: "popup-items", role: role === "option" ? "listbox" : "menu", "aria-label": name,
    "aria-multiselectable": many ? "true" : null });
  const rows = items.map((item, index) => row(item, index));
  list.append(...rows);
  const typed = search ? element("input", { type: "search", "aria-label": `Search ${name}`, placeholder: "Search" }) : null;
  const note = many ? element("p", { className: "small" }, many.note) : null;
  const done = many ? element("button", { type: "button", className: "primary" }, "Done") : null;
  const box = element("div", { className: `popup ${className}` }, typed, list, note, done);
  const back = document.activeElement;
  let word = { letters: "", at: 0 };

  close = (isDone) => {
    close = () => {};
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", cancel);
    box.remove();
    anchor.setAttribute?.("aria-expanded", "false");
    (anchor.isConnected && anchor.tabIndex >= 0 ? anchor : back)?.focus?.({ preventScroll: true });
    if (isDone && many) many.done([...checked].sort((one, other) => one - other));
  };
  const cancel = () => close(false);
  const outside = (event) => {
    // What was pressed to open it closes it by its own click.
    if (!box.contains(event.target)) close(many !== null && !anchor.contains?.(event.target));
  };
  const focusable = () => rows.filter((one) => !one.hidden && one.getAttribute("aria-disabled") !== "true");

  function row(item, index) {
    const made = element("li", { role, tabIndex: -1, className: item.danger ? "danger" : "", "aria-disabled": item.disabled ? "true" : null,
      "aria-selected": role === "option" ? String(item.checked === true) : null, title: item.hint ?? null },
    item.sign ? element("span", { className: "sign", "aria-hidden": "true" }, item.sign) : null,
    element("span", { className: "what" }, item.label, item.detail ? element("small", {}, item.detail) : null));
    made.addEventListener("click", () => take(index));
    return made;
  }

  function take(index) {
    const item = items[index];
    if (item.disabled) return;
    if (!many) {
      close(true);
      item.act?.();
      return;
    }
    if (checked.has(index)) checked.delete(index);
    else if (checked.size < many.most) checked.add(index);
    rows[index].setAttribute("aria-selected", String(checked.has(index)));
    rows[index].focus();
  }

  box.addEventListener("keydown", (event) => {
    const open = focusable();
    const here = open.indexOf(document.activeElement);
    const isTyping = event.timeStamp - word.at < WORD;
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step && !(event.target === typed && event.key.length > 9)) {
      open[(here + step + open.length) % open.length]?.focus();
    } else if (event.key === "Home" || event.key === "End") {
      open.at(event.key === "Home" ? 0 : -1)?.focus();
    } else if (event.key === "Escape") {
      close(false);
    } else if (event.key === "Tab") {
      if (typed || done) return;
      close(false);
    } else if (event.key === "Enter" || (event.key === " " && event.target !== typed && !isTyping)) {
      if (event.target === done) return;
      const index = rows.indexOf(event.target === typed ? open[0] : document.activeElement);
      if (index >= 0) take(index);
    } else if (event.key.length === 1 && event.target !== typed) {
      const begun = isTyping ? word.letters : "";
      word = { letters: begun + event.key.toLowerCase(), at: event.timeStamp };
      // A first letter leads on to the next of its kind; a longer word may stay where it is.
      const from = begun ? here : here + 1;
      const after = [...open.slice(from), ...open.slice(0, from)];
      after.find((one) => one.querySelector(".what").textContent.toLowerCase().startsWith(word.letters))?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  typed?.addEventListener("input", () => {
    const word = typed.value.trim().toLowerCase();
    rows.forEach((one) => { one.hidden = !one.querySelector(".what").textContent.toLowerCase().includes(word); });
  });
  done?.addEventListener("click", () => close(true));
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", cancel);
  // Inside an open dialog, or else it would stand behind it.
  (anchor.closest?.("dialog") ?? document.querySelector("main")).append(box);
  place(box, at ?? anchor.getBoundingClientRect());
  anchor.setAttribute?.("aria-expanded", "true");
  (typed ?? focusable().find((one) => one.getAttribute("aria-selected") === "true") ?? focusable()[0] ?? list).focus?.({ preventScroll: true });
}

/** Below what was pressed where there is room, else above, and never beyond the window. */
function place(box, at) {
  const { width, height } = box.getBoundingClientRect();
  const gap = 4;
  const below = at.bottom + gap + height <= window.innerHeight || at.top < height + gap;
  const top = below ? Math.min(at.bottom + gap, window.innerHeight - height - gap) : at.top - height - gap;
  const left = Math.min(at.left, window.innerWidth - width - gap);
  box.style.setProperty("--top", `${Math.max(gap, top)}px`);
  box.style.setProperty("--left", `${Math.max(gap, left)}px`);
}
