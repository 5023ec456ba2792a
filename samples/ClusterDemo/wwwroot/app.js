// The page: draws each snapshot that the front sends, and sends the visitor's actions.

import { count, describeBooks, describeState, describeWait, narrate, number, refusals, stores } from "./words.js";

const $ = id => document.getElementById(id);
const set = (element, text) => { if (element.textContent !== text) element.textContent = text; };

/* The live view */

let latest = null;

function draw(view) {
  latest = view;
  const { books } = view;
  set($("stock"), number(books.stock));
  set($("stock-unit"), books.stock === 0 ? "left: sold out" : books.stock === 1 ? "lamp left" : "lamps left");
  set($("sold"), number(books.sold));
  set($("narrator"), narrate(view));
  drawSlots(books);
  for (const figure of ["running", "maxRunning", "clusterWorkers"])
    set(document.querySelector(`.workers [data-figure=${figure}]`), number(books[figure]));
  document.querySelector(".workers [data-figure=maxRunning]")
    .classList.toggle("over", books.maxRunning > books.clusterWorkers);
  set($("crowd"), `Send ${number(view.crowdShoppers * books.shops.length)} shoppers to all shops`);
  set($("crowd-note"), view.underWay === 0
    ? "Real HTTP, to this address."
    : `${count(view.underWay, "shopper is", "shoppers are")} under way.`);
  books.shops.forEach(shop => drawShop(shop, view));
  drawBooks(books);
  set($("books-note"), describeBooks(books));
  set($("store"), stores[view.store]);
  set($("stock-store"), stores[view.stockStore]);
}

// Draws the leases side by side, including those that killed processes still hold.
function drawSlots({ shops, clusterWorkers }) {
  const live = shops.filter(shop => shop.report);
  const slots = live.flatMap(({ node, report }) => Array.from(
    { length: Math.max(report.held, report.running) },
    (_, index) => ({ node, busy: index < report.running })));
  const processes = shops.map(shop => shop.process);
  const dead = (live[0]?.report.leases ?? []).filter(lease => !processes.includes(lease.process));
  const heldByDead = dead.reduce((total, lease) => total + lease.held, 0);
  const left = Math.min(heldByDead, Math.max(0, clusterWorkers - slots.length));
  slots.push(...Array.from({ length: left }, () => ({ dead: true })));
  fill($("slots"), Math.max(clusterWorkers, slots.length), (slot, index) => {
    const { node, busy, dead } = slots[index] ?? {};
    if (node) slot.dataset.shop = node; else delete slot.dataset.shop;
    slot.classList.toggle("busy", Boolean(busy));
    slot.classList.toggle("dead", Boolean(dead));
  });
}

function fill(list, length, drawOne) {
  while (list.children.length > length) list.lastElementChild.remove();
  while (list.children.length < length) list.append(document.createElement("li"));
  [...list.children].forEach(drawOne);
}

function drawShop(shop, view) {
  const card = document.querySelector(`.shop[data-shop="${shop.node}"]`) ?? addShop(shop.node);
  const { report } = shop;
  card.dataset.state = shop.state;
  set(card.querySelector(".state"), describeState(shop));
  for (const figure of ["held", "wanted", "running", "waiting"])
    set(card.querySelector(`[data-figure=${figure}]`), report ? number(report[figure]) : "–");
  fill(card.querySelector(".tills"), report ? Math.max(report.held, report.running) : 0,
    (till, index) => till.classList.toggle("busy", index < report.running));
  card.querySelector(".line i").style.transform = `scaleX(${report ? Math.min(1, report.waiting / 50) : 0})`;
  set(card.querySelector(".wait"), describeWait(report));
  set(card.querySelector(".send"), `Send ${number(view.crowdShoppers)} here`);
  const kill = card.querySelector(".kill");
  kill.setAttribute("aria-disabled", shop.process === null);
  set(kill, shop.process === null ? "Back soon" : `Kill shop ${shop.node}`);
}

function addShop(node) {
  const card = $("shop").content.firstElementChild.cloneNode(true);
  card.dataset.shop = node;
  card.setAttribute("aria-labelledby", `shop-${node}`);
  card.querySelector("h2").id = `shop-${node}`;
  card.querySelector("h2").textContent = `Shop ${node}`;
  card.querySelector(".kill").title = "kill -9";
  card.querySelector(".send").addEventListener("click", () => sendCrowd(node));
  card.querySelector(".kill").addEventListener("click", () => kill(node));
  $("shops").append(card);
  return card;
}

function drawBooks({ shops, sold, soldOut, dropped, moved }) {
  const sum = values => Object.values(values).reduce((total, value) => total + value, 0);
  const rows = shops.map(({ node, books }) =>
    [`shop ${node}`, books.sold, books.soldOut, sum(books.refused), books.gaveUp, books.waited, books.moved]);
  const abandoned = dropped.abandoned ?? 0;
  const waited = shops.reduce((total, { books }) => total + books.waited, 0);
  rows.push(["all shops", sold, soldOut, sum(dropped) - abandoned, abandoned, waited, moved]);
  rows.forEach((cells, index) => {
    const row = $("books").children[index] ?? addRow(index < shops.length ? shops[index].node : null, cells.length);
    cells.forEach((cell, column) => set(row.children[column], typeof cell === "number" ? number(cell) : cell));
  });
}

const columns = ["shop", "sold", "soldOut", "refused", "gaveUp", "waited", "moved"];

function addRow(node) {
  const row = document.createElement("tr");
  if (node) row.dataset.shop = node; else row.dataset.total = "";
  for (const column of columns) {
    const cell = document.createElement(column === "shop" ? "th" : "td");
    if (column === "shop") cell.scope = "row";
    cell.dataset.column = column;
    row.append(cell);
  }
  $("books").append(row);
  return row;
}

const feed = new EventSource("live");
feed.onmessage = message => { draw(JSON.parse(message.data)); showConnection("live", "live"); };
feed.onerror = () => showConnection("lost", "no answer; trying again");

function showConnection(state, words) {
  $("connection").dataset.state = state;
  set($("connection"), words);
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
  $("buy").textContent = "Leave";
  tell("waiting", "Your order is on its way. One moment, please.");
  try {
    tell(...await understand(await fetch("ping", { cache: "no-store", signal: leaveTheLine.signal })));
  } catch (error) {
    tell("left", error.name === "AbortError" ? "You left." : "The front does not answer.");
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
  return ["away", `${refusals[reason] ?? "You were sent away"}; try again in ${seconds ?? "a few"} s.`];
}

$("restock").addEventListener("click", async () => {
  const books = await (await fetch("add", { cache: "no-store" })).json();
  tell("restocked", `${count(books.stock, "lamp is", "lamps are")} on the shelf of all shops.`);
});

async function sendCrowd(node) {
  const answer = await fetch(node ? `crowds?shop=${node}` : "crowds", { method: "POST" });
  tell("crowd", answer.ok
    ? `A crowd is on its way to ${node ? `shop ${node}` : "all shops"}.`
    : "Enough shoppers are already under way.");
}

$("crowd").addEventListener("click", () => sendCrowd(null));

async function kill(node) {
  if (latest?.books.shops.find(shop => shop.node === node)?.process === null) return;
  const answer = await fetch(`nodes/${node}/kill`, { method: "POST" });
  const { process, title } = await answer.json();
  tell("killed", answer.ok ? `kill -9 ${process}: shop ${node} has ended, and will start again automatically.` : title);
}

const address = new URL("ping", location.href).href.replace("//localhost:", "//127.0.0.1:");
$("ab").textContent = `ab -c 100 -n 1000 ${address}`;
