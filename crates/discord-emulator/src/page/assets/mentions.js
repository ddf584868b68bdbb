// Completes names behind `@` and `#`, and turns them into what Discord sends. Pure.

/** Names offered at most. */
const MOST = 8;

/** The mark and the word that end at the caret, and where they begin: `hey @al|` is {mark: "@", word: "al", from: 4}. */
export function wordAt(text, caret) {
  const found = /(?:^|\s)([@#])([^\s@#]{0,32})$/u.exec(text.slice(0, caret));
  return found ? { mark: found[1], word: found[2], from: caret - found[2].length - 1 } : null;
}

/** What fits the word: {name, id, as} where `as` is what is sent. Names that begin with it come first. */
export function offers({ mark, word }, { people, roles, channels }) {
  const from = (list, as, detail) => list.map((one) => ({ id: one.id, name: `${mark}${one.name}`, as: as(one.id), detail: one.bot ? "app" : detail }));
  const all = mark === "#" ? from(channels, (id) => `<#${id}>`, null) : [...from(people, (id) => `<@${id}>`, null), ...from(roles, (id) => `<@&${id}>`, "role")];
  const low = word.toLowerCase();
  const begins = all.filter((one) => one.name.slice(1).toLowerCase().startsWith(low));
  const holds = all.filter((one) => !begins.includes(one) && one.name.toLowerCase().includes(low));
  return [...begins, ...holds].slice(0, MOST);
}

/** The text with every name that was picked as the mention it stands for; longer names first, so that none is cut in two. */
export function withMentions(text, picked) {
  const longest = [...picked].sort((one, other) => other.name.length - one.name.length);
  return longest.reduce((sent, one) => sent.replaceAll(one.name, one.as), text);
}
