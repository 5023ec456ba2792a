// Describes in words which queue is in trouble, why, and which endpoint is affected.

import { count, duration, endpoint, perSecond, reason, things } from "./words.js";

const order = ["full", "paused and full", "paused", "draining", "disposed", "waiting", "busy", "calm"];

/**
 * The state of a queue in the words of an operator. A queue that has just refused a job counts as full, even if a place
 * has become free since.
 */
export function stateOf(queue) {
  if (queue.state === "paused") return queue.waiting >= queue.places || queue.refusing ? "paused and full" : "paused";
  if (queue.state !== "running") return queue.state;
  const isBusy = queue.workersInUse >= queue.workers;
  if (isBusy && (queue.waiting >= queue.places || queue.refusing)) return "full";
  if (queue.waiting > 0) return "waiting";
  return isBusy ? "busy" : "calm";
}

/** Sorts by severity. Of queues in the same state, unused ones come last. */
export const bySeverity = (one, other) =>
  order.indexOf(stateOf(one)) - order.indexOf(stateOf(other)) || isUnused(one) - isUnused(other);

const isUnused = (queue) => queue.totals.arrived === 0;

/** The reason for the state of a queue. */
export function why(queue, rates) {
  const flow = rates.come === 0 && rates.ran === 0
    ? ""
    : ` ${perSecond(rates.come)} arrive and ${perSecond(rates.ran)} finish each second.`;
  const workers = things(queue.workers, "worker", "workers");
  const taken = `${count(queue.waiting)} of ${things(queue.places, "place", "places")} taken`;
  switch (stateOf(queue)) {
    case "full":
      return queue.places === 0
        ? `All ${workers} are busy, and no job may wait.${flow}`
        : `All ${workers} busy, ${taken}: new jobs are refused.${flow}`;
    case "paused and full":
      return `Paused, and ${taken}: no job starts, and new jobs are refused.${flow}`;
    case "paused":
      return `Paused: new jobs wait, and no job starts.${flow}`;
    case "draining":
      return "Draining: new jobs are refused, and the others finish.";
    case "disposed":
      return "Disposed: all jobs are refused.";
    case "waiting":
      return `${things(queue.waiting, "waits", "wait")} for ${workers}, `
        + `the oldest for ${duration(queue.longestWaitSeconds)}.${flow}`;
    case "busy":
      return `Every worker is busy; no job waits.${flow}`;
    default:
      return rates.ran === 0 && queue.running === 0 ? "Nothing to do." : `Workers are free; no job waits.${flow}`;
  }
}

/** What the queue has learned about how long its clients wait; empty if there is nothing to say. */
export function clients({ patience, waiting }) {
  switch (patience.state) {
    case "acting":
      return `Clients leave after about ${duration(patience.learnedSeconds)}: `
        + `requests that would wait longer than ${duration(patience.maxExpectedWaitSeconds)} are refused.`;
    case "learning":
      return patience.learnedSeconds === null
        ? ""
        : `Clients leave after about ${duration(patience.learnedSeconds)}. `
          + "Little work is wasted, so no request is refused for this reason.";
    case "never_seen_leaving":
      return waiting === 0
        ? ""
        : "No client was ever seen leaving here. Set MaxWait to the time for which clients wait.";
    default:
      return "";
  }
}

/** How many jobs were refused in the last minute, and why; empty if none was. */
function refusals({ refusals: [...reasons] }) {
  const total = reasons.reduce((sum, [, number]) => sum + number, 0);
  const words = reasons.length === 1
    ? reason(reasons[0][0])
    : reasons.map(([name, number]) => `${reason(name)} ${count(number)}`).join(", ");
  return total === 0 ? "" : ` Refused in the last minute: ${count(total)} (${words}).`;
}

/** The sentence at the top of the page; `news` changes only when a queue gets into trouble or out of it. */
export function verdict(queues) {
  const troubled = queues.filter((queue) => !["busy", "calm"].includes(stateOf(queue))).sort(bySeverity);
  if (queues.length === 0) return { news: "", state: "calm", text: "No queue is in use yet." };
  if (troubled.length === 0) {
    const refused = queues.filter((queue) => queue.refusals.length > 0);
    if (refused.length > 0) {
      const sentences = refused.map((queue) => ` ${queue.name}:${refusals(queue).replace(" Refused", " refused")}`);
      return {
        news: `${refused.map((queue) => queue.name).join(", ")} refused jobs in the last minute.`,
        state: "refusing",
        text: `No job waits now.${sentences.join("")}`,
      };
    }
    const busy = queues.filter((queue) => stateOf(queue) === "busy");
    return {
      news: "No job waits.",
      state: busy.length > 0 ? "busy" : "calm",
      text: busy.length > 0
        ? `No job waits. Busy: ${busy.map((queue) => queue.name).join(", ")}.`
        : queues.length === 1 ? "The queue is calm." : `All ${count(queues.length)} queues are calm.`,
    };
  }
  const [worst] = troubled;
  const state = stateOf(worst);
  const [most] = worst.waitingFor;
  const largest = most ? ` Most waiting jobs are for ${endpoint(most)} (${count(most.count)}).` : "";
  const waits = things(worst.waiting, "waits", "wait");
  const oldest = `the oldest for ${duration(worst.longestWaitSeconds)}`;
  const details = `${refusals(worst)}${largest}`;
  const words = {
    full: `${worst.name} is full: ${count(worst.waiting)} wait, ${oldest}.${details}`,
    "paused and full": `${worst.name} is paused and full: ${waits}, ${oldest}.${details}`,
    paused: `${worst.name} is paused${worst.waiting === 0 ? "." : `: ${waits}, ${oldest}.`}${details}`,
    waiting: `${worst.name}: ${waits}, ${oldest}.${details}`,
  };
  const also = troubled.slice(1).map((queue) => `${queue.name} (${stateOf(queue)})`).join(", ");
  const others = troubled.length > 1 ? ` Also: ${also}.` : "";
  return {
    news: troubled.map((queue) => `${queue.name} is ${stateOf(queue)}.`).join(" "),
    state,
    text: (words[state] ?? `${worst.name} is ${state}.${refusals(worst)}`) + others,
  };
}
