import { describe, expect, test } from 'vitest';
import { ASKED_MS, watchItem } from '../../testkit/watch-items.ts';
import type { WatchItem } from './item.ts';
import { initialState, type State } from './state.ts';
import { type Action, type Effect, update } from './update.ts';

const [one, two, three] = [watchItem(1), watchItem(2), watchItem(3)];

/** A watch that a test drives; time goes on only where it says so. */
function watching(...items: WatchItem[]) {
  let state: State = initialState({ columns: 80, rows: 24 }, ASKED_MS);
  let nowMs = ASKED_MS;
  const effects: Effect[] = [];
  const act = (action: Action): void => {
    const next = update(state, action, nowMs);
    ({ state } = next);
    if (next.effect) effects.push(next.effect);
  };
  act({ type: 'items', items });
  return {
    act,
    effects,
    state: () => state,
    later: (ms: number) => (nowMs += ms),
    /** Presses keys one after the other, at once. */
    press: (...names: string[]) => {
      for (const name of names) {
        act({ type: 'key', key: name.length === 1 ? { name, text: name } : { name } });
      }
    },
  };
}

const approve = (id: string, reason?: string): Effect => ({ type: 'decide', id, saying: 'approve', reason });

describe('approving', () => {
  test('takes two steps: a, then enter', () => {
    const watch = watching(one, two);
    watch.later(500);
    watch.press('a');
    expect(watch.effects).toEqual([]);
    watch.press('return');
    expect(watch.effects).toEqual([approve(one.approval_id)]);
  });

  test.each(['j', 'escape', 'a', 'space', 'q'])('any other key than enter (%s) sends nothing', (key) => {
    const watch = watching(one);
    watch.later(500);
    watch.press('a', key, 'return');
    expect(watch.effects).toEqual([]);
  });

  test('takes no key within 500 ms of an item appearing', () => {
    const watch = watching(one);
    watch.later(499);
    watch.press('a', 'return');
    expect(watch.effects).toEqual([]);
    expect(watch.state().prompt).toBeUndefined();
    watch.later(500);
    watch.press('escape', 'a', 'return');
    expect(watch.effects).toEqual([approve(one.approval_id)]);
  });

  test('who types ahead presses nothing else with it: keys count again once none came for 500 ms', () => {
    const watch = watching(one);
    watch.later(400);
    watch.press('a', 'o', 'r', 'd', 'e', 'r', 'return');
    watch.later(499);
    watch.press('d', 'x', 'return');
    expect([watch.effects, watch.state().prompt]).toEqual([[], undefined]);
    watch.later(500);
    watch.press('d', 'x', 'return');
    expect(watch.effects).toMatchObject([{ saying: 'deny', reason: 'x' }]);
  });

  test('takes no key within 500 ms of the cursor moving on', () => {
    const watch = watching(one, two);
    watch.later(500);
    watch.press('j', 'a', 'return');
    expect(watch.effects).toEqual([]);
  });

  test('an item that comes in above does not slip under the cursor', () => {
    const watch = watching(two);
    watch.later(500);
    watch.act({ type: 'changed', item: one });
    watch.press('a', 'return');
    expect(watch.effects).toEqual([approve(two.approval_id)]);
  });

  test('an item that another one decides stays under the cursor, so that no key meets the next one', () => {
    const watch = watching(one, two);
    watch.later(500);
    watch.press('a');
    watch.act({ type: 'changed', item: { ...one, status: 'denied', decided_by: 'bob' } });
    watch.press('return', 'escape', 'a', 'return');
    expect(watch.effects).toEqual([]);
    expect(watch.state().cursor).toBe(one.approval_id);
    watch.press('escape', 'j', 'k');
    expect(watch.state().items).toEqual([two]);
  });

  test('what a lost connection hid is not approved after it', () => {
    const watch = watching(one, two);
    watch.later(500);
    watch.press('a');
    watch.act({ type: 'items', items: [two] });
    watch.press('return', 'escape', 'a', 'return');
    expect(watch.effects).toEqual([]);
  });

  test('with a rule that wants to know why asks why, and takes nothing for it', () => {
    const watch = watching(watchItem(1, { terms: { require_reason: true } }));
    watch.later(500);
    watch.press('a', 'space', 'return');
    expect(watch.effects).toEqual([]);
    watch.press('o', 'k', 'return');
    expect(watch.effects).toEqual([approve(one.approval_id, 'ok')]);
  });
});

describe('denying', () => {
  test('asks why, takes letters as letters, and sends it', () => {
    const watch = watching(one);
    watch.press('d', 'q', 'a', 'x', 'backspace', 'j', 'return');
    expect(watch.effects).toEqual([{ type: 'decide', id: one.approval_id, saying: 'deny', reason: 'qaj' }]);
  });

  test('needs no reason where the rule wants none', () => {
    const watch = watching(one);
    watch.press('d', 'return');
    expect(watch.effects).toMatchObject([{ saying: 'deny', reason: undefined }]);
  });

  test('is left with escape', () => {
    const watch = watching(one);
    watch.press('d', 'x', 'escape', 'return');
    expect(watch.effects).toEqual([]);
  });
});

describe('a decision on its way', () => {
  test('is not sent twice, and its answer is shown', () => {
    const watch = watching(one, two);
    watch.later(500);
    watch.press('a', 'return', 'a', 'return', 'd', 'return');
    expect(watch.effects).toHaveLength(1);
    watch.act({ type: 'answered', notice: 'approved by ada', item: { ...one, status: 'approved' } });
    expect(watch.state()).toMatchObject({ notice: 'approved by ada', prompt: undefined });
  });
});

test('the cursor moves by j and k, and stops at both ends', () => {
  const watch = watching(three, one, two);
  const at = (): string | undefined => watch.state().cursor;
  expect(at()).toBe(one.approval_id);
  watch.press('k');
  expect(at()).toBe(one.approval_id);
  watch.press('j', 'j', 'j');
  expect(at()).toBe(three.approval_id);
  watch.press('up');
  expect(at()).toBe(two.approval_id);
});

test('enter opens the whole call, which scrolls to its last line and no further', () => {
  const args = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, i]));
  const watch = watching(watchItem(1, { args }));
  watch.press('return', 'end');
  const { top } = watch.state();
  watch.press('j', 'space');
  expect(watch.state().top).toBe(top);
  watch.press('k');
  expect(watch.state().top).toBe(top - 1);
  watch.press('escape');
  expect(watch.state().screen).toBe('list');
});

test.each(['q', 'ctrl-c'])('%s quits', (key) => {
  const watch = watching();
  watch.press(key);
  expect(watch.effects).toEqual([{ type: 'quit' }]);
});

test('Ctrl-C quits also while a reason is typed, and q is a letter there', () => {
  const watch = watching(one);
  watch.press('d', 'q', 'ctrl-c');
  expect(watch.effects).toEqual([{ type: 'quit' }]);
});

describe('a code to say', () => {
  test('takes two steps as a yes does, and stands until whoever drew it has it, whatever happens meanwhile', () => {
    const watch = watching(one, two);
    watch.press('c');
    expect(watch.state()).toMatchObject({
      prompt: undefined,
      notice: expect.stringContaining('press c') as string,
    });
    watch.later(1_000);
    watch.press('c', 'return');
    expect(watch.effects).toEqual([
      { type: 'decide', id: one.approval_id, saying: 'code', reason: undefined },
    ]);
    watch.act({ type: 'drawn', id: one.approval_id, text: 'K7QF3NWT until 12:00' });
    watch.press('j', 'escape', 'a');
    watch.act({ type: 'changed', item: { ...one, status: 'approved' } });
    expect(watch.state().prompt).toMatchObject({ type: 'code', text: 'K7QF3NWT until 12:00' });
    watch.press('return');
    expect(watch.state().prompt).toBeUndefined();
    expect(watch.effects).toHaveLength(1);
  });
});
