/** Real browsers behind NATs, while their networks move and fail. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { command } from "./ear.mjs";
import { Household, offers, rest, seat, states } from "./networks.mjs";

const HOMES = JSON.parse(process.env.HOMES);
const AGAIN_S = 3;
const SETTLED_S = 10;
const PATIENCE = { timeout: 300_000 };

before(() => command("SetMuted", { muted: false }));

/** One who listens and one who speaks in the home of this number. */
async function guests(t, number) {
  const home = await Household.of(HOMES[number], 800 + 300 * number);
  t.after(() => home.browser.close());
  const people = [await home.listener(), await home.speaker(`Ana ${number}`)];
  return { network: home.network, people };
}

const seats = (people) => Promise.all(people.map(({ page }) => seat(page)));
const now = (people) => Promise.all(people.map((who) => who.now()));
const each = (people, what) => Promise.all(people.map(what));
const inWords = (seconds) => seconds.map((s) => s.toFixed(2)).join(" and ");

/** Both go on by the connections that they have, and are back soon, whatever befalls their network. */
async function moves(t, { network, people }, change) {
  const made = people.map(({ page }) => offers(page));
  const begin = await now(people);
  await change(network);
  await rest(SETTLED_S);
  const end = await now(people);
  const silences = await each(people, (who, n) => who.silence(begin[n], end[n]));
  t.diagnostic(`silent for ${inWords(silences)} s`);
  assert.deepEqual(made.flat(), [], "nobody joins anew");
  assert.ok(Math.max(...silences) < AGAIN_S);
}

/** Both are back in their seats soon after an outage; who noticed one on stage comes back muted. */
async function outage(t, { network, people }, seconds, { lose, regain }) {
  const before = await seats(people);
  const seen = await states(people[1].page);
  const begin = await now(people);
  await lose(network);
  await rest(seconds);
  await regain(network);
  const back = await now(people);
  const waits = await each(people, (who, n) => who.again(back[n]));
  const been = await seen();
  t.diagnostic(`back after ${inWords(waits)} s; ${been}`);
  const silences = await each(people, (who, n) => who.silence(begin[n], back[n] + waits[n]));
  assert.ok(Math.min(...silences) > seconds / 2, "what is cut is silent");
  assert.deepEqual(await seats(people), before, "the same seats");
  assert.equal(been.includes("stage-muted"), been.includes("reconnecting"), "muted if it was noticed");
  assert.ok(Math.max(...waits) <= AGAIN_S);
}

/** The system tells the browser. */
const TOLD = { lose: (network) => network.lose(), regain: (network) => network.regain() };
/** Nobody tells the browser. */
const UNTOLD = { lose: (network) => network.loseBehind(), regain: (network) => network.regainBehind() };

describe("guests behind a NAT", { concurrency: true, ...PATIENCE }, () => {
  it("come back after a long outage of their own link", async (t) => outage(t, await guests(t, 0), 120, TOLD));
  it("come back after a long outage behind the NAT", async (t) => outage(t, await guests(t, 1), 120, UNTOLD));
  it("go on when networks move, and come back after short outages", async (t) => {
    const home = await guests(t, 2);
    await t.test("the NAT moves", (part) => moves(part, home, (network) => network.moveBehind()));
    await t.test("the guests move", (part) => moves(part, home, (network) => network.move()));
    for (const seconds of [1, 5, 20]) {
      await t.test(`their own link is down for ${seconds} s`, (part) => outage(part, home, seconds, TOLD));
      await t.test(`the line behind the NAT is down for ${seconds} s`, (part) => outage(part, home, seconds, UNTOLD));
    }
  });
});
