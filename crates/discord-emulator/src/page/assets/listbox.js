// A list of suggestions above a text field that keeps the focus: commands, names, live choices. Fetches nothing.

import { element } from "./dom.js";

let count = 0;

/** Ties a list to a field. `take` gets the entry that was chosen. Gives {show(entries, note), hide, isOpen, key(event)}. */
export function listbox(field, list, take) {
  const prefix = `suggestion-${count++}`;
  let entries = [];
  let marked = 0;

  function show(next, note = null) {
    entries = next;
    marked = Math.min(marked, Math.max(0, entries.length - 1));
    list.hidden = entries.length === 0 && !note;
    draw(note);
  }

  /** A field of several lines is no combobox, and cannot be expanded. */
  function expand(isOpen) {
    if (field.getAttribute("role") === "combobox") field.setAttribute("aria-expanded", String(isOpen));
  }

  function draw(note) {
    list.replaceChildren(...entries.map((entry, index) => {
      const item = element("li", { id: `${prefix}-${index}`, role: "option", "aria-selected": String(index === marked) },
        element("b", {}, entry.label), entry.more ? ` ${entry.more}` : null, entry.detail ? element("span", {}, entry.detail) : null);
      // The field keeps the focus: this comes before it would be lost.
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(entry));
      return item;
    }), ...(note ? [element("li", { className: "note", role: "presentation" }, note)] : []));
    expand(!list.hidden);
    if (entries.length === 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${prefix}-${marked}`);
    list.children[marked]?.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    entries = [];
    marked = 0;
    list.hidden = true;
    list.replaceChildren();
    expand(false);
    field.removeAttribute("aria-activedescendant");
  }

  /** Whether a key was for the list. */
  function key(event) {
    if (list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && entries.length > 0) {
      marked = (marked + step + entries.length) % entries.length;
      draw(null);
    } else if ((event.key === "Enter" || event.key === "Tab") && entries.length > 0 && !event.shiftKey) {
      take(entries[marked]);
    } else if (event.key === "Escape") {
      hide();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  return { show, hide, key, isOpen: () => !list.hidden };
}
