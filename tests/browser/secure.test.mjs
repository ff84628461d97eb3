/**
 * From plain http, where a browser opens no microphone, to the secure page of the box's own authority.
 * Wants SPACEBOX_URL on an address that is not loopback, and TRUSTING: a home whose NSS database trusts the box.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { chromium } from "playwright-core";
import { cli, command, HEARD, launchOptions, loudestInFile, openEar, toneFile, wavSeconds } from "./ear.mjs";
import { Guest } from "./look.mjs";

const URL_ = process.env.SPACEBOX_URL;
const SPEAKER_FILE = process.env.SPEAKER_FILE;
const GUEST_HZ = 1500;
const BOX_HZ = 440;
const LONG_S = 1;

const browsers = [];
let kofi;
let listener;
let ear;

const status = async () => JSON.parse(await cli("status", "--json"));
const person = async (name) => (await status()).participants.find((each) => each.name === name);

/** A browser of a home of its own, that speaks with a tone. */
async function open(home) {
  const tone = path.join(process.env.SCRATCH, "guest.wav");
  toneFile(tone, GUEST_HZ, 10);
  const env = { ...process.env, HOME: home };
  const browser = await chromium.launch({ ...launchOptions(`--use-file-for-fake-audio-capture=${tone}`), env });
  browsers.push(browser);
  return browser;
}

/** The sheet that says how to speak, in the light and in the dark. */
async function look(guest, name) {
  for (const colorScheme of ["light", "dark"]) {
    await guest.page.emulateMedia({ colorScheme });
    await guest.look(`${name}-${colorScheme}`);
  }
  await guest.page.emulateMedia({ colorScheme: null });
}

before(async () => {
  await command("SetMuted", { muted: false });
  const [trusting, other] = [await open(process.env.TRUSTING), await open(process.env.SCRATCH)];
  kofi = await Guest.arrive(trusting);
  listener = await Guest.arrive(other);
});

after(() => Promise.all(browsers.map((browser) => browser.close())));

describe("over plain http", () => {
  it("one listens", async () => {
    await listener.is("arrive");
    await listener.main();
    await listener.is("listening");
    ear = await openEar(listener.page);
    await ear.hears(BOX_HZ);
  });

  it("there is no microphone, and the page says how to get one", async () => {
    assert.equal(await kofi.page.evaluate(() => navigator.mediaDevices === undefined), true);
    await kofi.main();
    await kofi.is("listening");
    await kofi.main();
    await kofi.is("no-https");
    await kofi.says("To speak, open the secure page");
    const { secure_url: secure } = await status();
    const link = await kofi.page.getAttribute(".sheet a.btn", "href");
    assert.ok(link.startsWith(`${secure}/#seat=`), link);
    assert.equal(await kofi.page.getAttribute(".sheet .note a", "href"), "/trust");
    await look(kofi, "no-https");
  });

  it("one gets into line, and is let up", async () => {
    await kofi.press("Get into line here first");
    await kofi.is("asking");
    await kofi.page.fill(".sheet input >> nth=0", "Kofi Mensah");
    await kofi.press("Ask");
    await kofi.is("waiting");
    await cli("approve", "Kofi Mensah");
    await kofi.is("let-up");
    await kofi.press("Go up");
    await kofi.is("no-https");
    await kofi.says("Your place goes with you.");
    await look(kofi, "no-https-let-up");
  });
});

describe("the secure page", () => {
  it("is refused by a browser that does not trust the box", async () => {
    const { secure_url: secure } = await status();
    const stranger = await (await browsers[1].newContext()).newPage();
    await assert.rejects(stranger.goto(secure), /ERR_CERT_AUTHORITY_INVALID/);
    await stranger.context().close();
  });

  it("keeps the seat, and opens the microphone", async () => {
    const { id } = await person("Kofi Mensah");
    await kofi.page.getByRole("link", { name: "Open the secure page" }).click();
    await kofi.page.waitForURL("https://**");
    await kofi.is("let-up");
    assert.equal(new URL(kofi.page.url()).hash, "", "the seat's token is out of the address bar");
    await kofi.press("Go up");
    await kofi.is("stage-muted");
    await kofi.main();
    await kofi.is("stage-live");
    await ear.hears(GUEST_HZ);
    assert.equal((await person("Kofi Mensah")).id, id);
  });

  it("is heard by the box too", async () => {
    const from = wavSeconds(SPEAKER_FILE);
    while (wavSeconds(SPEAKER_FILE) < from + LONG_S) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(loudestInFile(SPEAKER_FILE, GUEST_HZ, from, LONG_S) > HEARD);
  });

  it("is opened with the seat of the cookie as well", async () => {
    const { you } = await kofi.page.evaluate(async () => (await fetch("/api/space")).json());
    assert.equal(you.participant, (await person("Kofi Mensah")).id);
  });
});

describe("the page about trust", () => {
  it("shows the fingerprint of what it gives to download", async () => {
    const guest = await Guest.arrive(browsers[1], { url: `${URL_}/trust` });
    const shown = await guest.page.textContent(".print");
    const given = await guest.page.evaluate(async () => {
      const body = await (await fetch("/trust/ca.crt")).arrayBuffer();
      return [...new Uint8Array(body)];
    });
    const digest = createHash("sha256").update(Buffer.from(given)).digest("hex").toUpperCase();
    assert.equal(shown.replaceAll(/\s/g, ""), digest);
    await look(guest, "trust");
    await guest.leave();
  });

  for (const [userAgent, device] of [
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1", "iPhone and iPad"],
    ["Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36", "Android"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on a computer"],
  ]) {
    it(`opens with the list for ${device}`, async () => {
      const guest = await Guest.arrive(browsers[1], { url: `${URL_}/trust`, userAgent });
      assert.equal(await guest.page.textContent("details[open] summary"), device);
      assert.equal(await guest.page.textContent("details summary >> nth=0"), device);
      await guest.leave();
    });
  }

  it("leaves with nobody complaining", async () => {
    await kofi.leave();
    await listener.leave();
  });
});
