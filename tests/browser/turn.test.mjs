/** A guest whose network lets nothing through but a TURN server: Chromium listens and speaks by it alone. */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { cli, command, HEARD, launchOptions, loudestInFile, openEar, toneFile, wavSeconds } from "./ear.mjs";

const { SCRATCH, SPACEBOX_URL, SPEAKER_FILE, TURN_KEY } = process.env;
/** Over TLS the relay shows a certificate that only its key's hash vouches for. */
const [PROTOCOL, TRUST] = TURN_KEY ? ["tls", [`--ignore-certificate-errors-spki-list=${TURN_KEY}`]] : ["udp", []];
const BOX_HZ = 440;
const GUEST_HZ = 1500;
const LONG_S = 1;
const WAIT_MS = 60_000;

let browser;
let page;

/** Each connection of the page goes through its TURN servers, and is kept to be asked. */
const RELAY_ONLY = () => {
  globalThis.lines = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: "relay" });
      globalThis.lines.push(this);
    }
  };
};

/** Of each open line, what carries it: `[candidateType, relayProtocol]` of this end's candidate. */
const carriers = (of = page) =>
  of.evaluate(async () => {
    const open = globalThis.lines.filter(({ connectionState }) => connectionState === "connected");
    const reports = await Promise.all(open.map((line) => line.getStats()));
    return reports.map((report) => {
      const { selectedCandidatePairId } = [...report.values()].find(({ type }) => type === "transport");
      const { candidateType, relayProtocol } = report.get(report.get(selectedCandidatePairId).localCandidateId);
      return [candidateType, relayProtocol];
    });
  });

const state = (name, of = page) => of.waitForSelector(`body[data-state="${name}"]`);

/** Somebody of their own, whose lines all go through the relay. */
async function guest() {
  const opened = await browser.newPage();
  await opened.addInitScript(RELAY_ONLY);
  await opened.goto(SPACEBOX_URL);
  return opened;
}

before(async () => {
  const tone = path.join(SCRATCH, "guest.wav");
  toneFile(tone, GUEST_HZ, 10);
  await command("SetMuted", { muted: false });
  browser = await chromium.launch(launchOptions(`--use-file-for-fake-audio-capture=${tone}`, ...TRUST));
  page = await guest();
});

after(() => browser?.close());

test("a listener hears the box through the relay", async () => {
  await page.getByRole("button", { name: "Listen" }).click();
  await state("listening");
  await (await openEar(page)).hears(BOX_HZ);
  assert.deepEqual(await carriers(), [["relay", PROTOCOL]]);
});

test("a speaker is heard through the relay", async () => {
  await page.getByRole("button", { name: "Ask to speak" }).click();
  await page.getByLabel("Your name").fill("Ana");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await state("waiting");
  await cli("approve", "Ana");
  await page.getByRole("button", { name: "Go up" }).click();
  await state("stage-muted");
  await page.getByRole("button", { name: /Unmute/ }).click();
  await state("stage-live");
  const heard = () => loudestInFile(SPEAKER_FILE, GUEST_HZ, wavSeconds(SPEAKER_FILE) - LONG_S, LONG_S) > HEARD;
  for (const end = Date.now() + WAIT_MS; !heard(); await new Promise((resolve) => setTimeout(resolve, 100))) {
    assert.ok(Date.now() < end, "the box does not play what the guest says");
  }
  assert.deepEqual(await carriers(), [
    ["relay", PROTOCOL],
    ["relay", PROTOCOL],
  ]);
});

test("another listener hears the speaker, both through the relay", async () => {
  const other = await guest();
  await other.getByRole("button", { name: "Listen" }).click();
  await state("listening", other);
  await (await openEar(other)).hears(GUEST_HZ);
  assert.deepEqual(await carriers(other), [["relay", PROTOCOL]]);
});
