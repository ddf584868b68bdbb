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
]);
await close();
await chromium.close();
