/** The set-up page in the network that the box itself opened: it is told which one to join. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Guest, launch, NARROW, URL_ } from "./look.mjs";

let browser;
let owner;

before(async () => {
  browser = await launch();
  owner = await Guest.arrive(browser, { url: `${URL_}/setup` });
});
after(() => browser.close());

const line = (words) => owner.page.locator("#wifi").getByText(words).waitFor();

test("whoever read the key on the glass need not pair, and sees the networks", async () => {
  await owner.is("pair");
  await line("You are in the box's own network.");
  await owner.page.getByText("strong · with a key").waitFor();
  await owner.look("wifi");
  const turned = await Guest.arrive(browser, { url: `${URL_}/setup`, rtl: true, colorScheme: "dark" });
  await turned.page.getByText("strong · with a key").waitFor();
  await turned.look("wifi-dark-rtl", [NARROW]);
  await turned.leave();
});

test("by keys alone a network is chosen, and a wrong key is told of", async () => {
  await owner.page.getByRole("button", { name: "Choose Küche" }).focus();
  await owner.page.keyboard.press("Enter");
  await owner.page.keyboard.type("a wrong one");
  await owner.page.keyboard.press("Enter");
  await line("The box goes to Küche now.");
  await owner.look("wifi-sent");
  await line("Küche did not take this key.");
  await owner.look("wifi-wrong");
});

test("the right key takes the box away", async () => {
  await owner.page.getByLabel("Its key").fill("a long one");
  await owner.page.getByRole("button", { name: "Join this Wi-Fi" }).click();
  await line("The box goes to Küche now.");
});
