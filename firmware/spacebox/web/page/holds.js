/** Who holds which button: a button is down while anything holds it. PURE. */

/**
 * `push(by, button)` and `release(by)`, or `release()` for all; `onChange(button, down)` is called
 * for the first that pushes a button and the last that lets it go.
 */
export function createHolds(onChange) {
  const held = new Map();
  const isDown = (button) => [...held.values()].includes(button);

  function push(by, button) {
    if (held.has(by)) return;
    const before = isDown(button);
    held.set(by, button);
    if (!before) onChange(button, true);
  }

  function release(by) {
    for (const each of by === undefined ? [...held.keys()] : [by]) {
      const button = held.get(each);
      if (held.delete(each) && !isDown(button)) onChange(button, false);
    }
  }

  return { push, release };
}
