/** Two boxes and two browsers: Tomás' box is a guest in Mira's room, by its three buttons. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { cli, command, HEARD, launchOptions, loudestInFile, openEar, SILENT, toneFile, wavSeconds } from "./ear.mjs";

const { SPACEBOX, SPACEBOX_URL, SCRATCH, VISITOR_RUNTIME, VISITOR_SPEAKER } = process.env;
const BOX_HZ = 440;
const VISITOR_HZ = 3300;
const GUEST_HZ = 1500;
const AT_MOST_S = 0.3;
const LONG_S = 1;
const PATIENCE_MS = 30_000;

const run = promisify(execFile);
let browsers = [];
let listener;
let guest;

/** The command line of the visiting box. */
async function visitor(...args) {
  const env = { ...process.env, SPACEBOX_RUNTIME: VISITOR_RUNTIME };
  return (await run(SPACEBOX, args, { env })).stdout;
}

const press = (button, ...more) => visitor("press", button, ...more);
const hold = (button, seconds) => press(button, "--hold", String(seconds));
const state = (page, name) => page.waitForFunction((wanted) => document.body.dataset.state === wanted, name);
const home = async () => JSON.parse(await cli("status", "--json"));
const away = async () => JSON.parse(await visitor("status", "--json"));
const seat = async () => (await home()).participants.find((one) => one.name === "Tomás");

async function eventually(what, check) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    if (await check()) return;
  }
  assert.fail(`never: ${what}`);
}

/** Wait until these words are on the visitor's glass; its picture is kept under them. */
const glassSays = (words) =>
  eventually(`the glass says ${words}`, async () => {
    const png = path.join(SCRATCH, `${words.replace(/\W/g, "_")}.png`);
    await visitor("screen", "--png", png);
    const read = await run(process.env.PYTHON, ["-m", "browser.glass", png, words], { cwd: process.env.TESTS });
    return read.stdout.trim() === "yes";
  });

async function open(...flags) {
  const browser = await chromium.launch(launchOptions(...flags));
  browsers.push(browser);
  const page = await (await browser.newContext()).newPage();
  await page.goto(SPACEBOX_URL);
  await page.getByRole("button", { name: "Listen" }).click();
  await state(page, "listening");
  page.ear = await openEar(page);
  return page;
}

async function goUp(page, name) {
  await page.getByRole("button", { name: "Ask to speak" }).click();
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await state(page, "waiting");
  await cli("approve", name);
  await page.getByRole("button", { name: "Go up" }).click();
  await state(page, "stage-muted");
  await page.getByRole("button", { name: /Unmute/ }).click();
  await state(page, "stage-live");
}

/** The loudest of a tone in what the visiting box plays during the next second. */
async function visitorHears(hertz) {
  const from = wavSeconds(VISITOR_SPEAKER);
  await eventually("the speaker plays on", () => wavSeconds(VISITOR_SPEAKER) > from + LONG_S);
  return loudestInFile(VISITOR_SPEAKER, hertz, from, LONG_S);
}

/** Do it, and see that the visitor's tone is gone from the listener's ear soon after. */
async function silenced(doIt) {
  await doIt();
  const media = await listener.ear.now();
  const most = await listener.ear.loudest(VISITOR_HZ, LONG_S, media + AT_MOST_S);
  assert.ok(most < SILENT, `the listener still hears ${most}`);
}

/** Let so many seconds of the Space go by: what has just come up takes no press for 0.7 s. */
async function lookAtIt(seconds = 1) {
  const { elapsed_s: from } = await home();
  await eventually("time goes by", async () => (await home()).elapsed_s > from + seconds);
}

async function ask() {
  await glassSays("ask");
  await lookAtIt();
  await press("approve");
  await eventually("the visitor is in line", async () => (await home()).requests.length === 1);
  await glassSays("take back");
  await lookAtIt();
}

before(async () => {
  const tone = path.join(SCRATCH, "guest.wav");
  toneFile(tone, GUEST_HZ, 10);
  await command("SetMuted", { muted: false });
  listener = await open();
  guest = await open(`--use-file-for-fake-audio-capture=${tone}`);
  await goUp(guest, "Ana");
});

after(() => Promise.all(browsers.map((browser) => browser.close())));

test("the box goes to another's room, and shows it", async () => {
  await visitor("join", SPACEBOX_URL);
  const { title, participants, you, guest: stay } = await away();
  assert.equal(title, "Slow radio at night");
  assert.deepEqual(participants.map((one) => one.name), ["Mira Okafor", "Ana", "Tomás"]);
  assert.equal(you.role, "listener");
  assert.equal(stay.link, "there");
  await glassSays("Slow radio at night");
  await glassSays("ask");
});

test("its host hears the others", async () => {
  await eventually("the host is heard", async () => (await visitorHears(BOX_HZ)) > HEARD);
  await eventually("the speaker is heard", async () => (await visitorHears(GUEST_HZ)) > HEARD);
});

test("APPROVE asks, takes back, and asks anew", async () => {
  await ask();
  await press("approve");
  await eventually("the line is empty", async () => (await home()).requests.length === 0);
  await ask();
});

test("the other's APPROVE lets it up, muted", async () => {
  await cli("press", "approve");
  await eventually("the visitor is up", async () => (await seat()).role === "speaker");
  await glassSays("MUTED");
  const most = await listener.ear.loudest(VISITOR_HZ, LONG_S);
  assert.ok(most < SILENT, `it is heard by ${most}`);
});

test("MUTE opens its microphone to all ears but its own", async () => {
  await press("mute");
  await listener.ear.hears(VISITOR_HZ);
  await guest.ear.hears(VISITOR_HZ);
  await glassSays("ON AIR");
  assert.ok((await visitorHears(VISITOR_HZ)) < SILENT);
  assert.ok((await visitorHears(GUEST_HZ)) > HEARD);
});

test("whom the host mutes is silent within 0.3 s, and opens again by MUTE", async () => {
  const { id } = await seat();
  await silenced(() => command("Mute", { participant: id }));
  await glassSays("Mira");
  await press("mute");
  await listener.ear.hears(VISITOR_HZ);
});

test("its own MUTE is heard by nobody within 0.3 s", async () => {
  await silenced(() => press("mute"));
  await press("mute");
  await listener.ear.hears(VISITOR_HZ);
});

test("a second of APPROVE steps down", async () => {
  await silenced(() => hold("approve", 1.2));
  await eventually("the visitor is in the audience", async () => (await seat()).role === "listener");
  await glassSays("ask");
  await eventually("the host is heard", async () => (await visitorHears(BOX_HZ)) > HEARD);
});

test("an invitation is accepted by APPROVE", async () => {
  await cli("invite", "Tomás");
  await glassSays("come up");
  await lookAtIt();
  await press("approve");
  await eventually("it is accepted", async () => (await seat()).role === "speaker");
  await glassSays("MUTED");
});

test("three seconds of END leave", async () => {
  await hold("end", 3.2);
  await eventually("the visitor has left", async () => (await seat()) === undefined);
  const { state: now, guest: stay } = await away();
  assert.deepEqual([now, stay], ["idle", null]);
  assert.ok((await visitorHears(BOX_HZ)) < SILENT);
});
