/** What a page plays, measured in media time; and the box, spoken to with the host's authority. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { openSync, readSync, fstatSync, writeFileSync, closeSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { promisify } from "node:util";

const RATE = 48_000;
export const HEARD = 0.02;
export const SILENT = 0.003;
const FLAGS = [
  "--no-sandbox",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
];

export const launchOptions = (...flags) => ({ executablePath: "/usr/bin/chromium", args: [...FLAGS, ...flags] });

/** The command line, as a person would use it. */
export const cli = async (...args) => (await promisify(execFile)(process.env.SPACEBOX, args)).stdout;

/** A command by the host, over the socket: quick enough to time what follows. */
export function command(name, fields = {}) {
  const socketPath = path.join(process.env.SPACEBOX_RUNTIME, "control.sock");
  const headers = { "Content-Type": "application/json" };
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, path: "/api/commands", method: "POST", headers }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${name}: ${answer.statusCode}`))));
    });
    request.on("error", reject);
    request.end(JSON.stringify({ command: name, ...fields }));
  });
}

/**
 * A sine at −20 dBFS as a WAV file of mono, 16 bits: four beeps a second, since a browser takes a
 * steady tone for noise and removes it.
 */
export function toneFile(file, hertz, seconds) {
  const beep = (n) => (n % (RATE / 4) < RATE / 6 ? 3277 : 0);
  const samples = new Int16Array(RATE * seconds).map((_, n) => beep(n) * Math.sin((2 * Math.PI * hertz * n) / RATE));
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.byteLength, 40);
  writeFileSync(file, Buffer.concat([head, Buffer.from(samples.buffer)]));
}

/** The amplitude of *hertz* in *samples* (Goertzel's sum, by its definition). */
function amplitude(samples, hertz, rate = RATE) {
  let re = 0;
  let im = 0;
  samples.forEach((sample, n) => {
    re += sample * Math.cos((2 * Math.PI * hertz * n) / rate);
    im += sample * Math.sin((2 * Math.PI * hertz * n) / rate);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

/** The loudest of *hertz* in a growing WAV file, from second *from* on, in windows of 50 ms. */
export function loudestInFile(file, hertz, from, seconds) {
  const samples = wavSamples(file, from, seconds);
  const step = RATE / 20;
  const windows = Array.from({ length: samples.length / step }, (_, n) => samples.subarray(n * step, (n + 1) * step));
  return Math.max(...windows.map((window) => amplitude(window, hertz)));
}

function wavSamples(file, from, seconds) {
  const fd = openSync(file, "r");
  const bytes = Buffer.alloc(Math.round(seconds * RATE) * 2);
  readSync(fd, bytes, 0, bytes.length, 44 + Math.round(from * RATE) * 2);
  closeSync(fd);
  return Float32Array.from(new Int16Array(bytes.buffer), (sample) => sample / 32768);
}

export function wavSeconds(file) {
  const fd = openSync(file, "r");
  const { size } = fstatSync(fd);
  closeSync(fd);
  return (size - 44) / 2 / RATE;
}

/** An ear in a page: which looks at the last 85 ms of what plays, again and again. */
export async function openEar(page) {
  await page.waitForFunction(() => {
    const { srcObject, src } = document.querySelector("audio");
    return src || srcObject?.getAudioTracks().length;
  });
  const ear = await page.evaluateHandle(async () => {
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 4096 });
    const audio = document.querySelector("audio");
    let heard = null;
    let source = null;
    const samples = new Float32Array(analyser.fftSize);
    /** Hear what plays now: a connection's sound, or that of an address. */
    const follow = () => {
      const playing = audio.srcObject ?? audio.src;
      if (playing === heard) return;
      const stream = audio.srcObject ?? audio.captureStream();
      if (stream.getAudioTracks().length === 0) return;
      heard = playing;
      source?.disconnect();
      source = context.createMediaStreamSource(stream);
      source.connect(analyser);
    };
    const level = (hertz) => {
      follow();
      analyser.getFloatTimeDomainData(samples);
      let re = 0;
      let im = 0;
      samples.forEach((sample, n) => {
        const hann = 1 - Math.cos((2 * Math.PI * n) / samples.length);
        re += hann * sample * Math.cos((2 * Math.PI * hertz * n) / context.sampleRate);
        im += hann * sample * Math.sin((2 * Math.PI * hertz * n) / context.sampleRate);
      });
      return (2 * Math.hypot(re, im)) / samples.length;
    };
    /** The loudest of *hertz* from second *from* of the audio clock on, for *seconds*. */
    const loudest = (hertz, from, seconds, enough = Infinity) =>
      new Promise((resolve) => {
        const begin = from + samples.length / context.sampleRate;
        let most = 0;
        const look = () => {
          if (context.currentTime >= begin) most = Math.max(most, level(hertz));
          if (most > enough || context.currentTime > from + seconds) return resolve(most);
          setTimeout(look, 5);
        };
        look();
      });
    /** Keep the moments (Date.now) at which *hertz* is louder than *loud*, in a list that grows. */
    const watch = (hertz, loud) => {
      const moments = [];
      setInterval(() => level(hertz) > loud && moments.push(Date.now()), 50);
      return moments;
    };
    return { now: () => context.currentTime, loudest, watch };
  });
  const now = () => ear.evaluate((e) => e.now());
  const loudest = (...args) => ear.evaluate((e, list) => e.loudest(...list), args);
  return {
    now,
    /** The loudest of *hertz* during *seconds* of media, from *from* or from now on. */
    loudest: async (hertz, seconds, from) => loudest(hertz, from ?? (await now()), seconds),
    /** Listen for *hertz* from now on; gives a function that tells when it was heard (Date.now). */
    watch: async (hertz) => {
      const moments = await ear.evaluateHandle((e, list) => e.watch(...list), [hertz, HEARD]);
      return () => moments.jsonValue();
    },
    /** Wait until *hertz* is heard. */
    hears: async (hertz) => assert.ok((await loudest(hertz, await now(), 20, HEARD)) > HEARD, `${hertz} Hz is not heard`),
  };
}
