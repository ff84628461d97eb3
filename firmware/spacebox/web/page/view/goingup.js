/** The sheets on the way up: invited, let up, the microphone's question, and what may go wrong. */

import { attribute, el, icon, text } from "./dom.js";
import { button, field, note, two } from "./controls.js";
import { copyButton, linkField } from "./share.js";
import { KEPT_S, nameOf, needsMicrophone, you } from "../state.js";
import { shortName } from "../names.js";
import { allowAgain, allowInSystem, MIC, SHEET } from "../words.js";

/** Who let us up, or asked us to come: by name where the page knows it. */
const by = (room) => nameOf(room, room.you?.by ?? "host");

export function invitedSheet({ room, act }) {
  const words = SHEET.invited;
  return {
    title: words.title(by(room)),
    children: [
      el("p", {}, words.text),
      two(
        button("out", SHEET.notNow, () => act("decline")),
        button("amb", words.go, () => act("accept"), "hand"),
      ),
    ],
    cancel: () => act("decline"),
  };
}

export function letUpSheet({ room, extra, act }) {
  const words = SHEET.letUp;
  // Whoever came by an invitation has a name that the box made up: ask for a better one.
  const own = extra.name !== "" && you(room).name?.startsWith(extra.name);
  const name = own ? null : field(SHEET.ask.name, { value: extra.name, autocomplete: "nickname", dir: "auto" });
  const missing = el("p.missing", { role: "status" });
  function go() {
    const said = name?.input.value.trim();
    if (name && !said) {
      text(missing, SHEET.ask.noName);
      return name.input.focus();
    }
    act("go-up", { name: said });
  }
  return {
    title: words.title(by(room), own ? shortName(extra.name) : ""),
    children: [
      el("p", {}, words.text),
      ...(room.recording ? [note("clock", words.recorded)] : []),
      ...(name ? [name.node, missing] : []),
      el(
        "div.stack.tight",
        {},
        button("ink.wide.tall", words.go, go),
        button("wide.quiet", SHEET.notNow, () => act("stay")),
      ),
    ],
    cancel: () => act("stay"),
  };
}

/** The three steps: `kind` of the second is now, done or bad. */
function steps(room, kind, micText) {
  const words = SHEET.steps;
  const kept = el("span.kept");
  const step = (state, title, ...more) => el(`li.${state}`, {}, el("span", {}, el("b", {}, title), ...more));
  const last = kind === "done" ? "now" : "later";
  const list = el(
    "ol.steps",
    {},
    step("done", words.up(by(room)), kept),
    step(kind, words.mic, ...micText),
    step(last, words.stage, kind === "bad" ? "" : words.soon),
  );
  return { list, kept };
}

export function permissionSheet({ room, act }) {
  const words = SHEET.steps;
  const [before, allow, after] = words.allow;
  const asking = steps(room, "now", [before, el("strong", {}, allow), after]).list;
  const joining = steps(room, "done", []).list;
  const waiting = el("span");
  const line = el("p.note", { role: "status" });
  line.append(...note("mic", waiting).childNodes);
  return {
    title: SHEET.permission.title,
    children: [asking, joining, line, button("out.wide", SHEET.notNow, () => act("stay"))],
    update(_, me) {
      const isAsking = me.mic === "asking";
      asking.hidden = !isAsking;
      joining.hidden = isAsking;
      text(document.getElementById("sheet-title"), isAsking ? SHEET.permission.title : SHEET.joining.title);
      text(waiting, isAsking ? SHEET.permission.waiting : SHEET.joining.waiting);
    },
    cancel: () => act("stay"),
  };
}

function remedy(cause) {
  if (cause === "refused") {
    const { where, how } = allowAgain(navigator.userAgent);
    return [el("b", {}, where), ` ${how}`];
  }
  return [cause === "system" ? allowInSystem : MIC[cause].text];
}

export function refusedSheet({ room, me, act }) {
  const { title, step } = MIC[me.mic];
  const { list, kept } = steps(room, "bad", [step]);
  const since = performance.now();
  return {
    title,
    alert: true,
    children: [
      list,
      el("p", { id: "sheet-text" }, ...remedy(me.mic)),
      two(
        button("out", SHEET.stay, () => act("stay")),
        button("ink", "Try again", () => act("go-up")),
      ),
    ],
    update(now, { now: at, upAt }) {
      const left = Math.ceil(KEPT_S - (at - (upAt ?? since)) / 1000);
      const awaited = you(now)?.role === "speaker";
      text(kept, awaited ? SHEET.steps.kept(left) : "");
      attribute(kept, "hidden", !kept.textContent);
    },
    cancel: () => act("stay"),
  };
}

/** The page on https, where the box has one: the server writes it into the page; else null. */
const secureAddress = () => document.querySelector('meta[name="secure"]')?.content || null;

/** `extra.carried(address)` is the address that takes one's seat along. */
export function noHttpsSheet({ room, extra, act }) {
  const words = MIC.http;
  const address = secureAddress();
  const kept = needsMicrophone(room) || room.you?.invited;
  const open = () =>
    el("a.btn.ink.wide.tall", { href: extra.carried(address) }, icon("lock"), words.open);
  return {
    title: words.title,
    children: [
      el("p", {}, words.text, kept ? ` ${words.kept}` : ""),
      ...(address
        ? [open(), note("box", `${words.warn} `, el("a", { href: "/trust" }, words.trust))]
        : [note("lock", words.ask)]),
      ...(kept || !room.stage.queue_open ? [] : [button("out.wide", words.line, () => act("ask-here"), "hand")]),
      button(kept ? "out.wide" : "wide.quiet", words.stay, () => act("close")),
    ],
    cancel: () => act("close"),
  };
}

export function inAppSheet({ act }) {
  const words = MIC.app;
  return {
    title: words.title,
    children: [
      el("p", {}, words.text),
      linkField(),
      el("div.stack.tight", {}, copyButton(), button("wide.quiet", SHEET.stay, () => act("close"))),
    ],
    cancel: () => act("close"),
  };
}
