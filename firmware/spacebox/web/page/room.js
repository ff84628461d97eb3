/**
 * The room as a page knows it: a snapshot, kept true by folding events into it.
 *
 * PURE: no DOM, no network, no clock. Values are never changed in place.
 */

const STAGE_ROLES = new Set(["host", "cohost", "speaker"]);

/**
 * Begin anew from a snapshot (interface, section 5). What a snapshot cannot say, who has been on
 * stage and how the last Space ended, is kept from `before`, the room until now or null.
 */
export function fromSnapshot(snapshot, before = null) {
  if (snapshot.guest) return elsewhere(snapshot);
  const same = before !== null && before.id === snapshot.id;
  const room = {
    ...snapshot,
    you: snapshot.you ? { ...told(before, snapshot.you), ...snapshot.you } : null,
    spoke: same ? before.spoke : {},
    after: snapshot.state === "idle" ? afterwards(before) : null,
  };
  return room.participants.filter(onStage).reduce(remember, room);
}

/** The room of a box that is a guest: title and host are those of the room it is in, and nobody is here. */
function elsewhere(snapshot) {
  const nobody = { you: null, participants: [], requests: [], listeners: 0 };
  return { ...snapshot, ...nobody, state: "idle", next: null, spoke: {}, after: null };
}

/** Who let us up, and who muted us, if it is still so. */
function told(before, { participant, muted }) {
  const { participant: known, by = null, muted_by = null } = before?.you ?? {};
  return known === participant ? { by, muted_by: muted ? muted_by : null } : {};
}

/** How the Space ended that this page saw, or null. */
function afterwards(before) {
  if (before === null) return null;
  if (before.state === "idle") return before.after;
  const { id, title, elapsed_s, stats, spoke } = before;
  return { id, title, elapsed_s, stats, spoke };
}

/** Fold one event; null means that only a new snapshot can tell. */
export function fold(room, event) {
  const folded = FOLDS[event.event];
  return folded ? folded(room, event) : null;
}

const FOLDS = {
  Joined: (room, e) => withPerson(room, newcomer(e)),
  Named: (room, e) => {
    const known = { ...newcomer(e), ...person(room, e.participant), name: e.name };
    return changeYou(withPerson(room, known), e.participant, { name: e.name });
  },
  Left: (room, e) => withoutRequest(withoutPerson(room, e.participant), e.participant),
  ConnectionChanged: (room, e) => change(room, e.participant, { connected: e.connected }),
  ListenersChanged: (room, e) => ({ ...room, listeners: e.listeners }),

  SpeakRequested: requested,
  RequestWithdrawn: (room, e) => withoutRequest(room, e.participant),
  RequestDeclined: (room, e) => withoutRequest(room, e.participant),
  RequestDeferred: deferred,

  InvitedToStage: (room, e) => changeYou(room, e.participant, { invited: true, by: e.by }),
  InvitationDeclined: (room, e) => changeYou(room, e.participant, { invited: false }),
  SteppedUp: steppedUp,
  UplinkOpened: (room) => room,
  SteppedDown: (room, e) => {
    const down = moved(room, e.participant, "listener");
    return changeYou(down, e.participant, { muted: true, muted_by: null });
  },

  MuteChanged: (room, e) => {
    const quiet = e.muted ? { speaking: false } : {};
    const next = change(room, e.participant, { muted: e.muted, ...quiet });
    return changeYou(next, e.participant, { muted: e.muted, muted_by: e.muted ? e.by : null });
  },
  Speaking: (room, e) =>
    change(room, e.participant, { speaking: e.speaking, talk_s: e.talk_s ?? person(room, e.participant)?.talk_s ?? 0 }),
  Removed: (room, e) => withoutRequest(withoutPerson(room, e.participant), e.participant),
  CohostMade: (room, e) => moved(withoutRequest(room, e.participant), e.participant, "cohost"),
  CohostRevoked: (room, e) => moved(room, e.participant, e.role),
  OnAirChanged: (room, e) => ({ ...room, on_air: { mic: e.mic, heard: e.heard } }),
  StageChanged: (room, e) => ({ ...room, stage: { limit: e.limit, queue_open: e.queue_open } }),
  Reacted: (room, e) => ({
    ...room,
    reactions: { ...room.reactions, [e.emoji]: (room.reactions[e.emoji] ?? 0) + 1 },
  }),

  SpaceEdited: (room, { title, topics, description, rules }) => ({
    ...room,
    title: title ?? room.title,
    topics: topics ?? room.topics,
    description: description ?? room.description,
    rules: rules ?? room.rules,
  }),
  WrappingUp: (room) => ({ ...room, state: "wrapping" }),
  SpaceEnded: (room, e) => ({ ...room, state: "ended", elapsed_s: e.at, stats: e.stats }),
};

function newcomer({ participant, name, role }) {
  return { id: participant, name, role, muted: true, speaking: false, connected: true, talk_s: 0 };
}

function requested(room, { participant, name, reason }) {
  const known = room.requests.find((request) => request.participant === participant);
  if (known) {
    const update = (request) => (request === known ? { ...known, reason } : request);
    return { ...room, requests: room.requests.map(update) };
  }
  return { ...room, requests: [...room.requests, { participant, name, reason, waiting_s: 0 }] };
}

function deferred(room, { participant }) {
  const request = room.requests.find((each) => each.participant === participant);
  if (!request) return room;
  return { ...room, requests: [...withoutRequest(room, participant).requests, request] };
}

function steppedUp(room, { participant, by, role }) {
  const up = moved(withoutRequest(room, participant), participant, role);
  return changeYou(change(up, participant, { muted: true }), participant, {
    muted: true,
    muted_by: null,
    invited: false,
    by,
  });
}

function moved(room, id, role) {
  const fields = role === "listener" ? { role, muted: true, speaking: false } : { role };
  const next = changeYou(change(room, id, fields), id, { role, invited: false });
  const who = person(next, id);
  return who && onStage(who) ? remember(next, who) : next;
}

function withPerson(room, who) {
  const known = room.participants.some(({ id }) => id === who.id);
  const participants = known
    ? room.participants.map((each) => (each.id === who.id ? who : each))
    : [...room.participants, who];
  const next = { ...room, participants };
  return onStage(who) ? remember(next, who) : next;
}

function withoutPerson(room, id) {
  return { ...room, participants: room.participants.filter((each) => each.id !== id) };
}

function withoutRequest(room, id) {
  return { ...room, requests: room.requests.filter(({ participant }) => participant !== id) };
}

function change(room, id, fields) {
  const update = (each) => (each.id === id ? { ...each, ...fields } : each);
  return { ...room, participants: room.participants.map(update) };
}

function changeYou(room, id, fields) {
  return room.you?.participant === id ? { ...room, you: { ...room.you, ...fields } } : room;
}

function remember(room, { id, name }) {
  return { ...room, spoke: { ...room.spoke, [id]: name } };
}

/** Whether this participant may be heard. */
export const onStage = ({ role }) => STAGE_ROLES.has(role);

/** The participant with this id, or undefined. */
export const person = (room, id) => room.participants.find((each) => each.id === id);

/** Those on stage: the host, co-hosts, speakers. */
export function stage(room) {
  const rank = { host: 0, cohost: 1, speaker: 2 };
  return room.participants.filter(onStage).sort((a, b) => rank[a.role] - rank[b.role]);
}

/** The number that "n of limit" shows: host and co-hosts never count. */
export const speakerCount = (room) => room.participants.filter(({ role }) => role === "speaker").length;

/** Named people off stage who are here now. */
export const audience = (room) =>
  room.participants.filter(({ role, connected }) => role === "listener" && connected);

/** One's own place in the queue, from 1; 0 for not waiting. */
export function place(room) {
  const id = room.you?.participant;
  return id === undefined ? 0 : room.requests.findIndex(({ participant }) => participant === id) + 1;
}

/** Whether a Space is going on. */
export const isLive = (room) => room.state === "live" || room.state === "wrapping";
