// Formats numbers and times for reading.

const whole = new Intl.NumberFormat("en");

export const count = (number) => whole.format(number);

export const things = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;

/** A time in seconds as a short text. */
export function duration(seconds) {
  if (seconds === 0) return "0 s";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

export const perSecond = (rate) => rate >= 10 || rate === 0 ? count(Math.round(rate)) : rate.toFixed(1);

export const clock = (moment, withSeconds = false) => new Date(moment).toLocaleTimeString([], {
  hour: "2-digit",
  minute: "2-digit",
  second: withSeconds ? "2-digit" : undefined,
});

const reasons = {
  queue_full: "queue full",
  wait_timeout: "waited too long",
  draining: "draining",
  partition_full: "no room for the caller",
  key_limit: "caller at its limit",
  shed: "shed",
  deadline_too_close: "deadline too close",
  displaced: "displaced",
  expected_wait_too_long: "would wait too long",
};

export const reason = (name) => reasons[name] ?? name.replaceAll("_", " ");

const sources = {
  built_in: "built-in default",
  code: "code",
  configuration_defaults: "configuration, all queues",
  configuration_queue: "configuration, this queue",
  live_update: "code, while running",
  override: "override",
  adaptive: "found by the queue",
};

export const source = (name) => sources[name] ?? name;

export const endpoint = (job) => job.route === "" ? "not a request" : `${job.method} ${job.route}`;
