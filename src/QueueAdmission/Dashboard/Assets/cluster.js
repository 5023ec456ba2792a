// The nodes that share the workers of a queue, as this instance last saw them in the shared document.

import { element, onChange, say } from "./dom.js";
import { clock, count, duration, things } from "./words.js";

/** If there are more nodes than this, the list scrolls in a separate area. */
const maxRows = 10;

export class ClusterBlock {
  #title = element("h3");
  #state = element("p", { className: "findings" });
  #rows = element("tbody");
  #area;

  constructor(queue) {
    const titles = ["Node", "Held", "Wanted", "Oldest", "Seen"];
    this.#area = element("div", { className: "nodes", role: "region", "aria-label": `Nodes of ${queue}` },
      element("table", {},
        element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title)))),
        this.#rows));
    this.element = element("div", { className: "cluster", hidden: true }, this.#title, this.#state, this.#area);
  }

  update = onChange(([cluster, outage]) => {
    this.element.hidden = !cluster;
    if (!cluster) return;
    const limit = cluster.limitInForce ?? cluster.limit;
    say(this.#title,
      `Cluster ${cluster.name}: ${things(cluster.nodes.length, "node holds", "nodes hold")} `
      + `${count(cluster.heldByAll)} of ${things(limit, "worker", "workers")}`);
    const words = findings(cluster, outage);
    // Workers that are passing from one node to another are no trouble.
    this.element.dataset.trouble = words.length > (cluster.findings.includes("held_below_limit") ? 1 : 0);
    say(this.#state, words.length > 0 ? words.join(" ") : "All nodes agree.");
    const tellsApart = cluster.findings.includes("different_limits") || cluster.findings.includes("different_settings");
    this.#area.hidden = cluster.nodes.length === 0;
    this.#area.classList.toggle("many", cluster.nodes.length > maxRows);
    // Only an area that scrolls needs the keyboard's focus.
    if (cluster.nodes.length > maxRows) this.#area.tabIndex = 0;
    else this.#area.removeAttribute("tabindex");
    this.#rows.replaceChildren(...cluster.nodes.map((node) => row(node, limit, tellsApart, cluster.seenAt)));
  });
}

function row(node, limit, tellsApart, seenAt) {
  const held = element("i");
  held.style.width = `${Math.min(100, node.held / Math.max(1, limit) * 100)}%`;
  const notes = [
    ...(node.isThisInstance ? [" ", element("span", { className: "here" }, "this instance")] : []),
    ...(tellsApart
      ? [" ", element("span", { className: "version" },
        `ClusterWorkers ${count(node.limit)}, settings ${node.settingsVersion ?? "unknown"}`)]
      : []),
  ];
  // If the document is old, the line above says how old. The age of a single node would look as if only that node were
  // late.
  const seen = seenAt ? "earlier" : node.isLate ? `${duration(node.lastSeenSeconds)} ago` : "now";
  return element("tr", { className: node.isLate ? "late" : "", dataset: { node: node.name } },
    element("th", { scope: "row" }, node.name, ...notes,
      element("div", { className: "bar", "aria-hidden": "true" }, held)),
    element("td", {}, count(node.held)), element("td", {}, count(node.wanted)),
    element("td", {}, node.oldestWaitSeconds === 0 ? "–" : duration(node.oldestWaitSeconds)), element("td", {}, seen));
}

/** Returns sentences about what the nodes disagree on and what keeps them from sharing. Empty if all is well. */
function findings(cluster, outage) {
  const { nodes } = cluster;
  const limit = cluster.limitInForce ?? cluster.limit;
  const free = limit - cluster.heldByAll;
  const late = nodes.filter((node) => node.isLate);
  const sentences = {
    never_seen: () => "This instance has not seen the other nodes yet.",
    no_lease: () => "This instance has no lease: ClusterFallback determines how many workers it may use.",
    learning: () => "Learning, because data was lost or may be old: each node keeps what it holds, and none gets more.",
    different_limits: () =>
      `The nodes have different ClusterWorkers (${grouped(nodes, (node) => count(node.limit))}): the smallest applies.`,
    different_settings: () => "The nodes have different cluster settings (ClusterFallback or LeaseDuration).",
    held_above_limit: () =>
      `The nodes hold ${things(-free, "worker", "workers")} above the limit: no node gets more until jobs have ended.`,
    held_below_limit: () => `${things(free, "worker is", "workers are")} held by no node, and a node wants more.`,
    node_late: () =>
      `${late.map((node) => `${node.name} was last seen ${duration(node.lastSeenSeconds)} ago`).join(", ")}: `
      + "its workers are free when its lease ends.",
  };
  const stale = cluster.seenAt ? ` The nodes are shown as they were at ${clock(cluster.seenAt, true)}.` : "";
  return [
    ...(outage ? [unavailable(outage) + stale] : stale ? [stale.trim()] : []),
    ...cluster.findings.map((finding) => sentences[finding]?.() ?? finding.replaceAll("_", " ")),
  ];
}

const unavailable = ({ problem, since }) =>
  `The store of the cluster has been unavailable (${problem.replaceAll("_", " ")}) since ${clock(since, true)}.`;

/** Which nodes have which value: "32: a, b; 16: c". */
function grouped(nodes, valueOf) {
  const values = new Map();
  for (const node of nodes) values.set(valueOf(node), [...(values.get(valueOf(node)) ?? []), node.name]);
  const list = (names) =>
    `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${things(names.length - 3, "more", "more")}` : ""}`;
  return [...values].map(([value, names]) => `${value}: ${list(names)}`).join("; ");
}
