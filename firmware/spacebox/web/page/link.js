/** The event stream, kept open: read by fetch, because EventSource cannot send headers. */

import { backoff_s } from "./peer.js";
import { createParser } from "./sse.js";

const SILENCE_MS = 20_000;
const OPENING_MS = 130_000;
const FREED_MS = 100;
const RESUME_MS = 10_000;
const GRACE_MS = 1_500;
const GONE_MS = 30_000;

/** Read one stream to its end; `onEvent` for each event, `onData` whenever anything arrives. */
async function read(response, onEvent, onData) {
  const push = createParser(onEvent);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    onData();
    push(value);
  }
}

/**
 * `onSnapshot(snapshot)` replaces all, `onEvent(event)` is one change, and
 * `onLink({ up, since, nextAt, gone })` tells of the line; `onRefused(refusal)` of a closed door.
 * A short break is not worth a word: the line counts as lost after a moment only.
 */
export function createLink({ api, onSnapshot, onEvent, onLink, onRefused }) {
  let abort = null;
  let lastId = null;
  let lastAt = 0;
  let downSince = null;
  let failures = 0;
  let timers = { silence: 0, retry: 0, grace: 0, gone: 0 };
  let nextAt = null;

  const clear = (...names) => names.forEach((name) => clearTimeout(timers[name]));
  const tell = (gone = false) => onLink({ up: false, since: downSince, nextAt, gone });

  /** Wait for what comes next, at most so long. */
  function expect(mine, patience_ms) {
    clear("silence");
    timers.silence = setTimeout(() => mine.abort(), patience_ms);
  }

  function arrived(mine) {
    lastAt = performance.now();
    expect(mine, SILENCE_MS);
  }

  function receive({ type, data, id }) {
    lastId = id;
    if (type === "beat") return;
    if (type === "snapshot") onSnapshot(JSON.parse(data));
    else onEvent(JSON.parse(data));
  }

  function opened() {
    clear("grace", "gone");
    failures = 0;
    downSince = nextAt = null;
    onLink({ up: true, since: null, nextAt: null, gone: false });
  }

  async function open() {
    const old = abort;
    const mine = (abort = new AbortController());
    clear("retry", "silence");
    if (old && !old.signal.aborted) {
      old.abort();
      // A browser that is given both at once lets go of the fresh socket and keeps the one that hangs.
      await new Promise((resolve) => setTimeout(resolve, FREED_MS));
      if (mine !== abort) return;
    }
    lastAt = performance.now();
    // Each try takes one of the browser's six sockets for a box as long as no network answers.
    expect(mine, OPENING_MS);
    const quick = performance.now() - (downSince ?? performance.now()) < RESUME_MS;
    try {
      const response = await api.events(quick ? lastId : null, mine.signal);
      if (mine !== abort) return;
      opened();
      await read(response, (event) => mine === abort && receive(event), () => arrived(mine));
    } catch (error) {
      if (mine === abort && error.name === "Refusal" && error.status !== 429 && error.status < 500) {
        close();
        return onRefused(error);
      }
    }
    if (mine === abort) lost();
  }

  function lost() {
    clear("silence");
    const now = performance.now();
    if (downSince === null) {
      downSince = now;
      timers.grace = setTimeout(() => tell(), GRACE_MS);
      timers.gone = setTimeout(() => tell(true), GONE_MS);
    }
    const wait_s = backoff_s(failures);
    failures += 1;
    nextAt = now + wait_s * 1000;
    timers.retry = setTimeout(open, wait_s * 1000);
    if (now - downSince >= GRACE_MS) tell(now - downSince >= GONE_MS);
  }

  function close() {
    clear(...Object.keys(timers));
    const old = abort;
    abort = null;
    old?.abort();
  }

  return {
    /** Open anew, from a snapshot: at the start, and when the seat has changed. */
    open() {
      lastId = null;
      open();
    },
    /** Try now instead of when it is due. */
    retry() {
      failures = 0;
      if (downSince !== null) open();
    },
    /** After sleep or a hidden tab: open anew unless the line is plainly alive. */
    check() {
      if (abort && (downSince !== null || performance.now() - lastAt > SILENCE_MS)) open();
    },
    /** The system says that there is no network. */
    cut() {
      if (abort && downSince === null) {
        abort.abort();
      }
    },
    close,
  };
}
