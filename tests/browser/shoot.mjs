/** Pictures of the page and of the box's front for the README. Usage: shoot.mjs URL FOLDER, with three guests on stage. */

import path from "node:path";
import { chromium } from "playwright-core";
import { launchOptions } from "./ear.mjs";

const [, , url, folder] = process.argv;
const browser = await chromium.launch(launchOptions());

async function guest(name, options, tokens) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, ...options });
  const page = await context.newPage();
  await page.goto(url);
  if (tokens) await tokens(page);
  await page.waitForTimeout(1_200); // levels and fades are in motion: any moment is as good
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  await context.close();
}

const listen = async (page) => {
  await page.getByRole("button", { name: "Listen" }).click();
  await page.waitForFunction(() => document.body.dataset.state === "listening");
};

await guest("listening", {}, listen);
await guest("asking", {}, async (page) => {
  await listen(page);
  await page.getByRole("button", { name: "Ask to speak" }).click();
  await page.getByLabel("Your name").fill("Kofi Mensah");
  await page.getByLabel("What about?").fill("My first crystal set ran on a bedspring");
});
await guest("dark", { colorScheme: "dark" }, listen);
await guest("front", { viewport: { width: 760, height: 700 } }, (page) => page.goto(new URL("/panel", url).href));
await browser.close();
