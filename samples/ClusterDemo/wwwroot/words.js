// The texts of the page. Every sentence about the shops is created here.

const format = new Intl.NumberFormat("en");

export const number = value => format.format(value);
export const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;
const sum = values => values.reduce((total, value) => total + value, 0);

export const stores = { sqlite: "SQLite", redis: "Redis", postgres: "PostgreSQL", mysql: "MySQL" };

export const refusals = {
  queue_full: "All lines of the shop are full",
  wait_timeout: "You waited too long",
  draining: "The shops are closing",
};

export function narrate({ books, orderMilliseconds, leaseSeconds }) {
  const reports = books.shops.map(shop => shop.report).filter(Boolean);
  const waiting = sum(reports.map(report => report.waiting));
  const closed = books.shops.filter(shop => shop.state !== "open").map(shop => shop.node);
  if (closed.length > 0) {
    const shops = closed.length === 1 ? `Shop ${closed[0]} is` : `Shops ${closed.join(" and ")} are`;
    return closed.length === books.shops.length
      ? "All shops are down. Shoppers wait at the front until one is back."
      : `${shops} down. Other shops use the workers when the lease of the dead process ends, after ${leaseSeconds} s.`;
  }
  if (books.running === 0)
    return books.stock === 0
      ? "Sold out. Newcomers are told so at once, without queueing."
      : "The shops are open, and their workers are free.";
  const one = `An order takes ${number(orderMilliseconds)} ms.`;
  const worked = `${count(books.running, "order is", "orders are")} worked on`;
  return waiting === 0
    ? `${worked}, and nobody waits. ${one}`
    : `${worked}, and ${count(waiting, "shopper waits", "shoppers wait")}. ${one}`;
}

export function describeState({ state, process, kills }) {
  const times = kills === 1 ? "once" : kills === 2 ? "twice" : `${number(kills)} times`;
  const killed = kills === 0 ? "" : `, killed ${times}`;
  if (state === "open") return `open: process ${process}${killed}`;
  return state === "starting" ? `starting: process ${process}${killed}` : `down${killed}`;
}

export const describeWait = report => report && report.waiting > 0
  ? `${number(report.waiting)} wait, the first for ${report.longestWaitSeconds.toFixed(1)} s`
  : "nobody waits";

export function describeBooks({ calls, failed, running, shops, sold }) {
  const told = sum(shops.map(shop => shop.books.sold));
  const left = running === 0 && sold > told
    ? ` ${count(sold - told, "lamp was", "lamps were")} sold to shoppers who left before they got the answer.`
    : "";
  const lost = failed > 0 ? ` ${number(failed)} got no proper answer.` : "";
  return `${count(calls, "shopper", "shoppers")} came. “Moved on”: their shop was killed under them, `
    + `and the order was sent to another one.${left}${lost}`;
}
