// The settings that can be changed while the shop is open; the server offers them in development only.

const names = ["workers", "partitions", "partitionCapacity", "orderMilliseconds"];

export function connectSettings(section) {
  const error = section.querySelector(".error");
  const field = name => section.querySelector(`#${name}`);
  const slider = name => section.querySelector(`[data-for=${name}]`);
  let sending = 0;

  async function send() {
    const settings = Object.fromEntries(names.map(name => [name, Math.trunc(field(name).valueAsNumber)]));
    if (Object.values(settings).some(Number.isNaN)) return;
    sending++;
    try {
      const answer = await fetch("settings", {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(settings),
      });
      error.textContent = answer.ok
        ? ""
        : (await answer.json().catch(() => ({}))).detail ?? "The server did not take that value.";
    } catch {
      error.textContent = "The server does not answer.";
    } finally {
      sending--;
    }
  }

  for (const name of names) {
    slider(name).addEventListener("input", () => {
      field(name).value = slider(name).value;
      send();
    });
    field(name).addEventListener("input", () => {
      slider(name).value = field(name).value;
      send();
    });
  }
  section.querySelector("form").addEventListener("submit", event => event.preventDefault());

  // The values in force are shown, but not in a field that the visitor is editing.
  return ({ canChange, queue, orderMilliseconds }) => {
    section.hidden = !canChange;
    if (sending > 0 || error.textContent) return;
    const inForce = { ...queue, orderMilliseconds };
    for (const name of names) {
      if (document.activeElement === field(name) || document.activeElement === slider(name)) continue;
      field(name).value = inForce[name];
      slider(name).value = inForce[name];
    }
  };
}
