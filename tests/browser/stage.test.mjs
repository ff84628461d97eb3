/** Two real browsers and the box: who hears whom, and how soon somebody is silent. */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { cli, command, HEARD, launchOptions, loudestInFile, openEar, SILENT, toneFile, wavSeconds } from "./ear.mjs";

const URL = process.env.SPACEBOX_URL;
const SPEAKER_FILE = process.env.SPEAKER_FILE;
const BOX_HZ = 440;
const GUEST_HZ = 1500;
const AT_MOST_S = 0.3;
const LONG_S = 1;

let browsers = [];
let listener;
let guest;

async function open(...flags) {
  const browser = await chromium.launch(launchOptions(...flags));
  browsers.push(browser);
  const page = await (await browser.newContext()).newPage();
  await page.goto(URL);
  await page.getByRole("button", { name: "Listen" }).click();
  await state(page, "listening");
  return page;
}

const state = (page, name) => page.waitForFunction((wanted) => document.body.dataset.state === wanted, name);

async function goUp(name) {
  await guest.getByRole("button", { name: "Ask to speak" }).click();
  await guest.getByLabel("Your name").fill(name);
  await guest.getByRole("button", { name: "Ask", exact: true }).click();
  await state(guest, "waiting");
  await cli("approve", name);
  await guest.getByRole("button", { name: "Go up" }).click();
  await state(guest, "stage-muted");
}

async function unmute() {
  await guest.getByRole("button", { name: /Unmute/ }).click();
  await state(guest, "stage-live");
  await listener.ear.hears(GUEST_HZ);
}

/** Do it, and see that the tone is gone in time from every ear: the listener's and the box's. */
async function silenced(doIt) {
  const media = await listener.ear.now();
  const file = wavSeconds(SPEAKER_FILE);
  await doIt();
  const most = await listener.ear.loudest(GUEST_HZ, LONG_S, media + AT_MOST_S);
  assert.ok(most < SILENT, `the listener still hears ${most}`);
  await until(() => wavSeconds(SPEAKER_FILE) > file + AT_MOST_S + LONG_S);
  assert.ok(loudestInFile(SPEAKER_FILE, GUEST_HZ, file + AT_MOST_S, LONG_S) < SILENT, "the box still plays it");
}

async function until(check) {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 50));
}

before(async () => {
  const tone = path.join(process.env.SCRATCH, "guest.wav");
  toneFile(tone, GUEST_HZ, 10);
  await command("SetMuted", { muted: false });
  listener = await open();
  listener.ear = await openEar(listener);
  guest = await open(`--use-file-for-fake-audio-capture=${tone}`);
  guest.ear = await openEar(guest);
});

after(() => Promise.all(browsers.map((browser) => browser.close())));

test("a listener hears the box", () => listener.ear.hears(BOX_HZ));

test("a stranger's player that offers video too hears the sound", async () => {
  const heard = await listener.evaluate(async () => {
    const pc = new RTCPeerConnection();
    const { receiver } = pc.addTransceiver("audio", { direction: "recvonly" });
    pc.addTransceiver("video", { direction: "recvonly" });
    await pc.setLocalDescription();
    const gathered = () => pc.iceGatheringState === "complete";
    while (!gathered()) await new Promise((done) => pc.addEventListener("icegatheringstatechange", done, { once: true }));
    const headers = { "Content-Type": "application/sdp" };
    const answer = await fetch("/whep", {
      method: "POST",
      headers,
      body: pc.localDescription.sdp,
      credentials: "omit",
    });
    await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    const packets = async () =>
      [...(await receiver.getStats()).values()].find((stat) => stat.type === "inbound-rtp")?.packetsReceived ?? 0;
    for (const end = Date.now() + 15_000; Date.now() < end && (await packets()) < 50; ) {
      await new Promise((done) => setTimeout(done, 100));
    }
    const result = { packets: await packets(), kinds: pc.getTransceivers().map((one) => one.receiver.track.kind) };
    pc.close();
    await fetch(answer.headers.get("Location"), { method: "DELETE" });
    return result;
  });
  assert.ok(heard.packets >= 50, JSON.stringify(heard));
  assert.deepEqual(heard.kinds, ["audio"], "the video was declined");
});

test("who is let up arrives muted, and is heard once they unmute", async () => {
  await goUp("Ana");
  assert.ok((await listener.ear.loudest(GUEST_HZ, LONG_S)) < SILENT);
  await unmute();
  await listener.ear.hears(BOX_HZ);
});

test("a speaker hears the box and not themselves", async () => {
  await guest.ear.hears(BOX_HZ);
  assert.ok((await guest.ear.loudest(GUEST_HZ, 2 * LONG_S)) < SILENT);
});

test("the box's speaker has the guest and not the box", async () => {
  const from = wavSeconds(SPEAKER_FILE) - LONG_S;
  assert.ok(loudestInFile(SPEAKER_FILE, GUEST_HZ, from, LONG_S) > HEARD);
  assert.ok(loudestInFile(SPEAKER_FILE, BOX_HZ, from, LONG_S) < SILENT);
});

test("a mute is heard by nobody within 0.3 s", async () => {
  const ana = JSON.parse(await cli("status", "--json")).participants.find((p) => p.name === "Ana");
  await silenced(() => command("Mute", { participant: ana.id }));
  await state(guest, "muted-by-host");
  await unmute();
  await silenced(() => guest.getByRole("button", { name: /You are on air/ }).click());
  await unmute();
});

test("who steps down is silent within 0.3 s", async () => {
  await silenced(() => guest.getByRole("button", { name: "Step down" }).click());
  await state(guest, "listening");
});

test("who is removed is silent within 0.3 s", async () => {
  await goUp("Ana");
  await unmute();
  const ana = JSON.parse(await cli("status", "--json")).participants.find((p) => p.name === "Ana");
  await silenced(() => command("Remove", { participant: ana.id, ban: true }));
  await state(guest, "banned");
});
