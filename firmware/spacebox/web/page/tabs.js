/** One tab of a browser is live at a time; the others say so. */

/**
 * `onTaken(taken)`: whether another tab has the Space now. `claim()` takes it for this one.
 */
export function createTabs(onTaken) {
  const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
  let live = false;
  let holder = null;
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("spacebox") : null;
  const post = (word) => channel?.postMessage({ word, from: me });

  function taken(by) {
    const before = holder;
    holder = by;
    if ((before === null) !== (by === null)) onTaken(by !== null);
  }

  channel?.addEventListener("message", ({ data: { word, from } }) => {
    if (word === "hello" && live) post("live");
    if (word === "live" && !live) taken(from);
    if (word === "claim") {
      live = false;
      taken(from);
    }
    if (word === "bye" && from === holder) taken(null);
  });
  post("hello");

  return {
    claim() {
      live = true;
      holder = null;
      post("claim");
    },
    release() {
      if (live) post("bye");
      live = false;
    },
  };
}
