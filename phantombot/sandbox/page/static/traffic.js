/* What is said over the wire, in order: it shows how a Slack app works. */
import { $, el, gallery, keepAtEnd, place } from "./dom.js";
import { isShown, pane } from "./panel.js";
import { ask } from "./server.js";

const MOST = 250;
const PARTIES = { phantombot: "bot" };
const rows = new Map();
const opened = new Set();
const left = new Set();
let cleared = 0;
const drawOnce = gallery(groupOf);

pane("traffic", "Traffic", { open: () => {
  drawTraffic();
  $("exchanges").scrollTop = $("exchanges").scrollHeight;
} });

/* News come with the latest exchanges only; those before are known. */
export function hearTraffic(latest) {
  for (const row of latest) rows.set(row.number, row);
  for (const number of [...rows.keys()].slice(0, -MOST)) rows.delete(number);
  drawTraffic();
}

function drawTraffic() {
  if (!isShown("traffic")) return;
  const shown = [...rows.values()].filter((row) => row.number > cleared && !left.has(wayOf(row)));
  const groups = grouped(shown);
  $("no-traffic").hidden = groups.length > 0;
  keepAtEnd($("exchanges"), () => place($("exchanges"), groups.map((group) => drawOnce(group[0].number, group.at(-1), group.length))));
}

const wayOf = (row) => `${row.sender} ${row.receiver}`;
const alike = (a, b) => wayOf(a) === wayOf(b) && a.title === b.title && a.status === b.status;

/* The same again and again is told once, and how often. */
function grouped(shown) {
  const groups = [];
  for (const row of shown) {
    if (groups.length && alike(groups.at(-1)[0], row)) groups.at(-1).push(row);
    else groups.push([row]);
  }
  return groups;
}

function groupOf(row, times) {
  const bad = row.status && !/^2\d\d$/.test(row.status);
  const place_ = el("div", { class: "whole" });
  const node = el("details", { class: "exchange", "data-way": row.receiver },
    el("summary", { "data-key": `exchange ${row.number}` },
      el("span", { class: "way" }, `${PARTIES[row.sender] ?? row.sender} → ${PARTIES[row.receiver] ?? row.receiver}`),
      el("span", { class: "took" }, el("span", { class: bad ? "status bad" : "status" }, row.status ?? "…"), row.seconds === null ? "" : tookOf(row.seconds)),
      el("code", { class: "title" }, row.title), times > 1 ? el("span", { class: "times" }, `× ${times}`) : null,
      el("span", { class: "meaning" }, row.meaning)), place_);
  node.open = opened.has(row.number);
  node.addEventListener("toggle", () => {
    opened[node.open ? "add" : "delete"](row.number);
    if (node.open && !place_.children.length) unfold(row.number, place_);
  });
  return node;
}

const tookOf = (seconds) => (seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`);

async function unfold(number, place_) {
  const whole = await ask(`traffic/${number}`);
  place_.replaceChildren(...(whole ? [partOf("Request", whole.request), whole.answer ? partOf("Answer", whole.answer) : el("p", {}, "No answer yet.")] : [el("p", {}, "No longer remembered.")]));
}

function partOf(name, part) {
  const headers = Object.entries(part.headers).map(([header, value]) => `${header}: ${value}`).join("\n");
  const body = part.body === null ? "" : typeof part.body === "string" ? part.body : JSON.stringify(part.body, null, 2);
  return el("div", {}, el("h4", {}, name), el("pre", { tabindex: "0", "aria-label": name }, [part.line, headers, body && `\n${body}`].filter(Boolean).join("\n")));
}

for (const box of document.querySelectorAll("#ways input")) {
  box.addEventListener("change", () => {
    left[box.checked ? "delete" : "add"](box.value);
    drawTraffic();
  });
}
$("clear-traffic").addEventListener("click", () => {
  cleared = Math.max(0, ...rows.keys());
  drawTraffic();
});
