import { describe, expect, test } from 'vitest';
import { SessionCourse } from '../../../src/inspect/stats/session-course.js';

const begun = (): SessionCourse => new SessionCourse(0, 1, 0);

describe('SessionCourse', () => {
  test('counts the time in which commands overlap once', () => {
    const course = begun();
    course.ask(1, 'a', 0);
    course.ask(2, 'b', 2);
    expect(course.answer(1, 5, 5)).toBe(true);
    expect(course.answer(2, 9, 7)).toBe(true);
    course.ask(5, 'a', 109);
    expect(course.answer(5, 114, 5)).toBe(true);
    expect(course.busyUntil(200)).toBe(9 + 5);
    expect(course.waiting.size).toBe(0);
  });

  test('counts what waits to the end of the session', () => {
    const course = begun();
    course.ask(1, 'a', 10);
    expect([...course.waiting]).toEqual([[1, { name: 'a', t: 10 }]]);
    expect(course.busyUntil(25)).toBe(15);
  });

  test('takes the latency of a response whose command was not seen', () => {
    const course = begun();
    expect(course.answer(1, 30, 10)).toBe(false);
    expect(course.answer(undefined, 35, 10)).toBe(false);
    expect(course.busyUntil(50)).toBe(15);
  });

  test('knows the silence before each message, and when the clock went backwards', () => {
    const course = begun();
    expect([50, 10, 60].map((t) => course.step(t))).toEqual([0, 0, 10]);
    expect([course.backwards, course.latest]).toEqual([1, 60]);
  });

  test('says where a message is', () => {
    expect(new SessionCourse(2, 7, 1000).place(3, 40)).toEqual({ recording: 2, session: 7, seq: 3, t: 40 });
  });
});
