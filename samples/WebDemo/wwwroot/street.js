// The street in front of the door. Shoppers come up to the door; some are let in, others turn back. If thousands of
// shoppers arrive in a second, one dot stands for several of them.

const maxDotsAtATime = 14;
const secondsUp = 0.55;
const secondsBack = 0.75;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Street {
  #canvas;
  #pen;
  #dots = [];
  #frame = 0;
  #last = 0;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext("2d");
    new ResizeObserver(() => this.#fit()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
  }

  // arrivals: { letIn, sentAway, soldOut } since the last snapshot
  welcome(arrivals) {
    if (calm.matches || document.hidden) return;
    const all = arrivals.letIn + arrivals.sentAway + arrivals.soldOut;
    const scale = Math.min(1, maxDotsAtATime / Math.max(1, all));
    for (const [ending, amount] of Object.entries(arrivals)) {
      const dots = amount === 0 ? 0 : Math.max(1, Math.round(amount * scale));
      for (let i = 0; i < dots; i++) this.#dots.push(newDot(ending));
    }
    if (this.#dots.length > 0 && !this.#frame) {
      this.#last = performance.now();
      this.#frame = requestAnimationFrame(now => this.#step(now));
    }
  }

  #step(now) {
    const passed = Math.min(0.1, (now - this.#last) / 1000);
    this.#last = now;
    for (const dot of this.#dots) dot.age += passed;
    this.#dots = this.#dots.filter(dot => dot.age < secondsUp + secondsBack);
    this.#paint();
    this.#frame = this.#dots.length ? requestAnimationFrame(next => this.#step(next)) : 0;
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#canvas.width = clientWidth * devicePixelRatio;
    this.#canvas.height = clientHeight * devicePixelRatio;
    this.#pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.#paint();
  }

  #paint() {
    const pen = this.#pen;
    const width = this.#canvas.clientWidth;
    const height = this.#canvas.clientHeight;
    const style = getComputedStyle(this.#canvas);
    const colour = {
      letIn: style.getPropertyValue("--wait"),
      sentAway: style.getPropertyValue("--full"),
      soldOut: style.getPropertyValue("--sold-out"),
    };
    pen.clearRect(0, 0, width, height);

    const doorLeft = width * 0.5 - Math.min(90, width * 0.2);
    const doorRight = width * 0.5 + Math.min(90, width * 0.2);
    pen.fillStyle = style.getPropertyValue("--wall");
    pen.fillRect(0, 0, doorLeft, 5);
    pen.fillRect(doorRight, 0, width - doorRight, 5);

    for (const dot of this.#dots) {
      const { x, y, alpha, arrived } = whereIs(dot, width, height, doorLeft, doorRight);
      pen.globalAlpha = alpha;
      pen.fillStyle = arrived ? colour[dot.ending] : style.getPropertyValue("--passer");
      pen.beginPath();
      pen.arc(x, y, 3.6, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }
}

function newDot(ending) {
  return {
    ending,
    age: -Math.random() * 0.1,
    from: Math.random(),
    aim: Math.random(),
    to: Math.random(),
    depth: Math.random(),
  };
}

// Returns the position of a dot. It slows down on its way to the door, and then goes in or back down the street.
function whereIs(dot, width, height, doorLeft, doorRight) {
  const door = doorLeft + 6 + dot.aim * (doorRight - doorLeft - 12);
  const start = dot.from * width;
  const sill = 9 + dot.depth * 8;
  if (dot.age < secondsUp) {
    const way = 1 - (1 - Math.max(0, dot.age) / secondsUp) ** 2;
    return { x: start + (door - start) * way, y: height + 6 + (sill - height - 6) * way, alpha: 1, arrived: false };
  }
  const way = (dot.age - secondsUp) / secondsBack;
  if (dot.ending === "letIn")
    return { x: door, y: sill * (1 - way * 3), alpha: Math.max(0, 1 - way * 2.5), arrived: true };
  const end = dot.to * width;
  return { x: door + (end - door) * way, y: sill + (height - sill) * way * way, alpha: 1 - way ** 3, arrived: true };
}
