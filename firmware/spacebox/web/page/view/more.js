/** The ⋯ menu and what it leads to, and the sheet of a person. */

import { attribute, el, icon, text, written } from "./dom.js";
import { button } from "./controls.js";
import { face } from "./stage.js";
import { isLive, onStage, person } from "../room.js";
import { you } from "../state.js";
import { KEYS, ROLES, SHEET, VOICES } from "../words.js";
import { talked } from "../times.js";

const closing = (act) => ({ cancel: () => act("close"), lightly: true });
const closeButton = (act) => button("wide.quiet", SHEET.close, () => act("close"));

const row = (picture, words, onclick, last = null) =>
  el("li", {}, el("button.rowb", { type: "button", onclick }, icon(picture), el("span", {}, words), last));

/** A row that is on or off: `{ node, show(on) }`. `onturn(on)` is asked for the other of the two. */
function turnRow(picture, words, onturn) {
  let on = false;
  const node = row(picture, words, () => onturn(!on), el("span.sw", { "aria-hidden": "true" }));
  attribute(node.firstElementChild, "role", "switch");
  return {
    node,
    show(now) {
      on = now;
      attribute(node.firstElementChild, "aria-checked", String(now));
    },
  };
}

/** The choice of the stream, for whoever only listens. */
function streamRow(room, act) {
  const self = you(room);
  if (!room || !isLive(room) || (self && onStage(self))) return null;
  const { stream, streamWhy } = SHEET.menu;
  const words = el("span.stacked", {}, stream, " ", el("small", {}, streamWhy));
  return turnRow("ear", words, (on) => act("steady", on));
}

export function menuSheet({ room, act }) {
  const words = SHEET.menu;
  const about = room?.description || room?.rules;
  const keys = turnRow("keys", words.keysOn, (on) => act("keys", on));
  const stream = streamRow(room, act);
  return {
    title: words.title,
    children: [
      el(
        "ul.rows",
        {},
        row("share", words.share, () => act("share")),
        stream?.node,
        about ? row("flag", words.about, () => act("open", "about")) : null,
        keys.node,
        row("help", words.keys, () => act("open", "keys")),
        room && isLive(room) && room.you ? row("leave", words.leave, () => act("leave")) : null,
      ),
      closeButton(act),
    ],
    update(_, __, { keys: on, steady }) {
      keys.show(on);
      stream?.show(steady);
    },
    ...closing(act),
  };
}

export function aboutSheet({ room, act }) {
  return {
    title: room.title,
    children: [
      room.description ? written(room.description, "p") : null,
      room.rules ? el("p.note", {}, icon("flag"), written(room.rules, "span")) : null,
      closeButton(act),
    ].filter(Boolean),
    ...closing(act),
  };
}

export function keysSheet({ act }) {
  const pair = ([key, what]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, what));
  return {
    title: SHEET.menu.keys,
    children: [el("dl.keys", {}, ...KEYS.map(pair)), closeButton(act)],
    ...closing(act),
  };
}

export function personSheet({ sheet, room, act }) {
  const who = person(room, sheet.id);
  const line = el("p.muted");
  return {
    title: written(who?.name ?? ""),
    children: [el("div.who", {}, face(who ?? { id: "", name: "" }, "m"), line), closeButton(act)],
    update(now) {
      const them = person(now, sheet.id);
      if (!them || !onStage(them)) return act("close");
      const voice = them.muted ? "muted" : them.speaking ? "speaking" : "open";
      text(line, [ROLES[them.role] || "speaker", VOICES[voice], talked(them.talk_s)].join(" · "));
    },
    ...closing(act),
  };
}
