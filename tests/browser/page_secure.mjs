/** One's way from http to https: what goes along in the address, and whose device this is. A part of page_logic.test.mjs. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { load } from "./page_sample.mjs";

const { createSeat } = await load("seat.js");
const { deviceOf } = await load("trust/trust.js");

/** A browser's storage. */
function store() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

describe("a seat in the address", () => {
  /** A tab that opens this address, with nothing of an earlier visit unless it is given. */
  function arrive(href, { session = store(), local = store() } = {}) {
    const state = { href };
    globalThis.location = {
      get href() {
        return state.href;
      },
      get pathname() {
        return new URL(state.href).pathname;
      },
    };
    globalThis.history = { state: null, replaceState: (_, __, url) => (state.href = String(url)) };
    Object.assign(globalThis, { sessionStorage: session, localStorage: local });
    return { seat: createSeat(), shown: () => state.href, session, local };
  }

  const storages = ["sessionStorage", "localStorage"];
  let before;
  beforeEach(() => (before = storages.map((name) => Object.getOwnPropertyDescriptor(globalThis, name))));
  beforeEach(() => storages.forEach((name) => Object.defineProperty(globalThis, name, { value: null, writable: true, configurable: true })));
  afterEach(() => {
    storages.forEach((name, n) => before[n] ? Object.defineProperty(globalThis, name, before[n]) : delete globalThis[name]);
    delete globalThis.location;
    delete globalThis.history;
  });

  it("goes from one address of the box to another, with its name, and out of the address bar", () => {
    const { seat } = arrive("http://192.0.2.2:8080/s/ABCDE");
    seat.token = "t+/=";
    seat.name = "Ana & Tomás";
    const secure = seat.carried("https://192.0.2.2:8443");
    assert.ok(secure.startsWith("https://192.0.2.2:8443/s/ABCDE#"), secure);
    const there = arrive(secure);
    assert.deepEqual([there.seat.token, there.seat.name], ["t+/=", "Ana & Tomás"]);
    assert.equal(there.shown(), "https://192.0.2.2:8443/s/ABCDE");
    const again = arrive(there.shown(), there);
    assert.equal(again.seat.token, "t+/=", "a reload keeps it");
  });

  it("takes an invitation along that is not used yet", () => {
    const { seat } = arrive("http://192.0.2.2:8080/s/ABCDE#invite=i");
    assert.equal(arrive(seat.carried("https://192.0.2.2:8443")).seat.invitation, "i");
  });

  it("does not take the place of a seat that the tab has", () => {
    const own = arrive("https://192.0.2.2:8443/");
    own.seat.token = "mine";
    assert.equal(arrive("https://192.0.2.2:8443/#seat=theirs", own).seat.token, "mine");
  });

  it("is nothing where there is none", () => {
    const { seat, shown } = arrive("http://192.0.2.2:8080/");
    assert.deepEqual([seat.token, seat.invitation, seat.name], [null, null, ""]);
    assert.equal(seat.carried("https://192.0.2.2:8443"), "https://192.0.2.2:8443/#");
    assert.equal(shown(), "http://192.0.2.2:8080/");
  });
});

describe("the device to lead through trust", () => {
  for (const [name, device, browser] of [
    ["an iPhone", "apple", { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1" }],
    ["an iPad that says it is a Mac", "apple", { userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1", maxTouchPoints: 5 }],
    ["a Mac", "mac", { userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1", maxTouchPoints: 0 }],
    ["Firefox on a Mac", "firefox", { userAgent: "Mozilla/5.0 (Macintosh; rv:150.0) Gecko/20100101 Firefox/150.0" }],
    ["Firefox on a phone", "android", { userAgent: "Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0" }],
    ["Windows", "windows", { userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156.0" }],
    ["anything else", "linux", { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0" }],
  ]) {
    it(`${name}: ${device}`, () => assert.equal(deviceOf(browser), device));
  }
});
