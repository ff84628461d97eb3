/** The dock: one big button that says the next thing you can do, and two small ones. */

import { attribute, el, icon, redraw, text } from "./dom.js";
import { muted } from "../state.js";
import { SHORTCUTS } from "../keys.js";

const BARS = 11;
const HOLDS = new Set([" ", "Enter"]);

export function createDock({ dock, say, main, left, right, act, press }) {
  const picture = icon("mic");
  const label = el("span");
  const sub = el("small");
  const meter = el("span.meter", { "aria-hidden": "true" }, ...Array.from({ length: BARS }, () => el("i")));
  main.append(el("span.l", {}, picture, label), el("span.l.below", {}, meter, sub));
  const below = main.lastElementChild;
  const sides = [left, right].map((node) => {
    node.append(icon("share"), el("span"));
    return node;
  });
  let now = { main: null, muted: true, sides: [null, null] };
  let pressed = false;
  let aimedAt = null;

  const isMicrophone = () => now.main?.action === "microphone";

  main.addEventListener("pointerdown", (event) => {
    aimedAt = now.main?.action ?? null;
    pressed = isMicrophone() && event.button === 0;
    if (!pressed) return;
    main.setPointerCapture(event.pointerId);
    press.press(now.muted, performance.now());
  });
  const release = () => press.release(performance.now());
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) main.addEventListener(name, release);
  for (const target of [globalThis, main]) target.addEventListener("blur", release);
  main.addEventListener("keydown", (event) => {
    if (!isMicrophone() || !HOLDS.has(event.key)) return;
    event.preventDefault();
    press.press(now.muted, performance.now());
  });
  main.addEventListener("keyup", (event) => {
    if (!isMicrophone() || !HOLDS.has(event.key)) return;
    event.preventDefault();
    release();
  });
  main.addEventListener("contextmenu", (event) => isMicrophone() && event.preventDefault());

  // A screen reader presses by a click without a pointer. A click that was aimed at
  // what the button said before does nothing.
  main.addEventListener("click", () => {
    const astray = pressed || (aimedAt !== null && aimedAt !== now.main?.action);
    pressed = false;
    aimedAt = null;
    if (now.main === null || now.main.off || astray) return;
    if (isMicrophone()) press.tap(now.muted);
    else act(now.main.action);
  });
  sides.forEach((node, n) => node.addEventListener("click", () => act(now.sides[n].action)));

  function renderMain(button, keys) {
    main.hidden = button === null;
    if (button === null) return;
    main.className = `main ${button.tone}`;
    attribute(main, "aria-disabled", button.off ? "true" : null);
    attribute(main, "aria-keyshortcuts", keys ? SHORTCUTS[button.action] : null);
    attribute(picture, "hidden", !button.icon);
    if (button.icon) redraw(picture, button.icon);
    text(label, button.label);
    text(sub, button.sub ?? "");
    meter.hidden = !button.meter;
    attribute(meter, "data-of", button.meter);
    below.hidden = !button.meter && !button.sub;
  }

  function renderSide(node, button, keys) {
    node.hidden = button === null;
    if (button === null) return;
    redraw(node.firstElementChild, button.icon);
    text(node.lastElementChild, button.label);
    attribute(node, "aria-pressed", button.pressed === undefined ? null : String(button.pressed));
    attribute(node, "aria-keyshortcuts", keys ? SHORTCUTS[button.action] : null);
  }

  return {
    render(room, me, view, { keys }) {
      now = { main: view.main, muted: room ? muted(room, me) : true, sides: [view.left, view.right] };
      dock.hidden = view.main === null && view.say === null;
      attribute(dock, "data-sides", `${Number(view.left !== null)}${Number(view.right !== null)}`);
      renderMain(view.main, keys);
      renderSide(left, view.left, keys);
      renderSide(right, view.right, keys);
      say.hidden = view.say === null;
      say.classList.toggle("warn", Boolean(view.say?.warn));
      text(say, view.say?.text ?? "");
    },
    ownLevel(share) {
      const lit = Math.round(share * BARS);
      [...meter.children].forEach((bar, n) => bar.classList.toggle("on", n < lit));
    },
  };
}
