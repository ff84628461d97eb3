/** The set-up page: a browser is paired at the box, and drives it as a guest in Mira's room. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Guest, launch, NARROW, spacebox, URL_ } from "./look.mjs";

const { SPACEBOX, SCRATCH, VISITOR_RUNTIME, VISITOR_URL } = process.env;
const at = { url: `${VISITOR_URL}/setup` };
const PATIENCE_MS = 20_000;
const run = promisify(execFile);
let browser;
let host;

/** The command line of the box that visits. */
async function visitor(...args) {
  return (await run(SPACEBOX, args, { env: { ...process.env, SPACEBOX_RUNTIME: VISITOR_RUNTIME } })).stdout;
}

const button = (name) => host.page.getByRole("button", { name, exact: true });
const has = (name) => button(name).evaluate((node) => node === document.activeElement);
const digits = () => host.page.getByLabel("Type what the box shows");
const seat = async () =>
  JSON.parse(await spacebox("status", "--json")).participants.find(({ name }) => name === "Tomás");

async function eventually(what, check) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const found = await check();
    if (found) return found;
  }
  return assert.fail(`never: ${what}`);
}

/** The six digits on the visitor's glass. */
function onGlass() {
  return eventually("the glass shows six digits", async () => {
    const png = path.join(SCRATCH, "pairing.png");
    await visitor("screen", "--png", png);
    const words = ["-m", "browser.digits", png];
    return (await run(process.env.PYTHON, words, { cwd: process.env.TESTS })).stdout.trim();
  });
}

/** A second browser with the same cookie. */
async function another(options) {
  const other = await Guest.arrive(browser, { ...at, ...options });
  await other.page.context().addCookies(await host.page.context().cookies());
  await other.page.reload();
  return other;
}

before(async () => {
  browser = await launch();
  host = await Guest.arrive(browser, at);
});
after(() => browser.close());

test("the digits on the glass pair a browser, and wrong ones do not", async () => {
  await host.is("pair");
  await host.look("setup-pair");
  await button("Show the digits on the box").click();
  const code = await onGlass();
  assert.match(code, /^\d{6}$/);
  await digits().pressSequentially(String((Number(code) + 1) % 1e6).padStart(6, "0"));
  await host.says("Not this one: 4 tries left.");
  await host.look("setup-code");
  assert.equal(host.complaints.splice(0).length, 1, "the browser notes that it was refused");
  await digits().pressSequentially(code);
  await host.is("home");
  await host.look("setup-home");
});

test("it says why the box cannot go there", async () => {
  await host.page.getByLabel("A link, or a box's code").fill("not a link");
  await button("Join").click();
  await host.page.locator("#go-wrong").filter({ hasText: /\w+.*\.$/ }).waitFor();
  await host.look("setup-refused");
  assert.equal(host.complaints.splice(0).length, 1);
});

test("boxes on air around are one press away, for its guests too", async () => {
  const { link } = JSON.parse(await spacebox("status", "--json"));
  const code = link.split("/").at(-1);
  const row = host.page.locator(`#around [data-key^="${code} "]`);
  await row.getByText("Slow radio at night").waitFor();
  await host.look("setup-around");
  const guest = await Guest.arrive(browser, { url: VISITOR_URL });
  await guest.is("before");
  const around = guest.page.locator(`a[href*=":${new URL(URL_).port}"]`);
  await around.getByText("Slow radio at night").waitFor({ timeout: PATIENCE_MS });
  await guest.look("guest-around");
  await guest.leave();

  await row.getByRole("button", { name: "Join Slow radio at night" }).click();
  await host.is("there");
  await button("Leave").click();
  await host.is("home");
});

test("by keys alone the box goes to another's room and asks to speak", async () => {
  await host.page.getByLabel("A link, or a box's code").fill(URL_);
  await host.page.keyboard.press("Enter");
  await host.is("there");
  assert.equal(await host.page.innerText(":focus"), "Slow radio at night");
  await host.says("The box listens. Nobody there hears you.");
  assert.equal(await host.page.innerText("h1:visible"), "Slow radio at night");
  await host.look("setup-there");
  await button("Ask to speak").focus();
  await host.page.keyboard.press("Enter");
  await host.says("You are first in line.");
  assert.ok(await has("Take the request back"), "keys go on where they were");
  await host.look("setup-waiting");
});

test("its own guests are told where it is", async () => {
  const guest = await Guest.arrive(browser, { url: VISITOR_URL });
  await guest.is("elsewhere");
  await guest.says("This box is a guest in");
  const link = guest.page.getByRole("link", { name: "Go to that room" });
  assert.ok((await link.getAttribute("href")).startsWith(URL_));
  await guest.look("guest-elsewhere");
  assert.ok(await guest.page.locator("#skip").isHidden(), "there are no controls to skip to");
  await link.click();
  await guest.is("arrive");
  await guest.leave();
});

test("on stage it opens its microphone and shuts it", async () => {
  await spacebox("approve", "Tomás");
  await host.says("You are on stage, muted.");
  await button("Unmute").click();
  await host.says("You are on air.");
  await host.look("setup-live");
  const night = await another({ colorScheme: "dark" });
  await night.says("You are on air.");
  await night.look("setup-live-dark");
  await night.leave();
  const turned = await another({ rtl: true });
  await turned.says("You are on air.");
  await turned.look("setup-live-rtl", [NARROW]);
  await turned.leave();
  await eventually("Tomás is open there", async () => !(await seat()).muted);
  await button("Mute").click();
  await host.says("You are on stage, muted.");
  await eventually("Tomás is muted there", async () => (await seat()).muted);
});

test("it steps down, is invited, and reacts", async () => {
  await button("Step down").click();
  await host.says("The box listens.");
  await spacebox("invite", "Tomás");
  await host.says("invites you on stage.");
  await host.look("setup-invited");
  await button("Come up").click();
  await host.says("You are on stage, muted.");
  await button("Applause").click();
  await eventually("the applause is counted", async () => JSON.parse(await spacebox("status", "--json")).reactions["👏"] === 1);
});

test("it leaves, and says so when their Space ends", async () => {
  await button("Leave").click();
  await host.is("home");
  assert.equal(await seat(), undefined);
  await host.page.getByLabel("A link, or a box's code").fill(URL_);
  await button("Join").click();
  await host.is("there");
  await spacebox("end", "--now");
  await host.is("home");
  await host.says("The Space is over.");
  assert.match(await host.page.innerText("#status"), /^The Space is over\./);
  await host.look("setup-over");
  await host.leave();
});
