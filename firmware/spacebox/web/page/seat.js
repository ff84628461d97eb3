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

  const brought = takeFromAddress();
  let token = kept("sessionStorage", TOKEN) ?? brought.seat;
  let invitation = brought.invite ?? kept("sessionStorage", INVITATION);
  let name = kept("localStorage", NAME) ?? brought.name ?? "";
  keep("sessionStorage", INVITATION, invitation);
  keep("sessionStorage", TOKEN, token);

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
    /** This page at another address of the box, where one has the same seat, invitation and name. */
    carried(address) {
      const held = [["seat", token], ["invite", invitation], ["name", name]].filter(([, value]) => value);
      return `${address}${location.pathname}#${new URLSearchParams(held)}`;
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

/** What `carried` and invitations put into the address; it is taken out of the address bar at once. */
function takeFromAddress() {
  const here = new URL(location.href);
  const hash = new URLSearchParams(here.hash.slice(1));
  const invite = here.searchParams.get("invite") ?? hash.get("invite");
  const seat = hash.get("seat");
  if (invite !== null || seat !== null) {
    here.searchParams.delete("invite");
    here.hash = "";
    history.replaceState(history.state, "", here);
  }
  return { invite, seat, name: hash.get("name") };
}
