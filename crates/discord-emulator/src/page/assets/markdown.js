// Reads Discord's Markdown into a tree of plain objects. Touches no page; what it does not know stays text.
//
// A node is a string, or {kind, ...} with children in `inside`. Tables, LaTeX, HTML, images, `---` and headings deeper
// than three are not Markdown here, so they come out as they were written.

const FENCE = /^```(?:([\w+#.-]+)\n)?\n*([^\n][\s\S]*?)\n*```/;
const HEADING = /^(#{1,3}) +(.+)$/;
const SUBTEXT = /^-# +(.+)$/;
const QUOTE = /^ *> (.*)$/;
const WHOLE_QUOTE = /^ *>>> ([\s\S]*)$/;
const ITEM = /^( *)([-*]|\d{1,9}\.) +(.+)$/s;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3|<a?:\w+:\d+>/u;
const ADDRESS = /^https?:\/\/[^\s<]+/;
const MENTIONS = [
  [/^<@!?(\d+)>/, "person"],
  [/^<@&(\d+)>/, "role"],
  [/^<#(\d+)>/, "channel"],
  [/^<\/([^:>]+):\d+>/, "command"],
  [/^<id:([a-z-]+)(?::\d+)?>/, "place"],
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
/** Where nothing leads anywhere: neither links nor mentions. */
const FLAT = ["label", "title"];
/** How deep marks may nest before the rest is taken as text. */
const DEEPEST = 12;

/** The tree of a text. `where` is "content", "embed" or "title": labels with emoji are links only in embeds. */
export function parse(text, where = "content") {
  return where === "title" ? inline(text, where) : blocks(text, where);
}

/** Reads from the front: what needs the start of a line there, everything else anywhere. A quote holds no other quote. */
function blocks(text, where, isQuoted = false) {
  const nodes = [];
  let open = [];
  let plain = "";
  let at = 0;
  const push = (node) => {
    if (plain) open.push(plain);
    plain = "";
    if (node) open.push(node);
  };
  const flush = (end = "") => {
    push(null);
    // The line break before or behind a block is the block's own.
    if (typeof open.at(-1) === "string" && open.at(-1).endsWith(end)) open.push(open.pop().slice(0, -end.length || undefined));
    open = open.filter((node) => node !== "");
    if (open.length > 0) nodes.push({ kind: "lines", inside: open });
    open = [];
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const isLineStart = at === 0 || text[at - 1] === "\n";
    const found = (isLineStart ? block(rest, where, isQuoted) : null) ?? fence(rest);
    if (found) {
      flush("\n");
      nodes.push(...found.nodes);
      at += found.length + (text[at + found.length] === "\n" ? 1 : 0);
      continue;
    }
    const one = token(rest, text[at - 1] ?? "", where, 0) ?? character(rest);
    if (typeof one.node === "string") plain += one.node;
    else push(one.node);
    at += one.length;
  }
  flush();
  return nodes;
}

/** What needs the start of a line: {nodes, length}, without the line break behind it; or null. */
function block(rest, where, isQuoted) {
  const all = isQuoted ? null : WHOLE_QUOTE.exec(rest);
  if (all) return { nodes: [{ kind: "quote", inside: blocks(all[1], where, true) }], length: rest.length };
  if (!isQuoted && QUOTE.test(firstLine(rest))) {
    const lines = linesThat(rest, firstLine, (line) => QUOTE.test(line));
    const quoted = lines.map((line) => QUOTE.exec(line)[1]).join("\n");
    return { nodes: [{ kind: "quote", inside: blocks(quoted, where, true) }], length: lengthOf(lines) };
  }
  if (ITEM.test(firstLine(rest))) {
    const lines = linesThat(rest, lineWithFences, (line) => ITEM.test(line));
    const length = lengthOf(lines);
    const nodes = [];
    while (lines.length > 0) nodes.push(list(lines, where));
    return { nodes, length };
  }
  const line = firstLine(rest);
  const single = heading(line, where);
  return single ? { nodes: [single], length: line.length } : null;
}

function fence(rest) {
  const found = FENCE.exec(rest);
  return found ? { nodes: [{ kind: "fence", language: found[1] ?? "", text: found[2] }], length: found[0].length } : null;
}

const firstLine = (rest) => /^.*/.exec(rest)[0];

/** The first line, which goes on behind a fence that is opened in it. */
function lineWithFences(rest) {
  let end = 0;
  while (end < rest.length && rest[end] !== "\n") end += rest[end] === "`" ? fence(rest.slice(end))?.length ?? 1 : 1;
  return rest.slice(0, end);
}

/** The lines from here on that fit. */
function linesThat(rest, read, fits) {
  const lines = [];
  for (let at = 0; at < rest.length;) {
    const line = read(rest.slice(at));
    if (!fits(line)) break;
    lines.push(line);
    at += line.length + 1;
  }
  return lines;
}

const lengthOf = (lines) => lines.join("\n").length;

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

/** The tree of text without blocks. In a label, only marks count; in a title, escapes too. */
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
      const one = character(rest);
      plain += one.node;
      at += one.length;
    } else {
      if (typeof found.node === "string") plain += found.node;
      else push(found.node);
      at += found.length;
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function character(rest) {
  const node = String.fromCodePoint(rest.codePointAt(0));
  return { node, length: node.length };
}

/** The node that starts here and how many characters it takes, or null. */
function token(rest, previous, where, depth) {
  switch (rest[0]) {
    case "\\": return where === "label" ? null : escaped(rest);
    case "`": return fenced(rest, where) ?? code(rest);
    case "[": return FLAT.includes(where) ? null : masked(rest, where, depth);
    case "<": return FLAT.includes(where) ? null : pointed(rest);
    case "@": return FLAT.includes(where) ? null : mention(rest);
    case "h": return FLAT.includes(where) ? null : bare(rest);
    case "*": case "_": case "~": case "|": return marked(rest, previous, where, depth);
    default: return null;
  }
}

/** A fence inside of marks: a spoiler, say. */
function fenced(rest, where) {
  const found = FLAT.includes(where) ? null : fence(rest);
  return found ? { node: found.nodes[0], length: found.length } : null;
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
      at += (fence(rest.slice(at)) ?? code(rest.slice(at))).length;
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
