/** Every sentence of the set-up page. What happened, what stays, what to do: no codes, no blame. */

import { ALERT, NOTICE, SAY, STATUS } from "../words.js";

export const GLASS = {
  opening: "ONE MOMENT",
  pair: "SPACE BOX",
  home: "AT HOME",
  hosting: "ON AIR HERE",
  joining: "ON THE WAY",
  there: "A GUEST",
  air: "ON AIR",
  lost: "RECONNECTING",
  gone: "NO ANSWER",
};

export const PAIR = {
  show: "Show the digits on the box",
  again: "Show new digits on the box",
  left: (s) => `${s} s`,
  over: "The minute is over. Ask for new digits.",
};

export const HOME = {
  rest: "The box becomes a guest in that room. It goes in muted, and listens.",
  hosting: "A Space is open here. End it first: then the box can be a guest elsewhere.",
  nobody: "No other box tells of itself on this network.",
  join: "Join",
  joining: "On the way…",
  joinBox: (title) => `Join ${title}`,
  live: "on air",
  quiet: "off air",
};

export const WIFI = {
  open: "You are in the box's own network. Choose the one that the box is to join: it leaves this one then.",
  home: "Another network for the box: it leaves the one that it is in.",
  sent: (name) => `The box goes to ${name} now. Its screen says how that went, and where to find it then.`,
  choose: "Choose",
  chooseThis: (name) => `Choose ${name}`,
  strong: "strong",
  fair: "fair",
  weak: "weak",
  secured: "with a key",
  free: "open to all",
};

const next = (s) => (s === null ? "We keep trying." : s > 0 ? `Next try in ${s} s.` : "Trying now.");

/** What the box is in the room there. */
export const LINE = {
  joining: (where) => `On the way to ${where}…`,
  lost: (trouble, s) => `${trouble ? sentence(trouble) : "The way there is lost."} ${next(s)}`,
  listening: "The box listens. Nobody there hears you.",
  waiting: STATUS.waiting,
  invited: STATUS.invited,
  muted: STATUS.arrived,
  live: STATUS.live,
  unheard: SAY.unheard,
};

export const CONTROL = {
  ask: "Ask to speak",
  back: "Take the request back",
  accept: "Come up",
  refuse: "Not now",
  mute: "Mute",
  unmute: "Unmute",
  down: "Step down",
};

export const GONE = ALERT.gone;
export const UNANSWERED = NOTICE.unanswered;

/** A sentence of the box, as this page says it. */
export function sentence(reason) {
  const text = reason.trim();
  const ended = /[.!?…]$/u.test(text) ? text : `${text}.`;
  return ended.charAt(0).toLocaleUpperCase() + ended.slice(1);
}
