/** A planned Space: the page tells what and when, wakes up when it starts, and says what is next. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Guest, launch, spacebox } from "./look.mjs";

let browser;
let guest;

before(async () => {
  browser = await launch();
  guest = await Guest.arrive(browser, { timezoneId: "Europe/Berlin" });
});
after(() => browser.close());

test("before it, the page says what it is about, and when in the visitor's zone", async () => {
  await guest.is("before");
  const words = await guest.page.innerText("body");
  for (const said of ["Antennas in small flats", "An hour with people", "One voice at a time", "Friday, 19:00", "(Berlin)"]) {
    assert.ok(words.includes(said), `${said} is not in ${words}`);
  }
  assert.match(words, /starts in/);
  await guest.look("planned");
});

test("it wakes up by itself when the Space starts", async () => {
  await spacebox("start");
  await guest.is("arrive");
  await guest.says("Antennas in small flats");
});

test("after it, the page thanks and says what comes next", async () => {
  await spacebox("end", "--now");
  await guest.is("ended");
  await guest.says("Good night, and thank you.");
  assert.match(await guest.page.innerText("main"), /Next\s+Antennas in small flats\s+Friday, 19:00/);
  await guest.look("ended-with-next");
  await guest.leave();
});
