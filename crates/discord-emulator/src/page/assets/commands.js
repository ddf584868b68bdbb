// Finds commands and what they need. Draws nothing and sends nothing.

const SUB = 1;
const GROUP = 2;
const SLASH = 1;

/** Every slash command a person can choose, subcommands by their full name, in their language: {name, description, options}. */
export function choices(commands, locale) {
  return commands.filter((command) => (command.type ?? SLASH) === SLASH).flatMap((command) => unfold(command.name, command, locale))
    .sort((one, other) => one.name.localeCompare(other.name));
}

function unfold(name, part, locale) {
  const options = part.options ?? [];
  const subs = options.filter((option) => option.type === SUB || option.type === GROUP);
  if (subs.length > 0) return subs.flatMap((sub) => unfold(`${name} ${sub.name}`, sub, locale));
  // Required options come first in every command that Discord accepts.
  return [{ name, description: part.description_localizations?.[locale] ?? part.description ?? "", options }];
}

/** The commands of the menu of a person (type 2) or of a message (type 3), with what they are called in a language: {name, label}. */
export function ofMenu(commands, type, locale) {
  return commands.filter((command) => command.type === type)
    .map(({ name, name_localizations }) => ({ name, label: name_localizations?.[locale] ?? name }))
    .sort((one, other) => one.label.localeCompare(other.label));
}

/** The choices that fit what stands behind the slash: those that begin with it first. */
export function fitting(all, typed) {
  const word = typed.toLowerCase();
  const begins = all.filter((choice) => choice.name.startsWith(word));
  const holds = all.filter((choice) => !choice.name.startsWith(word) && choice.name.includes(word));
  return [...begins, ...holds];
}

/** A command typed out with what follows it: `/ask why` is {choice: ask, rest: "why"}. Longest name wins. */
export function typedOut(all, text) {
  const line = text.slice(1);
  const found = all.filter((choice) => line.startsWith(`${choice.name} `)).sort((one, other) => other.name.length - one.name.length);
  return found.length > 0 ? { choice: found[0], rest: line.slice(found[0].name.length + 1) } : null;
}
