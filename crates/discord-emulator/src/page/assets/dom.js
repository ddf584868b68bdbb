// Makes elements. Text only ever becomes text nodes; nothing here reads HTML.

/** An element with properties and children; strings become text nodes, null is left out. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("aria-") || key === "role") made.setAttribute(key, value);
    else if (key.startsWith("--")) made.style.setProperty(key, value);
    else made[key] = value;
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
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
