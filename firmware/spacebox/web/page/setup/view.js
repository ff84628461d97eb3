/** The set-up page, drawn: each part is there where the state says so. */

import { attribute, el, icon, keyed, text, written } from "../view/dom.js";
import { REACTIONS, ROLES, VOICES } from "../words.js";
import { onStageThere, whose } from "./state.js";
import { GONE, HOME, PAIR } from "./words.js";

const get = (id) => document.getElementById(id);

const DIGITS = 6;
const PARTS = { pair: "pair", home: "home", hosting: "home", joining: "stay", there: "stay", lost: "stay" };

const voiceOf = ({ connected, muted, speaking }) =>
  VOICES[!connected ? "away" : muted ? "muted" : speaking ? "speaking" : "open"];

/** `act` has `show`, `redeem(digits)`, `go(target, pin)`, `leave` and `command(name, fields)`. */
export function createView(act) {
  const parts = [createPairing(act), createStay(act), createHome(act)];
  const alert = createAlert(get("alert"));
  const refusals = document.querySelectorAll(".refusal");

  return {
    /** Show the box; `shown` is what describe() says, `mine` what only this page knows. */
    render(space, shown, mine) {
      const held = document.activeElement;
      const acted = get("controls").contains(held);
      attribute(document.body, "data-state", shown.state);
      attribute(document.body, "data-air", shown.air);
      attribute(document.body, "aria-busy", mine.busy ? "true" : null);
      text(get("word"), shown.word);
      attribute(get("glass"), "aria-label", shown.word.charAt(0) + shown.word.slice(1).toLowerCase());
      for (const id of new Set(Object.values(PARTS))) get(id).hidden = PARTS[shown.state] !== id;
      for (const render of parts) render(space, shown, mine);
      if (!held.isConnected || held.closest("[hidden]")) refocus(get(PARTS[shown.state]), acted);
      for (const line of refusals) text(line, line.closest("[hidden]") ? "" : (mine.refusal ?? ""));
      alert(shown.state === "gone");
      requestAnimationFrame(() => document.body.classList.add("ready"));
    },
    /** Tell a screen reader one line, politely. */
    say: (words) => text(get("status"), words),
    /** Let the digits be typed, from the first. */
    begin() {
      get("code").value = "";
      get("code").focus();
    },
  };
}

/** What had the focus is gone from this part of the page: go on where one would look next. */
function refocus(part, acted) {
  const next = acted ? part?.querySelector("#controls button") : null;
  (next ?? part?.querySelector("h1"))?.focus();
}

function createAlert(root) {
  let told = false;
  return function render(gone) {
    if (gone === told) return;
    told = gone;
    root.replaceChildren(...(gone ? [el("b", {}, GONE.title), el("span.muted", {}, GONE.text)] : []));
  };
}

function createPairing(act) {
  const [show, form, code] = ["show-code", "code-form", "code"].map(get);
  show.addEventListener("click", act.show);
  form.addEventListener("submit", (event) => event.preventDefault());
  code.addEventListener("input", () => {
    const digits = code.value.replace(/\D/g, "");
    if (digits.length === DIGITS) act.redeem(digits);
  });

  return function render(_, { state }, { code: asked, left_s }) {
    form.hidden = asked === null;
    show.hidden = asked !== null && left_s > 0;
    text(show, asked === null ? PAIR.show : PAIR.again);
    text(get("end"), state === "pair" && left_s > 0 ? PAIR.left(left_s) : "");
    text(get("code-wrong"), asked === null ? "" : (asked.wrong ?? (left_s > 0 ? "" : PAIR.over)));
  };
}

function createStay(act) {
  get("come-home").addEventListener("click", act.leave);
  get("reactions").append(...REACTIONS.map((each) => reaction(each, act)));

  return function render(space, shown) {
    if (PARTS[shown.state] !== "stay") return;
    text(get("title"), space.title);
    renderWhose(get("by"), space);
    text(get("line"), shown.line);
    get("line").classList.toggle("warn", shown.warn);
    renderControls(get("controls"), shown.controls, act);
    get("reactions").hidden = !shown.reacts;
    get("stage").hidden = !shown.sees;
    if (shown.sees) renderPeople(space);
  };
}

const reaction = ({ emoji, name }, act) =>
  el("button", { type: "button", "aria-label": name, onclick: () => act.command("React", { emoji }) }, emoji);

function renderWhose(by, space) {
  const { host, where } = whose(space);
  const key = JSON.stringify([host, where]);
  if (by.dataset.key === key) return;
  by.dataset.key = key;
  const parts = [host && ["with ", el("b", {}, written(host))], where && ["at ", written(where)]].filter(Boolean);
  by.replaceChildren(...parts.flatMap((part, n) => (n === 0 ? part : [" · ", ...part])));
}

function renderControls(root, controls, act) {
  keyed(root, controls, {
    key: ({ label }) => label,
    create: ({ name, fields, label, picture }) => {
      const onclick = () => act.command(name, fields);
      return el("button", { type: "button", onclick }, picture && icon(picture), label);
    },
    update: (node, { tone }) => attribute(node, "class", `tall ${tone}`),
  });
}

function renderPeople(space) {
  const { people, count } = onStageThere(space);
  text(get("stage-count"), count);
  keyed(get("people"), people, {
    key: ({ id }) => id,
    create: () => el("li.line", {}, written(""), el("span.muted.small")),
    update(node, who) {
      text(node.firstElementChild, who.name);
      text(node.lastElementChild, [ROLES[who.role], voiceOf(who)].filter(Boolean).join(" · "));
    },
  });
}

function createHome(act) {
  const [target, pin] = ["target", "pin"].map(get);
  get("go-form").addEventListener("submit", (event) => {
    event.preventDefault();
    act.go(target.value, pin.value);
  });

  return function render(_, { state, home }, { boxes, busy }) {
    text(get("home-by"), home);
    get("go-form").hidden = state === "hosting";
    get("boxes").hidden = state === "hosting";
    text(get("go"), busy ? HOME.joining : HOME.join);
    attribute(get("go"), "aria-disabled", busy || null);
    text(get("nobody"), boxes.length === 0 ? HOME.nobody : "");
    keyed(get("around"), boxes, {
      key: ({ code, url }) => `${code} ${url}`,
      create: (box) => boxRow(() => act.go(box.code, "")),
      update: updateBox,
    });
  };
}

const boxRow = (onclick) =>
  el(
    "li.line",
    {},
    el("span.stacked", {}, written(""), el("small", {}, written(""), " · ", el("span"))),
    el("button.out", { type: "button", onclick }, HOME.join),
  );

function updateBox(node, { title, name, state }) {
  const [words, join] = node.children;
  const [box, air] = words.lastElementChild.children;
  const live = state === "live" || state === "wrapping";
  text(words.firstElementChild, title || name);
  text(box, name);
  text(air, live ? HOME.live : HOME.quiet);
  attribute(join, "aria-label", HOME.joinBox(title || name));
  join.hidden = !live;
}
