// Drives the page with the puppet in a real browser: everything a bot can show, and everything a person can do with it.
//
// node puppet.mjs ADDRESS MODULES PICTURES, as .ci/browser calls it.

import { LOOKS, browser, holds, steps } from "./browser.mjs";

const [, , address, modules, pictures] = process.argv;
const chromium = await browser(modules, pictures);
const { page, picture, close } = await chromium.open(address, LOOKS[0]);

const entry = (text) => page.locator(".entry", { hasText: text }).last();
const text = page.locator("#text");
const menu = (name) => page.getByRole("menuitem", { name });

/** Opens the menu of a message. */
async function opensMenu(of) {
  await of.hover();
  await of.getByRole("button", { name: "More" }).click();
}

async function becomes(name) {
  const id = await page.locator("#person option", { hasText: name }).first().getAttribute("value");
  await page.locator("#person").selectOption(id);
  await page.waitForFunction((name) => document.querySelector("#person").selectedOptions[0].textContent.startsWith(name), name);
}

/** Types a command and sends it when its fields are filled in. */
async function uses(command, ...values) {
  await text.fill(`/${command}`);
  await text.press("Enter");
  for (const value of values) {
    await page.keyboard.type(value);
    await page.keyboard.press("Tab");
  }
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

async function opensPlace(name) {
  await page.locator(".place", { hasText: name }).first().click();
  await page.locator("#channel", { hasText: name }).waitFor();
}

await steps([
  ["the page shows its messages within a second", async () => {
    const started = Date.now();
    await page.reload();
    await entry("It is said to know its sources.").waitFor();
    console.log(`     ${Date.now() - started} ms from reload to messages`);
  }],
  ["Markdown is rendered as Discord does, and what it refuses is shown as it was written", async () => {
    const shown = entry("no heading");
    holds(await shown.locator("h3").count() === 1 && await shown.locator("pre code").count() === 1, "headings and code are rendered");
    for (const literal of ["#### no heading", "| a | b |", "---", "$x^2$", "<b>no html</b>", "[https://evil.example](https://example.org)", "[🙂](https://example.org)"]) {
      holds((await shown.innerText()).includes(literal), `${literal} is shown literally`);
    }
    const spoiler = shown.locator(".spoiler");
    holds(await spoiler.getAttribute("aria-expanded") === "false", "a spoiler is covered");
    await spoiler.click();
    holds(await spoiler.getAttribute("aria-expanded") === "true", "a spoiler opens");
  }],
  ["a citation is a link that leaves the page alone", async () => {
    const link = entry("sort_by_cached_key").locator("a").first();
    holds((await link.getAttribute("target")) === "_blank" && (await link.getAttribute("rel")).includes("noopener"), "it opens elsewhere");
    holds((await link.getAttribute("href")).startsWith("https://doc.rust-lang.org/"), "it leads to its source");
  }],
  ["a command is picked by keyboard, and its answer grows", async () => {
    await text.fill("/as");
    await page.getByRole("option", { name: "/ask" }).waitFor();
    await text.press("Enter");
    await page.locator("#option-question").fill("How do I sort by a key?");
    await page.keyboard.press("Enter");
    const answer = entry("question: How do I sort by a key?");
    await answer.locator(".thinking").waitFor();
    await picture("thinking");
    const shown = answer.locator(".text");
    await shown.waitFor();
    const before = (await shown.innerText()).length;
    const content = await answer.locator(".content").elementHandle();
    await page.waitForFunction(([content, before]) => content.innerText.length > before, [content, before]);
    await answer.getByText("two sources").waitFor();
    holds(await answer.getByText("(edited)").isVisible(), "it is marked as edited");
    const spoken = page.locator("#spoken p", { hasText: "Footnote: Use sort_by_key" });
    await spoken.waitFor({ state: "attached" });
    holds(await spoken.count() === 1 && (await spoken.textContent()).endsWith("two sources, 0.1 s"), "it is read out once, when it stands");
    await picture("answered");
  }],
  ["the page stays at the end while text grows, and where it is when somebody reads above", async () => {
    const list = page.locator("#messages");
    holds(await list.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight < 2), "it stands at the end");
    await list.evaluate((one) => { one.scrollTop = 0; });
    await page.waitForFunction(() => document.querySelector("#messages").scrollTop === 0);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await text.fill("Somebody reads above.");
    const height = await list.evaluate((one) => one.scrollHeight);
    // Said by the emulator itself, since whoever writes on the page is led to the end.
    await page.evaluate(async () => {
      const person = document.querySelector("#person").value;
      const channel = document.querySelector("[aria-current=page]").dataset.place;
      await fetch("/page/say", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ person, channel, text: "Below." }) });
    });
    await page.waitForFunction((height) => document.querySelector("#messages").scrollHeight > height, height);
    holds(await list.evaluate((one) => one.scrollTop) === 0, "it has not moved");
    await text.fill("");
  }],
  ["names are completed behind @ and sent as mentions, and the bot answers after typing", async () => {
    await text.pressSequentially("Hello @Foot");
    await page.getByRole("option", { name: "@Footnote" }).first().waitFor();
    await picture("mention");
    await page.keyboard.press("Tab");
    await page.keyboard.type("are you there?");
    await page.keyboard.press("Enter");
    await entry("are you there?").locator(".mention", { hasText: "@Footnote" }).waitFor();
    await page.locator("#typing", { hasText: "Footnote is typing" }).waitFor();
    await entry("I heard you.").locator(".reply", { hasText: "@you" }).waitFor();
  }],
  ["the last message is edited with Up, answered, reacted to and deleted", async () => {
    await text.fill("A word");
    await text.press("Enter");
    await entry("A word").waitFor();
    await text.press("ArrowUp");
    await page.getByLabel("Edit message").fill("Another word");
    await page.keyboard.press("Enter");
    const said = entry("Another word");
    await said.getByText("(edited)").waitFor();
    await opensMenu(said);
    await picture("menu");
    await menu("Reply").click();
    await page.locator(".tag", { hasText: "Replying to you" }).waitFor();
    await text.fill("An answer");
    await text.press("Enter");
    await entry("An answer").locator(".reply", { hasText: "Another word" }).waitFor();
    await opensMenu(entry("An answer"));
    await menu("Delete message").click();
    await page.locator(".entry", { hasText: "An answer" }).waitFor({ state: "detached" });
  }],
  ["the list of messages and their menus work by keyboard alone", async () => {
    await page.locator("#messages").focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    const focused = await page.evaluate(() => document.activeElement.dataset.id);
    holds(focused === await entry("Another word").getAttribute("data-id"), "the last message has the focus");
    await page.keyboard.press("Enter");
    await menu("Reply").waitFor();
    await page.keyboard.press("ArrowDown");
    holds(await page.evaluate(() => document.activeElement.textContent.includes("Reply")), "the arrows move in the menu");
    await page.keyboard.press("Escape");
    await menu("Reply").waitFor({ state: "detached" });
    holds(await page.evaluate(() => document.activeElement.dataset.id) === focused, "the focus is back where it was");
    await text.fill("A word too many");
    await text.press("Enter");
    await entry("A word too many").waitFor();
    await page.locator("#messages").focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.keyboard.type("copy id");
    holds(await page.evaluate(() => document.activeElement.textContent.includes("Copy id")), "letters lead to what begins with them");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.keyboard.type("del");
    await page.keyboard.press("Enter");
    await page.locator(".entry", { hasText: "A word too many" }).waitFor({ state: "detached" });
    holds(await page.evaluate(() => document.activeElement.id) === "messages", "the focus stays among the messages when one is gone");
  }],
  ["a thread is opened from a message", async () => {
    await opensMenu(entry("Another word"));
    await menu("Open a thread").click();
    await page.getByLabel("Name").fill("On another word");
    await picture("dialog");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.locator("#channel", { hasText: "On another word" }).waitFor();
    await page.waitForFunction(() => document.activeElement.id === "text");
    await text.fill("Inside");
    await text.press("Enter");
    await entry("Inside").waitFor();
    await picture("thread");
    await opensPlace("general");
    await page.locator(".thread .chip", { hasText: "On another word" }).waitFor();
  }],
  ["direct messages go to the bot, which answers", async () => {
    await page.getByRole("button", { name: "Write to the bot" }).click();
    await page.locator("#channel", { hasText: "@ Footnote" }).waitFor();
    await text.fill("Just between us");
    await text.press("Enter");
    await entry("I heard you.").waitFor();
    await picture("direct");
    await opensPlace("general");
  }],
  ["buttons are pressed: the message changes, another takes a while, a third never answers", async () => {
    const panel = entry("Press something, or choose something.");
    await panel.getByRole("button", { name: "Pressed 0 times" }).waitFor();
    await panel.getByRole("button", { name: "Pressed 0 times" }).click();
    await panel.getByRole("button", { name: "Pressed 1 time" }).waitFor();
    holds(await panel.getByRole("button", { name: "Switched off" }).isDisabled(), "a disabled button cannot be pressed");
    const link = panel.getByRole("link", { name: "Documentation" });
    holds((await link.getAttribute("target")) === "_blank", "a link button opens elsewhere");
    await panel.getByRole("button", { name: "Never answers" }).click();
    await panel.locator(".waits").waitFor();
    await panel.getByText("This interaction failed").waitFor();
    await picture("panel");
    await panel.getByRole("button", { name: "Only for me" }).click();
    await entry("Only you read this.").getByText("Only you can see this").waitFor();
  }],
  ["selects offer what they hold, by keyboard", async () => {
    const panel = entry("Press something, or choose something.");
    await panel.getByRole("button", { name: "Which topics?" }).click();
    await page.getByRole("option", { name: "Sorting" }).waitFor();
    await picture("select");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Done" }).click();
    await entry("You chose sorting, searching.").waitFor();
    await panel.getByRole("button", { name: "Where?" }).click();
    await page.getByRole("searchbox").fill("lounge");
    await page.keyboard.press("Enter");
    await entry(/You chose \d+\./).waitFor();
  }],
  ["a form is refused by its fields, filled in, and sent", async () => {
    await uses("survey");
    const form = page.getByRole("dialog");
    await form.getByText("All of this stays").waitFor();
    await form.getByLabel("What should we call you?").fill("y");
    await picture("survey");
    await form.getByRole("button", { name: "Submit" }).click();
    holds(await form.isVisible(), "a name that is too short keeps the form open");
    await form.getByLabel("What should we call you?").fill("yo");
    await form.getByLabel("Weekly").check();
    const helpers = form.getByRole("group", { name: "Who helped?" });
    await helpers.getByLabel("@alice").check();
    await helpers.getByLabel("@member").focus();
    await page.keyboard.press("Space");
    await helpers.getByLabel("@guest").check();
    holds(await helpers.getByLabel("@you").isDisabled(), "no more may be chosen than the bot allows");
    await helpers.getByLabel("@guest").uncheck();
    await picture("chosen");
    await form.getByLabel("Write to me").check();
    await form.getByRole("button", { name: "Submit" }).click();
    await form.waitFor({ state: "detached" });
    await entry("Thank you. You wrote:").getByText("often: weekly").waitFor();
    await uses("feedback");
    await form.getByLabel("Subject").fill("The page");
    await form.getByLabel("In your own words").fill("It works.");
    await form.getByRole("button", { name: "Submit" }).click();
    await entry("Thank you. You wrote:").getByText("words: It works.").waitFor();
    await uses("survey");
    await form.waitFor();
    await page.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
  }],
  ["choices come from the bot while somebody types", async () => {
    await text.fill("/find");
    await text.press("Enter");
    await page.getByRole("option", { name: "A Guide to Sorting" }).waitFor();
    await page.keyboard.type("hash");
    await page.getByRole("option", { name: "Hashes" }).waitFor();
    await page.getByRole("option", { name: "A Guide to Sorting" }).waitFor({ state: "detached" });
    await picture("autocomplete");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await entry("hashes-and-how-to-keep-them").waitFor();
  }],
  ["options of every type have a field, and optional ones open with a press", async () => {
    await text.fill("/introduce");
    await text.press("Enter");
    await page.locator("#option-person").selectOption({ label: "@alice" });
    await page.getByRole("button", { name: "+ channel" }).click();
    await page.locator("#option-channel").selectOption({ label: "#lounge" });
    await page.getByRole("button", { name: "+ age" }).click();
    await page.keyboard.type("41");
    await page.getByRole("button", { name: "+ picture" }).click();
    await page.locator("#option-picture").setInputFiles({ name: "face.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await picture("options");
    await page.locator("#option-age").press("Enter");
    await entry("You used introduce with").getByText("face.png").first().waitFor();
  }],
  ["the menus of a message and of a person hold the bot's commands", async () => {
    await opensMenu(entry("It is said to know its sources."));
    await menu("Quote").click();
    await entry("You used Quote with").waitFor();
    await entry("It is said to know its sources.").scrollIntoViewIfNeeded();
    await page.locator(".entry", { hasText: "Hello! Has anybody" }).locator(".name").click();
    await menu("Mention alice").click();
    holds(await text.inputValue() === "@alice ", "a mention is written, not sent");
    await text.press("Enter");
    await entry("@alice").locator(".mention").waitFor();
    await page.locator(".entry", { hasText: "Hello! Has anybody" }).locator(".name").click();
    await menu("Greet").click();
    await entry("You used Greet with").waitFor();
  }],
  ["components of the second generation are shown", async () => {
    await uses("layout");
    await entry("A text outside of the container.").waitFor();
    await picture("layout");
  }],
  ["a command that is never answered fails in its channel", async () => {
    await uses("silence");
    await entry("/silence").getByText("The application did not respond").waitFor();
  }],
  ["files are attached, and shown with their size", async () => {
    await page.locator("#chooser").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("Some notes.") });
    await page.locator(".tag", { hasText: "notes.txt" }).waitFor();
    await text.fill("With a file");
    await text.press("Enter");
    const file = entry("With a file").locator(".file");
    await file.getByText("11 B").waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), file.getByRole("link", { name: "notes.txt" }).click()]);
    holds(download.suggestedFilename() === "notes.txt", "it can be fetched");
  }],
  ["a fault is ordered: the bot's answer fails, and time brings the failure", async () => {
    await page.getByRole("button", { name: "Controls" }).click();
    const panel = page.locator("#panel");
    holds(await page.evaluate(() => document.activeElement.closest("#panel") !== null), "the focus goes with whoever opens the controls");
    await panel.getByRole("button", { name: "Freeze" }).click();
    await panel.getByText("frozen").waitFor();
    await panel.getByRole("button", { name: "Next answer: 500" }).click();
    await panel.getByText("met 0, 1 left").waitFor();
    await picture("fault");
    await uses("about");
    await panel.getByText("done, met 1").waitFor();
    await panel.getByRole("button", { name: "+ 3 s" }).click();
    await entry("/about").getByText("The application did not respond").waitFor();
    await panel.locator(".moments", { hasText: "about by you" }).first().getByText("not answered").waitFor();
    await panel.getByRole("button", { name: "Next edit: 403" }).click();
    await panel.getByText("met 0, 1 left").waitFor();
    await panel.getByText("PATCH /messages/ answers 403").waitFor();
    await picture("faults");
    await panel.getByRole("button", { name: "Forget 1 done" }).click();
    await panel.getByText("done, met 1").waitFor({ state: "detached" });
    await panel.getByRole("button", { name: "Everything takes 2 s" }).click();
    await panel.getByRole("button", { name: "Take all back" }).click();
    await panel.getByText("No fault is ordered.").waitFor();
    await panel.getByRole("button", { name: "Run" }).click();
    await panel.locator("summary", { hasText: "Gateway" }).click();
    await panel.getByText("connected").waitFor();
    await panel.getByLabel("Close the controls").click();
  }],
  ["what is too long is told before it is sent, counted as Discord counts", async () => {
    await text.fill("🙂".repeat(1_900));
    await page.getByText("100 left").waitFor();
    await text.fill("🙂".repeat(2_001));
    await page.getByText("1 too many").waitFor();
    await picture("too-long");
    await text.press("Enter");
    holds((await text.evaluate((one) => one.validationMessage)).includes("2000 or fewer"), "it is told why");
    await text.press("Backspace");
    await text.press("Enter");
    await page.waitForFunction(() => document.querySelector("#text").value === "");
    await text.fill("/introduce");
    await text.press("Enter");
    await page.locator("#option-person").selectOption({ label: "@alice" });
    await page.getByRole("button", { name: "+ nickname" }).click();
    await page.keyboard.type("🙂".repeat(13));
    await page.getByText("1 too many").waitFor();
    await page.keyboard.press("Enter");
    holds(await page.locator("#option-nickname").isVisible(), "it is not sent");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Enter");
    await entry("You used introduce with").getByText("🙂".repeat(12)).first().waitFor();
  }],
  ["a message elsewhere marks its channel until it is opened", async () => {
    const lounge = page.locator(".place", { hasText: "lounge" });
    await opensPlace("lounge");
    await text.fill("I am leaving.");
    await text.press("Enter");
    await entry("I am leaving.").waitFor();
    await opensPlace("general");
    await page.evaluate(async () => {
      const channel = [...document.querySelectorAll(".place")].find((one) => one.textContent.includes("lounge")).dataset.place;
      const person = [...document.querySelectorAll("#person option")].find((one) => one.textContent === "alice").value;
      await fetch("/page/say", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ person, channel, text: "Wait!" }) });
    });
    await lounge.getByText("new").waitFor();
    await picture("unread");
    await opensPlace("lounge");
    await entry("Wait!").waitFor();
    await lounge.getByText("new").waitFor({ state: "detached" });
    await opensPlace("general");
    holds(await lounge.getByText("new").count() === 0, "what was read stays read");
  }],
  ["a guest reads and meets a sentence instead of the field", async () => {
    await becomes("guest");
    await page.getByText("You do not have permission to send messages in this channel.").waitFor();
    holds(!(await text.isVisible()), "there is no field to write in");
    holds(await page.locator(".place", { hasText: "staff" }).count() === 0, "the hidden channel is hidden");
    holds(await page.locator(".entry", { hasText: "nobody else sees this" }).count() === 0, "what is ephemeral for others is not there");
    await picture("guest");
    await becomes("you");
    await entry("nobody else sees this").getByRole("button", { name: "Dismiss" }).click();
    await page.locator(".entry", { hasText: "nobody else sees this" }).waitFor({ state: "detached" });
  }],
], picture);
await close();
await chromium.close();
