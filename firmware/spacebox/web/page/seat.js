/** One's seat in the room: the token of this tab, and the invitation one came with. */

const TOKEN = "spacebox.token";
const INVITATION = "spacebox.invitation";
const NAME = "spacebox.name";

/** Storage may be forbidden or full: then the seat lives as long as the page. */
function attempt(action) {
  try {
    return action();
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/**
 * The token lives in `sessionStorage`, so two tabs can be two people and a reload keeps the seat;
 * a tab without one goes by the cookie that the browser sends. The name is remembered for next time.
 */
export function createSeat() {
  const keep = (store, key, value) =>
    attempt(() => (value === null ? globalThis[store].removeItem(key) : globalThis[store].setItem(key, value)));
  const kept = (store, key) => attempt(() => globalThis[store].getItem(key));

  let token = kept("sessionStorage", TOKEN);
  let invitation = takeInvitation() ?? kept("sessionStorage", INVITATION);
  let name = kept("localStorage", NAME) ?? "";
  keep("sessionStorage", INVITATION, invitation);

  return {
    get token() {
      return token;
    },
    set token(value) {
      token = value;
      keep("sessionStorage", TOKEN, value);
    },
    /** The invitation's token until it is used, else null. */
    get invitation() {
      return invitation;
    },
    invitationUsed() {
      invitation = null;
      keep("sessionStorage", INVITATION, null);
    },
    get name() {
      return name;
    },
    set name(value) {
      name = value;
      keep("localStorage", NAME, value);
    },
  };
}

/** The invitation in the address, which is taken out of the address bar at once. */
function takeInvitation() {
  const here = new URL(location.href);
  const hash = new URLSearchParams(here.hash.slice(1));
  const found = here.searchParams.get("invite") ?? hash.get("invite");
  if (found === null) return null;
  here.searchParams.delete("invite");
  here.hash = "";
  history.replaceState(history.state, "", here);
  return found;
}
