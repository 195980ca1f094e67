/* The field where messages and commands are typed. */
import { $, el, icon } from "./dom.js";
import { menuButton } from "./menu.js";
import { notice } from "./notice.js";
import { post } from "./server.js";
import { here, nameOf, world } from "./world.js";

const COMMAND = "/phantom";
/* Slack's own, as far as the sandbox knows it: it lets the bot into a channel. */
const INVITE = "/invite";
const lines = [];
let recalled = 0;
let offered = false;
const field = $("text");

export async function send(text, thread_ts = undefined) {
  const word = text.split(/\s/)[0];
  notice("");
  if (word.startsWith("/") && word !== COMMAND && word !== INVITE) return notice(`${word} is not a valid command.`);
  if (word.startsWith("/") && thread_ts) return notice(`${word} is not supported in threads. Sorry!`);
  const delivery = await post("command", { text, thread_ts, user: here.user, channel: here.channel });
  if (delivery.error) notice(`${word} failed with the error “${delivery.error}”`);
}

$("invite").addEventListener("click", () => send(`${INVITE} @${nameOf(world.slack.bot)}`));

/* Those of the whole workspace; a message has its own. */
const globals = () => world.slack.shortcuts.filter((one) => one.type === "global");

export function drawShortcuts() {
  if (!globals().length || $("shortcuts").children.length) return;
  $("shortcuts").append(menuButton("Shortcuts", () => globals().map((one) => entryOf(one)), "shortcuts", "bolt"));
}

/* A shortcut in a menu; `target` names the message where it belongs to one. */
export function entryOf(shortcut, target = {}) {
  return { label: shortcut.name, hint: shortcut.description, act: () => use(shortcut, target) };
}

async function use(shortcut, target) {
  notice("");
  const delivery = await post("shortcut", { ...target, callback_id: shortcut.callback_id, user: here.user, channel: here.channel });
  if (delivery.error) notice(`${shortcut.name} failed with the error “${delivery.error}”`);
}

$("line").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  if (lines.at(-1) !== text) lines.push(text);
  recalled = lines.length;
  write("");
  $("messages").scrollTop = $("messages").scrollHeight;
  send(text);
});

/* Slack offers a command while its name is typed, and shows its hint while the rest is. */
function offer() {
  const text = field.value;
  const named = text === COMMAND || text.startsWith(COMMAND + " ");
  const begun = text.startsWith("/") && !text.includes(" ") && COMMAND.startsWith(text);
  $("offer").hidden = !(named || begun);
  offered = begun;
  $("offer").replaceChildren(...(named || begun ? [el("div", { class: "option", role: "option", id: "offer-0", "aria-selected": String(begun), onmousedown: complete },
    icon("ghost"), el("strong", {}, COMMAND), el("span", { class: "usage" }, world.slack.hint), el("small", {}, begun ? "Tab to complete" : "phantombot"))] : []));
  if (begun) field.setAttribute("aria-activedescendant", "offer-0");
  else field.removeAttribute("aria-activedescendant");
}

function complete(event) {
  event?.preventDefault();
  if (!field.value.includes(" ")) write(COMMAND + " ");
  field.focus();
}

/* Puts a line where it can be sent or changed. */
export function fill(text) {
  write(text);
  field.focus();
}

function write(text) {
  field.value = text;
  grow();
  offer();
}

/* As high as what it holds, up to a third of the window. */
function grow() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, innerHeight / 3)}px`;
}

field.addEventListener("input", () => { grow(); offer(); });
field.addEventListener("blur", () => { $("offer").hidden = true; });
field.addEventListener("focus", offer);
field.addEventListener("keydown", (event) => {
  const open = offered && !$("offer").hidden;
  if (event.key === "Tab" && open && !event.shiftKey) return complete(event);
  if (event.key === "Escape" && !$("offer").hidden) { $("offer").hidden = true; event.preventDefault(); return; }
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (open && field.value !== COMMAND) return complete(event);
    return $("line").requestSubmit();
  }
  recall(event);
});

/* What was sent before comes back with the arrows, like in a shell. */
function recall(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const inside = field.value.includes("\n") || (field.value && field.value !== lines[recalled]);
  if (!step || !lines.length || inside) return;
  event.preventDefault();
  recalled = Math.min(Math.max(recalled + step, 0), lines.length);
  write(lines[recalled] ?? "");
}
