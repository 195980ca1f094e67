/* The steps of a first visit. The sandbox ticks them off when it has seen them happen. */
import { fill } from "./composer.js";
import { $, el } from "./dom.js";
import { showPane } from "./panel.js";
import { post } from "./server.js";
import { world } from "./world.js";

let drawn = "";

export function drawSteps() {
  const { steps, account } = world;
  if (!steps) return;
  const broken = Boolean(account?.badDays.some((day) => day.on));
  const looks = JSON.stringify([steps, broken]);
  if (looks === drawn) return;
  drawn = looks;
  const done = steps.steps.filter((step) => step.done).length;
  const now = steps.steps.find((step) => !step.done);
  $("steps").hidden = !steps.shown;
  $("steps-switch").hidden = false;
  $("steps-switch").setAttribute("aria-expanded", String(steps.shown));
  $("steps-count").textContent = `${done}/${steps.steps.length}`;
  $("steps-list").replaceChildren(...steps.steps.map((step, number) => titleOf(step, number, step === now)));
  $("step").replaceChildren(...(now ? howTo(now, broken) : [el("p", {}, "That is all of them. The channel is yours: ", lineOf("/phantom help"))]));
}

function titleOf(step, number, isNow) {
  return el("li", { class: step.done ? "done" : null, "aria-current": isNow ? "step" : null },
    el("span", { class: "tick", "aria-hidden": "true" }, step.done ? "✓" : number + 1), step.title, step.done ? el("span", { class: "sr" }, " (done)") : null);
}

function howTo(step, broken) {
  const open = (when) => (step.phantombuster !== when ? null
    : el("button", { class: "button", type: "button", onclick: () => showPane("phantombuster") }, "Open Phantombuster"));
  return [
    el("p", {}, step.name === "watch" && broken ? "Turn the bad day off again. " : "", step.how),
    el("div", { class: "ways" }, open("before"), step.line ? lineOf(step.line) : null, open("after")),
  ];
}

/* A line that a press puts into the message field. */
const lineOf = (line) => el("button", { class: "try", type: "button", title: "Put it into the message field", onclick: () => fill(line) }, line);

function show(shown) {
  post("steps", { shown });
  (shown ? $("steps-close") : $("steps-switch")).focus();
}

$("steps-switch").addEventListener("click", () => show($("steps").hidden));
$("steps-close").addEventListener("click", () => show(false));
