/**
 * libvirt's `.replies`: commands and responses in turn. What the file leaves out is put back where it can
 * be known: the greeting, from the response to query-version, since every client waits for one.
 */
import { fromPlain, isNumber, isObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { printJson, printQmp } from '../../json/print.js';
import { type ImportedSession, ImportedTraffic, type ImportTarget } from '../import.js';
import type { ValueReader } from './value-stream.js';

const encoder = new TextEncoder();

const note =
  'from a file of replies: no times, no events; bytes as libvirt writes commands and QEMU responses; the greeting is made from the response to query-version';

/** query-version is among the first commands that libvirt asks; a session without it gets no greeting. */
const maximumHeld = 64;

export class RepliesReader implements ValueReader {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  #session: ImportedSession | undefined;
  /** Until the greeting is known. */
  #held: { dir: 'c2s' | 's2c'; text: string }[] | undefined;
  /** From the last response to query-version: all sessions of a file are of one QEMU. */
  #version: JsonObject | undefined;
  #command: { name: string; line: number; id: JsonValue | undefined } | undefined;

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#traffic = new ImportedTraffic(target);
  }

  end(): void {
    this.#close();
  }

  take(value: JsonObject, line: number): void {
    const execute = value.get('execute') ?? value.get('exec-oob');
    if (typeof execute === 'string') this.#takeCommand(execute, value, line);
    else if (value.has('return') || value.has('error')) this.#takeResponse(value, line);
    else this.#target.skip(line, 'neither a command nor a response');
  }

  #takeCommand(name: string, value: JsonObject, line: number): void {
    this.#reportUnanswered();
    // libvirt may ask twice in one file; each time begins like this.
    if (name === 'qmp_capabilities' || value.get('id') === 'libvirt-1') this.#close();
    this.#command = { name, line, id: value.get('id') };
    this.#say('c2s', `${printJson(value)}\r\n`);
  }

  #takeResponse(value: JsonObject, line: number): void {
    const command = this.#command;
    if (command === undefined) {
      this.#target.skip(line, 'a response without the command before it');
      return;
    }
    this.#command = undefined;
    this.#say('s2c', `${printQmp(withId(value, command.id))}\r\n`);
    const version = value.get('return');
    if (command.name !== 'query-version' || !isObject(version)) return;
    this.#version = version;
    this.#release();
  }

  #say(dir: 'c2s' | 's2c', text: string): void {
    if (this.#session === undefined) {
      this.#session = this.#traffic.open({ dialect: 'qmp', started: undefined, note });
      this.#held = [];
    }
    if (this.#held === undefined) this.#session.say(dir, undefined, encoder.encode(text));
    else if (this.#held.push({ dir, text }) >= maximumHeld) this.#release();
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined || this.#session === undefined) return;
    const greeting = this.#version === undefined ? undefined : greetingOf(this.#version);
    for (const { dir, text } of greeting === undefined ? held : [greeting, ...held]) {
      this.#session.say(dir, undefined, encoder.encode(text));
    }
  }

  #reportUnanswered(): void {
    if (this.#command) this.#target.skip(this.#command.line, `${this.#command.name} has no response`);
    this.#command = undefined;
  }

  #close(): void {
    this.#reportUnanswered();
    this.#release();
    this.#session?.close(undefined, 'client-closed');
    this.#session = undefined;
  }
}

/** In this format a response answers the command before it, whatever its id: libvirt's tests ignore ids. */
function withId(response: JsonObject, id: JsonValue | undefined): JsonObject {
  if (!response.has('id') && id === undefined) return response;
  const members = new Map(response);
  if (id === undefined) members.delete('id');
  else if (members.has('id')) members.set('id', id);
  return members;
}

/** The greeting of a QEMU of this version; out-of-band commands since 2.12. */
function greetingOf(version: JsonObject): { dir: 's2c'; text: string } {
  const qemu = version.get('qemu');
  const [major, minor] = ['major', 'minor'].map((name) => {
    const part = isObject(qemu) ? qemu.get(name) : undefined;
    return isNumber(part) ? Number(part.text) : 0;
  });
  const oob = (major ?? 0) * 100 + (minor ?? 0) >= 300;
  const greeting = fromPlain({ QMP: { version, capabilities: oob ? ['oob'] : [] } });
  return { dir: 's2c', text: `${printQmp(greeting)}\r\n` };
}
