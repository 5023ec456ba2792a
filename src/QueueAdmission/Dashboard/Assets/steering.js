// Overrides a setting of a queue for a limited time, ends an override, and changes dead letters.

import { confirming } from "./confirm.js";
import { element, onChange, say } from "./dom.js";
import { clock, duration } from "./words.js";

const spans = [[5, "5 minutes"], [15, "15 minutes"], [60, "1 hour"], [240, "4 hours"]];
const values = {
  "Paused:true": "paused",
  "Paused:false": "running",
  "DryRun:true": "dry run",
  "DryRun:false": "no dry run",
};
const show = (setting, value) => values[`${setting}:${value.toLowerCase()}`] ?? `${setting} ${value}`;

/** Sends changes. Each has a header that a page of another site cannot send. */
export class Steering {
  allowed = false;

  constructor(base) { this.base = base; }

  set(queue, setting, value, minutes) {
    return this.#send("PUT", `${encodeURIComponent(queue)}/overrides/${setting}`, { value, minutes });
  }

  undo(queue, setting) { return this.#send("DELETE", `${encodeURIComponent(queue)}/overrides/${setting}`); }

  redrive(id) { return this.#send("POST", `~/dead/${id}/redrive`); }

  discard(id) { return this.#send("DELETE", `~/dead/${id}`); }

  /** @returns the letters, or an error. */
  async readDeadLetters() {
    try {
      const answer = await fetch(`${this.base}/~/dead`, {
        headers: { "Accept": "application/json" },
        redirect: "error",
      });
      const body = await answer.json();
      return answer.ok ? { letters: body.letters } : { error: body.detail };
    } catch {
      return { error: "The dead letters could not be read: the server did not answer, or asks you to sign in again." };
    }
  }

  /** @returns the error; empty if there is none. */
  async #send(method, path, body) {
    try {
      const answer = await fetch(`${this.base}/${path}`, {
        method,
        headers: {
          "Accept": "application/json",
          "Content-Type": "application/json",
          "X-Queued-Admission": "dashboard",
        },
        body: body && JSON.stringify(body),
        redirect: "error",
      });
      if (answer.ok) return "";
      const problem = await answer.json().catch(() => null);
      return problem?.detail ?? `Not changed: the server answered ${answer.status}.`;
    } catch {
      return "Not changed: the server did not answer, or asks you to sign in again.";
    }
  }
}

/** The overrides in force, each with a button that ends it. */
export class OverrideList {
  element = element("ul", { className: "overrides", "aria-label": "Overrides" });
  #ends = [];

  constructor(queue, steering) { [this.queue, this.steering] = [queue, steering]; }

  update = onChange((overrides) => {
    const focused = this.element.contains(document.activeElement)
      ? document.activeElement.closest("li").dataset.override
      : null;
    this.#ends = [];
    this.element.replaceChildren(...overrides.map((override) => {
      const left = element("span");
      this.#ends.push([left, Date.parse(override.until)]);
      const words = show(override.setting, override.value);
      const undo = element("button",
        { type: "button", hidden: !this.steering.allowed, "aria-label": `Undo: ${words}` }, "Undo");
      undo.addEventListener("click", async () => {
        // A disabled button would lose the focus. It therefore only ignores further clicks.
        if (undo.getAttribute("aria-disabled") === "true") return;
        undo.setAttribute("aria-disabled", "true");
        const error = await this.steering.undo(this.queue, override.setting);
        if (error) say(left, error);
        undo.removeAttribute("aria-disabled");
      });
      return element("li", { dataset: { override: override.setting } },
        element("span", {}, "Override: ", element("b", {}, words),
          ` instead of ${show(override.setting, override.underlying)}, by `,
          element("b", {}, override.by), ` at ${clock(override.since)}; `, left),
        undo);
    }));
    if (focused) this.#focus(focused);
  });

  /** When an override ends, its button disappears. The focus moves to another control of the same queue. */
  #focus(setting) {
    const same = this.element.querySelector(`[data-override="${setting}"] button`);
    (same ?? this.element.querySelector("button:not([hidden])") ?? this.next?.())?.focus();
  }

  tick(now) {
    for (const [left, end] of this.#ends)
      say(left, end <= now ? "ending" : `ends in ${duration(Math.ceil((end - now) / 1000))}`);
  }
}

/** The controls for steering. They are shown only to a user with permission. */
export class OverrideControls {
  #message = element("p", { className: "message", role: "status" });
  #workers = element("input", { type: "number", min: 1, max: 100000, required: true });
  #pause = element("button", { type: "button" }, "Pause");
  #dryRun = element("button", { type: "button" }, "Dry run");
  #minutes = element("select", {}, ...spans.map(([minutes, words]) =>
    element("option", { value: minutes, selected: minutes === 15 }, words)));

  constructor(queue, steering) {
    [this.queue, this.steering] = [queue, steering];
    const form = element("form", { className: "override-controls" },
      element("label", {}, "For ", this.#minutes),
      element("span", { className: "override-control" },
        element("label", {}, "Workers ", this.#workers), element("button", { type: "submit" }, "Set")),
      this.#pause, this.#dryRun, this.#message);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#set("Workers", this.#workers.valueAsNumber);
    });
    confirming(this.#pause, () => this.isPaused ? null : this.#askPause(), () => this.#set("Paused", !this.isPaused));
    this.#dryRun.addEventListener("click", () => this.#set("DryRun", !this.isDryRun));
    this.element = element("div", { className: "steering", hidden: true },
      element("h3", {}, "Steer, for a limited time"), form);
  }

  update(queue) {
    this.element.hidden = !this.steering.allowed;
    this.isPaused = queue.state === "paused";
    say(this.#pause, this.isPaused ? "Resume" : "Pause");
    const dryRun = queue.settings.find((setting) => setting.key === "DryRun");
    this.isDryRun = dryRun?.value.toLowerCase() === "true";
    this.#dryRun.hidden = !dryRun;
    say(this.#dryRun, this.isDryRun ? "End dry run" : "Dry run");
    if (document.activeElement !== this.#workers) this.#workers.value = queue.workers;
  }

  /** The element to focus when the override of a setting has ended. */
  first() { return this.#pause.isConnected ? this.#pause : this.#minutes; }

  #askPause() {
    const time = this.#minutes.selectedOptions[0].textContent;
    return {
      question: `Pause ${this.queue} for ${time}? New jobs wait, and none starts.`,
      no: "Keep running",
      yes: "Pause",
    };
  }

  async #set(setting, value) {
    say(this.#message, "");
    const error = await this.steering.set(this.queue, setting, value, Number(this.#minutes.value));
    say(this.#message, error || "Done. The change ends automatically.");
  }
}
