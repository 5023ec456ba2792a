// The deferred jobs: the backlog of each queue, the state of their store, and the dead letters.

import { confirming } from "./confirm.js";
import { element, onChange, say } from "./dom.js";
import { clock, count, duration, perSecond, things } from "./words.js";

/** The minimum time between two requests for the list, in milliseconds. */
const minBetween = 2000;

export class DeferredBlock {
  #outage = element("p", { className: "notice", role: "alert", hidden: true });
  #queues = element("div", { className: "deferred-queues" });
  #oldest = [];
  #letters;

  constructor(steering) {
    this.#letters = new DeadLetterList(steering);
    this.element = element("section",
      { className: "card deferred", "aria-labelledby": "title-of-deferred-jobs", hidden: true },
      element("div", { className: "title" },
        element("h2", { id: "title-of-deferred-jobs" }, "Deferred jobs"),
        element("p", { className: "why" }, "The figures of the store, for all nodes together.")),
      this.#outage, this.#queues, this.#letters.element);
  }

  update = onChange((deferred) => {
    this.element.hidden = !deferred;
    this.dead = (deferred?.queues ?? []).filter((queue) => queue.dead > 0);
    if (!deferred) return;
    this.#outage.hidden = !deferred.outage;
    if (deferred.outage) say(this.#outage, unavailable(deferred.outage));
    this.#oldest = [];
    this.#queues.replaceChildren(...deferred.queues.map((queue) => this.#row(queue)));
    this.#letters.update(deferred.queues);
  });

  /** Draws the parts that change with time alone. */
  tick(now) {
    for (const [node, since] of this.#oldest)
      say(node, since ? duration(Math.max(0, (now - Date.parse(since)) / 1000)) : "–");
  }

  #row(queue) {
    const oldest = element("dd");
    this.#oldest.push([oldest, queue.oldestSince]);
    const figure = (name, key, value) => element("div", { dataset: { deferred: key } },
      element("dt", {}, name), value instanceof Node ? value : element("dd", {}, value));
    return element("div", { className: "deferred-queue", dataset: { queue: queue.queue } },
      element("h3", {}, queue.queue),
      element("dl", {},
        figure("waiting", "waiting", count(queue.waiting)),
        figure("oldest", "oldest", oldest),
        figure("running", "running", count(queue.running)),
        figure("rate", "rate", queue.ratePerSecond === null ? "–" : `${perSecond(queue.ratePerSecond)}/s`),
        figure("done", "done", count(queue.done)),
        figure("dead", "dead", count(queue.dead)),
        figure("accepted", "accepted", count(queue.accepted)),
        ...(queue.cancelled > 0 ? [figure("cancelled", "cancelled", count(queue.cancelled))] : []),
        ...(queue.discarded > 0 ? [figure("discarded", "discarded", count(queue.discarded))] : [])));
  }
}

const unavailable = ({ since, problem, message }) =>
  `The store has been unavailable since ${clock(since, true)} (${problem.replaceAll("_", " ")}): ${message} `
  + "New jobs are refused, and the figures are from before the outage.";

/** The jobs that failed for good. They are read from the store only while the list is open. */
class DeadLetterList {
  #summary = element("summary");
  #list = element("ul", { className: "letters" });
  #more = element("p", { className: "note" });
  #message = element("p", { className: "message", role: "status" });
  #rows = new Map();
  #total = 0;
  #known = "";
  #readAt = 0;
  #timer = null;

  constructor(steering) {
    this.steering = steering;
    this.element = element("details", { className: "dead-letters", hidden: true },
      this.#summary, this.#message, this.#list, this.#more);
    this.element.addEventListener("toggle", () => { if (this.element.open) this.#read(); });
  }

  update(queues) {
    const sum = (key) => queues.reduce((total, queue) => total + queue[key], 0);
    this.#total = sum("dead");
    // If a re-driven letter succeeds while another job fails, the number of dead letters stays the same, but more jobs
    // have ended.
    const known = JSON.stringify([this.#total, sum("discarded"), sum("accepted") - sum("waiting") - sum("running")]);
    this.element.hidden = this.#total === 0 && this.#rows.size === 0;
    say(this.#summary, things(this.#total, "dead letter", "dead letters"));
    if (known === this.#known) return;
    this.#known = known;
    if (this.element.open) this.#soon();
  }

  #soon() {
    this.#timer ??= setTimeout(() => this.#read(), Math.max(0, this.#readAt + minBetween - performance.now()));
  }

  async #read() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#readAt = performance.now();
    const { letters, error } = await this.steering.readDeadLetters();
    if (error) {
      say(this.#message, error);
      return;
    }
    if (this.#message.dataset.error) this.#tell("");
    this.#draw(letters);
  }

  #tell(text, isError = false) {
    say(this.#message, text);
    this.#message.dataset.error = isError ? "true" : "";
  }

  /** Keeps the rows of letters that still exist, so that the focus and open questions stay. */
  #draw(letters) {
    const keys = letters.map((letter, i) => letter.id ?? `${i} ${JSON.stringify(letter)}`);
    for (const [key, row] of this.#rows) if (!keys.includes(key)) this.#remove(key, row);
    keys.forEach((key, i) => {
      if (!this.#rows.has(key)) this.#rows.set(key, this.#row(key, letters[i]));
      const row = this.#rows.get(key);
      if (this.#list.children[i] !== row) this.#list.insertBefore(row, this.#list.children[i] ?? null);
    });
    const more = this.#total - letters.length;
    say(this.#more, more > 0
      ? `The latest ${count(letters.length)} are shown; ${count(more)} more are in the store.`
      : "");
    this.element.hidden = this.#total === 0 && this.#rows.size === 0;
  }

  /** Removes a row. The focus moves to the next letter. */
  #remove(key, row) {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    const next = row.contains(document.activeElement) ? neighbour?.querySelector("button") ?? this.#summary : null;
    row.remove();
    this.#rows.delete(key);
    next?.focus();
  }

  #row(key, letter) {
    const died = letter.diedAt ? `, failed at ${new Date(letter.diedAt).toLocaleString()}` : "";
    const row = element("li", {},
      element("div", { className: "letter" },
        element("b", {}, letter.route), ` in ${letter.queue}`,
        element("p", { className: "reason" }, letter.reason ?? "no reason is known"),
        element("p", { className: "note" },
          `${things(letter.attempts, "attempt", "attempts")}, `
          + `accepted at ${new Date(letter.acceptedAt).toLocaleString()}${died}`,
          ...(letter.id ? [" ", element("code", {}, letter.id)] : []))));
    if (letter.id) row.append(this.#buttons(key, letter));
    return row;
  }

  #buttons(key, letter) {
    const name = `${letter.route}, ${letter.id}`;
    const redrive = element("button", { type: "button", "aria-label": `Re-drive ${name}` }, "Re-drive");
    const discard = element("button", { type: "button", "aria-label": `Discard ${name}` }, "Discard");
    redrive.addEventListener("click",
      () => this.#change(key, this.steering.redrive(letter.id), "It waits again, with all its attempts."));
    confirming(discard, () => ({ question: "Remove its request for good?", no: "Keep", yes: "Discard for good" }),
      () => this.#change(key, this.steering.discard(letter.id), "Discarded."));
    return element("div", { className: "letter-buttons" }, redrive, discard);
  }

  async #change(key, sending, done) {
    this.#tell("");
    const error = await sending;
    this.#tell(error || done, error !== "");
    if (error === "" && this.#rows.has(key)) this.#remove(key, this.#rows.get(key));
    else this.#soon();
  }
}
