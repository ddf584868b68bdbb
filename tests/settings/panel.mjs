// Walks through the panel of settings as an admin sees it, at a desk and on a phone, and fails over what does not fit on the page.
//
// node panel.mjs ADDRESS MODULES PICTURES, as .ci/browser calls it; the address is that of the page of `footnote demo`.

import { browser, holds, steps } from "../../crates/discord-emulator/tests/browser/browser.mjs";

const [, , address, modules, pictures] = process.argv;

const LOOKS = [
  { name: "desk", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  { name: "phone", viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, deviceScaleFactor: 2 },
];

/** The controls of a message that do not fit on the page. Runs in the page. */
function unfit(entry) {
  const right = document.documentElement.clientWidth + 1;
  const parts = [...entry.querySelectorAll("button, .text")];
  return parts.filter((part) => part.getBoundingClientRect().right > right).map((part) => part.textContent.slice(0, 40));
}

const chromium = await browser(modules, pictures);
for (const look of LOOKS) {
  const { page, picture, close } = await chromium.open(address, look);
  const text = page.locator("#text");
  const panels = page.locator(".entry", { hasText: "used /settings panel" });
  const panel = panels.last();

  /** Takes a picture of the panel as it is. */
  async function shown(name) {
    await panel.scrollIntoViewIfNeeded();
    const outside = await panel.evaluate(unfit);
    holds(outside.length === 0, `all of it is on the page: ${outside.join(", ")}`);
    await picture(`settings-${name}`);
  }

  /** Picks from a menu of the panel, which says this. */
  async function picks(menu, ...options) {
    await panel.locator("button.select", { hasText: menu }).click();
    for (const option of options) await page.getByRole("option", { name: option, exact: false }).first().click();
    const done = page.locator(".popup").getByRole("button", { name: "Done" });
    if (await done.count() > 0) await done.click();
  }

  async function presses(button) {
    await panel.getByRole("button", { name: button, exact: true }).click();
  }

  async function says(words) {
    await panel.getByText(words).first().waitFor();
  }

  async function fills(...values) {
    const form = page.getByRole("dialog");
    await form.waitFor();
    const inputs = form.getByRole("textbox");
    for (const [place, value] of values.entries()) await inputs.nth(place).fill(value);
    await picture(`settings-form-${values.length}`);
    await form.getByRole("button", { name: "Submit" }).click();
  }

  await steps([
    [`${look.name}: the panel is opened by its command`, async () => {
      // On a phone this stands in the side that is closed.
      await page.getByText("is connected").waitFor({ state: "attached" });
      const before = await panels.count();
      await text.fill("/settings panel");
      await page.getByRole("option", { name: "/settings panel" }).first().waitFor();
      await text.press("Enter");
      await text.press("Enter");
      await panels.nth(before).waitFor();
      await says("Domains");
      await shown("overview");
    }],
    [`${look.name}: domains are allowed by a form, and refused with a sentence`, async () => {
      await picks("Change a setting", "Domains");
      await says("From which domains sources may be.");
      await presses("Allow…");
      await fills("not a domain!");
      await says("is not a domain");
      await shown("refused");
      await presses("Allow…");
      holds((await page.getByRole("dialog").getByRole("textbox").inputValue()) === "not a domain!", "what was typed is still there");
      await fills("docs.rs, https://doc.rust-lang.org/std/");
      await says("Saved.");
      await shown("domains");
      await presses("Back");
    }],
    [`${look.name}: dates are written in a form of four fields`, async () => {
      await picks("Change a setting", "Freshness");
      await presses("Dates…");
      await fills("2024-01-31", "2026-01-01", "", "");
      await says("Saved.");
      await shown("dates");
      await presses("Back");
    }],
    [`${look.name}: who may ask is picked among roles and people`, async () => {
      await picks("Change a setting", "Who may ask");
      await says("Whether everyone may ask");
      await picks("Roles and people who may ask", "@member", "@guest");
      await says("Saved.");
      await shown("access");
      await presses("Back");
    }],
    [`${look.name}: what is set is in the overview, and above it what the server has`, async () => {
      await says("docs.rs");
      await shown("set");
      await presses("Server");
      await says("Settings of this server");
      await shown("server");
      await presses("Channel");
      await says("docs.rs");
    }],
    [`${look.name}: another place is picked`, async () => {
      await picks("Another channel, category or thread", "#questions");
      await panel.getByText("questions").first().waitFor();
      await shown("elsewhere");
      await picks("Another channel, category or thread", "#general");
      await says("docs.rs");
    }],
    [`${look.name}: everything is reset, once it is said what that is`, async () => {
      await presses("Reset all");
      await says("would be removed, and inherited again");
      await shown("reset");
      await presses("Reset all");
      await says("Saved.");
      await shown("after-reset");
    }],
  ], picture);
  await close();
}
await chromium.close();
