/** A speaker whose box says no, or nothing: the microphone stays as its owner left it. */

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Guest, spacebox } from "./look.mjs";

const COMMANDS = "**/api/commands";
const JOIN = "**/api/join";
const TRIES = 3;

const refusal = (status, error, reason) => (route) => route.fulfill({ status, json: { error, reason } });

/** A command that the box has taken. */
const taken = (response) => response.url().endsWith("/api/commands") && response.ok();

/** Keep hold of the page's microphone: `globalThis.taken` is its track. */
const TAKEN = () => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await real(wish);
    [globalThis.taken] = stream.getAudioTracks();
    return stream;
  };
};

/** `browser()` gives the browser, once it is there; `person(name)` asks the box. */
export function describeTrouble(browser, person) {
  describe("a box in trouble", () => {
    let ines;
    const track = (name) => ines.page.evaluate((key) => globalThis.taken[key], name);

    before(async () => {
      const { url } = JSON.parse(await spacebox("link", "--role", "speaker", "--json"));
      ines = await Guest.arrive(browser(), { url });
      await ines.is("arrive");
      await ines.page.evaluate(TAKEN);
      await ines.main();
      await ines.is("let-up");
    });

    it("does not like a name: the microphone is let go, and the page says why", async () => {
      await ines.page.route(JOIN, refusal(422, "malformed", "the name is too long"));
      await ines.page.fill(".sheet input", "Ines");
      await ines.press("Go up");
      await ines.page.waitForSelector("[data-sheet=let-up] >> text=The name is too long.");
      await ines.is("let-up");
      await ines.look("let-up-refused");
      await ines.page.waitForFunction(() => globalThis.taken?.readyState === "ended");
      await ines.page.unroute(JOIN);
      await ines.page.fill(".sheet input", "Ines Duarte");
      await ines.press("Go up");
      await ines.is("stage-muted");
    });

    it("does not take a mute: it stays, and is sent until the box has it", { timeout: 60_000 }, async () => {
      const opened = ines.page.waitForResponse(taken);
      await ines.main();
      await opened;
      await ines.is("stage-live");
      assert.equal(await track("enabled"), true);
      let left = TRIES;
      let enough;
      const tried = new Promise((resolve) => (enough = resolve));
      await ines.page.route(COMMANDS, (route) => {
        left -= 1;
        if (left === 0) enough();
        return refusal(429, "too_many", "one moment")(route);
      });
      await ines.page.keyboard.press("m");
      await ines.is("stage-muted");
      await tried;
      assert.equal((await person("Ines Duarte")).muted, false);
      assert.equal(await track("enabled"), false);
      await ines.is("stage-muted");
      const muted = ines.page.waitForResponse(taken);
      await ines.page.unroute(COMMANDS);
      await muted;
      assert.equal((await person("Ines Duarte")).muted, true);
      await ines.is("stage-muted");
    });

    it("does not take an unmute: one is muted, and told so", async () => {
      await ines.page.route(COMMANDS, (route) => route.abort());
      await ines.main();
      await ines.says("You are still muted.");
      await ines.is("stage-muted");
      assert.equal(await track("enabled"), false);
      await ines.page.unroute(COMMANDS);
    });

    it("lets one leave: the microphone is let go before the box answers", async () => {
      await ines.page.route("**/api/leave", () => undefined);
      await ines.page.click("#more");
      await ines.press("Leave the Space");
      await ines.is("arrive");
      assert.equal(await track("readyState"), "ended");
      const meant = /422|429|ERR_FAILED/;
      ines.complaints = ines.complaints.filter((complaint) => !meant.test(complaint));
      await ines.leave();
      await spacebox("remove", (await person("Ines Duarte")).id);
    });
  });
}
