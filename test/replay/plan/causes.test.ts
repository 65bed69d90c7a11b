import { describe, expect, test } from 'vitest';
import { causesOf, isAnswer } from '../../../src/replay/plan/causes.js';
import { greeting, planned } from '../playbook.js';

const ok = '<- {"return": {}}';

/** By the number of the event among all: the place that causes it. */
function causes(script: string, options?: Parameters<typeof planned>[1]): [number, number][] {
  return [...causesOf(planned(script, options)).causeOf];
}

describe('an event is caused', () => {
  test('by the answer to the command that names the same thing, never by a question', () => {
    expect(
      causes(`
        <- ${greeting}
        -> {"execute":"qmp_capabilities"}
        ${ok}
        -> {"execute":"device_del","arguments":{"id":"net1"}}
        ${ok}
        -> {"execute":"cont"}
        ${ok}
        -> {"execute":"query-pci"}
        <- {"return": []}
        <- {"event": "DEVICE_DELETED", "data": {"device": "net1", "path": "/machine/peripheral/net1"}}
      `),
    ).toEqual([[9, 4]]);
  });

  test('by the command itself where it comes before the answer', () => {
    expect(causes(`-> {"execute":"stop"}\n<- {"event": "STOP"}\n${ok}`)).toEqual([[1, 0]]);
  });

  test('by an earlier event of the same job', () => {
    const status = (text: string) =>
      `<- {"event": "JOB_STATUS_CHANGE", "data": {"status": "${text}", "id": "copy"}}`;
    expect(
      causes(`
        -> {"execute":"blockdev-mirror","arguments":{"job-id":"copy","device":"a","target":"b","sync":"full"}}
        ${status('created')}
        ${ok}
        -> {"execute":"device_add","arguments":{"id":"other"}}
        ${ok}
        -> {"execute":"query-jobs"}
        <- {"return": []}
        ${status('ready')}
      `),
    ).toEqual([
      [1, 0],
      [7, 1],
    ]);
  });

  test('by the command of its family where it names nothing', () => {
    expect(
      causes(`
        -> {"execute":"migrate","arguments":{"uri":"exec:cat"}}
        ${ok}
        -> {"execute":"device_add","arguments":{"id":"other"}}
        ${ok}
        <- {"event": "MIGRATION", "data": {"status": "active"}}
      `),
    ).toEqual([[4, 1]]);
  });

  test('by the last change before it where nothing is known, and not by one that was refused', () => {
    expect(
      causes(`
        -> {"execute":"cont"}
        ${ok}
        -> {"execute":"device_add","arguments":{"id":"x"}}
        <- {"error": {"class": "GenericError", "desc": "no"}}
        <- {"event": "RTC_CHANGE", "data": {"offset": 1}}
      `),
    ).toEqual([[4, 1]]);
  });

  test('by the connect where nothing was before', () => {
    expect(causes('<- {"event": "RESUME"}')).toEqual([[0, -1]]);
  });

  test('in actions of a transaction', () => {
    expect(
      causes(`
        -> {"execute":"transaction","arguments":{"actions":[{"type":"blockdev-backup","data":{"job-id":"b1"}}]}}
        ${ok}
        -> {"execute":"stop"}
        ${ok}
        <- {"event": "BLOCK_JOB_COMPLETED", "data": {"device": "b1"}}
      `),
    ).toEqual([[4, 1]]);
  });
});

test('the end of a server is caused by the last change', () => {
  const script = `
    -> {"execute":"quit"}
    ${ok}
    <- {"event": "SHUTDOWN", "data": {"guest": false}}
    -> {"execute":"query-status"}
  `;
  expect(causes(script, { end: 'server-closed' })).toEqual([
    [2, 1],
    [4, 2],
  ]);
  expect(causes(script, { end: 'client-closed' })).toEqual([[2, 1]]);
});

test('changes are events, and commands that were not refused', () => {
  const plan = planned(`
    -> {"execute":"query-status"}
    <- {"return": {}}
    -> {"execute":"cont"}
    <- {"error": {"class": "GenericError", "desc": "no"}}
    -> {"execute":"stop"}
    <- {"event": "STOP"}
    ${ok}
  `);
  expect(causesOf(plan).changes).toEqual([4, 5]);
  expect([0, 1, 5, 6, 9].map((place) => isAnswer(plan.steps, place))).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
});
