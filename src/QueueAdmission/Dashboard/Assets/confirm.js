// A button that asks for confirmation before its action runs.

import { element } from "./dom.js";

/**
 * Replaces a clicked button by a question until the question is answered. The focus goes to the answer that changes
 * nothing, so that a key that is pressed twice does no harm.
 * @param ask Returns the question and the two answers; null if the action needs no question.
 */
export function confirming(button, ask, act) {
  button.addEventListener("click", () => {
    const words = ask();
    if (!words) {
      act();
      return;
    }
    const no = element("button", { type: "button" }, words.no);
    const yes = element("button", { type: "button", className: "yes" }, words.yes);
    const group = element("span", { className: "confirm", role: "group", "aria-label": words.question },
      element("span", {}, words.question), no, yes);
    const close = () => {
      group.replaceWith(button);
      button.focus();
    };
    no.addEventListener("click", close);
    group.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    yes.addEventListener("click", () => {
      close();
      act();
    });
    button.replaceWith(group);
    no.focus();
  });
}
