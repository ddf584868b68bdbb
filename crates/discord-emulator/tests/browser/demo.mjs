// Drives the page of Footnote's demo in a real browser: the real bot asks its service, cites, and meets people and faults.
//
// node demo.mjs ADDRESS MODULES PICTURES QUESTION, as .ci/browser calls it; the question is one that its documents answer.

import { LOOKS, browser, holds, steps } from "./browser.mjs";

const [, , address, modules, pictures, QUESTION] = process.argv;
const chromium = await browser(modules, pictures);
const { page, picture, close } = await chromium.open(address, LOOKS[0]);

const answer = (question) => page.locator(".entry", { hasText: `question: ${question}` }).last();
const text = page.locator("#text");

async function asks(question) {
  await text.fill("/ask");
  await page.getByRole("option", { name: "/ask" }).first().waitFor();
  await text.press("Enter");
  await page.locator("#option-question").fill(question);
  await page.keyboard.press("Enter");
}

/** Gives the page a function that finds the bot's newest message, and one that says whether an answer is whole. */
await page.evaluate(() => {
  window.isWhole = (entry) => [...(entry?.querySelectorAll("button") ?? [])].some((button) => /Regenerate|Try again/.test(button.textContent));
  window.newestOfTheBot = () => {
    let author = "";
    let newest;
    for (const entry of document.querySelectorAll(".entry")) {
      // Messages close together share a head.
      author = entry.querySelector(".name")?.textContent ?? (entry.classList.contains("follows") ? author : "");
      if (author === "Footnote") newest = entry;
    }
    return newest;
  };
});

/** Does what the bot answers by a new message, and waits until that is whole. */
async function answered(act) {
  // What stands there is whole as well.
  const before = await page.evaluate(() => newestOfTheBot()?.dataset.id);
  await act();
  await page.waitForFunction((before) => newestOfTheBot()?.dataset.id !== before && isWhole(newestOfTheBot()), before);
}

/** Does what has the bot's newest message written anew, and waits until that is whole. */
async function rewritten(act) {
  // An edit draws the words of a message anew.
  const before = await page.evaluateHandle(() => newestOfTheBot().querySelector(".content").firstElementChild);
  await act();
  await page.waitForFunction((before) => !before.isConnected && isWhole(newestOfTheBot()), before);
}

/** Presses a button below the bot's newest message. */
async function presses(name) {
  const id = await page.evaluate(() => newestOfTheBot().dataset.id);
  await page.locator(`.entry[data-id="${id}"]`).getByRole("button", { name }).click();
}

async function opensPlace(name) {
  await page.locator(".place", { hasText: name }).first().click();
  await page.locator("#channel", { hasText: name }).waitFor();
}

async function says(words) {
  await text.fill(words);
  await text.press("Enter");
  await page.locator(".entry", { hasText: words }).last().waitFor();
}

/** Chooses from the menu of the newest message with these words. */
async function menuOf(words, entry) {
  const message = page.locator(".entry", { hasText: words }).last();
  await message.hover();
  await message.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: entry }).click();
}

async function becomes(name) {
  const id = await page.locator("#person option", { hasText: name }).first().getAttribute("value");
  await page.locator("#person").selectOption(id);
  await page.waitForFunction((name) => document.querySelector("#person").selectedOptions[0].textContent.startsWith(name), name);
}

await steps([
  ["the bot is connected and offers its commands", async () => {
    await page.getByText("is connected").waitFor();
    await text.fill("/");
    await page.getByRole("option", { name: "/ask" }).first().waitFor();
    await picture("demo-commands");
    await text.fill("");
  }],
  ["a question is asked, and its answer grows", async () => {
    await asks(QUESTION);
    const content = await answer(QUESTION).locator(".content").elementHandle();
    const longer = async (than) => (await page.waitForFunction(([content, than]) => (content.querySelector(".text")?.innerText.length ?? 0) > than && content.innerText.length, [content, than])).jsonValue();
    await longer(await longer(0));
    await answer(QUESTION).getByText("Sources").first().waitFor();
    await picture("demo-answer");
  }],
  ["a citation leads to its source, beside the page", async () => {
    const cited = answer(QUESTION).locator(".text a", { hasText: /^\[?1\]?$/ }).first();
    // Documents without an address on the web are named, not linked.
    if (await cited.count() === 0) return answer(QUESTION).locator("code", { hasText: ".md" }).first().waitFor();
    holds((await cited.getAttribute("target")) === "_blank", "it opens beside the page");
    const [opened] = await Promise.all([page.context().waitForEvent("page"), cited.click()]);
    await opened.close();
  }],
  ["the sources are shown to who asks for them", async () => {
    await answer(QUESTION).getByRole("button", { name: "Sources" }).click();
    await page.getByText("Only you can see this").first().waitFor();
    await picture("demo-sources");
  }],
  ["the answer has a thread, and one goes on talking there", async () => {
    await answer(QUESTION).locator(".chip", { hasText: QUESTION }).click();
    await page.locator("#channel", { hasText: QUESTION }).waitFor();
    await answered(() => says("And how do I restore it?"));
    await picture("demo-thread");
  }],
  ["an answer is followed up by a form", async () => {
    await presses("Follow up");
    const form = page.getByRole("dialog");
    await form.getByRole("textbox").fill("What is kept in the data directory?");
    await picture("demo-follow-up");
    await answered(() => form.getByRole("button", { name: "Submit" }).click());
    await picture("demo-followed-up");
  }],
  ["an answer is written once more, and taken away", async () => {
    const entries = await page.locator(".entry").count();
    await rewritten(() => presses("Regenerate"));
    holds((await page.locator(".entry").count()) === entries, "it is the same message");
    await presses("Delete");
    await page.waitForFunction((entries) => document.querySelectorAll(".entry").length < entries, entries);
    await picture("demo-deleted");
    await opensPlace("general");
  }],
  ["a message is asked about, and checked, from its menu", async () => {
    await says("The database of Footnote can be copied while it runs.");
    await menuOf("can be copied while it runs", "Ask about this");
    const form = page.getByRole("dialog");
    await form.getByRole("textbox").fill("How do I back up the database?");
    await picture("demo-about");
    await answered(() => form.getByRole("button", { name: "Submit" }).click());
    await answered(() => menuOf("can be copied while it runs", "Check this"));
    await page.getByText("Check this").first().waitFor();
    await picture("demo-checked");
  }],
  ["the bot is written to directly", async () => {
    await page.getByRole("button", { name: "Write to the bot" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".entry").length === 0);
    await answered(() => says("How do I back up the database?"));
    await picture("demo-direct");
    await opensPlace("general");
  }],
  ["another person sees the answer, and asks something that has none", async () => {
    await becomes("member");
    await answer(QUESTION).waitFor();
    await asks("Who won the chess world cup in Baku?");
    await answer("Who won the chess world cup in Baku?").getByText("Nothing found in the local sources").waitFor();
    await picture("demo-nothing");
  }],
  ["a guest is refused by a sentence", async () => {
    await becomes("guest");
    await page.getByText("You do not have permission to send messages in this channel.").waitFor();
    holds(!(await text.isVisible()), "there is no field");
    await picture("demo-guest");
    await becomes("you");
  }],
  ["a fault is ordered, the bot meets it, and the answer comes all the same", async () => {
    await page.getByRole("button", { name: "Controls" }).click();
    await page.getByRole("button", { name: "Next edit: 429 for 5 s" }).click();
    await page.locator("[aria-label='Faults']").getByText("met 0").waitFor();
    await picture("demo-fault");
    await asks(QUESTION);
    await page.locator("[aria-label='Faults']").getByText("met 1").waitFor();
    await answer(QUESTION).getByText("Sources").first().waitFor();
    await picture("demo-fault-met");
  }],
  ["on a phone everything has its place", async () => {
    for (const look of LOOKS.slice(1)) {
      const phone = await chromium.open(address, look);
      await phone.page.locator(".entry").last().waitFor();
      holds(await phone.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing is wider than the window");
      await phone.picture("demo");
      await phone.close();
    }
  }],
], picture);
await close();
await chromium.close();
