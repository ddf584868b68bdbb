// The list of a channel's messages: keeps those that have not changed, and its place. Decides nothing about what is shown.

import { arranged } from "./arrangement.js";
import { element } from "./dom.js";
import { messageItem } from "./message.js";

/** This near to the end counts as being there, in pixels. */
const NEAR = 80;

/** Shows entries in a list; gives `show(entries, room)`, `toEnd()`, `find(id)` and `clear()`. */
export function messageList(list, menu) {
  let shown = new Map();
  let isAtEnd = true;
  const stay = () => { if (isAtEnd) list.scrollTop = list.scrollHeight; };

  list.addEventListener("scroll", () => { isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR; }, { passive: true });
  // The list gets lower when a field below it grows, or a keyboard opens; whoever read the end still does.
  new ResizeObserver(stay).observe(list);
  list.addEventListener("load", stay, true);
  list.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll(".entry")];
    const here = items.indexOf(document.activeElement);
    if (event.target !== list && here === -1) return;
    if (event.key === "ArrowUp") items.at(here === -1 ? -1 : Math.max(0, here - 1))?.focus();
    else if (event.key === "ArrowDown" && here !== -1) items[Math.min(items.length - 1, here + 1)].focus();
    else if (here !== -1 && (event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) menu(items[here].dataset.id, items[here]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("contextmenu", (event) => {
    const item = event.target.closest(".entry");
    // Links and chosen text keep the browser's own menu.
    if (!item || event.target.closest("a, textarea") || !getSelection().isCollapsed) return;
    event.preventDefault();
    menu(item.dataset.id, item, { left: event.clientX, right: event.clientX, top: event.clientY, bottom: event.clientY });
  });

  function show(entries, room) {
    const wanted = arranged(entries);
    const ids = new Set(wanted.map(({ entry }) => entry.id));
    const isInside = list.contains(document.activeElement);
    for (const [id, old] of shown) {
      if (ids.has(id)) continue;
      old.remove();
      shown.delete(id);
    }
    // Whoever stood on what is gone now still stands among the messages.
    if (isInside && !list.contains(document.activeElement)) list.focus({ preventScroll: true });
    let last = null;
    for (const { entry, follows, day } of wanted) {
      const item = shown.get(entry.id) ?? made(entry.id);
      item.divide(day);
      item.show({ ...room, entry, follows, editing: room.editing === entry.id });
      for (const one of item.nodes()) {
        const next = last ? last.nextElementSibling : list.firstElementChild;
        if (one !== next) list.insertBefore(one, next);
        last = one;
      }
      shown.set(entry.id, item);
    }
    stay();
  }

  function made(id) {
    const { item, show } = messageItem(id);
    let divider = null;
    return {
      show,
      nodes: () => [divider, item].filter(Boolean),
      divide(day) {
        if ((divider?.dataset.day ?? null) === day) return;
        divider?.remove();
        divider = day ? element("li", { className: "day", "data-day": day }, new Date(day).toLocaleDateString([], { dateStyle: "long" })) : null;
      },
      remove() {
        divider?.remove();
        item.remove();
      },
    };
  }

  return {
    show,
    toEnd() {
      isAtEnd = true;
      stay();
    },
    /** Leads to a message, if it is among those shown. */
    find(id) {
      const item = list.querySelector(`.entry[data-id="${CSS.escape(id)}"]`);
      item?.scrollIntoView({ block: "center" });
      item?.focus({ preventScroll: true });
    },
    clear() {
      list.replaceChildren();
      shown = new Map();
      isAtEnd = true;
    },
  };
}
