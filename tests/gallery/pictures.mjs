// Looks at the gallery's answers as a person sees them: takes a picture of each at a desk and on a phone, and fails over what cannot be read.
//
// node pictures.mjs LISTING MODULES PICTURES, as .ci/browser calls it; the listing is what the example `gallery` has printed.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { browser } from "../../crates/discord-emulator/tests/browser/browser.mjs";

const [, , listing, modules, pictures] = process.argv;
const lines = readFileSync(listing, "utf8").trim().split("\n");
const address = lines.pop();
const answers = lines.map((line) => line.split(" ")).map(([name, ...ids]) => ({ name, ids })).sort((one, other) => one.name.localeCompare(other.name));

const LOOKS = [
  { name: "desk", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  { name: "phone", viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, deviceScaleFactor: 2 },
];
/** A picture is no taller than this, in pixels. */
const TALLEST = 6_000;

/** Pictures show one answer whole, so the page becomes as tall as what is left in it. */
const WHOLE = `html, body, body * { max-height: none !important; min-height: 0; }
  html, body, #app, main, #messages { height: auto !important; overflow: visible !important; position: static !important; }
  #messages { flex: none !important; } .toolbar { display: none; }`;

/** What is wrong with a message as it stands on the page. Runs in the page. */
function flaws(item) {
  const found = [];
  const edge = item.getBoundingClientRect().right + 1;
  for (const one of item.querySelectorAll(".text *, .embed, .embed *, .file, .row, .select")) {
    if (one.getBoundingClientRect().right > edge) found.push(`${one.tagName} is wider than its message: ${one.textContent.slice(0, 40)}`);
  }
  const code = (node) => node.parentElement.closest("code, pre");
  const walker = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.parentElement.closest(".text, .foot, .title") && !code(walker.currentNode)) texts.push(walker.currentNode);
  for (const node of texts) {
    const words = node.textContent;
    const raw = /\]\(<?https?:|\[\d+\]\(|```|^\s*#{1,6} |\|\s*:?-{3,}|\$\$|\\frac|<\/?(?:br|details|summary|sub|sup|think|table)\b/m.exec(words);
    if (raw) found.push(`raw Markdown: ${words.slice(Math.max(0, raw.index - 30), raw.index + 50)}`);
  }
  // An aligned table is a block of code with a line under its head; wrapped or scrolled it is no table any more.
  for (const block of item.querySelectorAll("pre code")) {
    const [, under = ""] = block.textContent.split("\n");
    if (!/^[\s─│┼|+-]*─{2,}[\s─│┼|+-]*$/.test(under)) continue;
    const wrapped = block.style.whiteSpace;
    const before = block.getBoundingClientRect().height;
    block.style.whiteSpace = "pre";
    const after = block.getBoundingClientRect().height;
    if (after < before - 1) found.push(`a table wraps: ${block.textContent.split("\n")[0]}`);
    block.style.whiteSpace = wrapped;
  }
  return found;
}

/** Adds to how the page looks, in the place of what was added before. Runs in the page, whose policy allows no style of its own. */
function styled(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}

/** How many columns of a monospaced font a block of code holds in one line. Runs in the page. */
function columns(block) {
  const probe = document.createElement("span");
  probe.textContent = "0".repeat(100);
  probe.style.whiteSpace = "pre";
  probe.style.position = "absolute";
  block.append(probe);
  const one = probe.getBoundingClientRect().width / 100;
  probe.remove();
  const style = getComputedStyle(block.parentElement);
  return Math.floor((block.parentElement.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)) / one);
}

const wrong = [];
const chromium = await browser(modules, pictures);
for (const look of LOOKS) {
  const { page, close } = await chromium.open(address, look);
  await page.locator(`.entry[data-id="${answers.at(-1).ids.at(-1)}"]`).waitFor();
  for (const [where, blocks] of [["a message", ".slot.content > .text pre code"], ["an embed", ".embed .text pre code"]]) {
    console.log(`${look.name}: a block of code in ${where} holds ${await page.locator(blocks).first().evaluate(columns)} columns`);
  }
  for (const { name, ids } of answers) {
    const kept = ids.map((id) => `[data-id="${id}"]`).join(", ");
    await page.evaluate(styled, `${WHOLE} #messages > :not(${kept}) { display: none; }`);
    for (const id of ids) {
      for (const flaw of await page.locator(`.entry[data-id="${id}"]`).evaluate(flaws)) wrong.push(`${name} (${look.name}): ${flaw}`);
    }
    const box = await page.locator("#messages").boundingBox();
    const clip = { ...box, height: Math.min(TALLEST, box.height) };
    await page.screenshot({ path: join(pictures, `${name}-${look.name}.png`), fullPage: true, clip, animations: "disabled" });
  }
  await close();
}
await chromium.close();
if (wrong.length > 0) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
console.log(`${answers.length} answers, in ${pictures}`);
