// The places a person sees: guilds, channels in categories, threads under their channel, direct messages. Opens them through what it is given.

import { button, element, redrawn } from "./dom.js";

const CATEGORY = 4;
const FORUM = 15;
const SIGNS = { 1: "@", 5: "!", 10: "↳", 11: "↳", 12: "⊘", 15: "▤" };

/** What stands before a channel's name. */
export const signOf = (type) => SIGNS[type] ?? "#";

/** The channels as they stand below each other: categories with what is in them, threads under their channel. Pure. */
export function outline(places) {
  const isThread = (place) => [10, 11, 12].includes(place.type);
  const inOrder = (list) => [...list].sort((one, other) => (one.position ?? 0) - (other.position ?? 0));
  const withThreads = (place) => [{ ...place, depth: 0 },
    ...(place.type === FORUM ? [] : places.filter((one) => isThread(one) && one.parent === place.id && !one.archived).map((one) => ({ ...one, depth: 1 })))];
  const inside = (parent) => inOrder(places.filter((place) => !isThread(place) && place.type !== CATEGORY && (place.parent ?? null) === parent)).flatMap(withThreads);
  const known = new Set(places.map((place) => place.id));
  // A channel whose category is hidden stands with those that have none.
  const loose = inOrder(places.filter((place) => !isThread(place) && place.parent && !known.has(place.parent))).flatMap(withThreads);
  const categories = inOrder(places.filter((place) => place.type === CATEGORY));
  return [{ name: null, places: [...inside(null), ...loose] }, ...categories.map((one) => ({ name: one.name, places: inside(one.id) }))];
}

/** Draws the places into their lists; gives a function that takes the next view. */
export function placeList({ guilds, channels, directs }, open, write) {
  const drawGuilds = redrawn(guilds, ({ list, here }) => list.map((one) => element("option", { value: one.id, selected: one.id === here }, one.name)));
  const drawChannels = redrawn(channels, ({ places, here, unread }) => outline(places).filter((part) => part.name || part.places.length > 0).map((part) => element("li", {},
    part.name ? element("h2", {}, part.name) : null,
    element("ul", {}, part.places.map((one) => place(one, here, open, unread))))));
  const drawDirects = redrawn(directs, ({ list, here, unread }) => [...list.map((one) => place({ ...one, type: 1 }, here, open, unread)),
    // The bot is the only one to write to; once it was, its name stands here.
    list.length > 0 ? null : element("li", {}, button({ className: "place", onclick: write }, element("span", { className: "sign", "aria-hidden": "true" }, "+"), "Write to the bot"))]);
  return (view, unread) => {
    drawGuilds({ list: view.guilds, here: view.guild?.id });
    drawChannels({ places: view.places.map(named), here: view.channel, unread });
    drawDirects({ list: view.directs.map(named), here: view.channel, unread });
  };
}

/** A place without its latest message, which changes nothing about how it is drawn. */
const named = ({ last, ...place }) => place;

function place(one, here, open, unread) {
  const isUnread = unread.includes(one.id);
  return element("li", { className: one.depth ? "deep" : "" }, button({ className: isUnread ? "place unread" : "place", "aria-current": one.id === here ? "page" : null, "data-place": one.id, "data-key": one.id, onclick: () => open(one.id) },
    element("span", { className: "sign", "aria-hidden": "true" }, signOf(one.type)), element("span", { className: "called" }, one.name),
    one.locked ? element("span", { className: "small" }, "locked") : null, isUnread ? element("span", { className: "new" }, "new") : null));
}
