// The tills and the waiting lines.

const mostTills = 48;
const maxLines = 16;
const maxDots = 60;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Floor {
  #tills;
  #lines;

  constructor(tills, lines) {
    this.#tills = tills;
    this.#lines = lines;
  }

  draw({ queue, tills }) {
    this.#drawTills(queue, tills);
    this.#drawLines(queue);
  }

  #drawTills({ workers }, orders) {
    // After a decrease of the workers, more tills may still finish an order.
    const wanted = Math.min(mostTills, Math.max(workers, orders.length));
    resize(this.#tills, wanted, newTill);
    this.#tills.classList.toggle("small", wanted > 8);
    [...this.#tills.children].forEach((till, index) => {
      const order = orders[index];
      till.classList.toggle("busy", Boolean(order));
      till.classList.toggle("closing", index >= workers);
      const number = order ? String(order.order) : "";
      if (till.dataset.order !== number) {
        till.dataset.order = number;
        showProgress(till, order);
      }
    });
  }

  #drawLines({ waiting, partitionCapacity }) {
    resize(this.#lines, Math.min(maxLines, waiting.length), newLine);
    [...this.#lines.children].forEach((line, index) => {
      const present = waiting[index];
      // After a decrease of the capacity a line may be longer than the capacity.
      const places = Math.max(partitionCapacity, present);
      const [dots, amount] = line.children;
      line.classList.toggle("dotted", places <= maxDots);
      line.classList.toggle("full", present >= partitionCapacity && present > 0);
      dots.style.setProperty("--places", places);
      dots.style.setProperty("--share", places === 0 ? 0 : present / places);
      resize(dots, places <= maxDots ? places : 0, () => document.createElement("i"));
      [...dots.children].forEach((dot, place) => dot.classList.toggle("taken", place < present));
      amount.textContent = present;
    });
  }
}

function resize(list, wanted, make) {
  while (list.children.length > wanted) list.lastElementChild.remove();
  while (list.children.length < wanted) list.append(make());
}

function newTill() {
  const till = document.createElement("li");
  till.append(document.createElement("span"));
  return till;
}

function newLine() {
  const line = document.createElement("li");
  const dots = document.createElement("div");
  dots.className = "dots";
  line.append(dots, document.createElement("b"));
  return line;
}

// The bar of a till grows while the till works on an order. It begins at the order's current progress.
function showProgress(till, order) {
  const bar = till.firstElementChild;
  bar.getAnimations().forEach(animation => animation.cancel());
  if (!order || calm.matches) return;
  bar.animate(
    [{ transform: `scaleX(${Math.min(1, order.elapsed / Math.max(1, order.duration))})` }, { transform: "scaleX(1)" }],
    { duration: Math.max(1, order.duration - order.elapsed), fill: "forwards" });
}
