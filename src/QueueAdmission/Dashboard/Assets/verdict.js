// Which queue is in trouble, why, and for whom: in words.

import { count, duration, endpoint, perSecond, things } from "./words.js";

const order = ["full", "paused", "draining", "disposed", "waiting", "busy", "calm"];

/** The state of a queue as somebody on call would call it. A queue that has just refused somebody is full, also if a place has become free since. */
export function stateOf(queue) {
  if (queue.state !== "running") return queue.state;
  const isBusy = queue.workersInUse >= queue.workers;
  if (isBusy && (queue.waiting >= queue.places || queue.refusing)) return "full";
  if (queue.waiting > 0) return "waiting";
  return isBusy ? "busy" : "calm";
}

/** Of those in the same state the ones that nobody has used yet come last. */
export const bySeverity = (one, other) => order.indexOf(stateOf(one)) - order.indexOf(stateOf(other)) || isUnused(one) - isUnused(other);

const isUnused = (queue) => queue.totals.arrived === 0;

/** Why a queue is in the state it is in. */
export function why(queue, rates) {
  const flow = rates.come === 0 && rates.ran === 0 ? "" : ` ${perSecond(rates.come)} come and ${perSecond(rates.ran)} finish each second.`;
  switch (stateOf(queue)) {
    case "full":
      return queue.places === 0
        ? `All ${things(queue.workers, "worker", "workers")} are busy and nobody may wait.${flow}`
        : `All ${things(queue.workers, "worker", "workers")} busy, ${count(queue.waiting)} of ${things(queue.places, "place", "places")} taken: newcomers are refused.${flow}`;
    case "paused":
      return `Paused: newcomers wait and nobody starts.${flow}`;
    case "draining":
      return "Draining: newcomers are refused, the rest finishes.";
    case "disposed":
      return "Disposed: everybody is refused.";
    case "waiting":
      return `${things(queue.waiting, "waits", "wait")} for ${things(queue.workers, "worker", "workers")}, the oldest for ${duration(queue.longestWaitSeconds)}.${flow}`;
    case "busy":
      return `Every worker is busy; nobody waits.${flow}`;
    default:
      return rates.ran === 0 && queue.running === 0 ? "Nothing to do." : `Workers are free; nobody waits.${flow}`;
  }
}

/** The sentence at the top of the page; `news` changes only when a queue gets into trouble or out of it. */
export function verdict(queues) {
  const troubled = queues.filter((queue) => !["busy", "calm"].includes(stateOf(queue))).sort(bySeverity);
  if (troubled.length === 0) {
    const busy = queues.filter((queue) => stateOf(queue) === "busy");
    return {
      news: "Nobody waits.",
      state: busy.length > 0 ? "busy" : "calm",
      text: busy.length > 0 ? `Nobody waits. Busy: ${busy.map((queue) => queue.name).join(", ")}.` : queues.length === 1 ? "The queue is calm." : `All ${count(queues.length)} queues are calm.`,
    };
  }
  const [worst] = troubled;
  const state = stateOf(worst);
  const [most] = worst.waitingFor;
  const whom = most ? ` Most of those who wait want ${endpoint(most)} (${count(most.count)}).` : "";
  const words = {
    full: `${worst.name} is full: ${count(worst.waiting)} wait, the oldest for ${duration(worst.longestWaitSeconds)}.${whom}`,
    paused: `${worst.name} is paused${worst.waiting === 0 ? "." : `: ${things(worst.waiting, "waits", "wait")}, the oldest for ${duration(worst.longestWaitSeconds)}.`}${whom}`,
    waiting: `${worst.name}: ${things(worst.waiting, "waits", "wait")}, the oldest for ${duration(worst.longestWaitSeconds)}.${whom}`,
  };
  const others = troubled.length > 1 ? ` Also: ${troubled.slice(1).map((queue) => `${queue.name} (${stateOf(queue)})`).join(", ")}.` : "";
  return { news: troubled.map((queue) => `${queue.name} is ${stateOf(queue)}.`).join(" "), state, text: (words[state] ?? `${worst.name} is ${state}.`) + others };
}
