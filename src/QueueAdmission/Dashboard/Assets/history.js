// The events of a queue in each of the last seconds. The server keeps them too, and the page requests them when it
// connects. Then the page counts the events: the server sends totals, and the events of a second are the difference of
// two totals. The server sends nothing while nothing changes, so a second without a message is a second without an
// event.

export const span = 300;

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
    const reasons = queue.totals.rejectedByReason;
    const totals = {
      came: queue.totals.arrived,
      ran: queue.totals.ran,
      left: queue.totals.abandoned,
      late: reasons.wait_timeout ?? 0,
    };
    totals.refused = queue.totals.rejected - totals.late;
    const entry = this.#seconds.get(second) ?? { ...nothing, reasons: {} };
    if (this.#last) {
      for (const key of Object.keys(totals)) entry[key] += Math.max(0, totals[key] - this.#last.totals[key]);
      for (const [name, number] of Object.entries(reasons)) {
        const more = number - (this.#last.reasons[name] ?? 0);
        if (more > 0) entry.reasons[name] = (entry.reasons[name] ?? 0) + more;
      }
    }
    entry.waiting = Math.max(queue.waiting, entry.waiting ?? 0);
    entry.running = Math.max(queue.running, entry.running ?? 0);
    entry.wait = Math.max(queue.longestWaitSeconds, entry.wait ?? 0);
    entry.now = { waiting: queue.waiting, running: queue.running, wait: queue.longestWaitSeconds };
    this.#seconds.set(second, entry);
    this.#last = { totals, reasons };
    for (const old of this.#seconds.keys()) if (old < second - span - 1) this.#seconds.delete(old);
  }

  /** Adds the seconds that the server kept. If page and server both know a second, the larger numbers apply. */
  merge(kept) {
    kept.seconds.forEach((second, i) => {
      const reasons = Object.fromEntries(Object.entries(kept.rejected)
        .map(([name, numbers]) => [name, numbers[i]])
        .filter(([, number]) => number > 0));
      const late = reasons.wait_timeout ?? 0;
      const now = { waiting: kept.waiting[i], running: kept.running[i], wait: kept.longestWaitSeconds[i] };
      const theirs = { came: kept.arrived[i], ran: kept.ran[i], left: kept.abandoned[i], late, ...now,
        refused: Object.values(reasons).reduce((sum, number) => sum + number, 0) - late };
      const ours = this.#seconds.get(second);
      const entry = { reasons: { ...reasons }, now: ours?.now ?? now };
      for (const key of Object.keys(theirs)) entry[key] = Math.max(theirs[key], ours?.[key] ?? 0);
      for (const [name, number] of Object.entries(ours?.reasons ?? {}))
        entry.reasons[name] = Math.max(number, reasons[name] ?? 0);
      this.#seconds.set(second, entry);
    });
    this.#seconds = new Map([...this.#seconds].sort(([one], [other]) => one - other));
  }

  /** Returns the last seconds up to now, oldest first. The entry of an unknown second is null. */
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

  /** The refusals of the last minute by reason, the most frequent first. */
  refusals(now) {
    const sums = {};
    for (const second of this.read(now).slice(-60))
      for (const [name, number] of Object.entries(second?.reasons ?? {})) sums[name] = (sums[name] ?? 0) + number;
    return Object.entries(sums).sort(([, one], [, other]) => other - one);
  }

  /** The events per second, over the last few full seconds. */
  rate(now, key) {
    const seconds = this.read(now).slice(-few - 1, -1).filter(Boolean);
    return seconds.length === 0 ? 0 : seconds.reduce((sum, second) => sum + second[key], 0) / seconds.length;
  }

  /** Whether there was no event in the time that is shown. */
  isEmpty(now) {
    return this.read(now).every((second) =>
      !second || (second.came === 0 && second.ran === 0 && second.waiting === 0 && second.running === 0));
  }
}
