/** The set-up page: pairs a browser, and drives the box while it is a guest elsewhere. */

import { createApi } from "../api.js";
import { createLink } from "../link.js";
import { describe } from "./state.js";
import { createView } from "./view.js";
import { createWifi } from "./wifi.js";
import { sentence, UNANSWERED } from "./words.js";

const TICK_MS = 500;
const AROUND_MS = 5_000;
const CLOSED_MS = 8_000;

/** This page goes by the cookie alone, which pairing gives it. */
const api = createApi({ token: null });
const now_s = () => performance.now() / 1000;
const wordsOf = (error) => (error.name === "Refusal" ? sentence(error.reason) : UNANSWERED);

let space = null;
let takenAt = 0;
let up = true;
let told = "";
let commands = Promise.resolve();
/** What only this page knows: `code` { until, wrong } once digits were asked for, else null. */
let mine = { code: null, busy: false, refusal: null, boxes: [] };

const view = createView({ show, redeem, go, leave, command });
const wifi = createWifi(api, render);
const link = createLink({
  api,
  onSnapshot: take,
  // Of a room elsewhere whole snapshots come; of our own it matters only whether it is open.
  onEvent: ({ event }) => event.startsWith("Space") && refresh(),
  onLink(state) {
    up = state.up;
    render();
  },
  onRefused: () => setTimeout(link.open, CLOSED_MS),
});

function update(fields) {
  mine = { ...mine, ...fields };
  render();
}

function take(snapshot) {
  space = snapshot;
  takenAt = now_s();
  render();
}

async function refresh() {
  await api.space().then(take, () => link.check());
}

async function show() {
  try {
    const { left_s } = await api.pair();
    update({ code: { until: now_s() + left_s, wrong: null } });
    view.begin();
  } catch (error) {
    update({ code: { until: now_s(), wrong: wordsOf(error) } });
  }
}

async function redeem(digits) {
  if (mine.busy) return;
  update({ busy: true });
  try {
    await api.pair(digits);
    update({ code: null, busy: false });
    link.open();
  } catch (error) {
    const until = error.status === 403 ? mine.code.until : now_s();
    update({ code: { until, wrong: wordsOf(error) }, busy: false });
    view.begin();
  }
}

/** Do it; why it was refused is said beside the buttons. */
async function attempt(work) {
  update({ refusal: null });
  const refusal = await work().then(() => null, wordsOf);
  if (refusal !== null) update({ refusal });
}

async function go(target, pin) {
  if (mine.busy) return;
  update({ busy: true });
  await attempt(() => api.visit(target, pin).then(take));
  update({ busy: false });
}

/** Also while the box is on its way: then it stays at home. */
function leave() {
  return attempt(() => api.comeHome());
}

/** Commands go out one after the other: on two sockets a press might overtake the one before it. */
function command(name, fields) {
  commands = commands.then(() => attempt(() => api.command(name, fields)));
}

/** Look who else is around, while that is of use. */
async function lookAround() {
  if (document.hidden || document.body.dataset.state !== "home") return;
  await api.boxes().then(
    (boxes) => update({ boxes }),
    () => undefined, // whoever was around is shown on
  );
}

function render() {
  const shown = describe(space, up, now_s() - takenAt);
  const left_s = mine.code && Math.max(0, Math.ceil(mine.code.until - now_s()));
  view.render(space, shown, { ...mine, left_s });
  wifi.render(shown.state);
  const news = `${shown.state} ${shown.voice}`;
  const home = news !== told && shown.state === "home";
  if (news !== told) view.say(home && told ? shown.home : shown.line);
  told = news;
  if (home) lookAround();
}

link.open();
render();
setInterval(render, TICK_MS);
setInterval(lookAround, AROUND_MS);
setInterval(wifi.look, AROUND_MS);
document.addEventListener("visibilitychange", () => document.hidden || link.check());
addEventListener("pageshow", ({ persisted }) => persisted && link.open());
addEventListener("pagehide", link.close);
