/** A room as the box would tell it, for the tests of the page's parts. */

import { afterEach, beforeEach, mock } from "node:test";

const page = new URL("../../firmware/spacebox/web/page/", import.meta.url);

/** A module of the page. */
export const load = (name) => import(new URL(name, page).href);

export const someone = (id, name, role, more = {}) =>
  ({ id, name, role, muted: true, speaking: false, connected: true, talk_s: 0, ...more });

export const SNAPSHOT = {
  state: "live", id: "s1", title: "Slow radio at night", host: "Mira Okafor", topics: [], description: "",
  rules: "", started_at: "2026-11-20T19:00:00Z", elapsed_s: 10, recording: false, access: "open",
  stage: { limit: 10, queue_open: true }, listeners: 3, reactions: {}, requests: [], next: null,
  participants: [someone("host", "Mira Okafor", "host"), someone("kofi", "Kofi Mensah", "listener")],
  on_air: { mic: "open", heard: true }, stats: { came_by: 3, at_once: 3, spoke: 0 },
  you: { participant: "kofi", name: "Kofi Mensah", role: "listener", muted: true, invited: false },
};

/** An event about a participant. */
export const e = (event, participant, fields = {}) => ({ event, at: 11, participant, ...fields });

const STEP_S = 0.5;

/** In this suite time passes only as told: `pass(seconds, step)` calls `step` each half second. */
export function clockwork() {
  let now = 0;
  beforeEach(() => {
    now = 0;
    mock.timers.enable({ apis: ["setTimeout"] });
    mock.method(performance, "now", () => now);
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });
  return async (seconds, step = () => undefined) => {
    for (let passed = 0; passed < seconds; passed += STEP_S) {
      now += STEP_S * 1000;
      step(STEP_S);
      mock.timers.tick(STEP_S * 1000);
      for (let n = 0; n < 5; n += 1) await new Promise(setImmediate);
    }
  };
}
