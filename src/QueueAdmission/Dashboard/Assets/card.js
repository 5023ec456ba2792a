// One queue. Its elements are created once. Later only texts and lengths change, so that focus and selection stay.

import { OutcomeChart, WaitChart } from "./chart.js";
import { ClusterBlock } from "./cluster.js";
import { element, onChange, say } from "./dom.js";
import { History } from "./history.js";
import { OverrideControls, OverrideList } from "./steering.js";
import { clients, stateOf, why } from "./verdict.js";
import { count, duration, endpoint, perSecond, reason, source, things } from "./words.js";

const maxCells = 64;
const maxLines = 64;
const maxRows = 8;

export class Card {
  history = new History();
  #figures = new Map();
  #outcomes = new OutcomeChart();
  #wait = new WaitChart();
  #badge = element("span", { className: "badge" });
  #why = element("p", { className: "why" });
  #workers = element("div", { className: "cells", role: "img" });
  #lines = element("div", { className: "lines", role: "img" });
  #patience = element("div", { className: "bar" }, element("i"));
  #clients = element("p", { className: "note", dataset: { figure: "clients" } });
  #legend = new Map();

  constructor(queue, steering) {
    this.name = queue.name;
    const heading = `queue-${queue.name}`;
    this.overrides = new OverrideList(queue.name, steering);
    this.controls = new OverrideControls(queue.name, steering);
    this.overrides.next = () => this.controls.first();
    this.cluster = new ClusterBlock(queue.name);
    this.element = element("section", { className: "card", id: queue.name, "aria-labelledby": heading },
      element("div", { className: "title" }, element("h2", { id: heading }, queue.name), this.#badge, this.#why),
      this.overrides.element,
      element("div", { className: "gauges" },
        this.#gauge("Workers busy", ["running", "workers"], this.#workers),
        this.#gauge("Waiting", ["waiting", "places"], this.#lines),
        this.#gauge("Longest wait", ["longestWait", "maxWait"], this.#patience)),
      this.#clients,
      this.cluster.element,
      element("div", { className: "charts" }, this.#outcomes.element, this.#wait.element),
      this.#makeLegend(),
      element("div", { className: "lists" }, this.#makeWaiting(), this.#makeRunning(), this.#makeCallers()),
      this.#makeSettings(),
      this.controls.element);
  }

  update(queue, now) {
    this.queue = queue;
    this.history.add(now, queue);
    this.#figure("running", count(queue.workersInUse));
    this.#figure("workers", `of ${count(queue.workers)}`);
    this.#figure("waiting", count(queue.waiting));
    this.#figure("places", `of ${things(queue.places, "place", "places")}`);
    this.#figure("longestWait", duration(queue.longestWaitSeconds));
    this.#figure("maxWait", queue.maxWaitSeconds === null ? "no limit" : `of ${duration(queue.maxWaitSeconds)}`);
    this.#drawWorkers([queue.workersInUse, queue.workers]);
    this.#drawLines([queue.waitingByPartition, queue.partitionCapacity]);
    const share = queue.maxWaitSeconds ? Math.min(100, queue.longestWaitSeconds / queue.maxWaitSeconds * 100) : 0;
    this.#patience.firstChild.style.width = `${share}%`;
    say(this.#clients, clients(queue));
    this.#drawTotals(queue.totals);
    this.#drawCallers(queue.callers ?? null);
    this.#drawSettings([queue.settings, queue.workerCaps]);
    this.overrides.update(queue.overrides);
    this.controls.update(queue);
    this.tick(now);
  }

  /** Draws the parts that change with time alone. */
  tick(now) {
    this.queue.refusing = this.history.hasJust(now, "refused");
    this.queue.refusals = this.history.refusals(now);
    const state = stateOf(this.queue);
    this.element.dataset.state = state;
    say(this.#badge, state);
    const seconds = this.history.read(now);
    this.#outcomes.draw(seconds);
    this.#wait.draw(seconds, this.queue.maxWaitSeconds);
    say(this.#why, why(this.queue, { ran: this.history.rate(now, "ran"), come: this.history.rate(now, "came") }));
    this.element.classList.toggle("quiet", this.history.isEmpty(now));
    for (const key of OutcomeChart.series) say(this.#legend.get(key), `${perSecond(this.history.rate(now, key))}/s`);
    this.#drawWaiting(
      this.queue.waitingFor.map((group) => [endpoint(group), group.priority, group.count, duration(age(now, group))]));
    this.#drawRunning([
      this.queue.runningFor.map((group) => [endpoint(group), group.count, duration(age(now, group))]),
      this.queue.runningUnlisted,
    ]);
    this.overrides.tick(now);
  }

  #figure(name, text) { say(this.#figures.get(name), text); }

  #gauge(title, [value, limit], picture) {
    this.#figures.set(value, element("strong", { dataset: { figure: value } }));
    this.#figures.set(limit, element("span", { dataset: { figure: limit } }));
    return element("div", { className: "gauge" },
      element("h3", {}, title), element("p", {}, this.#figures.get(value), " ", this.#figures.get(limit)), picture);
  }

  #drawWorkers = onChange(([running, workers]) => {
    const cells = Math.min(Math.max(running, workers), maxCells);
    const scale = Math.max(running, workers) / cells;
    this.#workers.replaceChildren(...Array.from({ length: cells }, (_, i) => {
      const taken = i < Math.ceil(running / scale) ? "taken" : "";
      const above = i >= Math.ceil(workers / scale) ? "above" : "";
      return element("i", { className: `${taken} ${above}` });
    }));
    this.#workers.setAttribute("aria-label", `${running} of ${workers} workers busy`);
  });

  #drawLines = onChange(([waiting, capacity]) => {
    // Many partitions are shown in groups. A group shows its fullest partition, because that is the one that refuses.
    const group = Math.ceil(waiting.length / maxLines);
    const lines = Array.from({ length: Math.ceil(waiting.length / group) },
      (_, i) => Math.max(...waiting.slice(i * group, (i + 1) * group)));
    while (this.#lines.children.length > lines.length) this.#lines.lastChild.remove();
    while (this.#lines.children.length < lines.length) this.#lines.append(element("i", {}, element("b")));
    lines.forEach((length, i) => {
      const fill = capacity === 0 ? 0 : Math.min(100, length / capacity * 100);
      this.#lines.children[i].firstChild.style.height = `${fill}%`;
      this.#lines.children[i].classList.toggle("full", length >= capacity && capacity > 0);
    });
    this.#lines.setAttribute("aria-label",
      `${things(waiting.length, "partition", "partitions")} of ${things(capacity, "place", "places")}; `
      + `the fullest holds ${Math.max(...waiting)}`);
  });

  #makeLegend() {
    this.#totals = new Map();
    const entry = (key, title) => {
      this.#legend.set(key, element("b"));
      this.#totals.set(key, element("span", { dataset: { total: key } }));
      return element("div", { className: key }, element("dt", {}, title),
        element("dd", {}, this.#legend.get(key), " now, ", this.#totals.get(key), " in all"));
    };
    this.#reasons = element("p", { className: "reasons" });
    this.#arrived = element("b", { dataset: { total: "arrived" } });
    return element("div", { className: "outcomes" },
      element("dl", { className: "legend" },
        entry("ran", "ran"), entry("refused", "refused"),
        entry("late", "waited too long"), entry("left", "left while waiting")),
      this.#reasons);
  }

  #totals;
  #reasons;
  #arrived;

  #drawTotals = onChange((totals) => {
    const late = totals.rejectedByReason.wait_timeout ?? 0;
    const figures = { ran: totals.ran, refused: totals.rejected - late, late, left: totals.abandoned };
    for (const [key, value] of Object.entries(figures)) say(this.#totals.get(key), count(value));
    say(this.#arrived, count(totals.arrived));
    const refusals = Object.entries(totals.rejectedByReason).sort(([, one], [, other]) => other - one);
    this.#reasons.replaceChildren(
      "Since the start ", this.#arrived, " jobs arrived. ",
      refusals.length === 0 ? "No job was refused." : "Refused: ",
      ...refusals.flatMap(([name, number], i) =>
        [i > 0 ? ", " : "", `${reason(name)} `, element("b", { dataset: { reason: name } }, count(number))]),
      ...dryRunWords(totals));
  });

  #makeWaiting() {
    this.#waitingRows = element("tbody");
    return table("Waiting", ["Endpoint", "Priority", "Jobs", "Oldest"], this.#waitingRows);
  }

  #waitingRows;

  #drawWaiting = onChange((groups) => {
    this.#waitingRows.replaceChildren(...rows(groups, "None."));
  });

  #makeRunning() {
    this.#runningRows = element("tbody");
    this.#unlisted = element("p", { className: "note" });
    const list = table("Running", ["Endpoint", "Jobs", "Oldest"], this.#runningRows);
    list.append(this.#unlisted);
    return list;
  }

  #runningRows;
  #unlisted;

  #drawRunning = onChange(([groups, unlisted]) => {
    this.#runningRows.replaceChildren(...rows(groups, unlisted > 0 ? "" : "None."));
    say(this.#unlisted, unlisted === 0
      ? ""
      : `${groups.length > 0 ? "And" : "There are"} ${count(unlisted)} that started while no page was open.`);
  });

  #makeCallers() {
    this.#callerRows = element("tbody");
    this.#callersNote = element("p", { className: "note" });
    const list = table("Callers", ["Caller", "Waiting", "Running"], this.#callerRows);
    list.classList.add("callers");
    list.append(this.#callersNote);
    list.hidden = true;
    return this.#callers = list;
  }

  #callers;
  #callerRows;
  #callersNote;

  #drawCallers = onChange((callers) => {
    this.#callers.hidden = !callers;
    if (!callers) return;
    const top = callers.top.map((one) => [one.caller ?? "without a key", one.waiting, one.running]);
    this.#callerRows.replaceChildren(...rows(top, "None."));
    const more = callers.total - callers.top.length;
    say(this.#callersNote, [
      more > 0 ? `And ${things(more, "more caller", "more callers")}.` : "",
      callers.by === "hash" && callers.top.length > 0 ? "Callers are shown by a hash." : ""].filter(Boolean).join(" "));
  });

  #makeSettings() {
    this.#settingRows = element("tbody");
    return element("details", { className: "settings" },
      element("summary", {}, "Settings in force, and where each comes from"),
      element("table", {}, head(["Setting", "Value", "Comes from"]), this.#settingRows));
  }

  #settingRows;

  #drawSettings = onChange(([settings, caps]) => {
    // A single cap is the setting itself.
    const limits = caps.length < 2
      ? []
      : caps.map((cap) => settingRow(`Limit of workers (${cap.name})`, cap.workers, cap));
    this.#settingRows.replaceChildren(
      ...settings.map((setting) => settingRow(setting.key, setting.value, setting)), ...limits);
  });
}

const settingRow = (name, value, origin) => element("tr", { dataset: { setting: name, source: origin.source } },
  element("th", { scope: "row" }, name), element("td", {}, `${value}`),
  element("td", {}, source(origin.source), ...(origin.path ? [" ", element("code", {}, origin.path)] : [])));

const age = (now, group) => Math.max(0, (now - Date.parse(group.oldestSince)) / 1000);

const head = (titles) =>
  element("thead", {}, element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title))));

function table(title, titles, body) {
  return element("div", { className: "list" }, element("h3", {}, title), element("table", {}, head(titles), body));
}

const noteRow = (text) => element("tr", { className: "none" }, element("td", { colSpan: 4 }, text));

function rows(groups, none) {
  if (groups.length === 0) return none === "" ? [] : [noteRow(none)];
  const shown = groups.slice(0, maxRows).map((cells) =>
    element("tr", {}, ...cells.map((cell) => element("td", {}, typeof cell === "number" ? count(cell) : cell))));
  const more = groups.length - maxRows;
  return more > 0 ? [...shown, noteRow(`and ${things(more, "more endpoint", "more endpoints")}`)] : shown;
}

/** The jobs that dry run let through although they would have waited or been refused; empty if there are none. */
function dryRunWords(totals) {
  const refused = Object.entries(totals.wouldHaveRejectedByReason);
  if (totals.wouldHaveWaited === 0 && refused.length === 0) return [];
  return [
    " In dry run ", element("b", {}, count(totals.wouldHaveWaited)), " would have waited",
    ...refused.flatMap(([name, number]) =>
      [", ", element("b", {}, count(number)), ` would have been refused (${reason(name)})`]),
    ".",
  ];
}
