// Looks at the page in every size and colour: nothing is wider than the window, what is pressed is large enough, and text can be read.
//
// node looks.mjs ADDRESS MODULES PICTURES, as .ci/browser calls it.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { LOOKS, browser, holds, steps } from "./browser.mjs";

const [, , address, modules, pictures] = process.argv;
const chromium = await browser(modules, pictures);

/** The smallest contrast of ordinary text that WCAG 2 (level AA) allows. */
const CONTRAST = 4.5;

/** Text whose contrast with what it stands on is too small. Runs in the page. */
function faint(least) {
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const share = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (colour) => { const [r, g, b] = colour.map((value) => share(value / 255)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one).backgroundColor;
      const [r, g, b, alpha = 1] = channels(style);
      // A mixed colour is written as color(srgb …), with shares of one.
      if (style.startsWith("color(")) { if (alpha > 0.9) return [r * 255, g * 255, b * 255]; } else if (alpha > 0.9) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility({ visibilityProperty: true }) || element.closest(":disabled, .off, .spoiler, noscript")) continue;
    const [one, other] = [light(channels(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    if (contrast < least) found.push(`${contrast.toFixed(2)} ${element.className || element.tagName}: ${element.textContent.trim().slice(0, 40)}`);
  }
  return [...new Set(found)];
}

const axe = readFileSync(join(modules, "node_modules/axe-core/axe.min.js"), "utf8");

/** What keeps people out who hear the page or see it badly, by the rules of WCAG 2.2 (levels A and AA) and good practice. */
async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  // Suggestions are scrolled by the arrow keys in the field that they belong to, which the rule knows of fields of one line alone.
  const stands = (one) => one.id !== "scrollable-region-focusable" || one.nodes.some((node) => !node.html.includes('class="suggestions"'));
  return violations.filter(stands).map((one) => `${one.id}: ${one.help}\n${one.nodes.map((node) => `  ${node.html.slice(0, 160)}`).join("\n")}`);
}

async function looks(page, picture, name) {
  await picture(name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  holds(wide <= 0, `${name}: the page is ${wide} px wider than its window`);
  const unreadable = await page.evaluate(faint, CONTRAST);
  holds(unreadable.length === 0, `${name}: text is too faint:\n${unreadable.join("\n")}`);
  const found = await barriers(page);
  holds(found.length === 0, `${name}: people are kept out:\n${found.join("\n")}`);
}

await steps(LOOKS.map((look) => [look.name, async () => {
  const { page, picture, close } = await chromium.open(address, look);
  const isPhone = look.viewport.width < 760;
  const list = page.locator("#messages");
  await page.locator(".entry", { hasText: "Still thinking?" }).waitFor();
  await looks(page, picture, "end");
  for (const part of ["heading", "embed", "components", "container"]) {
    const shown = { heading: ".text h3", embed: ".embed .fields", components: ".select", container: ".container" }[part];
    await list.locator(shown).first().scrollIntoViewIfNeeded();
    await looks(page, picture, part);
  }
  if (isPhone) {
    await page.getByRole("button", { name: "Channels" }).click();
    await page.locator(".place", { hasText: "lounge" }).waitFor();
    await looks(page, picture, "places");
  }
  await page.locator(".place", { hasText: "questions" }).click();
  await page.locator("#channel", { hasText: "questions" }).waitFor();
  const stands = await page.evaluate(() => document.activeElement.id || document.activeElement.dataset.place);
  holds(isPhone ? stands === "open-places" : stands, "whoever has chosen a place still stands somewhere");
  await page.getByRole("button", { name: "New post" }).click();
  await page.getByLabel("Title").fill(`Seen at ${look.name}`);
  await page.locator("dialog textarea").fill("Is everything where it belongs?");
  await page.getByLabel("Open").check();
  await looks(page, picture, "post");
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await page.locator("#channel", { hasText: "Seen at" }).waitFor();
  await page.locator(".entry", { hasText: "Is everything" }).waitFor();
  await page.waitForFunction((place) => document.activeElement.id === place, isPhone ? "messages" : "text");
  await looks(page, picture, "posted");
  if (isPhone) await page.getByRole("button", { name: "Channels" }).click();
  await page.locator(".place", { hasText: "questions" }).click();
  await page.locator(".post", { hasText: look.name }).waitFor();
  await looks(page, picture, "forum");
  if (isPhone) await page.getByRole("button", { name: "Channels" }).click();
  await page.locator(".place", { hasText: "general" }).click();
  await page.locator("#text").fill("/");
  await page.locator("#picker [role=option]").first().waitFor();
  await looks(page, picture, "picker");
  await page.locator("#text").fill("/introduce");
  await page.locator("#text").press("Enter");
  await page.getByRole("button", { name: "+ whom" }).click();
  await looks(page, picture, "option");
  await page.getByRole("button", { name: "Leave the command" }).click();
  await list.locator(".select").first().click();
  await looks(page, picture, "select");
  await page.keyboard.press("Escape");
  await page.locator("#text").fill("/survey");
  await page.locator("#text").press("Enter");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("dialog").waitFor();
  await looks(page, picture, "form");
  await page.keyboard.press("Escape");
  const said = page.locator(".entry", { hasText: "It is said to know" }).first();
  await said.scrollIntoViewIfNeeded();
  if (isPhone) await said.click();
  else await said.hover();
  await said.getByRole("button", { name: "Add reaction" }).click();
  await looks(page, picture, "emoji");
  await page.getByRole("menuitem").first().click();
  await said.locator(".reactions .chip").first().waitFor();
  await looks(page, picture, "reacted");
  await page.getByRole("button", { name: "Controls" }).click();
  await page.locator(".panel .moments").first().waitFor();
  await page.evaluate(() => document.querySelectorAll("#panel details").forEach((one) => { one.open = true; }));
  await looks(page, picture, "controls");
  await close();
}]));
await chromium.close();
