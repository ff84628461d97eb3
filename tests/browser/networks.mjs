/** A home of netns.py under test: what befalls its network, and two guests in it who hear and speak. */

import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { command, HEARD, launchOptions, loudestInFile, openEar, toneFile, wavSeconds } from "./ear.mjs";

const URL = process.env.SPACEBOX_URL;
const SPEAKER_FILE = process.env.SPEAKER_FILE;
const SCRATCH = process.env.SCRATCH;
const PHONE = { width: 390, height: 844 };
const BOX_HZ = 440;
const WINDOW_S = 0.1;
const STEADY_S = 2;
const LULL_S = 0.5;
const PATIENCE_S = 30;

export const rest = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const run = promisify(execFile);
const ip = (namespace, words) => run("ip", ["-n", namespace, ...words.split(" ")]);

/** The network of a home, whose names are the fields of netns.py's Home. */
export class Network {
  constructor(home) {
    this.home = home;
  }

  /** The guest's own interface goes down, which the system tells the browser. */
  async lose() {
    await ip(this.home.guest, "link set wlan0 down");
  }

  async regain() {
    await ip(this.home.guest, "link set wlan0 up");
    await this.#route();
  }

  /** The router's line goes down, of which nobody tells the browser. */
  async loseBehind() {
    await ip(this.home.router, "link set street down");
  }

  async regainBehind() {
    await ip(this.home.router, "link set street up");
  }

  /** The guest gets another address. */
  async move() {
    const [old, fresh] = this.home.inside;
    await ip(this.home.guest, `addr del ${old}/24 dev wlan0`);
    await ip(this.home.guest, `addr add ${fresh}/24 dev wlan0`);
    await this.#route();
  }

  /** The router gets another address: its mappings are forgotten, and the guest knows nothing. */
  async moveBehind() {
    const { router, outside, moved } = this.home;
    await ip(router, `addr del ${outside}/24 dev street`);
    await ip(router, `addr add ${moved}/24 dev street`);
  }

  #route() {
    return ip(this.home.guest, `route add default via ${this.home.gateway}`);
  }
}

/** When it began that there was no lull any more: the first of *moments*, or null if that is not yet sure. */
function begun(moments, lull, steady) {
  const first = moments.findLastIndex((moment, n) => n === 0 || moment - moments[n - 1] > lull);
  return first >= 0 && moments.at(-1) - moments[first] >= steady ? moments[first] : null;
}

/** The longest time between two of *moments*, or between them and the ends. */
const longest = (moments, from, to) =>
  Math.max(...[...moments, to].map((moment, n) => moment - (n === 0 ? from : moments[n - 1])));

/** How long it took from *since* until `look` gave moments that go on steadily. */
async function again(since, look) {
  for (const end = performance.now() + PATIENCE_S * 1000; performance.now() < end; await rest(0.2)) {
    const moment = begun(await look(), LULL_S, STEADY_S);
    if (moment !== null) return moment - since;
  }
  return Infinity;
}

/** One who listens on `page`; times are in seconds of the browser's clock. */
class Listener {
  #heard;

  constructor(page, heard) {
    this.page = page;
    this.#heard = heard;
  }

  now() {
    return this.page.evaluate(() => Date.now() / 1000);
  }

  /** How long it took from *since* until they hear the box again. */
  again(since) {
    return again(since, () => this.#moments(since));
  }

  /** The longest silence from *since* to *until*. */
  async silence(since, until) {
    return longest((await this.#moments(since)).filter((moment) => moment < until), since, until);
  }

  async #moments(since) {
    return (await this.#heard()).map((moment) => moment / 1000).filter((moment) => moment >= since);
  }
}

/** One who speaks on `page` with a tone of *hertz*; times are in seconds of what the box's speaker plays. */
class Speaker {
  #hertz;

  constructor(page, hertz) {
    this.page = page;
    this.#hertz = hertz;
  }

  now() {
    return wavSeconds(SPEAKER_FILE);
  }

  /** How long it took from *since* until they are heard again; they unmute as soon as they may. */
  again(since) {
    return again(since, async () => {
      if ((await state(this.page)) === "stage-muted") await this.page.getByRole("button", { name: /Unmute/ }).click();
      return this.#moments(since, this.now());
    });
  }

  /** The longest time from *since* to *until* in which they were not heard. */
  silence(since, until) {
    return longest(this.#moments(since, until), since, until);
  }

  #moments(since, until) {
    const windows = Array.from({ length: Math.floor((until - since) / WINDOW_S) }, (_, n) => since + n * WINDOW_S);
    return windows.filter((at) => loudestInFile(SPEAKER_FILE, this.#hertz, at, WINDOW_S) > HEARD);
  }
}

const is = (page, wanted) => page.waitForFunction((name) => document.body.dataset.state === name, wanted);
const state = (page) => page.evaluate(() => document.body.dataset.state);

/** Whom the box takes the page for. A socket from before an outage may fail first. */
export const seat = (page) =>
  page.evaluate(async () => {
    const ask = () => fetch("/api/space").catch(ask);
    return (await (await ask()).json()).you?.participant ?? null;
  });

/** The offers that a page makes from now on, in a list that grows. */
export function offers(page) {
  const made = [];
  page.on("request", (request) => request.method() === "POST" && /\/wh[ei]p$/.test(request.url()) && made.push(request.url()));
  return made;
}

/** The states that the page has been in from now on. */
export async function states(page) {
  const seen = await page.evaluateHandle(() => {
    const list = [document.body.dataset.state];
    new MutationObserver(() => list.push(document.body.dataset.state)).observe(document.body, { attributeFilter: ["data-state"] });
    return list;
  });
  return () => seen.jsonValue();
}

/** A browser in a home, in which one listens and another speaks with a tone of *hertz*. */
export class Household {
  static async of(home, hertz) {
    const tone = path.join(SCRATCH, `${hertz}.wav`);
    toneFile(tone, hertz, 10);
    const program = path.join(SCRATCH, `chromium-${hertz}`);
    writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${home.guest} /usr/bin/chromium "$@"\n`);
    chmodSync(program, 0o755);
    const browser = await chromium.launch({
      ...launchOptions(`--use-file-for-fake-audio-capture=${tone}`, `--unsafely-treat-insecure-origin-as-secure=${URL}`),
      executablePath: program,
    });
    return new Household(home, browser, hertz);
  }

  constructor(home, browser, hertz) {
    this.network = new Network(home);
    this.browser = browser;
    this.hertz = hertz;
  }

  async listener() {
    const page = await this.#arrive();
    const ear = await openEar(page);
    const heard = await ear.watch(BOX_HZ);
    await ear.hears(BOX_HZ);
    return new Listener(page, heard);
  }

  /** Somebody of this name, on stage, on air and heard. */
  async speaker(name) {
    const page = await this.#arrive();
    await page.getByRole("button", { name: "Ask to speak" }).click();
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await is(page, "waiting");
    await command("Approve", { participant: await seat(page) });
    await page.getByRole("button", { name: "Go up" }).click();
    await is(page, "stage-muted");
    const speaker = new Speaker(page, this.hertz);
    await speaker.again(speaker.now());
    return speaker;
  }

  async #arrive() {
    const context = await this.browser.newContext({ reducedMotion: "reduce", viewport: PHONE });
    const page = await context.newPage();
    await page.goto(URL);
    await page.getByRole("button", { name: "Listen" }).click();
    await is(page, "listening");
    return page;
  }
}
