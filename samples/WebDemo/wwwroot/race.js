// The page of the race: draws each snapshot that the server sends.

import { decimal, number, say } from "./say.js";

const $ = id => document.getElementById(id);
const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };

// How a visit can end, in the order of the rows and of the bar.
const ends = ["sold", "soldOut", "refused", "gaveUp", "failed"];

/* The three shops */

const cards = Object.fromEntries([...document.querySelectorAll(".shop")].map(card => [card.dataset.shop, card]));

for (const card of Object.values(cards)) {
  card.append($("inside").content.cloneNode(true));
  for (const end of [...ends, "inside"]) {
    const part = document.createElement("i");
    part.dataset.end = end;
    card.querySelector(".share").append(part);
  }
}

function drawShop({ name, books, database, line }, race) {
  const card = cards[name];
  const inside = race.number ? race.shoppers - ends.reduce((sum, end) => sum + books[end], 0) : 0;
  set(card.querySelector("[data-figure=sold]"), number(books.sold));
  set(card.querySelector("[data-words=of]"), say("ofLamps", race));
  card.querySelector(".lamps i").style.transform = `scaleX(${race.lamps ? books.sold / race.lamps : 0})`;
  for (const part of card.querySelectorAll(".share i")) {
    const amount = part.dataset.end === "inside" ? inside : books[part.dataset.end];
    part.hidden = amount === 0;
    part.style.flexGrow = amount;
  }
  set(card.querySelector("[data-words=line]"), line ? say("inLine", line) : say("noLine"));
  card.querySelector(".line").classList.toggle("none", !line);
  const fill = line?.places ? Math.min(1, line.waiting / line.places) : 0;
  card.querySelector(".line i").style.transform = `scaleX(${fill})`;
  drawDatabase(card, database, race);
  set(card.querySelector(".narrator"), narrate(name, books, database, race));
}

function drawDatabase(card, database, race) {
  const list = card.querySelector(".connections");
  while (list.children.length > database.connections) list.lastElementChild.remove();
  while (list.children.length < database.connections) list.append(document.createElement("li"));
  [...list.children].forEach((connection, index) => connection.classList.toggle("busy", index < database.busy));
  list.classList.toggle("crowded", database.waiting > 0);
  set(card.querySelector("[data-words=database]"), say(describe(database, race), database));
}

function describe({ waiting, mostWaiting }, race) {
  if (race.number && !race.running) return mostWaiting === 0 ? "poolNever" : "poolWaited";
  return waiting > 0 ? "poolWaits" : "inPool";
}

function narrate(name, books, database, race) {
  if (!race.number) return say(`idle-${name}`, database);
  if (race.running) return database.stock === 0 ? say("sold-out") : say(`on-${name}`, database);
  const left = database.stock;
  const orphaned = race.lamps - left - books.sold;
  return (left === 0 ? say("allSold") : say("someLeft", { left }))
    + say("between")
    + say(`over-${name}`, { ...books, orphaned });
}

/* The books */

const rows = [
  ...ends.map(end => ({ key: end, label: end === "refused" ? "refusedRow" : end, figure: ({ books }) => books[end] })),
  { key: "waited", figure: ({ books }) => books.waited },
  {
    key: "longest",
    figure: ({ books }) => books.longestSeconds,
    write: seconds => say("seconds", { seconds: decimal(seconds) }),
  },
];
rows.splice(3, 0, { key: "toldWhen", figure: ({ books }) => books.toldWhen });

for (const { key, label = key } of rows) {
  const row = document.createElement("tr");
  row.dataset.end = key;
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = say(label);
  row.append(head, ...Object.keys(cards).map(shop => {
    const cell = document.createElement("td");
    cell.dataset.shop = shop;
    return cell;
  }));
  $("books").append(row);
}

function drawBooks(race) {
  for (const { key, figure, write = number } of rows) {
    for (const shop of race.shops) {
      const cell = $("books").querySelector(`[data-end=${key}] [data-shop=${shop.name}]`);
      set(cell, race.number ? write(figure(shop)) : "–");
      cell.classList.toggle("zero", figure(shop) === 0);
    }
  }
}

/* The start */

let told = 0;

function drawStart(race) {
  const came = race.shops[0].books.came;
  set($("go"), race.running ? say("running") : say("sendMany", race));
  $("go").setAttribute("aria-disabled", race.running);
  $("progress").setAttribute("aria-valuenow", Math.floor(came * 100 / race.shoppers));
  $("progress").firstElementChild.style.transform = `scaleX(${came / race.shoppers})`;
  set($("count"), race.number ? say("came", { ...race, came, seconds: decimal(race.seconds) }) : "");
  // A live region: written once when the race is over.
  if (race.running) {
    set($("outcome"), "");
  } else if (race.number !== told) {
    told = race.number;
    const sold = Object.fromEntries(race.shops.map(({ name, books }) => [name, books.sold]));
    set($("outcome"), say("over", { ...race, ...sold, seconds: decimal(race.seconds) }));
  }
}

$("go").addEventListener("click", async () => {
  if ($("go").getAttribute("aria-disabled") === "true") return;
  const answer = await fetch("race", { method: "POST" }).catch(() => null);
  if (answer && !answer.ok && answer.status !== 409) set($("outcome"), say("refused"));
});

function draw(race) {
  drawStart(race);
  for (const shop of race.shops) drawShop(shop, race);
  drawBooks(race);
}

for (const link of document.querySelectorAll("nav a"))
  if (link.lang === document.documentElement.lang) link.setAttribute("aria-current", "true");

const feed = new EventSource("race/live");
feed.onmessage = message => { draw(JSON.parse(message.data)); show("live"); };
feed.onerror = () => show("lost");

function show(state) {
  $("connection").dataset.state = state;
  set($("connection"), say(state));
}
