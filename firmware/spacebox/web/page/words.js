/**
 * Every sentence of the page. What happened, what stays, what to do: no codes, no blame.
 */

const ORDINALS = ["", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"];

/** `2nd`, for the free chair. */
export function ordinal(n) {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return n + (teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th"));
}

const inLine = (n) => `${ORDINALS[n] ?? ordinal(n)} in line`;

/** `Mira, Tomás and Ana`. */
export function list(names) {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

export const ROLES = { host: "host", cohost: "co-host", speaker: "", listener: "listening" };
export const VOICES = { speaking: "speaking", open: "microphone open", muted: "muted", away: "away" };
export const REACTIONS = [
  { emoji: "👏", name: "Applause" },
  { emoji: "❤️", name: "Love" },
  { emoji: "😂", name: "Laugh" },
  { emoji: "😮", name: "Wow" },
  { emoji: "💯", name: "Hundred" },
  { emoji: "👋", name: "Wave" },
];

export const GLASS = {
  off: "OFF AIR",
  on: "ON AIR",
  connecting: "CONNECTING",
  reconnecting: "RECONNECTING",
  guest: "A GUEST",
};

export const SAY = {
  before: "Keep this page open: it wakes up when the Space starts.",
  idle: "Keep this page open: it wakes up when a Space starts.",
  arrive: "No account, no app. Nobody hears you.",
  arriveWaiting: (n) => `You are ${inLine(n).toLowerCase()}.`,
  waiting: (host) => `${host} sees your name and your line.`,
  queueClosed: "No more speakers tonight.",
  stageMuted: "You are on stage, muted.",
  mutedByHost: (who) => `${who} muted you. You can unmute when it is your turn.`,
  soundLost: "Your sound dropped. It comes back by itself.",
  unheard: "Nobody receives you right now. We are trying.",
  wrapping: (host) => `${host} is closing soon.`,
  silent: "Silent for you. Everybody else still hears the Space.",
  steady: "You hear the steady stream, 5\u00a0s behind.",
};

export const MAIN = {
  listen: "Listen",
  connecting: "Connecting…",
  ask: "Ask to speak",
  closed: "The queue is closed",
  inLine,
  withdraw: "tap to withdraw",
  unmute: "Unmute",
  hold: "hold to talk",
  live: "You are on air",
  mute: "tap to mute",
  goUp: "Turn on your microphone",
  tryNow: "Try now",
  nextTry: (s) => (s > 0 ? `next try in ${s} s` : "trying…"),
  share: "Share the link",
  useThis: "Use this one",
  comeIn: "Come in",
  tryAgain: "Try again",
  stream: "Listen to the stream",
};

export const SIDE = { share: "Share", sound: "Sound", stepDown: "Step down", react: "React" };

/** The card above the stage: `{ title, text }`. */
export const ALERT = {
  dropped: (kept) => ({
    title: "Your connection dropped.",
    text:
      kept === null
        ? "The Space goes on. You come back by yourself."
        : `The Space goes on. You come back by yourself; your place is kept for another ${kept} s.`,
  }),
  gone: {
    title: "The box does not answer",
    text: "We keep trying. If you are its host: look at its screen.",
  },
  blocked: { title: "Tap once to hear", text: "Your browser wants a tap before it plays sound." },
};

/** The pages without a stage: `{ title, text }`. */
export const PLAIN = {
  idle: { title: "Nothing is planned yet", text: "This box is quiet. When its host opens a Space, you hear it here." },
  removed: {
    title: "You were asked to leave",
    text: "The host ended your visit. You can come back to the next Space.",
  },
  banned: { title: "You were asked to leave", text: "The host ended your visit. This box stays closed to you." },
  full: {
    title: "The room is full",
    text: "The box can carry no more live lines. The steady stream has room.",
  },
  packed: {
    title: "The room is full",
    text: "The box can carry nobody more. Somebody may leave: try again in a while.",
  },
  pin: { title: "A PIN, please", text: "Four digits. The host can read it to you from the box." },
  invite: { title: "This Space is by invitation", text: "Ask the host for a link of your own." },
  used: { title: "This invitation was used already", text: "Ask the host for a new one." },
  elsewhere: { title: "This Space is open in another tab", text: "Sound plays there." },
  gone: ALERT.gone,
  opening: { title: "One moment", text: "We are calling the box." },
};

/** A box that is a guest in a room elsewhere. */
export const GUEST = {
  title: "This box is a guest in ",
  text: "Its host is there, and so can you be.",
  closed: "Its host is there. Keep this page open: it wakes up when a Space starts here.",
  go: "Go to that room",
};

/** Other boxes on air around. */
export const AROUND = { title: "On air around here", at: "at " };

export const PIN = { label: "PIN" };

export const ENDED = {
  title: "Good night, and thank you.",
  onStage: (names) => (names.length === 1 ? `${names[0]} was on stage.` : `${list(names)} were on stage.`),
  facts: { came_by: "came by", at_once: "at once", spoke: "spoke" },
  next: "Next",
  nothingNext: "Nothing else is planned yet. Keep this page open: it wakes up when the next Space starts.",
};

/** What is said once, when it happens. */
export const NOTICE = {
  declined: "Not this time. You can ask again in a while.",
  deferred: "A little later: you keep your name in line.",
  moved: (who) => `${who} moved you to the audience. Thank you for speaking.`,
  placeGiven: "Your place was given on. You can ask again.",
  slow: "One moment: a reaction per second is enough.",
  back: (s, muted) => `Back. You missed ${s} s.${muted ? " You are muted." : ""}`,
  stepped: "You are in the audience again. Thank you for speaking.",
  left: "You left. Come back any time.",
  sent: (name) => `${name} sent.`,
  quiet: "Too quiet? Use headphones.",
  interrupted: "Something else took your microphone. You are muted.",
  notOpened: "That did not work just now. You are still muted.",
  unanswered: "The box did not answer. Please try again.",
  weak: "Weak line. We switched to the steady stream; it runs 5\u00a0s behind.",
  none: "No live line comes about here. You hear the steady stream; it runs 5\u00a0s behind.",
};

/** What a screen reader is told politely. */
export const STATUS = {
  waiting: (n) => `You are ${inLine(n).toLowerCase()}.`,
  letUp: (host) => `${host} lets you up.`,
  invited: (host) => `${host} invites you on stage.`,
  arrived: "You are on stage, muted.",
  live: "You are on air.",
  muted: "Muted.",
  listening: "You are listening.",
  ended: "The Space has ended.",
  started: "The Space has started.",
  newcomer: (who) => `${who} is on stage now.`,
};

export const SHEET = {
  notNow: "Not now",
  close: "Close",
  ask: {
    title: (host) => `Ask ${host} to let you up`,
    name: "Your name",
    why: "What about?",
    optional: "optional",
    note: (host) => `Your microphone stays off. It is asked for only when ${host} lets you up.`,
    send: "Ask",
    noName: "Please say your name first.",
  },
  invited: {
    title: (who) => `${who} invites you on stage`,
    text: "You arrive muted. Nobody hears you until you unmute.",
    go: "Come up",
  },
  letUp: {
    title: (who, you) => (you ? `${who} lets you up, ${you}` : `${who} lets you up`),
    text: "You arrive muted. Nobody hears you until you unmute.",
    recorded: "This Space is recorded.",
    go: "Go up",
  },
  steps: {
    up: (who) => `${who} lets you up`,
    mic: "Your microphone",
    stage: "On stage, muted",
    allow: ["Choose ", "Allow", " in the window that opened."],
    soon: "We connect in a second or two.",
    kept: (s) => (s > 0 ? `Your place is kept for ${s} s.` : ""),
  },
  permission: { title: "Your browser asks one question", waiting: "Waiting for your answer…" },
  joining: { title: "On your way up", waiting: "Connecting your microphone…" },
  stay: "Stay listening",
  share: {
    title: "Bring somebody along",
    link: "The link",
    copy: "Copy link",
    copied: "The link is copied",
    send: "Share…",
    qr: "QR code of the link",
  },
  menu: {
    title: "More",
    share: "Share",
    keys: "Keys",
    keysOn: "Single keys work",
    stream: "Steady stream",
    streamWhy: "For a locked phone · 5\u00a0s behind",
    leave: "Leave the Space",
    about: "About this Space",
  },
};

/** Going up failed at the microphone: `{ title, step, text }` by cause. */
export const MIC = {
  refused: { title: "The microphone was not allowed", step: "Blocked for this page." },
  system: { title: "Your phone keeps the microphone from this browser", step: "Blocked by the system." },
  missing: {
    title: "No microphone found",
    step: "None found.",
    text: "Plug one in, or use your phone.",
  },
  busy: {
    title: "Another app has the microphone",
    step: "In use.",
    text: "Close the other app, then try again.",
  },
  line: {
    title: "Your microphone does not reach the box",
    step: "Open.",
    text: "Your browser opened it, but no connection came about. Another network may help.",
  },
  http: {
    title: "To speak, open the secure page",
    text:
      "This address begins with http. Browsers open a microphone only on https. " +
      "Listening, reacting and asking work here as they are.",
    kept: "Your place goes with you.",
    open: "Open the secure page",
    line: "Get into line here first",
    stay: "Stay here and listen",
    warn: "Your browser may warn you once, because the box signs its own certificate.",
    trust: "How to trust this box",
    ask: "Ask the host for the address that begins with https.",
  },
  app: {
    title: "This little browser has no microphone",
    text: "Open the link in Safari or Chrome. Your place is kept.",
  },
};

/** Where this browser keeps the permission: `{ where, how }`. */
export function allowAgain(agent) {
  if (/iPhone|iPad/.test(agent)) {
    return { where: "On iPhone:", how: "tap the button beside the address, Website Settings, Microphone, Allow." };
  }
  if (/Firefox/.test(agent)) {
    return { where: "In Firefox:", how: "tap the crossed microphone left of the address and remove the block." };
  }
  return { where: "In Chrome:", how: "tap the sign left of the address, Microphone, Allow." };
}

/** Where the system keeps it. */
export const allowInSystem = "Settings, Apps, your browser, Permissions, Microphone.";

export const KEYS = [
  ["M", "mute or unmute"],
  ["Space", "hold to talk"],
  ["R", "ask to speak, or withdraw"],
  ["1 … 6", "send a reaction"],
  ["L", "listen, or silence"],
  ["?", "this list"],
];
