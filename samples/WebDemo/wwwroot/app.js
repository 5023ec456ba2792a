// The page: draws each snapshot that the server sends, and sends the visitor's actions.

import {
  count, countEndings, describeDoor, describeLines, describeTills, endings, narrate, number, refusals, summarize,
} from "./words.js";
import { Floor } from "./floor.js";
import { Street } from "./street.js";
import { connectSettings } from "./settings.js";

const $ = id => document.getElementById(id);
const floor = new Floor($("tills"), $("lines"));
const street = new Street($("street"));
const drawSettings = connectSettings($("settings"));

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/* The live view */

let previous = null;
let peak = 0;
let arrivalsOfLastSecond = [];

function draw(view) {
  drawStock(view.books.stock);
  drawDoor(view);
  floor.draw(view);
  drawOutcomes(view);
  drawRush(view.rush);
  drawSettings(view);
  $("narrator").textContent = narrate(view);
  $("tills-note").textContent = describeTills(view);
  $("lines-note").textContent = describeLines(view);
  previous = view;
}

function drawStock(stock) {
  const before = previous?.books.stock ?? 0;
  peak = stock > before ? stock : Math.max(peak, stock);
  $("stock").textContent = number(stock);
  $("stock-unit").textContent = stock === 0 ? "sold out" : stock === 1 ? "lamp left" : "lamps left";
  $("window").classList.toggle("dark", stock === 0);
  const shelf = $("shelf");
  const shown = Math.min(peak, 40);
  while (shelf.children.length > shown) shelf.lastElementChild.remove();
  while (shelf.children.length < shown) shelf.append(newSmallLamp());
  [...shelf.children].forEach((lamp, index) => lamp.classList.toggle("gone", index >= stock));
}

function newSmallLamp() {
  const item = document.createElement("li");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#small-lamp");
  svg.append(use);
  item.append(svg);
  return item;
}

function drawDoor(view) {
  // A restarted server counts from 0 again.
  if (previous && previous.books.calls <= view.books.calls) {
    const arrivals = arrivalsBetween(previous, view);
    street.welcome(arrivals);
    arrivalsOfLastSecond.push({ at: performance.now(), ...arrivals });
  }
  tellWhoCame();
}

// The server sends nothing while nothing changes. A timer therefore updates the counts of the last second.
let silence = 0;

function tellWhoCame() {
  clearTimeout(silence);
  arrivalsOfLastSecond = arrivalsOfLastSecond.filter(arrivals => arrivals.at > performance.now() - 1000);
  if (arrivalsOfLastSecond.length > 0) silence = setTimeout(tellWhoCame, 1100);
  const total = kind => arrivalsOfLastSecond.reduce((sum, arrivals) => sum + arrivals[kind], 0);
  $("door-note").textContent =
    describeDoor({ letIn: total("letIn"), sentAway: total("sentAway"), soldOut: total("soldOut") });
}

function arrivalsBetween(before, after) {
  const sentAway = (after.books.dropped.queue_full ?? 0) - (before.books.dropped.queue_full ?? 0);
  const letIn = after.queue.arrived - before.queue.arrived - sentAway;
  return { letIn, sentAway, soldOut: after.toldAtDoor - before.toldAtDoor };
}

function drawOutcomes(view) {
  const ended = countEndings(view);
  const { calls } = view.books;
  $("calls").textContent = calls === 0 ? "everyone" : calls === 1 ? "the one" : `all ${number(calls)}`;
  for (const [ending, words] of Object.entries(endings)) {
    const amount = ended[ending] ?? 0;
    drawShare(ending, amount);
    drawLegend(ending, words, amount);
  }
}

function drawShare(ending, amount) {
  let part = $("share").querySelector(`[data-ending=${ending}]`);
  if (!part) {
    part = document.createElement("i");
    part.dataset.ending = ending;
    $("share").append(part);
  }
  part.hidden = amount === 0;
  part.style.flexGrow = amount;
}

function drawLegend(ending, words, amount) {
  let entry = $("legend").querySelector(`[data-ending=${ending}]`);
  if (!entry) {
    entry = document.createElement("div");
    entry.dataset.ending = ending;
    const term = document.createElement("dt");
    term.textContent = words;
    entry.append(term, document.createElement("dd"));
    $("legend").append(entry);
  }
  entry.lastElementChild.textContent = number(amount);
  entry.classList.toggle("none", amount === 0);
  entry.hidden = amount === 0 && ending === "draining";
}

let summarized = null;

function drawRush(rush) {
  $("rush").disabled = Boolean(rush?.running);
  $("rush-progress").hidden = $("rush-count").hidden = !rush;
  if (!rush) return;
  const percent = Math.floor(rush.answered * 100 / rush.shoppers);
  $("rush-progress").setAttribute("aria-valuenow", percent);
  $("rush-progress").firstElementChild.style.transform = `scaleX(${rush.answered / rush.shoppers})`;
  $("rush-count").textContent = `${number(rush.answered)} of ${number(rush.shoppers)} have their answer`;
  $("rush").textContent = `Send ${number(rush.shoppers)} shoppers`;
  // A live region: written once when the rush has ended, not ten times a second.
  if (rush.running) {
    if (summarized !== null) $("rush-summary").textContent = "";
    summarized = null;
  } else if (summarized !== rush.number) {
    summarized = rush.number;
    $("rush-summary").textContent = summarize(rush);
  }
}

const feed = new EventSource("live");
feed.onmessage = message => draw(JSON.parse(message.data));
feed.onopen = () => showConnection("live", "live");
feed.onerror = () => showConnection("lost", "the server does not answer; trying again");

function showConnection(state, words) {
  $("connection").dataset.state = state;
  $("connection").textContent = words;
}

/* What the visitor presses */

function tell(kind, words) {
  $("outcome").dataset.kind = kind;
  $("outcome").textContent = words;
}

let leaveTheLine = null;

$("buy").addEventListener("click", async () => {
  if (leaveTheLine) {
    leaveTheLine.abort();
    return;
  }
  leaveTheLine = new AbortController();
  $("buy").textContent = "Leave the line";
  tell("waiting", "You are in the shop. One moment, please.");
  try {
    const answer = await fetch("ping", { cache: "no-store", signal: leaveTheLine.signal });
    tell(...await understand(answer));
  } catch (error) {
    tell("left", error.name === "AbortError"
      ? "You left. Somebody else may have your place."
      : "The server does not answer.");
  } finally {
    leaveTheLine = null;
    $("buy").textContent = "Buy a lamp";
  }
});

async function understand(answer) {
  if (answer.ok)
    return await answer.text() === "sold out"
      ? ["sold-out", "Sold out. Restock, and try again."]
      : ["sold", "You got one! Enjoy your lamp."];
  const { reason } = await answer.json().catch(() => ({}));
  const seconds = answer.headers.get("Retry-After");
  return ["away", `${refusals[reason] ?? "The shop sent you away"}; try again in ${seconds ?? "a few"} s.`];
}

$("restock").addEventListener("click", async () => {
  const before = previous?.books.stock ?? 0;
  const books = await (await fetch("add", { cache: "no-store" })).json();
  tell("restocked", `${count(Math.max(1, books.stock - before), "fresh lamp", "fresh lamps")} on the shelf.`);
});

$("rush").addEventListener("click", async () => {
  $("rush").disabled = true;
  const answer = await fetch("rush", { method: "POST" });
  // On a phone the shop is below the fold.
  if ($("tills").getBoundingClientRect().bottom > innerHeight)
    $("floor-title").parentElement.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
  if (!answer.ok && answer.status !== 409) {
    $("rush").disabled = false;
    $("rush-summary").textContent = "The shoppers could not find the shop: it must listen on a plain http:// address.";
  }
});

const address = new URL("ping", location.href).href.replace("//localhost:", "//127.0.0.1:");
$("ab").textContent = `ab -c 300 -n 10000 ${address}`;
