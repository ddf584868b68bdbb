// Checks the page's Markdown. Needs Node and nothing else: node --test crates/discord-emulator/tests/page/

import assert from "node:assert/strict";
import { test } from "node:test";

import { parse } from "../../src/page/assets/markdown.js";

/** The tree in short: bold(x), link<address>(x), and plain text as it is. */
function short(nodes) {
  return nodes.map((node) => {
    if (typeof node === "string") return node;
    if (node.kind === "lines") return short(node.inside);
    if (node.kind === "link") return `link<${node.address}>(${short(node.inside)})`;
    if (node.kind === "list") return `${node.ordered ? "ol" : "ul"}(${node.items.map(short).join("|")})`;
    if (node.kind === "fence") return `fence:${node.language}(${node.text})`;
    if (node.kind === "mention") return `${node.of}:${node.what}`;
    if (node.kind === "heading") return `h${node.level}(${short(node.inside)})`;
    return `${node.kind}(${node.text ?? (node.inside ? short(node.inside) : node.seconds)})`;
  }).join("");
}

const CASES = [
  ["**b** *i* _i_ __u__ ~~s~~ ||p||", "bold(b) italic(i) italic(i) underline(u) strike(s) spoiler(p)"],
  ["***both*** snake_case_name 2 * 3 * 4", "bold(italic(both)) snake_case_name 2 * 3 * 4"],
  ["[1](<https://e.org/a>) [[2]](https://e.org)", "link<https://e.org/a>(1) link<https://e.org>([2])"],
  ["[https://a.org](https://b.org)", "[https://a.org](https://b.org)"],
  ["[🙂](https://b.org)", "[🙂](https://b.org)"],
  ["[x](javascript:alert)", "[x](javascript:alert)"],
  ["<https://e.org> https://e.org/a_b_c. (https://e.org)", "link<https://e.org>(https://e.org) link<https://e.org/a_b_c>(https://e.org/a_b_c). (link<https://e.org>(https://e.org))"],
  ["# h\n-# s\n#### no", "h1(h)subtext(s)#### no"],
  ["> q\n> r\nafter", "quote(q\nr)after"],
  [">>> q\nall", "quote(q\nall)"],
  ["- a\n  - b\n1. x", "ul(aul(b))ol(x)"],
  ["> > q", "quote(> q)"],
  ["> a\n  > b\n>c", "quote(a\nb)>c"],
  ["```rust\nfn f() {}\n```", "fence:rust(fn f() {})"],
  ["> ```js\n> a\n>   b\n> ```\n> end", "quote(fence:js(a\n  b)end)"],
  ["> ```js\n> open\nafter```", "quote(```js\nopen)after```"],
  ["```\n> no quote\n# no heading\n```", "fence:(> no quote\n# no heading)"],
  [">>> ```\nall\n```\nq", "quote(fence:(all)q)"],
  ["||```\nhidden\n```||", "spoiler(fence:(hidden))"],
  ["**```x``` b**", "bold(fence:(x) b)"],
  ["- ```js\n  x\n  ```\n- two", "ul(fence:js(  x\n  )|two)"],
  ["before\n```a```\n\nafter", "beforefence:(a)\nafter"],
  ["# h\n\ntext", "h1(h)\ntext"],
  ["**a\n# b**", "bold(a\n# b)"],
  ["<id:linked-roles> <id:linked-roles:1>", "place:linked-roles place:linked-roles"],
  ["`*a*` ``x`y``", "code(*a*) code(x`y)"],
  ["\\*a\\* **open | a | b |", "*a* **open | a | b |"],
  ["[see <@1>](https://e.org) [a\\*b](https://e.org)", "link<https://e.org>(see <@1>) link<https://e.org>(a\\*b)"],
  ["[x](https://e.org/a%28b%29)", "link<https://e.org/a%28b%29>(x)"],
  ["![x](https://e.org) <u>h</u> $x^2$ [^1]", "!link<https://e.org>(x) <u>h</u> $x^2$ [^1]"],
  ["[one.org](https://e.org) [https://one.org and more](https://e.org)", "link<https://e.org>(one.org) [https://one.org and more](https://e.org)"],
  ["---\n===\n***", "---\n===\n***"],
  ["1. a\n   - b\n2. c", "ol(aul(b)|c)"],
  ["-# *small*", "subtext(italic(small))"],
  ["`` ` `` ```one line```", "code(`) fence:(one line)"],
  ["||a **b**|| __*c*__", "spoiler(a bold(b)) underline(italic(c))"],
  ["<id:customize> <:wave:1> <a:wave:1> <t:0:S> <t:0:x>", "place:customize :wave: :wave: moment(0) <t:0:x>"],
  ["<@1> <@&2> <#3> </ask:4> @everyone <t:0:R>", "person:1 role:2 channel:3 command:ask all:everyone moment(0)"],
];

for (const [text, expected] of CASES) {
  test(JSON.stringify(text), () => assert.equal(short(parse(text)), expected));
}

test("an emoji in a label is fine in an embed", () => {
  assert.equal(short(parse("[🙂](https://b.org)", "embed")), "link<https://b.org>(🙂)");
});

test("a title has marks and escapes, but leads nowhere", () => {
  assert.equal(short(parse("**b** `c` \\*n\\* # h [x](https://b.org) <@1> https://e.org", "title")), "bold(b) code(c) *n* # h [x](https://b.org) <@1> https://e.org");
});

test("no text takes long or breaks the reader", () => {
  for (const piece of ["*", "**", "[", "`", "> ", "_a", "||", "[a](", "- ", "```", "> ```", "- ```", "```\n"]) parse(piece.repeat(700));
});
