/** The box's HTTP interface (interface, section 3), as one seat sees it. */

const PATIENCE_MS = 10_000;
const PROBE_MS = 4_000;
const VISIT_MS = 60_000;

/** The box said no: `status`, `code`, `reason` (one sentence), `wait_s` (of Retry-After, or 0). */
export class Refusal extends Error {
  constructor(status, { error = "", reason = "" }, wait_s) {
    super(reason || `the box answered ${status}`);
    this.name = "Refusal";
    this.status = status;
    this.code = error;
    this.reason = reason;
    this.wait_s = wait_s;
  }
}

/** The box did not answer: `cause` is what `fetch` said. */
export class Unanswered extends Error {
  name = "Unanswered";
}

function unanswered(cause) {
  throw new Unanswered("the box did not answer", { cause });
}

async function refusalOf(response) {
  const body = await response.json().catch(() => ({}));
  return new Refusal(response.status, body, Number(response.headers.get("Retry-After")) || 0);
}

/**
 * `seat.token` is read for each request. A request fails with Refusal where the box said no, and
 * with Unanswered where it did not answer, or not in time.
 */
export function createApi(seat, fetch = globalThis.fetch.bind(globalThis)) {
  const authority = () => (seat.token ? { Authorization: `Bearer ${seat.token}` } : {});

  async function request(method, url, { headers = {}, ...options } = {}) {
    const response = await fetch(url, {
      method,
      headers: { ...authority(), ...headers },
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...options,
    }).catch(unanswered);
    if (!response.ok) throw await refusalOf(response);
    return response;
  }

  const send = (url, body, patience_ms = PATIENCE_MS) =>
    request("POST", url, {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience_ms),
    });

  return {
    /** The snapshot, with `you` for a seat. */
    space: async () => (await request("GET", "/api/space")).json(),
    /** Take or name a seat: `{ participant, token, role }`. */
    join: async (body) => (await send("/api/join", body)).json(),
    /** Give back the seat of this token, or with null that of the cookie. */
    leave: (token) =>
      request("POST", "/api/leave", { headers: token ? { Authorization: `Bearer ${token}` } : {} }),
    /** Send one command of section 4. */
    command: (name, fields = {}) => send("/api/commands", { command: name, ...fields }),

    /** Have a code shown on the box's glass, `{ left_s }`; or with it become the host's browser. */
    pair: async (code) => (await send("/api/pair", code === undefined ? {} : { code })).json(),
    /** Have the box be a guest elsewhere: the snapshot of that room, once it is there. */
    visit: async (target, pin) => (await send("/api/visit", { target, pin }, VISIT_MS)).json(),
    /** Have it come home. */
    comeHome: () => request("DELETE", "/api/visit"),
    /** Which Wi-Fi networks the box can join: `{ networks, open, joining, trouble }`. */
    wifi: async () => (await request("GET", "/api/wifi")).json(),
    /** Have it join one: `{ name, key, hidden? }`. */
    joinWifi: (wish) => send("/api/wifi", wish),
    /** The other boxes around: `[{ name, url, code, title, state }]`. */
    boxes: async () => (await (await request("GET", "/api/boxes")).json()).boxes,

    /** The ICE servers that an endpoint hands out, before the offer. It answers soon or not at all. */
    iceServers: async (endpoint) => {
      const response = await request("OPTIONS", endpoint, { signal: AbortSignal.timeout(PROBE_MS) });
      return parseIceServers(response.headers.get("Link"));
    },
    /** Offer a connection: `{ answer, location }`. */
    offer: async (endpoint, sdp) => {
      const response = await request("POST", endpoint, { headers: { "Content-Type": "application/sdp" }, body: sdp });
      return { answer: await response.text(), location: response.headers.get("Location") };
    },
    /** Begin a connection's ICE anew: one's own end for the box's, as fragments of SDP. */
    restart: async (location, fragment) => {
      const headers = { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*" };
      return (await request("PATCH", location, { headers, body: fragment })).text();
    },
    /** End a connection, also from a page that is going away. Its failure changes nothing. */
    hangUp: (location) => request("DELETE", location, { keepalive: true }).catch(() => undefined),

    /** Whether a stream would open: as an `<audio>` asks for it, by the cookie alone. */
    trial: async (url) => {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const response = await fetch(url, { cache: "no-store", signal }).catch(unanswered);
      if (!response.ok) throw await refusalOf(response);
      await response.body.cancel();
    },

    /** The open event stream, a Response whose body goes on. */
    events: async (lastEventId, signal) => {
      const resume = lastEventId === null ? {} : { "Last-Event-ID": lastEventId };
      const response = await fetch("/api/events", {
        headers: { ...authority(), Accept: "text/event-stream", ...resume },
        cache: "no-store",
        signal,
      });
      if (!response.ok) throw await refusalOf(response);
      return response;
    },
  };
}

/** ICE servers out of a `Link` header (RFC 9725, section 4.6). PURE. */
export function parseIceServers(header) {
  const links = (header ?? "").matchAll(/<([^>]+)>((?:\s*;\s*[\w-]+=(?:"[^"]*"|[^",;\s]+))*)/g);
  const servers = [];
  for (const [, urls, text] of links) {
    const parts = [...text.matchAll(/([\w-]+)=(?:"([^"]*)"|([^",;\s]+))/g)];
    const fields = Object.fromEntries(parts.map(([, name, quoted, bare]) => [name, quoted ?? bare]));
    if (fields.rel !== "ice-server") continue;
    const { username, credential } = fields;
    servers.push(username ? { urls, username, credential } : { urls });
  }
  return servers;
}
