/** The whole page: hands each part what it shows. */

import { attribute, el, text } from "./dom.js";
import { createDock } from "./dock.js";
import { createGlass } from "./glass.js";
import { createHead } from "./head.js";
import { createPeople } from "./people.js";
import { createPlain } from "./plain.js";
import { createReactions } from "./reactions.js";
import { createSheets } from "./sheet.js";
import { createStage } from "./stage.js";

const APART_MS = 50;
const TOLD_MS = 5_000;

const get = (id) => document.getElementById(id);

/** The alert above the stage. It is told once; its countdown moves on silently. */
function createAlert(root) {
  let told = null;
  return function render(alert) {
    if (alert?.title !== told) {
      told = alert?.title ?? null;
      root.setAttribute("aria-live", "assertive");
      root.replaceChildren(...(alert ? [el("b", {}, alert.title), el("span.muted", {}, alert.text)] : []));
    } else if (alert) {
      root.setAttribute("aria-live", "off");
      text(root.lastElementChild, alert.text);
    }
  };
}

/** The status line: what is said in one moment is told together, and then the line is empty again. */
function createStatus(root) {
  let words = [];
  let timer = 0;

  function tell() {
    text(root, words.join(" "));
    words = [];
    timer = setTimeout(text, TOLD_MS, root, "");
  }

  return function say(more) {
    clearTimeout(timer);
    root.replaceChildren();
    words.push(more);
    timer = setTimeout(tell, APART_MS);
  };
}

/** `act(name, detail)` is called for each control; `press` is the microphone button's manners. */
export function createView({ act, press }) {
  const page = get("page");
  const dock = get("dock");
  const [left, main, right] = ["left", "main", "right"].map(get);
  const parts = {
    glass: createGlass(get("glass")),
    head: createHead({ title: get("title"), by: get("by"), topics: get("topics") }),
    stage: createStage({ list: get("seats"), count: get("stage-count"), act }),
    people: createPeople({ list: get("people"), count: get("people-count"), more: get("people-more") }),
    plain: createPlain({ root: get("plain"), act }),
    dock: createDock({ dock, say: get("say"), main, left, right, act, press }),
    reactions: createReactions({ tray: get("tray"), opener: right, floats: get("floats"), act }),
    sheets: createSheets({ layer: get("sheets"), behind: [get("skip"), page, dock], act }),
    alert: createAlert(get("alert")),
  };
  get("more").addEventListener("click", () => act("menu"));
  get("people-share").addEventListener("click", () => act("share"));

  return {
    /** Show the room; `view` is what describe() says, `extra` what the sheets need: name, carried, keys, steady. */
    render(room, me, view, extra) {
      attribute(document.body, "data-state", view.state);
      attribute(document.body, "data-air", view.air);
      get("room").hidden = view.plain !== null;
      get("more").hidden = room === null;
      parts.glass(view.glass);
      parts.alert(view.alert);
      parts.plain.render(view.plain, room, me);
      if (view.plain === null) {
        parts.head(room);
        parts.stage.render(room, me);
        parts.people(room);
      }
      parts.dock.render(room, me, view, extra);
      get("skip").hidden = dock.hidden;
      parts.reactions.render(view.right !== null, extra.keys);
      parts.sheets.render(view.sheet, room, me, extra);
      const talking = room?.participants.some(({ speaking }) => speaking);
      attribute(document.body, "data-talking", talking ? "yes" : null);
      if (room) document.title = view.plain === "before" ? room.next.title : room.title;
      requestAnimationFrame(() => document.body.classList.add("ready"));
    },
    /** Tell a screen reader one line, politely. */
    say: createStatus(get("status")),
    float: parts.reactions.float,
    toggleTray: parts.reactions.toggle,
    level: parts.stage.level,
    ownLevel(share) {
      parts.stage.ownLevel(share);
      parts.dock.ownLevel(share);
    },
    pin: () => get("pin")?.value ?? "",
    get busy() {
      return parts.sheets.open;
    },
    get visible() {
      return !document.hidden;
    },
  };
}
