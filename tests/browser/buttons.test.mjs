/** A whole Space by the three buttons alone, with two real browsers in it. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { cli, HEARD, launchOptions, openEar, SILENT, toneFile } from "./ear.mjs";

const URL = process.env.SPACEBOX_URL;
const BOX_HZ = 440;
const GUEST_HZ = 1500;
const AT_MOST_S = 0.3;
const HELD_S = 2;
const FRESH_S = 0.7;
const PATIENCE_MS = 20_000;

const run = promisify(execFile);
let browsers = [];
let listener;
let guest;

const press = (button, ...more) => cli("press", button, ...more);
const hold = (button, seconds) => press(button, "--hold", String(seconds));
const space = async () => JSON.parse(await cli("status", "--json"));
const state = (page, name) => page.waitForFunction((wanted) => document.body.dataset.state === wanted, name);

async function eventually(what, check) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    if (await check()) return;
  }
  assert.fail(`never: ${what}`);
}

/** Wait until these words are on the glass, drawn in one of its faces. */
const glassSays = (words) =>
  eventually(`the glass says ${words}`, async () => {
    const png = path.join(process.env.SCRATCH, "glass.png");
    await cli("screen", "--png", png);
    const read = await run(process.env.PYTHON, ["-m", "browser.glass", png, words], { cwd: process.env.TESTS });
    return read.stdout.trim() === "yes";
  });

async function open(...flags) {
  const browser = await chromium.launch(launchOptions(...flags));
  browsers.push(browser);
  const page = await (await browser.newContext()).newPage();
  await page.goto(URL);
  return page;
}

async function listen(page) {
  await page.getByRole("button", { name: "Listen" }).click();
  await state(page, "listening");
  page.ear = await openEar(page);
}

async function ask(page, name) {
  await page.getByRole("button", { name: "Ask to speak" }).click();
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await state(page, "waiting");
  await glassSays(name);
  await glassSays("let in");
  const { waiting_s: seen } = (await space()).requests[0];
  await eventually("the card takes presses", async () => (await space()).requests[0].waiting_s > seen + FRESH_S);
}

before(async () => {
  const tone = path.join(process.env.SCRATCH, "guest.wav");
  toneFile(tone, GUEST_HZ, 10);
  listener = await open();
  guest = await open(`--use-file-for-fake-audio-capture=${tone}`);
});

after(() => Promise.all(browsers.map((browser) => browser.close())));

test("two seconds of MUTE go live, muted", async () => {
  await state(guest, "before");
  await hold("mute", 2.2);
  assert.equal((await space()).state, "live");
  await glassSays("MUTED");
  await Promise.all([listen(listener), listen(guest)]);
  assert.ok((await listener.ear.loudest(BOX_HZ, 1)) < SILENT);
});

test("a tap opens the microphone, and the glass says so once it is received", async () => {
  await press("mute");
  await listener.ear.hears(BOX_HZ);
  await glassSays("ON AIR");
});

test("the card shows who asks, and APPROVE lets them up", async () => {
  await ask(guest, "Ana Wanjiru");
  await press("approve");
  await eventually("Ana is up", async () => (await space()).requests.length === 0);
  await guest.getByRole("button", { name: "Go up" }).click();
  await state(guest, "stage-muted");
  await guest.getByRole("button", { name: /Unmute/ }).click();
  await listener.ear.hears(GUEST_HZ);
});

test("a cough is heard by nobody", async () => {
  const from = await listener.ear.now();
  const cough = hold("mute", HELD_S);
  await eventually("the box is muted", async () => (await listener.ear.loudest(BOX_HZ, 0.1)) < SILENT);
  const silent = await listener.ear.now();
  assert.ok((await listener.ear.loudest(BOX_HZ, 1, silent)) < SILENT);
  assert.ok((await listener.ear.loudest(GUEST_HZ, 0.3)) > HEARD, "the others are heard on");
  await cough;
  await listener.ear.hears(BOX_HZ);
  assert.ok((await listener.ear.now()) - from > HELD_S - AT_MOST_S);
});

test("a second of APPROVE declines", async () => {
  await ask(listener, "Kofi");
  await hold("approve", 1.2);
  await eventually("Kofi was declined", async () => (await space()).requests.length === 0);
  await state(listener, "listening");
  assert.equal((await space()).participants.filter((p) => p.role === "speaker").length, 1);
});

test("a tap on END wraps up", async () => {
  await press("end");
  await state(listener, "wrapping");
  await glassSays("wrapping up");
  await glassSays("Ana Wanjiru");
});

test("three seconds of END end it, and MUTE keeps it going, muted", async () => {
  await hold("end", 3.2);
  await glassSays("keep going");
  await state(listener, "ended");
  await glassSays("9"); // by then it has been up for long enough to take a press
  await press("mute");
  await glassSays("MUTED");
  const { state: now, on_air: air } = await space();
  assert.deepEqual([now, air.mic], ["live", "muted"]);
  await listener.ear.hears(GUEST_HZ);
});

test("it ends for good, and the glass sums it up", async () => {
  await hold("end", 3.2);
  await eventually("the grace is over", async () => (await space()).state === "idle");
  await glassSays("came by");
  await press("approve");
  await glassSays("Antennas in small");
});
