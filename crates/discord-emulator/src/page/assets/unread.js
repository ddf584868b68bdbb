// Knows which places hold something that a person has not seen, since this page was opened. Draws nothing.

/** Whether an id is younger than another; ids are numbers too large for JavaScript's own. */
const isYounger = (id, other) => BigInt(id) > BigInt(other);

/**
 * What nobody has looked at yet. Gives {look(view), of(view)}: `look` is told of every view that is shown, and `of` gives the ids of the
 * places with a message of somebody else's that came after the page was opened and after the person last had the place before them.
 */
export function unread() {
  const seen = {};
  let since = null;
  const places = (view) => [...view.places, ...view.directs].filter((place) => place.last);

  function look(view) {
    // What was there before belongs to nobody's unread.
    since ??= places(view).reduce((latest, { last }) => (isYounger(last, latest) ? last : latest), "0");
    const open = places(view).find((place) => place.id === view.channel);
    if (open) seen[`${view.me} in ${open.id}`] = open.last;
  }

  function of(view) {
    const isNew = (place) => isYounger(place.last, since) && isYounger(place.last, seen[`${view.me} in ${place.id}`] ?? "0");
    return places(view).filter((place) => place.id !== view.channel && isNew(place)).map((place) => place.id);
  }

  return { look, of };
}
