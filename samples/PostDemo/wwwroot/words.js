// The texts of the page. Every sentence about the posts is created here, in English. words.zh.js has the same in
// Chinese.

const format = new Intl.NumberFormat("en");

export const number = value => format.format(value);
export const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;

/** The texts of index.html, which is in English. */
export const page = {};

export const connection = { live: "live", lost: "no answer; trying again" };

export const labels = {
  kill: "Kill it",
  back: "Back soon",
  send: posts => `Send ${number(posts)} posts`,
  rows: rows => rows === 1 ? "row" : "rows",
  what: "What became of it",
  moment: "One moment, please.",
  accepted: "202: it is on the disk, and runs when its turn comes.",
  silent: "The front does not answer.",
  refused: "It was refused.",
  again: (refusal, seconds) => `${refusal}; try again in ${seconds ?? "a few"} s.`,
};

export const refusals = {
  accepting_full: "Too many posts are being accepted at this moment",
  deferred_full: "Too many posts wait already",
  deferred_unavailable: "The store of the posts is unavailable",
  draining: "The front is closing",
};

export function narrate({ books, restartSeconds }) {
  const { accepted, waiting, running, worker } = books;
  if (worker === "down")
    return `Nothing runs: the process was killed, and is started again after ${restartSeconds} s.`
      + `${interrupted(running)} Posts are still accepted.`;
  if (worker === "starting" && waiting + running > 0)
    return `The process starts. ${count(waiting + running, "post waits", "posts wait")} on the disk.`;
  if (accepted === 0)
    return "The front is open. Send some posts, and kill the process while they run.";
  return waiting + running === 0
    ? "All posts have run."
    : `${count(running, "post runs", "posts run")}, and ${count(waiting, "post waits", "posts wait")}.`;
}

const interrupted = running =>
  running > 0 ? ` ${count(running, "post was", "posts were")} under way, and will run again.` : "";

export const describeEquation = ({ accepted, waiting, running, done, dead, cancelled, discarded }) =>
  `${number(accepted)} accepted = ${number(waiting)} wait + ${number(running)} run `
  + `+ ${number(done)} done + ${number(dead)} dead`
  + `${cancelled > 0 ? ` + ${number(cancelled)} cancelled` : ""}`
  + `${discarded > 0 ? ` + ${number(discarded)} discarded` : ""}`;

export const describeKafka = ({ inKafka }) =>
  `Kafka: ${count(inKafka ?? 0, "post has its 202 and is", "posts have their 202 and are")} not in the store yet.`;

export function describeCampaign(campaign) {
  if (!campaign) return "Real HTTP, to this address.";
  const again = campaign.again > 0 ? ` ${number(campaign.again)} were refused once, and sent again.` : "";
  const failed = campaign.failed > 0 ? ` ${number(campaign.failed)} failed.` : "";
  return campaign.isRunning
    ? `${number(campaign.accepted)} of ${number(campaign.posts)} have their 202.${again}${failed}`
    : `${number(campaign.accepted)} of ${number(campaign.posts)} had their 202 `
      + `after ${campaign.seconds.toFixed(1)} s.${again}${failed}`;
}

export function describeWorker({ worker, process }) {
  if (worker === "running") return `running: process ${process}`;
  return worker === "starting" ? `starting: process ${process}` : "down";
}

export function judge({ accepted, waiting, running, done, dead, cancelled, discarded, rows, inKafka }) {
  const left = waiting + running + (inKafka ?? 0);
  if (accepted + left === 0) return ["", ""];
  const missing = done - rows;
  if (missing > 0) return ["bad", `${count(missing, "row is", "rows are")} missing.`];
  if (left > 0) return ["", `${count(left, "post has", "posts have")} not run yet.`];
  return rows === accepted - dead - cancelled - discarded
    ? ["good", "Every accepted post has its row, once."]
    : ["bad", `${number(rows)} rows for ${number(done)} posts.`];
}
