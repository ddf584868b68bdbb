// Makes elements. Text only ever becomes text nodes; nothing here reads HTML.

/** An element with properties and children; strings become text nodes, null is left out. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("aria-") || key.startsWith("data-") || key === "role") made.setAttribute(key, value);
    else if (key.startsWith("--")) made.style.setProperty(key, value);
    else made[key] = value;
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

/** A button that does one thing; `label` is what is read where `children` are a mere sign. */
export function button(properties, ...children) {
  const { label, ...rest } = properties;
  return element("button", { type: "button", "aria-label": label, title: label, ...rest }, ...children);
}

/** A link that leaves the page behind, or plain text when it does not lead to the web. */
export function link(address, ...children) {
  if (!isWeb(address)) return element("span", {}, ...children);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

export function isWeb(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

/** The path of an address that leads to this emulator, from which alone pictures and files are loaded; else null. */
export function local(address) {
  try {
    const { hostname, port, pathname } = new URL(address, location.href);
    return ["127.0.0.1", "localhost", "[::1]"].includes(hostname) && port === location.port ? pathname : null;
  } catch {
    return null;
  }
}

/**
 * A function that redraws `place` when its argument has changed, and leaves it alone otherwise. Whoever stood on something with a
 * `data-key` stands on what has that key afterwards.
 */
export function redrawn(place, draw) {
  let shown = null;
  return (value) => {
    const state = JSON.stringify(value);
    if (state === shown) return;
    shown = state;
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    place.replaceChildren(...[draw(value)].flat(Infinity).filter((child) => child !== null && child !== undefined));
    if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };
}

/** An amount of bytes for people. */
export function bytes(count) {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KiB`;
  return `${(count / 1024 / 1024).toFixed(1)} MiB`;
}
