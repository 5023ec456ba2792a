// Two small charts of the last five minutes: the outcomes of jobs in each second, and the longest wait.

import { drawing, element, say } from "./dom.js";
import { span } from "./history.js";
import { count, duration } from "./words.js";

const height = 64;

class Chart {
  constructor(title, series) {
    this.paths = new Map(series.map((name) => [name, drawing("path", { class: `series ${name}` })]));
    this.limit = drawing("line", { class: "limit", x1: 0, x2: span, y1: -9, y2: -9 });
    this.picture = drawing("svg", { viewBox: `0 0 ${span} ${height}`, preserveAspectRatio: "none", role: "img" },
      ...this.paths.values(), this.limit);
    this.scale = element("span", { className: "scale" });
    this.element = element("figure", { className: "chart" },
      element("figcaption", {}, title, this.scale),
      element("div", { className: "plot" }, this.picture),
      element("div", { className: "axis" }, element("span", {}, "5 min ago"), element("span", {}, "now")));
  }

  describe(text) {
    if (this.picture.getAttribute("aria-label") !== text) this.picture.setAttribute("aria-label", text);
  }
}

/** Stacked bars, one for each second. */
export class OutcomeChart extends Chart {
  static series = ["ran", "late", "refused", "left"];

  constructor() { super("Outcomes per second", OutcomeChart.series); }

  draw(seconds) {
    const inAll = (second) => second ? OutcomeChart.series.reduce((sum, key) => sum + second[key], 0) : 0;
    const most = nice(Math.max(5, ...seconds.map(inAll)));
    const shapes = new Map(OutcomeChart.series.map((key) => [key, ""]));
    seconds.forEach((second, x) => {
      let below = 0;
      for (const key of OutcomeChart.series) {
        const value = second?.[key] ?? 0;
        if (value === 0) continue;
        const [from, to] = [below, below + value].map((level) => height - level / most * height);
        shapes.set(key, `${shapes.get(key)}M${x} ${from.toFixed(2)}V${to.toFixed(2)}H${x + 1}V${from.toFixed(2)}z`);
        below += value;
      }
    });
    for (const [key, path] of this.paths) path.setAttribute("d", shapes.get(key));
    say(this.scale, `up to ${count(most)}`);
    const sum = (key) => seconds.reduce((total, second) => total + (second?.[key] ?? 0), 0);
    this.describe(
      `In the last 5 minutes ${count(sum("ran"))} ran, ${count(sum("refused"))} were refused, `
      + `${count(sum("late"))} waited too long, ${count(sum("left"))} left.`);
  }
}

/** An area with its limit. */
export class WaitChart extends Chart {
  constructor() { super("Longest wait", ["wait"]); }

  draw(seconds, maxWaitSeconds) {
    const highest = Math.max(0, ...seconds.map((second) => second?.wait ?? 0));
    const isNearLimit = maxWaitSeconds !== null && highest > maxWaitSeconds / 4;
    const most = Math.max(1, isNearLimit ? maxWaitSeconds * 1.1 : nice(highest));
    let shape = "";
    seconds.forEach((second, x) => {
      if (!second) return;
      const y = (height - second.wait / most * height).toFixed(2);
      shape += shape === "" ? `M${x} ${height}V${y}H${x + 1}` : `V${y}H${x + 1}`;
    });
    this.paths.get("wait").setAttribute("d", shape === "" ? "" : `${shape}V${height}z`);
    const limit = maxWaitSeconds !== null && maxWaitSeconds <= most ? height - maxWaitSeconds / most * height : -9;
    this.limit.setAttribute("y1", limit);
    this.limit.setAttribute("y2", limit);
    say(this.scale, `up to ${duration(most)}`);
    this.describe(`The longest wait in the last 5 minutes was ${duration(highest)}.`);
  }
}

/** The next round number: 1, 2 or 5 times a power of ten. */
function nice(number) {
  if (number <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(number));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= number);
}
