/** The page without a stage: before, after, and the closed doors. The box is drawn on it. */

import { attribute, clone, el, icon, keyed, text, written } from "./dom.js";
import { withHosts } from "./head.js";
import { clock, inWords, until, when } from "../times.js";
import { shortName } from "../names.js";
import { ALONE } from "../state.js";
import { AROUND, ENDED, GLASS, GUEST, PIN, PLAIN } from "../words.js";

const SMALL_LINE = 19;
const LARGE_LINE = 15;
const TITLE = 2;

const cut = (words, most) => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

/** What the box's own screen would show: header, the header's right end, a title, a last line. */
function screenOf(kind, room, me) {
  const at = new Date(me.wall);
  const now = [at.getHours(), at.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
  if (kind === "ended") {
    const { title, elapsed_s } = room.after ?? room;
    return ["Good night.", clock(elapsed_s, true), title, ""];
  }
  if (kind === "guest") return [GLASS.guest, now, room.title, ""];
  if (kind !== "before") return ["", now, room?.host ?? "", ""];
  const [weekday, hour] = when(room.next.at).day.split(", ");
  const wait = (Date.parse(room.next.at) - me.wall) / 1000;
  return [`next ${weekday.slice(0, 3)} ${hour}`, now, room.next.title, `in ${until(wait)}`];
}

function beforePage(room) {
  const { title, at } = room.next;
  const { day, date } = when(at);
  const wait = el("span");
  const node = [
    el("div", {}, el("h1", {}, written(title)), el("p.by", {}, ...withHosts(room))),
    el("div", {}, el("p.when", {}, day), el("p.muted", {}, `${date} · `, wait)),
    room.description ? written(room.description, "p") : null,
    room.rules ? el("p.note", {}, icon("flag"), written(room.rules, "span")) : null,
  ];
  return { node, update: (me) => text(wait, inWords((Date.parse(at) - me.wall) / 1000)) };
}

function nextCard(next) {
  if (!next) return el("p.muted", {}, ENDED.nothingNext);
  const { day, date } = when(next.at);
  return el(
    "section.card",
    {},
    el("p.muted.small", {}, ENDED.next),
    el("p", {}, written(next.title)),
    el("p.muted", {}, `${day} · ${date}`),
  );
}

function endedPage(room) {
  const { stats, spoke } = room.after ?? room;
  const names = Object.values(spoke);
  const fact = ([name, label]) => el("div", {}, el("dt", {}, label), el("dd", {}, String(stats[name])));
  const node = [
    el(
      "div",
      {},
      el("h1", {}, ENDED.title),
      names.length > 0 ? el("p.by", {}, ENDED.onStage(names.map((name) => shortName(name, names)))) : null,
    ),
    stats ? el("dl.facts", {}, ...Object.entries(ENDED.facts).map(fact)) : null,
    nextCard(room.next),
  ];
  return { node, update: () => undefined };
}

function pinPage(act) {
  const { title, text: words } = PLAIN.pin;
  const missing = el("p.missing", { id: "pin-wrong", role: "alert" });
  const input = el("input.pin", {
    id: "pin",
    type: "text",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    maxlength: "4",
    "aria-label": PIN.label,
    "aria-describedby": "pin-wrong",
  });
  const form = el("form", {}, input);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act("pin");
  });
  const node = [el("h1", {}, title), el("p", {}, words), form, missing];
  return { node, update: (me) => text(missing, me.pinWrong ?? "") };
}

/** Only what a browser opens is a link: the address is a stranger's. */
const isPage = (url) => /^https?:\/\//i.test(url);

function guestPage({ title, host, guest }) {
  const link = isPage(guest.url) ? el("a.btn.ink.tall", { href: guest.url }, GUEST.go) : null;
  const by = host && guest.abilities.includes("see") ? ["with ", el("b", {}, written(host))] : [guest.where];
  const node = [
    el("div", {}, el("h1", {}, GUEST.title, written(title)), el("p.by", {}, ...by)),
    el("p", {}, link ? GUEST.text : GUEST.closed),
    link,
  ];
  return { node, update: () => undefined };
}

/** Links to those on air around. */
function createAround() {
  const list = el("ul.rows");
  const node = el("section", { "aria-labelledby": "around", hidden: true }, el("h2", { id: "around" }, AROUND.title), list);
  const row = () => el("li", {}, el("a.rowb.btn", {}, el("span.stacked", {}, written(""), el("small", {}, AROUND.at, written("")))));

  function render(boxes) {
    node.hidden = boxes.length === 0;
    keyed(list, boxes.filter(({ url }) => isPage(url)), {
      key: ({ url }) => url,
      create: row,
      update({ firstElementChild: link }, { url, title, name }) {
        const [what, where] = link.querySelectorAll("bdi");
        attribute(link, "href", url);
        text(what, title || name);
        text(where, name);
      },
    });
  }
  return { node, render };
}

function wordsPage({ title, text: words }, room) {
  const hosts = room ? el("p.by", {}, ...withHosts(room)) : null;
  return { node: [el("div", {}, el("h1", {}, title), hosts), el("p", {}, words)], update: () => undefined };
}

function pageOf(kind, room, act) {
  if (kind === "before") return beforePage(room);
  if (kind === "ended") return endedPage(room);
  if (kind === "pin") return pinPage(act);
  if (kind === "guest") return guestPage(room);
  return wordsPage(PLAIN[kind], kind === "idle" ? room : null);
}

const keyOf = (kind, room) =>
  JSON.stringify([kind, room?.next, room?.host, room?.guest && [room.title, room.guest.url], kind === "ended" ? [room.after ?? room.stats, room.spoke] : 0]);

export function createPlain({ root, act }) {
  const picture = clone("the-box");
  const words = el("div.stack");
  const around = createAround();
  const lines = picture.querySelectorAll("text");
  let shown = null;
  let page = null;
  root.append(el("div", {}, picture), el("div.stack", {}, words, around.node));

  return {
    render(kind, room, me) {
      root.hidden = kind === null;
      if (kind === null) return (shown = null);
      attribute(picture, "data-cup", kind === "ended" ? "empty" : "steaming");
      screenOf(kind, room, me).forEach((line, n) => text(lines[n], cut(line, n === TITLE ? LARGE_LINE : SMALL_LINE)));
      const key = keyOf(kind, room);
      if (key !== shown) {
        shown = key;
        page = pageOf(kind, room, act);
        words.replaceChildren(...page.node.filter(Boolean));
      }
      page.update(me);
      around.render(ALONE.has(kind) ? me.boxes : []);
    },
  };
}
