// The events of a queue in each of the last seconds, kept by the page. The server sends totals, and the events of a
// second are the difference of two totals. The server sends nothing while nothing changes. So a second without a message
// is a second without an event.

export const span = 180;

/** The seconds that count as "now" on the page: few enough to show a rush early, enough to read a number. */
const few = 5;

const nothing = { came: 0, ran: 0, refused: 0, late: 0, left: 0 };

export class History {
  #seconds = new Map();
  #last = null;

  /** Starts again after a lost connection, because the next difference cannot be assigned to a second. */
  interrupt() { this.#last = null; }

  add(now, queue) {
    const second = Math.floor(now / 1000);
    const totals = { came: queue.totals.arrived, ran: queue.totals.ran, left: queue.totals.abandoned, late: queue.totals.rejectedByReason.wait_timeout ?? 0 };
    totals.refused = queue.totals.rejected - totals.late;
    const entry = this.#seconds.get(second) ?? { ...nothing };
    if (this.#last)
      for (const key of Object.keys(totals)) entry[key] += Math.max(0, totals[key] - this.#last[key]);
    entry.waiting = Math.max(queue.waiting, entry.waiting ?? 0);
    entry.running = Math.max(queue.running, entry.running ?? 0);
    entry.wait = Math.max(queue.longestWaitSeconds, entry.wait ?? 0);
    entry.now = { waiting: queue.waiting, running: queue.running, wait: queue.longestWaitSeconds };
    this.#seconds.set(second, entry);
    this.#last = totals;
    for (const old of this.#seconds.keys()) if (old < second - span - 1) this.#seconds.delete(old);
  }

  /** The last seconds up to now, oldest first; null for seconds before the page was opened. */
  read(now) {
    const end = Math.floor(now / 1000);
    const read = [];
    let level = null;
    for (const [second, entry] of this.#seconds) if (second <= end - span) level = entry.now;
    for (let second = end - span + 1; second <= end; second++) {
      const entry = this.#seconds.get(second);
      read.push(entry ?? (level && { ...nothing, ...level }));
      if (entry) level = entry.now;
    }
    return read;
  }

  /** Whether the event occurred in the last few seconds. */
  hasJust(now, key) {
    return this.read(now).slice(-few).some((second) => second?.[key] > 0);
  }

  /** The events per second, over the last few full seconds. */
  rate(now, key) {
    const seconds = this.read(now).slice(-few - 1, -1).filter(Boolean);
    return seconds.length === 0 ? 0 : seconds.reduce((sum, second) => sum + second[key], 0) / seconds.length;
  }

  /** Whether there was no event in the time that is shown. */
  isEmpty(now) {
    return this.read(now).every((second) => !second || (second.came === 0 && second.ran === 0 && second.waiting === 0 && second.running === 0));
  }

  save() { return [...this.#seconds]; }

  restore(saved) { this.#seconds = new Map(saved); }
}
