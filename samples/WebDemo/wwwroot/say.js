// The words of the page. The server has put them into the page, in its language.

const language = document.documentElement.lang;
const words = JSON.parse(document.getElementById("words").textContent);
const whole = new Intl.NumberFormat(language);
const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const number = value => whole.format(value);
export const decimal = value => tenths.format(value);

// "{n}" is a value. "{n:one lamp|{n} lamps}" is the first form if the value is 1, and the second one otherwise.
export function say(key, values = {}) {
  const write = value => typeof value === "number" ? number(value) : String(value);
  return words[key]
    .replace(/\{(\w+):([^|]*)\|((?:[^{}]|\{\w+\})*)\}/g, (_, name, one, many) => values[name] === 1 ? one : many)
    .replace(/\{(\w+)\}/g, (_, name) => write(values[name]));
}
