/** Debian's Firefox as a guest. It plays into PULSE_SERVER: without a sound card its clock stands still. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const PREFERENCES = {
  "media.autoplay.default": 0,
  "media.navigator.permission.disabled": true,
  "media.navigator.streams.fake": true,
};
const PATIENCE_MS = 60_000;
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

export const launchFirefox = () =>
  puppeteer.launch({
    browser: "firefox",
    protocol: "webDriverBiDi",
    executablePath: "/usr/bin/firefox-esr",
    extraPrefsFirefox: PREFERENCES,
    protocolTimeout: PATIENCE_MS,
  });

/** The microphone is a file, over and over: Firefox's own false one is a steady tone. */
function speakFrom(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  navigator.mediaDevices.getUserMedia = async () => {
    const voice = new Audio(URL.createObjectURL(new Blob([bytes], { type: "audio/wav" })));
    voice.loop = true;
    await voice.play();
    return voice.mozCaptureStream();
  };
}

/** A page of one person: every complaint it had, and how the box answered its offers. */
export class FirefoxGuest {
  constructor(page) {
    this.page = page;
    this.complaints = [];
    this.answers = [];
    page.on("response", (response) => {
      const [method, { pathname }] = [response.request().method(), new URL(response.url())];
      if (["POST", "PATCH"].includes(method) && /^\/wh[ei]p/.test(pathname)) {
        this.answers.push(`${method} ${pathname.slice(0, 5)} ${response.status()}`);
      }
    });
    page.on("pageerror", (error) => this.complaints.push(error.stack));
    page.on("console", (message) => message.type() === "error" && this.complaints.push(message.text()));
  }

  /** Open the address; *voice* is the WAV file that the guest says. */
  static async arrive(browser, url, voice) {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const guest = new FirefoxGuest(page);
    await page.setViewport(PHONE);
    await page.evaluateOnNewDocument(speakFrom, readFileSync(voice, "base64"));
    await page.goto(url);
    await guest.is("arrive");
    return guest;
  }

  is(state) {
    return this.page.waitForSelector(`body[data-state="${state}"]`);
  }

  /** Press the button, or fill the field, of this name. */
  press(name) {
    return this.page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  }

  fill(label, text) {
    return this.page.locator(`::-p-aria([name="${label}"][role="textbox"])`).fill(text);
  }

  main() {
    return this.page.locator("#main").click();
  }

  /** Pictures at both sizes; nothing may stick out sideways. */
  async look(folder, name) {
    for (const size of [PHONE, DESK]) {
      await this.page.setViewport(size);
      await this.page.screenshot({ path: join(folder, `firefox-${name}-${size.width}.png`) });
      if (await this.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
        this.complaints.push(`${name} scrolls sideways at ${size.width} px`);
      }
    }
    await this.page.setViewport(PHONE);
  }
}
