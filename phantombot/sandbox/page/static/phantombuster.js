/* The local Phantombuster: its agents and runs, and what goes wrong there. */
import { $, el, gallery, icon, place } from "./dom.js";
import { isShown, pane } from "./panel.js";
import { post } from "./server.js";
import { fill } from "./composer.js";
import { world } from "./world.js";

pane("phantombuster", "Phantombuster", { open: drawAccount });

$("api").addEventListener("change", (event) => post("api", { version: event.target.value }));

$("copy-key").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(world.account.key);
    $("copied").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren($("key"));
    $("copied").textContent = "Selected: copy it with the keyboard";
  }
});

const agentOnce = gallery(agentOf);
const runOnce = gallery(runOf);
const dayOnce = gallery(dayOf);

export function drawAccount() {
  const { account } = world;
  if (!account) return;
  const wrong = account.badDays.filter((day) => day.on).length;
  $("bad-count").textContent = wrong || "";
  $("bad-count").hidden = !wrong;
  if (!isShown("phantombuster")) return;
  $("key").textContent = account.key || "none is accepted";
  $("copy-key").hidden = !account.key;
  for (const choice of $("api").querySelectorAll("input")) choice.checked = choice.value === account.api;
  place($("bad-days"), account.badDays.map((day) => dayOnce(day.name, day)));
  place($("agents"), account.agents.map((agent) => agentOnce(agent.id, agent)));
  place($("runs"), account.runs.map((run) => runOnce(run.id, run, account.agents.find((one) => one.id === run.agentId)?.name)));
  $("no-runs").hidden = account.runs.length > 0;
}

function dayOf(day) {
  return el("label", { class: "bad-day" }, el("span", {}, day.title, el("small", {}, day.means)),
    el("input", { type: "checkbox", role: "switch", checked: day.on, "data-key": `day ${day.name}`,
      onchange: (event) => post("switch", { name: day.name, on: event.target.checked }) }));
}

function agentOf(agent) {
  const busy = agent.runningContainers ? "running" : agent.queuedContainers ? "queued" : "";
  return el("li", { class: "agent" },
    el("span", { class: lightOf(busy || agent.lastEndStatus || "idle"), "aria-hidden": "true" }),
    el("div", {}, el("strong", {}, agent.name), el("small", {}, [agent.id, stateOf(agent)].join(" · ")), barOf(agent)),
    el("button", { class: "tool", type: "button", "aria-label": `Type the command that launches ${agent.name}`, title: "Type the command that launches it",
      "data-key": `type ${agent.id}`, onclick: () => fill(`/phantom launch ${agent.id}`) }, icon("slash")),
    el("button", { class: "tool", type: "button", "aria-label": `Launch ${agent.name} on Phantombuster's own page`, title: "Launch it as on Phantombuster's own page",
      "data-key": `launch ${agent.id}`, onclick: () => post("elsewhere", { agent: agent.id }) }, icon("play")));
}

const lightOf = (state) => `light is-${state.replace(" ", "-")}`;

function stateOf(agent) {
  const { runningContainers: running, queuedContainers: queued, running: runs } = agent;
  const now = [running ? `${running} running` : runs ? "running" : "", queued ? `${queued} queued` : ""].filter(Boolean).join(", ");
  return now || (agent.lastEndStatus ? `last run: ${agent.lastEndStatus}` : "never launched");
}

function barOf({ progress }) {
  if (typeof progress?.progress !== "number") return null;
  return el("progress", { max: "1", value: progress.progress, "aria-label": progress.label ?? "Progress" });
}

function runOf(run, name) {
  const ended = run.lastEndStatus ?? run.state;
  const how = [run.lastEndMessage ?? run.state, run.exitCode ? `exit code ${run.exitCode}` : ""].filter((one) => one && !/exit code 0/.test(one));
  return el("li", { class: "run" }, el("span", { class: lightOf(ended), "aria-hidden": "true" }),
    el("div", {}, el("span", {}, name ?? run.agentId), el("small", {}, [`#${run.id}`, how.join(", ") || "success"].join(" · "))));
}
