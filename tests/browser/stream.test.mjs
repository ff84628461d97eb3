/** The steady stream: a real browser hears the box by `<audio>` where, and when, no line carries. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { command, openEar } from "./ear.mjs";
import { Guest, launch, spacebox } from "./look.mjs";

const BOX_HZ = 440;
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
  "Version/18.1 Mobile/15E148 Safari/604.1";

/** A line that never comes about: its checks have the wrong password. */
const NO_LINE = () => {
  const real = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return real.call(this, { type, sdp: sdp.replace(/a=ice-pwd:.{4}/g, "a=ice-pwd:none") });
  };
};

/** Lines that nothing comes through any more once `globalThis.dead` is set. */
const DYING_LINE = () => {
  const real = RTCPeerConnection.prototype.getStats;
  const last = new WeakMap();
  RTCPeerConnection.prototype.getStats = async function () {
    if (!globalThis.dead) last.set(this, await real.call(this));
    else for (const receiver of this.getReceivers()) receiver.track.enabled = false;
    return last.get(this) ?? new Map();
  };
};

let browser;

const status = async () => JSON.parse(await spacebox("status", "--json"));
const playing = ({ page }) =>
  page.evaluate(() => {
    const { srcObject, src } = document.querySelector("audio");
    return srcObject ? "line" : src ? new URL(src).pathname : null;
  });
const plays = ({ page }, what) =>
  page.waitForFunction(
    (wanted) => {
      const { srcObject, src } = document.querySelector("audio");
      return wanted === "line" ? srcObject?.getAudioTracks().length : !srcObject && src.includes(wanted);
    },
    what,
    { timeout: 40_000 },
  );
const hears = async (guest) => (await openEar(guest.page)).hears(BOX_HZ);
const forgive = (guest, what) => (guest.complaints = guest.complaints.filter((complaint) => !what.test(complaint)));

async function arrive(script, options = {}) {
  const guest = await Guest.arrive(browser, options);
  if (script) {
    await guest.page.addInitScript(script);
    await guest.page.reload();
  }
  await guest.is("arrive");
  return guest;
}

async function turn(guest) {
  await guest.page.click("#more");
  await guest.page.click("[role=switch]:has-text('Steady stream')");
}

before(async () => {
  browser = await launch();
  await command("SetMuted", { muted: false });
});
after(() => browser?.close());

describe("the steady stream", () => {
  it("is heard where no line comes about, and counts as a listener", { timeout: 90_000 }, async () => {
    const guest = await arrive(NO_LINE);
    await guest.main();
    await guest.is("connecting");
    await plays(guest, "/listen.ogg");
    await guest.is("listening");
    await guest.says("No live line comes about here.");
    await guest.look("stream-no-line");
    await hears(guest);
    const { listeners, on_air } = await status();
    assert.deepEqual([listeners, on_air.heard], [1, true]);
    await guest.says("You hear the steady stream, 5 s behind.");
    await guest.look("stream-listening");
    await guest.leave();
  });

  it("is what a line that falls silent becomes", { timeout: 90_000 }, async () => {
    const guest = await arrive(DYING_LINE, { rtl: true, colorScheme: "dark" });
    await guest.main();
    await guest.is("listening");
    assert.equal(await playing(guest), "line");
    await guest.page.evaluate(() => (globalThis.dead = true));
    await guest.is("reconnecting");
    await plays(guest, "/listen.ogg");
    await guest.is("listening");
    await guest.says("Weak line. We switched to the steady stream; it runs 5 s behind.");
    await guest.look("stream-weak-rtl-dark");
    await hears(guest);
    await guest.page.click("#more");
    await guest.look("stream-menu-rtl-dark");
    await guest.leave();
  });

  it("can be chosen in the menu, and given up again", async () => {
    const guest = await arrive(null);
    await guest.main();
    await guest.is("listening");
    await turn(guest);
    await plays(guest, "/listen.ogg");
    await guest.look("stream-menu");
    await guest.press("Close");
    await guest.says("You hear the steady stream");
    await hears(guest);
    await turn(guest);
    await plays(guest, "line");
    await guest.press("Close");
    await guest.page.waitForSelector("#say", { state: "hidden" });
    await hears(guest);
    await guest.leave();
  });

  it("has room where the room is full", async () => {
    const guest = await arrive(null);
    const full = { error: "full", reason: "the box can carry no more live lines" };
    await guest.page.route("**/whep", (route) =>
      route.request().method() === "POST" ? route.fulfill({ status: 503, json: full }) : route.continue(),
    );
    await guest.main();
    await guest.is("full");
    await guest.look("full");
    await guest.page.route("**/listen.*", (route) => route.fulfill({ status: 503, json: full }));
    await guest.main();
    await guest.is("packed");
    await guest.look("packed");
    await guest.page.unroute("**/listen.*");
    await guest.main();
    await plays(guest, "/listen.ogg");
    await guest.is("listening");
    await hears(guest);
    forgive(guest, /503/);
    await guest.leave();
  });

  it("carries an iPhone, which has a line ready in the queue and uses it on stage", { timeout: 90_000 }, async () => {
    const guest = await arrive(null, { userAgent: IPHONE });
    const offers = [];
    guest.page.on("response", (response) => {
      if (response.request().method() === "POST" && response.url().endsWith("/whep")) offers.push(response.status());
    });
    await guest.main();
    await guest.is("listening");
    assert.equal(await playing(guest), "/listen.mp3");
    await hears(guest);
    assert.deepEqual(offers, []);
    const ready = guest.page.waitForResponse((response) => response.url().endsWith("/whep") && response.status() === 201);
    await guest.main();
    await guest.page.fill(".sheet input >> nth=0", "Ines Duarte");
    await guest.press("Ask");
    await ready;
    assert.equal(await playing(guest), "/listen.mp3");
    const { participants } = await status();
    await spacebox("approve", participants.find(({ name }) => name === "Ines Duarte").id);
    await guest.press("Go up");
    await guest.is("stage-muted");
    await plays(guest, "line");
    await hears(guest);
    assert.deepEqual(offers, [201]);
    await guest.page.click("#left");
    await plays(guest, "/listen.mp3");
    await guest.is("listening");
    await hears(guest);
    await guest.leave();
  });

  it("is silent with the Space", async () => {
    const guest = await arrive(null, { userAgent: IPHONE });
    await guest.main();
    await guest.is("listening");
    await spacebox("end", "--now");
    await guest.is("ended");
    await guest.page.waitForFunction(() => !document.querySelector("audio").src);
    await guest.leave();
  });
});
