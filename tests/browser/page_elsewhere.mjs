/** A box that is a guest elsewhere: what its guests see, and what its host's set-up page offers. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { load, SNAPSHOT, someone } from "./page_sample.mjs";

const { fromSnapshot } = await load("room.js");
const { describe: show } = await load("state.js");
const { describe: setUp, onStageThere, whose } = await load("setup/state.js");
const { sentence } = await load("setup/words.js");

const ME = {
  now: 20_000, wall: 0, synced: 18_000, sound: "off", silent: false, dropped: null, mic: "none", heard: true,
  link: { up: true, since: null, nextAt: null, gone: false },
  wanted: null, upAt: null, dismissed: false, verdict: null, sheet: null, notice: null, boxes: [],
};
const GUEST = {
  engine: "box", where: "attic.example", url: "https://attic.example/s/K7F3M", link: "there",
  abilities: ["ask", "react", "see", "speak"], muted: true, heard: false, trouble: "", again_s: null,
};
const { you: _, ...UNSEATED } = SNAPSHOT;
const away = (more = {}, stay = {}) => ({ ...UNSEATED, guest: { ...GUEST, ...stay }, ...more });
const home = { ...UNSEATED, state: "idle", guest: null };

describe("the guests of a box that is a guest", () => {
  it("are told where it is, and hear nothing here", () => {
    const room = fromSnapshot(away({ access: "pin" }));
    const shown = show(room, ME);
    assert.deepEqual([shown.state, shown.plain, shown.air], ["elsewhere", "guest", "off"]);
    assert.equal(shown.glass.word, "A GUEST");
    assert.deepEqual([shown.main, shown.left, shown.right, shown.sheet], [null, null, null, null]);
    assert.deepEqual([room.title, room.host, room.participants], ["Slow radio at night", "Mira Okafor", []]);
  });

  it("are told of a lost line before that, and of another tab", () => {
    const room = fromSnapshot(away());
    const link = { up: false, since: 19_000, nextAt: 21_000, gone: false };
    assert.equal(show(room, { ...ME, link }).state, "reconnecting");
    const taken = show(room, { ...ME, verdict: "elsewhere" });
    assert.deepEqual([taken.plain, taken.main.action], ["elsewhere", "claim"]);
  });

  it("see it come home as if nothing had been", () => {
    const room = fromSnapshot(home, fromSnapshot(away()));
    assert.deepEqual([room.after, show(room, ME).plain], [null, "idle"]);
  });
});

const HOST = { parting: null };
const YOU = { participant: "box", name: "Tomás", role: "listener", muted: true, invited: false };
const seated = (you = {}, stay = {}, more = {}) => {
  const seat = someone("box", "Tomás", you.role ?? "listener");
  const participants = [...SNAPSHOT.participants, seat];
  return away({ ...HOST, you: { ...YOU, ...you }, participants, ...more }, stay);
};
const labels = (shown) => shown.controls.map(({ label }) => label);
const setup = (space, { up = true, age_s = 0 } = {}) => setUp(space, up, age_s);

describe("the set-up page", () => {
  it("pairs whoever is not the host", () => {
    assert.equal(setup(null).state, "opening");
    assert.equal(setup(home).state, "pair");
    assert.equal(setup(away()).state, "pair");
    assert.equal(setup({ ...home, ...HOST }).state, "home");
    assert.equal(setup({ ...home, ...HOST, state: "live" }).state, "hosting");
    assert.equal(setup({ ...home, ...HOST }, { up: false }).state, "gone");
  });

  it("offers what one can do next", () => {
    const request = { participant: "box", name: "Tomás", reason: "", waiting_s: 1 };
    const cases = [
      [seated(), "listening", ["Ask to speak"]],
      [seated({}, {}, { requests: [{ ...request, participant: "kofi" }, request] }), "waiting", ["Take the request back"]],
      [seated({ invited: true }), "invited", ["Come up", "Not now"]],
      [seated({ role: "speaker" }), "muted", ["Unmute", "Step down"]],
      [seated({ role: "speaker" }, { muted: false }), "unheard", ["Mute", "Step down"]],
      [seated({ role: "cohost" }, { muted: false, heard: true }), "live", ["Mute", "Step down"]],
    ];
    for (const [space, voice, wanted] of cases) {
      const shown = setup(space);
      assert.deepEqual([shown.voice, labels(shown)], [voice, wanted]);
      assert.equal(shown.air === "on", voice === "live" || voice === "unheard");
    }
    assert.equal(setup(cases[1][0]).line, "You are second in line.");
    assert.equal(setup(cases[2][0]).line, "Mira invites you on stage.");
  });

  it("offers no more than the room can do", () => {
    const plain = setup(seated({ role: "speaker" }, { abilities: ["speak"] }));
    assert.deepEqual(labels(plain), ["Unmute"]);
    assert.deepEqual([plain.reacts, plain.sees], [false, false]);
    assert.deepEqual(labels(setup(seated({}, { abilities: [] }))), []);
    assert.deepEqual(whose(seated({}, { abilities: ["speak"] })), { host: "", where: "attic.example" });
    assert.deepEqual(labels(setup(seated({}, {}, { state: "ended" }))), []);
  });

  it("counts down to the next try, and offers nothing meanwhile", () => {
    const lost = seated({ role: "speaker" }, { link: "lost", trouble: "the box does not answer", again_s: 8.2 });
    assert.equal(setup(lost, { age_s: 3 }).line, "The box does not answer. Next try in 6 s.");
    assert.equal(setup(lost, { age_s: 30 }).line, "The box does not answer. Trying now.");
    const shown = setup(lost);
    assert.deepEqual([shown.state, shown.air, shown.controls, shown.reacts], ["lost", "lost", [], false]);
    const joining = setup({ ...seated({}, { link: "joining" }), you: undefined });
    assert.deepEqual([joining.state, joining.line], ["joining", "On the way to attic.example…"]);
  });

  it("says how the last stay ended", () => {
    const parting = { heading: "The Space is over", text: "Mira ended it.", ago_s: 4 };
    assert.equal(setup({ ...home, parting }).home, "The Space is over. Mira ended it.");
  });

  it("counts speakers as the stage does", () => {
    const { people, count } = onStageThere(seated({ role: "speaker" }));
    assert.deepEqual([people.map(({ id }) => id), count], [["host", "box"], "1 of 10"]);
  });

  it("says the box's reasons as sentences", () => {
    assert.equal(sentence("that is not the PIN"), "That is not the PIN.");
    assert.equal(sentence("Leave that room first."), "Leave that room first.");
  });
});
