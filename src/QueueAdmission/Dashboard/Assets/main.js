// Follows the queues while the page is visible. The server sends a state when it has changed. The page shows it.

import { Card } from "./card.js";
import { DeferredBlock } from "./deferred.js";
import { say } from "./dom.js";
import { Steering } from "./steering.js";
import { bySeverity, verdict } from "./verdict.js";
import { clock, things } from "./words.js";

const base = document.body.dataset.base;
const at = (id) => document.getElementById(id);
const steering = new Steering(base);
const cards = new Map();
let stream = null;
let serverAhead = 0;
const past = new Map();
const deferred = new DeferredBlock(steering);
let names = [];
let defaults = [];
let outage = null;

const now = () => Date.now() + serverAhead;

/**
 * Shows a message. It contains the queues that have changed, and all names if a queue was added or removed. A queue has
 * only the settings that differ from the built-in defaults, which come with the first message.
 */
function show({ queues, names: all, defaults: builtIn, lastReload, clusterOutage, deferred: jobs }) {
  names = all ?? names;
  defaults = builtIn ?? defaults;
  // Null means that the store is reachable again. A message without this value changes nothing.
  if (clusterOutage !== undefined) outage = clusterOutage;
  for (const queue of queues) {
    queue.settings = defaults.map((setting) => queue.settings.find(({ key }) => key === setting.key) ?? setting);
    if (!cards.has(queue.name)) {
      cards.set(queue.name, new Card(queue, steering));
      if (past.has(queue.name)) cards.get(queue.name).history.merge(past.get(queue.name));
    }
    cards.get(queue.name).update(queue, now());
  }
  for (const name of [...cards.keys()].filter((name) => !names.includes(name))) {
    cards.get(name).element.remove();
    cards.delete(name);
  }
  const known = names.map((name) => cards.get(name).queue);
  for (const name of names) cards.get(name).cluster.update([cards.get(name).queue.cluster, outage]);
  at("outage").hidden = !outage;
  if (outage)
    say(at("outage"),
      `The store of the cluster has been unavailable since ${clock(outage.since, true)} `
      + `(${outage.problem.replaceAll("_", " ")}): ${outage.message}`);
  if (jobs !== undefined) deferred.update(jobs);
  deferred.tick(now());
  arrange(known);
  judge();
  at("reload").hidden = !lastReload || lastReload.succeeded;
  if (lastReload)
    say(at("reload"),
      `The configuration that was reloaded at ${clock(lastReload.at)} is wrong; the previous settings are in force. `
      + "The log contains the errors.");
}

function judge() {
  const { state, text, news } = verdict(names.map((name) => cards.get(name).queue));
  const dead = (deferred.dead ?? [])
    .map((queue) => ` ${queue.queue} has ${things(queue.dead, "dead letter", "dead letters")}.`)
    .join("");
  say(at("news"), news);
  at("verdict").dataset.state = state;
  say(at("verdict"), text + dead);
}

/** Draws the parts that change with time alone. */
function tick() {
  for (const card of cards.values()) card.tick(now());
  deferred.tick(now());
  if (names.length > 0) judge();
}

/** Sorts queues in trouble to the front, but not while the list has the focus or the pointer. */
function arrange(queues) {
  const list = at("queues");
  if (list.contains(document.activeElement) || list.matches(":hover")) {
    for (const queue of queues) {
      const { element } = cards.get(queue.name);
      if (!element.isConnected) list.append(element);
    }
    return;
  }
  const wanted = [...queues].sort(bySeverity).map((queue) => cards.get(queue.name).element);
  wanted.forEach((card, i) => { if (list.children[i] !== card) list.insertBefore(card, list.children[i] ?? null); });
}

function look() {
  if (stream || document.hidden) return;
  stream = new EventSource(base);
  stream.addEventListener("hello", (message) => greet(JSON.parse(message.data)));
  stream.onmessage = (message) => {
    serverAhead = Number(message.lastEventId) - Date.now();
    connection("live", "live");
    show(JSON.parse(message.data));
  };
  stream.onerror = () => {
    connection("lost", stream.readyState === EventSource.CLOSED
      ? "refused or ended; reload the page"
      : "connection lost, trying again");
    for (const card of cards.values()) card.history.interrupt();
  };
}

/** Disconnects a hidden page, so that the server computes nothing for it. */
function lookAway() {
  stream?.close();
  stream = null;
  connection("waiting", "paused while hidden");
  for (const card of cards.values()) card.history.interrupt();
}

function connection(state, text) {
  at("connection").dataset.state = state;
  say(at("connection"), text);
}

/** Asks for the seconds before the page was opened, and for those that a lost connection missed. */
async function readHistory() {
  try {
    const answer = await fetch(`${base}/~/history`, { headers: { "Accept": "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    for (const kept of (await answer.json()).queues) {
      past.set(kept.queue, kept);
      cards.get(kept.queue)?.history.merge(kept);
    }
    tick();
  } catch {
    // Without the history, the charts begin now.
  }
}

/** The first event of a stream: the process that answers, and the permissions of the user. */
function greet({ instance, steering: permission }) {
  steering.allowed = permission.allowed;
  const start = new Date(instance.startedAt).toLocaleString();
  say(at("instance"), ` · ${instance.machine}, process ${instance.processId}, up since ${start}`);
  say(at("steering-note"), permission.allowed
    ? ""
    : permission.enabled
      ? "You may view the queues, but not steer them."
      : "Steering is off. To allow it, call AllowSteering with an authorization policy.");
  readHistory();
}

document.addEventListener("visibilitychange", () => document.hidden ? lookAway() : look());
setInterval(() => { if (stream) tick(); }, 1000);
document.querySelector("main > .deferred-area").append(deferred.element);
look();
