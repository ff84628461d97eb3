/** Debian's Firefox in the room: it hears the box, comes on stage, and is heard. */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { cli, command, openEar, SILENT, wavSeconds } from "./ear.mjs";
import { FirefoxGuest, launchFirefox } from "./firefox.mjs";
import { envelope, likeness, speechFile, wav } from "./firefox_speech.mjs";

const { SCRATCH, SHOTS, SPACEBOX_URL, SPEAKER_FILE } = process.env;
const BOX_HZ = 440;
const AT_MOST_S = 0.3;
const LONG_S = 1;
const SPEECH_S = 2;
const PATIENCE_S = 30;
const WAIT_MS = 60_000;
/** Another speech comes up to 0.65. */
const ALIKE = 0.8;

let browser;
let guest;
let ear;
let spoken;

const seconds = () => wavSeconds(SPEAKER_FILE);
const loudest = (from, long) => Math.max(...envelope(wav(SPEAKER_FILE, from, long)));

async function until(check) {
  for (const end = Date.now() + WAIT_MS; !check(); await new Promise((resolve) => setTimeout(resolve, 50))) {
    assert.ok(Date.now() < end, `waited in vain: ${check}`);
  }
}

/** Whether the box was silent for the last second: the host's chimes are shorter, and the guest talks without pause. */
const aPause = () => loudest(seconds() - LONG_S, LONG_S) < SILENT;

const recorded = (end) => until(() => seconds() > end);

/** Wait until the box's speaker has played a stretch of what the guest says, whole. */
async function isHeard() {
  let most = 0;
  for (let from = seconds(), end = from + PATIENCE_S; most < ALIKE && from < end; from += SPEECH_S / 2) {
    await recorded(from + SPEECH_S);
    most = Math.max(most, likeness(envelope(wav(SPEAKER_FILE, from, SPEECH_S)), spoken));
  }
  assert.ok(most > ALIKE, `what the box plays is ${most} like what was said`);
}

/** Do it, and see that from then on the box's speaker is silent. */
async function silenced(doIt) {
  await doIt();
  const from = seconds() + AT_MOST_S;
  await recorded(from + LONG_S);
  assert.ok(loudest(from, LONG_S) < SILENT, "the box still plays it");
}

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  const voice = speechFile(path.join(SCRATCH, "voice.wav"));
  spoken = envelope(wav(voice));
  await command("SetMuted", { muted: false });
  browser = await launchFirefox();
  guest = await FirefoxGuest.arrive(browser, SPACEBOX_URL, voice);
});

after(() => browser?.close());

test("a listener hears the box", async () => {
  await guest.main();
  await guest.is("listening");
  ear = await openEar(guest.page);
  await ear.hears(BOX_HZ);
  await guest.look(SHOTS, "listening");
});

test("who asks and is approved arrives muted, and is heard once they unmute", async () => {
  await guest.main();
  await guest.is("asking");
  await guest.look(SHOTS, "asking");
  await guest.fill("Your name", "Ana");
  await guest.press("Ask");
  await guest.is("waiting");
  await cli("approve", "Ana");
  await guest.is("let-up");
  await guest.press("Go up");
  await guest.is("stage-muted");
  await until(aPause);
  await guest.main();
  await guest.is("stage-live");
  await isHeard();
  await guest.look(SHOTS, "stage-live");
});

test("a speaker still hears the box", () => ear.hears(BOX_HZ));

test("another network is taken up without joining anew", async () => {
  await guest.page.evaluate(() => dispatchEvent(new Event("online")));
  await until(() => guest.answers.length >= 4);
  await ear.hears(BOX_HZ);
  await isHeard();
  assert.deepEqual(guest.answers.sort(), ["PATCH /whep 200", "PATCH /whip 200", "POST /whep 201", "POST /whip 201"]);
});

test("whom the host mutes is silent within 0.3 s, and may unmute again", async () => {
  const ana = JSON.parse(await cli("status", "--json")).participants.find((one) => one.name === "Ana");
  await silenced(() => command("Mute", { participant: ana.id }));
  await guest.is("muted-by-host");
  await guest.main();
  await isHeard();
});

test("who steps down is silent within 0.3 s, and listens on", async () => {
  await silenced(async () => {
    await guest.press("Step down");
    await guest.is("listening");
  });
  await ear.hears(BOX_HZ);
});

test("the page had no complaint", () => assert.deepEqual(guest.complaints, []));
