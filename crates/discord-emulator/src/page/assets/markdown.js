// Reads Discord's Markdown into a tree of plain objects. Touches no page; what it does not know stays text.
//
// A node is a string, or {kind, ...} with children in `inside`. Tables, LaTeX, HTML, images, `---` and headings deeper
// than three are not Markdown here, so they come out as they were written.

const FENCE = /```(?:([\w+#.-]+)\n)?\n*([^\n][\s\S]*?)\n*```/;
const HEADING = /^(#{1,3}) +(.+)$/;
const SUBTEXT = /^-# +(.+)$/;
const QUOTE = /^> (.*)$/;
const ITEM = /^( *)([-*]|\d{1,9}\.) +(.+)$/;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3|<a?:\w+:\d+>/u;
const ADDRESS = /^https?:\/\/[^\s<]+/;
const MENTIONS = [
  [/^<@!?(\d+)>/, "person"],
  [/^<@&(\d+)>/, "role"],
  [/^<#(\d+)>/, "channel"],
  [/^<\/([^:>]+):\d+>/, "command"],
  [/^<id:([a-z]+)>/, "place"],
  [/^@(everyone|here)\b/, "all"],
];
const MARKS = [
  ["**", "bold"],
  ["__", "underline"],
  ["~~", "strike"],
  ["||", "spoiler"],
  ["*", "italic"],
  ["_", "italic"],
];
/** How deep marks may nest before the rest is taken as text. */
const DEEPEST = 12;

/** The tree of a text. `where` is "content" or "embed": labels with emoji are links only in embeds. */
export function parse(text, where = "content") {
  const nodes = [];
  let rest = text;
  for (let fence = FENCE.exec(rest); fence; fence = FENCE.exec(rest)) {
    nodes.push(...blocks(trimEnd(rest.slice(0, fence.index)), where));
    nodes.push({ kind: "fence", language: fence[1] ?? "", text: fence[2] });
    rest = rest.slice(fence.index + fence[0].length).replace(/^\n/, "");
  }
  return [...nodes, ...blocks(rest, where)];
}

const trimEnd = (text) => text.replace(/\n$/, "");

function blocks(text, where) {
  if (text === "") return [];
  const nodes = [];
  const lines = text.split("\n");
  let plain = [];
  const flush = () => {
    if (plain.length > 0) nodes.push({ kind: "lines", inside: inline(plain.join("\n"), where) });
    plain = [];
  };
  while (lines.length > 0) {
    const line = lines[0];
    if (line.startsWith(">>> ")) {
      flush();
      const quoted = [line.slice(4), ...lines.slice(1)].join("\n");
      nodes.push({ kind: "quote", inside: blocks(quoted, where) });
      return nodes;
    }
    if (QUOTE.test(line)) {
      flush();
      const quoted = takeWhile(lines, (one) => QUOTE.test(one)).map((one) => QUOTE.exec(one)[1]);
      nodes.push({ kind: "quote", inside: blocks(quoted.join("\n"), where) });
    } else if (ITEM.test(line)) {
      flush();
      const items = takeWhile(lines, (one) => ITEM.test(one));
      while (items.length > 0) nodes.push(list(items, where));
    } else {
      lines.shift();
      const single = heading(line, where);
      if (single) {
        flush();
        nodes.push(single);
      } else {
        plain.push(line);
      }
    }
  }
  flush();
  return nodes;
}

function takeWhile(lines, fits) {
  const end = lines.findIndex((line) => !fits(line));
  return lines.splice(0, end === -1 ? lines.length : end);
}

function heading(line, where) {
  const found = HEADING.exec(line);
  if (found) return { kind: "heading", level: found[1].length, inside: inline(found[2], where) };
  const small = SUBTEXT.exec(line);
  return small ? { kind: "subtext", inside: inline(small[1], where) } : null;
}

/** Takes the items of one list from the lines; two spaces more make a list inside, another kind of mark a new list. */
function list(lines, where) {
  const [, indent, mark] = ITEM.exec(lines[0]);
  const ordered = /\d/.test(mark);
  const items = [];
  while (lines.length > 0) {
    const [, , itsMark, text] = ITEM.exec(lines[0]);
    if (/\d/.test(itsMark) !== ordered) break;
    lines.shift();
    const deeper = takeWhile(lines, (line) => ITEM.exec(line)[1].length >= indent.length + 2);
    const inside = inline(text, where);
    while (deeper.length > 0) inside.push(list(deeper, where));
    items.push(inside);
  }
  return { kind: "list", ordered, start: ordered ? parseInt(mark, 10) : 1, items };
}

/** The tree of text without blocks. In a label, only marks count. */
function inline(text, where, depth = 0, before = "") {
  const nodes = [];
  let plain = "";
  let at = 0;
  const push = (node) => {
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(node);
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const previous = at > 0 ? text[at - 1] : before;
    const found = depth < DEEPEST ? token(rest, previous, where, depth) : null;
    if (!found) {
      const character = String.fromCodePoint(rest.codePointAt(0));
      plain += character;
      at += character.length;
    } else {
      if (typeof found.node === "string") plain += found.node;
      else push(found.node);
      at += found.length;
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

/** The node that starts here and how many characters it takes, or null. */
function token(rest, previous, where, depth) {
  switch (rest[0]) {
    case "\\": return where === "label" ? null : escaped(rest);
    case "`": return code(rest);
    case "[": return where === "label" ? null : masked(rest, where, depth);
    case "<": return where === "label" ? null : pointed(rest);
    case "@": return where === "label" ? null : mention(rest);
    case "h": return where === "label" ? null : bare(rest);
    case "*": case "_": case "~": case "|": return marked(rest, previous, where, depth);
    default: return null;
  }
}

function escaped(rest) {
  return /^\\[^\p{L}\p{N}\s]/u.test(rest) ? { node: rest[1], length: 2 } : null;
}

function code(rest) {
  const ticks = /^`+/.exec(rest)[0];
  const pattern = new RegExp("^" + ticks + "(?!`)([\\s\\S]*?[^`])" + ticks + "(?!`)");
  const found = ticks.length <= 2 ? pattern.exec(rest) : null;
  if (!found) return { node: ticks, length: ticks.length };
  return { node: { kind: "code", text: found[1].replace(/^ (?=`)|(?<=`) $/g, "") }, length: found[0].length };
}

/** `[label](address)`; one that Discord does not make a link of is kept as it was written. */
function masked(rest, where, depth) {
  const label = bracketed(rest);
  if (label === null) return null;
  const behind = /^\((?:<([^<>\s]+)>|([^\s()<>]+))(?: +"([^"]*)")?\)/.exec(rest.slice(label.length + 2));
  if (!behind) return null;
  const length = label.length + 2 + behind[0].length;
  const address = behind[1] ?? behind[2];
  if (!isLinkable(label, address, behind[3], where)) return { node: rest.slice(0, length), length };
  const inside = inline(label, "label", depth + 1);
  return { node: { kind: "link", address, hover: behind[3] ?? null, inside }, length };
}

/** The text between balanced brackets at the start. */
function bracketed(rest) {
  let open = 0;
  for (let at = 0; at < rest.length; at += 1) {
    if (rest[at] === "\n" && rest[at + 1] === "\n") return null;
    if (rest[at] === "[") open += 1;
    if (rest[at] === "]") open -= 1;
    if (open === 0) return rest.slice(1, at);
  }
  return null;
}

function isLinkable(label, address, hover, where) {
  if (label.trim() === "" || /https?:\/\/\S+/.test(label)) return false;
  if (where === "content" && EMOJI.test(label)) return false;
  if (hover && EMOJI.test(hover)) return false;
  return ADDRESS.test(address) && isAddress(address);
}

function isAddress(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

/** What stands in pointed brackets: an address, a mention, a moment, an emoji. */
function pointed(rest) {
  const address = /^<(https?:\/\/[^\s<>]+)>/.exec(rest);
  if (address && isAddress(address[1])) {
    return { node: { kind: "link", address: address[1], hover: null, inside: [address[1]] }, length: address[0].length };
  }
  const moment = /^<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/.exec(rest);
  if (moment) return { node: { kind: "moment", seconds: Number(moment[1]), style: moment[2] ?? "f" }, length: moment[0].length };
  const emoji = /^<a?:(\w{2,32}):\d+>/.exec(rest);
  if (emoji) return { node: `:${emoji[1]}:`, length: emoji[0].length };
  return mention(rest);
}

function mention(rest) {
  for (const [pattern, of] of MENTIONS) {
    const found = pattern.exec(rest);
    if (found) return { node: { kind: "mention", of, what: found[1] }, length: found[0].length };
  }
  return null;
}

/** An address in the middle of the text; punctuation behind it does not belong to it. */
function bare(rest) {
  const found = ADDRESS.exec(rest);
  if (!found) return null;
  let address = found[0].replace(/[.,:;"'\]]+$/, "");
  while (address.endsWith(")") && count(address, ")") > count(address, "(")) address = address.slice(0, -1);
  if (!isAddress(address)) return null;
  return { node: { kind: "link", address, hover: null, inside: [address] }, length: address.length };
}

const count = (text, character) => text.split(character).length - 1;

function marked(rest, previous, where, depth) {
  for (const [mark, kind] of MARKS) {
    if (!rest.startsWith(mark)) continue;
    const end = closing(rest, mark, previous);
    if (end === -1) continue;
    const inside = inline(rest.slice(mark.length, end), where, depth + 1, mark);
    return { node: { kind, inside }, length: end + mark.length };
  }
  const run = /^(.)\1*/.exec(rest)[0];
  return { node: run, length: run.length };
}

/** Where the mark that opens `rest` closes, or -1. Escapes and code are passed over. */
function closing(rest, mark, previous) {
  const single = mark.length === 1;
  if (single && /^.\s/.test(rest)) return -1;
  if (mark === "_" && /\w/.test(previous)) return -1;
  let at = mark.length;
  while (at < rest.length) {
    if (rest[at] === "\\") {
      at += 2;
    } else if (rest[at] === "`") {
      at += code(rest.slice(at)).length;
    } else if (single && rest.startsWith(mark + mark, at)) {
      // A double mark inside belongs to bold or underline; a third one is ours.
      at += 2;
      if (rest[at] === mark && rest[at + 1] !== mark) return at;
    } else if (rest.startsWith(mark, at) && at > mark.length && fits(rest, mark, at)) {
      // Of `***` at the end the inner mark comes first.
      return !single && rest[at + mark.length] === mark[0] ? at + 1 : at;
    } else {
      at += 1;
    }
  }
  return -1;
}

function fits(rest, mark, at) {
  if (mark === "*") return !/\s/.test(rest[at - 1]);
  if (mark === "_") return !/\w/.test(rest[at + 1] ?? "");
  return true;
}
