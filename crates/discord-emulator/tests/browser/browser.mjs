// A real browser for the tests of the page: opens it in several sizes, takes pictures, and notes every error the page has. Knows no page.

import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** How long something may take to be shown, in milliseconds. Nothing waits for it to pass. */
const SOON = 60_000;

/** The sizes and colours in which the page is looked at. */
export const LOOKS = [
  { name: "desk-light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "desk-dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  { name: "phone-light", viewport: { width: 375, height: 720 }, colorScheme: "light", hasTouch: true },
  { name: "phone-dark", viewport: { width: 375, height: 720 }, colorScheme: "dark", hasTouch: true },
];

/** Starts the system's Chromium. `modules` is the folder that holds playwright-core, `pictures` where screenshots go. */
export async function browser(modules, pictures) {
  const { chromium } = createRequire(join(modules, "here.js"))("playwright-core");
  const launched = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  mkdirSync(pictures, { recursive: true });
  return {
    /** Opens an address; gives the page, a function that takes a picture, and one that ends it and fails on any error of the page. */
    async open(address, look) {
      const context = await launched.newContext({ locale: "en-GB", timezoneId: "UTC", ...look });
      const page = await context.newPage();
      page.setDefaultTimeout(SOON);
      const errors = [];
      // A deed that the emulator refuses answers 422: the page tells the person, and the browser notes it as well.
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type()) && !message.text().includes("422")) errors.push(message.text());
      });
      page.on("pageerror", (error) => errors.push(String(error.stack)));
      page.on("request", (request) => {
        if (!request.url().startsWith(address) && !request.url().startsWith("data:")) errors.push(`a request to ${request.url()}`);
      });
      await page.goto(address);
      return {
        page,
        picture: (name) => page.screenshot({ path: join(pictures, `${name}-${look.name}.png`), animations: "disabled" }),
        async close() {
          await context.close();
          if (errors.length > 0) throw new Error(`the page has errors:\n${errors.join("\n")}`);
        },
      };
    },
    close: () => launched.close(),
  };
}

/** Runs one step after the other; the first that fails ends it, with its name. */
export async function steps(list, picture) {
  for (const [name, step] of list) {
    try {
      await step();
      console.log(`ok   ${name}`);
    } catch (error) {
      console.log(`FAIL ${name}`);
      await picture?.("failed");
      throw error;
    }
  }
}

/** Fails unless something holds. */
export function holds(fact, sentence) {
  if (!fact) throw new Error(sentence);
}
