/**
 * Every state of the guest page, reached as people reach it: with a real box and a real browser.
 * Wants SPACEBOX_URL (a box that is live), SPACEBOX (its command line) and SPACEBOX_RUNTIME.
 */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { answer, Guest, launch, NARROW, spacebox } from "./look.mjs";
import { describeTrouble } from "./page_trouble.mjs";

let browser;
let kofi;
let layla;

const kofiId = async () => (await person("Kofi Mensah")).id;

async function person(name) {
  const { participants } = JSON.parse(await spacebox("status", "--json"));
  return participants.find((each) => each.name === name);
}

async function ask(guest, name, reason) {
  await guest.main();
  await guest.is("asking");
  await guest.page.fill(".sheet input >> nth=0", name);
  await guest.page.fill(".sheet input >> nth=1", reason);
  await guest.press("Ask");
  await guest.is("waiting");
}

before(async () => {
  browser = await launch();
  kofi = await Guest.arrive(browser, { asked: true });
  layla = await Guest.arrive(browser, { rtl: true, colorScheme: "dark" });
});

after(() => browser?.close());

describe("the audience", () => {
  it("arrives at a Space that is live", async () => {
    await kofi.is("arrive");
    await kofi.look("arrive");
    await layla.is("arrive");
    await layla.look("arrive-rtl-dark");
    assert.equal(await kofi.page.getAttribute("body", "data-air"), "on");
  });

  it("reads the share sheet and the menu, and comes back to where it was", async () => {
    await kofi.page.click("#people-share");
    await kofi.page.waitForSelector("[data-sheet=share] img.qr");
    await kofi.look("share");
    await kofi.page.keyboard.press("Escape");
    assert.equal(await kofi.page.evaluate(() => document.activeElement.id), "people-share");
    await kofi.page.click("#more");
    await kofi.look("menu");
    await kofi.press("Keys");
    await kofi.look("keys");
    await kofi.press("Close");
    await kofi.page.click(".seat button");
    await kofi.look("person");
    await kofi.press("Close");
  });

  it("listens by one tap", async () => {
    await kofi.main();
    await kofi.is("listening");
    await kofi.look("listening");
    const playing = await kofi.page.evaluate(() => {
      const audio = document.querySelector("audio");
      return !audio.paused && audio.srcObject.getAudioTracks()[0].readyState;
    });
    assert.equal(playing, "live");
    await layla.main();
    await layla.is("listening");
    await layla.look("listening-rtl-dark");
  });

  it("sends a reaction that floats up on every page", async () => {
    await kofi.page.click("#right");
    await kofi.look("react");
    const seen = layla.page.waitForSelector(".float >> text=👏", { state: "attached" });
    await kofi.page.click("#tray button >> nth=0");
    await seen;
    await kofi.page.click("#right");
  });

  it("asks to speak, by name, and waits in line", async () => {
    await kofi.main();
    await kofi.is("asking");
    await kofi.page.fill(".sheet input >> nth=0", "  ");
    await kofi.press("Ask");
    await kofi.says("Please say your name first.");
    await kofi.look("asking");
    await kofi.press("Not now");
    await kofi.is("listening");
    await ask(kofi, "Kofi Mensah", "My first crystal set ran on a bedspring");
    await kofi.says("First in line");
    await ask(layla, "ليلى حداد", "");
    await layla.says("Second in line");
    await kofi.look("waiting");
    await layla.look("waiting-rtl-dark");
    assert.equal(await layla.page.textContent(".seat.free .name"), "2nd");
  });

  it("withdraws, and is declined without a word about who and why", async () => {
    await layla.main();
    await layla.is("listening");
    await ask(layla, "ليلى حداد", "");
    await spacebox("decline", (await person("ليلى حداد")).id);
    await layla.says("Not this time. You can ask again in a while.");
    await layla.is("listening");
  });
});

describe("going up", () => {
  it("is let up, says what it waits for, and may be refused", async () => {
    await spacebox("approve", await kofiId());
    await kofi.is("let-up");
    await kofi.says("lets you up, Kofi");
    await kofi.look("let-up");
    await kofi.press("Go up");
    await kofi.is("permission");
    await kofi.says("Waiting for your answer…");
    await kofi.look("permission");
    await answer(kofi.page, "NotAllowedError");
    await kofi.is("refused");
    await kofi.says("Your place is kept for");
    await kofi.look("refused");
  });

  it("tries again and arrives muted", async () => {
    await kofi.press("Try again");
    await kofi.is("permission");
    await answer(kofi.page, "Allow");
    await kofi.is("stage-muted");
    assert.equal((await person("Kofi Mensah")).muted, true);
    await kofi.look("stage-muted");
  });

  it("opens on a tap, mutes on a tap, and coughs on a hold", async () => {
    await kofi.main();
    await kofi.is("stage-live");
    await kofi.page.waitForSelector(".seat.you[data-voice=speaking], .seat.you[data-voice=open]");
    await kofi.look("stage-live");
    await kofi.page.keyboard.press("m");
    await kofi.is("stage-muted");
    const box = await (await kofi.page.$("#main")).boundingBox();
    await kofi.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await kofi.page.mouse.down();
    await kofi.is("stage-live");
    await kofi.page.waitForTimeout(400);
    await kofi.page.mouse.up();
    await kofi.is("stage-muted");
  });

  it("is muted by the host during a hold: letting go opens nothing", async () => {
    await kofi.main();
    await kofi.is("stage-live");
    const box = await (await kofi.page.$("#main")).boundingBox();
    await kofi.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await kofi.page.mouse.down();
    await kofi.is("stage-muted");
    await kofi.page.mouse.up();
    await kofi.page.mouse.down();
    await kofi.is("stage-live");
    await spacebox("mute", await kofiId());
    await kofi.is("muted-by-host");
    await kofi.page.mouse.up();
    await kofi.says("muted you. You can unmute when it is your turn.");
    await kofi.look("muted-by-host");
    assert.equal((await person("Kofi Mensah")).muted, true);
  });

  it("keeps the seat over a reload, and comes back muted", async () => {
    await kofi.main();
    await kofi.is("stage-live");
    await kofi.page.reload();
    await kofi.is("let-up");
    await kofi.press("Go up");
    await kofi.is("permission");
    await answer(kofi.page, "Allow");
    await kofi.is("stage-muted");
  });

  it("is moved to the audience, and invited back", async () => {
    await spacebox("audience", await kofiId());
    await kofi.is("listening");
    await kofi.says("moved you to the audience. Thank you for speaking.");
    await spacebox("invite", await kofiId());
    await kofi.is("invited");
    assert.equal(await kofi.page.textContent(".sheet .missing"), "", "no older notice belongs on this sheet");
    await kofi.look("invited");
    await kofi.press("Come up");
    await answer(kofi.page, "Allow");
    await kofi.is("stage-muted");
  });

  it("steps down", async () => {
    await kofi.page.click("#left");
    await kofi.is("listening");
    await kofi.says("You are in the audience again.");
  });
});

describe("an invitation", () => {
  it("lets one in on stage, under a name of one's own", async () => {
    const { url } = JSON.parse(await spacebox("link", "--role", "speaker", "--json"));
    const guest = await Guest.arrive(browser, { url });
    await guest.is("arrive");
    assert.equal(new URL(guest.page.url()).hash, "");
    await guest.main();
    await guest.is("let-up");
    await guest.page.fill(".sheet input", "Ines Duarte");
    await guest.look("let-up-invited");
    await guest.press("Go up");
    await guest.is("stage-muted");
    assert.equal((await person("Ines Duarte")).role, "speaker");
    await guest.page.click("#more");
    await guest.press("Leave the Space");
    await guest.is("arrive");
    await guest.leave();
  });
});

describeTrouble(() => browser, person);

describe("a bad line", () => {
  it("says so, counts, and comes back by itself", async () => {
    const guest = await Guest.arrive(browser);
    await guest.is("arrive");
    await guest.page.context().setOffline(true);
    await guest.is("reconnecting");
    await guest.says("Your connection dropped.");
    await guest.says("next try in");
    assert.equal(await guest.page.getAttribute("body", "data-air"), "lost");
    await guest.look("reconnecting");
    await guest.page.context().setOffline(false);
    await guest.is("arrive");
    await guest.says("Back. You missed");
    const offline = /ERR_INTERNET_DISCONNECTED/;
    guest.complaints = guest.complaints.filter((complaint) => !offline.test(complaint));
    await guest.leave();
  });
});

describe("another door", () => {
  it("one tab is live at a time, and the other takes over", async () => {
    const first = await Guest.arrive(browser);
    await first.main();
    await first.is("listening");
    const second = new Guest(await first.page.context().newPage(), first.complaints);
    await second.page.goto(process.env.SPACEBOX_URL);
    await second.is("elsewhere");
    await second.look("elsewhere");
    await second.main();
    await second.is("listening");
    await first.is("elsewhere");
    await second.page.close();
    await first.is("arrive");
    await first.leave();
  });

  it("plain http and in-app browsers have no microphone, and are told what to do", async () => {
    for (const [secure, state] of [[false, "no-https"], [true, "in-app"]]) {
      const guest = await Guest.arrive(browser);
      await guest.page.evaluate((isSecure) => {
        Object.defineProperty(navigator, "mediaDevices", { value: undefined });
        Object.defineProperty(globalThis, "isSecureContext", { value: isSecure });
      }, secure);
      await guest.main();
      await guest.is("listening");
      await guest.main();
      await guest.is(state);
      await guest.look(state);
      await guest.page.keyboard.press("Escape");
      await guest.is("listening");
      await guest.leave();
    }
  });

  it("holds together with text twice as large", async () => {
    const guest = await Guest.arrive(browser);
    await guest.is("arrive");
    await guest.page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await guest.look("arrive-large");
    await guest.main();
    await guest.is("listening");
    await guest.look("listening-large");
    await guest.leave();
  });

  it("fits 320 px, and stands still where motion is not wanted", async () => {
    const guest = await Guest.arrive(browser, { viewport: NARROW, reducedMotion: "reduce" });
    await guest.is("arrive");
    await guest.look("arrive-narrow", [NARROW]);
    await guest.main();
    await guest.is("listening");
    await guest.look("listening-narrow", [NARROW]);
    await guest.main();
    await guest.is("asking");
    await guest.look("asking-narrow", [NARROW]);
    await guest.leave();
  });
});

describe("the end", () => {
  it("closes the queue, wraps up, and removes", async () => {
    await spacebox("do", "SetStage", "queue_open=false");
    await kofi.is("queue-closed");
    await kofi.look("queue-closed");
    await spacebox("do", "SetStage", "queue_open=true");
    await spacebox("do", "WrapUp");
    await kofi.is("wrapping");
    await kofi.says("is closing soon.");
    await kofi.look("wrapping");
    await spacebox("remove", (await person("ليلى حداد")).id);
    await layla.is("removed");
    await layla.look("removed-rtl-dark");
    await layla.leave();
  });

  it("thanks, and waits for what comes next", async () => {
    await spacebox("end", "--now");
    await kofi.is("ended");
    await kofi.says("Good night, and thank you.");
    await kofi.look("ended");
    const late = await Guest.arrive(browser);
    await late.is("before");
    await late.says("Nothing is planned yet");
    await late.look("before");
    await spacebox("start", "--title", "Late light", "--access", "pin");
    await late.is("pin");
    await kofi.is("pin");
    await kofi.page.waitForFunction(() => document.getElementById("status").textContent === "");
    const { pin } = JSON.parse(await spacebox("status", "--json"));
    await late.page.fill("#pin", pin === "0000" ? "1111" : "0000");
    await late.main();
    await late.says("That is not the PIN.");
    await late.look("pin");
    await late.page.fill("#pin", pin);
    await late.main();
    await late.is("listening");
    assert.match(late.complaints.shift(), /403/);
    await late.leave();
    await kofi.leave();
  });
});
