/** Server-sent events out of pieces of text (HTML Living Standard, 9.2.6). PURE. */

/**
 * A function that takes text as it arrives, cut anywhere, and calls
 * `onEvent({ type, data, id })` for each whole event; `id` is the last one seen, or null.
 */
export function createParser(onEvent) {
  let rest = "";
  let type = "";
  let data = [];
  let id = null;

  function dispatch() {
    if (data.length > 0) onEvent({ type: type || "message", data: data.join("\n"), id });
    type = "";
    data = [];
  }

  function line(text) {
    if (text === "") return dispatch();
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") type = value;
    else if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
  }

  return function push(text) {
    rest += text;
    // A carriage return at the very end may be the first half of CRLF: leave it for later.
    const ends = /\r\n|\n|\r(?!$)/g;
    let from = 0;
    for (let end = ends.exec(rest); end !== null; end = ends.exec(rest)) {
      line(rest.slice(from, end.index));
      from = ends.lastIndex;
    }
    rest = rest.slice(from);
  };
}
