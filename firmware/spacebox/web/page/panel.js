/** The simulated box: shows its glass and its lamps, and presses its buttons. */

import { createHolds } from "./holds.js";
import { text, attribute } from "./view/dom.js";

const SILENT_MS = 15_000;
const AGAIN_MS = 1_000;
const TAP_MS = 100;
const LOST = "The box does not answer. We keep trying.";
const KEYS = { m: "mute", a: "approve", e: "end" };

const canvas = document.querySelector("#glass");
const line = document.querySelector("#line");
const buttons = new Map([...document.querySelectorAll("[data-button]")].map((one) => [one.dataset.button, one]));

let page = null;
let presses = Promise.resolve();

/** Presses go out one after the other: on two sockets a release might overtake its press. */
const holds = createHolds((button, down) => {
  buttons.get(button).classList.toggle("down", down);
  const pressed = page;
  presses = presses.then(() => send(pressed, button, down));
});

async function send(to, button, down) {
  if (to === null || to !== page) return;
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ page: to, button, down });
  // Whatever becomes of it: if the box is gone, the stream says so, and nothing stays down.
  await fetch("/panel/press", { method: "POST", headers, body }).catch(() => undefined);
}

/* What the box shows. */

function drawGlass(base64) {
  const rows = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
  const picture = new ImageData(128, 64);
  const pixels = new Uint32Array(picture.data.buffer);
  // A cream phosphor, opaque; bytes are in the order of the machine, which is little-endian.
  for (let n = 0; n < pixels.length; n += 1) pixels[n] = rows[n >> 3] & (0x80 >> (n & 7)) ? 0xffd6ecfb : 0xff000000;
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

function light({ on_air, request }) {
  lightOne("on_air", "On air", on_air);
  lightOne("request", "Request", request);
}

function lightOne(id, words, brightness) {
  const lamp = document.getElementById(id);
  lamp.style.setProperty("--b", brightness);
  attribute(lamp, "aria-label", `${words}: ${brightness > 0 ? "lit" : "off"}`);
}

function tell(state) {
  document.body.dataset.line = state;
  text(line, state === "lost" ? LOST : "");
}

/* The line to the box. */

function open() {
  const stream = new EventSource("/panel/events");
  let watch;
  const close = () => {
    clearTimeout(watch);
    stream.close();
    page = null;
    holds.release();
    light({ on_air: 0, request: 0 });
    tell("lost");
    setTimeout(open, AGAIN_MS);
  };
  const alive = () => {
    clearTimeout(watch);
    watch = setTimeout(close, SILENT_MS);
  };
  const on = (name, act) =>
    stream.addEventListener(name, ({ data }) => {
      alive();
      act(JSON.parse(data));
    });
  on("page", (told) => {
    page = told.page;
    tell("open");
  });
  on("picture", drawGlass);
  on("lamps", light);
  on("beat", () => undefined);
  stream.onerror = close;
  alive();
}

/* Mouse, fingers, keys. */

for (const [name, button] of buttons) {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    holds.push(`pointer ${event.pointerId}`, name);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    button.addEventListener(end, (event) => holds.release(`pointer ${event.pointerId}`));
  }
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("click", (event) => {
    // Only an assistant clicks without a pointer: keys are taken below.
    if (event.detail !== 0) return;
    holds.push("click", name);
    setTimeout(() => holds.release("click"), TAP_MS);
  });
}

const keyFor = (event) => {
  const focused = document.activeElement?.dataset?.button;
  return event.key === " " || event.key === "Enter" ? focused : KEYS[event.key.toLowerCase()];
};

addEventListener("keydown", (event) => {
  const name = event.ctrlKey || event.metaKey || event.altKey ? undefined : keyFor(event);
  if (name === undefined) return;
  event.preventDefault();
  if (!event.repeat) holds.push(`key ${event.code}`, name);
});
addEventListener("keyup", (event) => {
  if (event.key === " " && keyFor(event)) event.preventDefault();
  holds.release(`key ${event.code}`);
});
addEventListener("blur", () => holds.release());
addEventListener("pagehide", () => holds.release());
document.addEventListener("visibilitychange", () => holds.release());

open();
requestAnimationFrame(() => document.body.classList.add("ready"));
