/* Messages: of a channel, and of a thread. */
import { blockOf } from "./blocks.js";
import { entryOf, fill } from "./composer.js";
import { $, el, gallery, icon, keepAtEnd, place } from "./dom.js";
import { fileOf } from "./files.js";
import { menuButton } from "./menu.js";
import { rich } from "./mrkdwn.js";
import { channelOf, here, isBot, nameOf, world } from "./world.js";

const drawOnce = gallery(messageOf);
const dayOnce = gallery((day) => el("div", { class: "day", role: "separator" }, el("span", {}, day)));
let openThread = () => {};

/* `whenAsked` opens the thread of a message. */
export function onThread(whenAsked) {
  openThread = whenAsked;
}

export function drawMessages() {
  const { messages } = world.slack;
  const list = $("messages");
  const nodes = [];
  let day = "";
  for (const message of messages.filter((one) => one.broadcast || !isReply(one))) {
    if (dayOf(message) !== day) nodes.push(dayOnce(`${here.channel} ${(day = dayOf(message))}`, day));
    const replies = repliesTo(message.ts).filter((one) => !one.user);
    nodes.push(drawOnce(`${here.user} ${message.ts}`, message, { replies: replies.length, last: replies.at(-1)?.ts, root: message.broadcast ? wordsOf(rootOf(message)) : null, names: names() }));
  }
  if (!nodes.length) nodes.push(nothingYet());
  keepAtEnd(list, () => place(list, nodes));
}

const names = () => world.slack.people.length;
const roots = () => new Set(world.slack.messages.map((message) => message.ts));
const isReply = (message) => message.thread_ts && !message.broadcast && message.thread_ts !== message.ts && roots().has(message.thread_ts);
export const repliesTo = (ts) => world.slack.messages.filter((one) => one.thread_ts === ts && one.ts !== ts);
export const drawReply = (message) => drawOnce(`${here.user} reply ${message.ts}`, message, { inThread: true });

const rootOf = (message) => world.slack.messages.find((one) => one.ts === message.thread_ts);
/* What a message says, in a line. */
const wordsOf = (message) => (message?.text || "a message").split("\n")[0].slice(0, 80);

const timeOf = (message) => new Date(Number(message.ts) * 1000);

function dayOf(message) {
  const at = timeOf(message);
  if (at.toDateString() === new Date().toDateString()) return "Today";
  return at.toLocaleDateString("en", { weekday: "long", day: "numeric", month: "long" });
}

function nothingYet() {
  if (channelOf(here.channel)?.archived) return el("div", { class: "empty" }, icon("archive"), el("h2", {}, "Nothing was posted here"),
    el("p", {}, "Archived channels accept no messages or commands."));
  const try_ = (line) => el("button", { class: "try", type: "button", onclick: () => fill(line) }, line);
  return el("div", { class: "empty" }, icon("ghost"),
    el("h2", {}, "No messages yet"),
    el("p", {}, "The sandbox simulates Slack and Phantombuster; the bot is the real one. Try one of these:"),
    el("div", { class: "tries" }, try_("/phantom help"), try_("/phantom agents"), try_("/phantom launch")));
}

function messageOf(message, { replies = 0, last = "", root = null, inThread = false }) {
  const bot = isBot(message.author);
  const at = timeOf(message);
  const name = nameOf(message.author);
  const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const node = el("article", { class: "message" + (message.user ? " whisper" : ""), "data-ts": message.ts, tabindex: "-1", "aria-label": `${name}, ${clock}` });
  if (message.user) node.append(el("div", { class: "whisper-note" }, icon("eye"), "Only visible to you"));
  node.append(faceOf(message.author), el("div", { class: "content" },
    el("div", { class: "head" }, el("span", { class: "name" }, name), bot ? el("span", { class: "badge" }, "APP") : null,
      el("time", { datetime: at.toISOString(), title: at.toLocaleString() }, clock)),
    broadcastLine(message, root),
    ...saidIn(message),
    ...message.files.map(fileOf),
    replies ? repliesLine(message, replies, last) : null));
  if (!inThread && !message.user && !message.deleted) node.append(toolsOf(message));
  return node;
}

export function faceOf(author) {
  const hues = ["blue", "green", "amber", "rose"];
  const hue = isBot(author) ? "bot" : hues[world.slack.people.findIndex((one) => one.id === author) % hues.length] ?? "blue";
  return el("div", { class: `face ${hue}`, "aria-hidden": "true" }, isBot(author) ? icon("ghost") : nameOf(author)[0]);
}

function saidIn(message) {
  if (message.deleted) return [el("div", { class: "gone" }, "This message was deleted.")];
  const said = message.blocks.map((block) => blockOf(block, { ts: message.ts }));
  if (!said.length && message.text) said.push(rich(message.text));
  if (message.edits) markEdited(said, message.edits);
  return said;
}

/* Where the first text ends, as Slack does. */
function markEdited(said, edits) {
  const texts = said.flatMap((node) => (node.matches(".rich") ? [node] : [...node.querySelectorAll(".rich")]));
  texts[0]?.append(" ", el("span", { class: "edited", title: edits > 1 ? `Edited ${edits} times` : "Edited once" }, "(edited)"));
}

/* As Slack says of a reply that stands in the channel too; there it leads to its thread. */
function broadcastLine(message, root) {
  if (!message.broadcast || message.deleted) return null;
  if (root === null) return el("div", { class: "broadcast" }, "Also sent to the channel");
  return el("div", { class: "broadcast" }, "replied to a thread: ",
    el("button", { type: "button", "data-key": `root ${message.ts}`, onclick: () => openThread(message.thread_ts) }, ...rich(root).childNodes));
}

function repliesLine(message, replies, last) {
  const at = new Date(Number(last) * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const label = replies === 1 ? "1 reply" : `${replies} replies`;
  return el("button", { class: "replies", type: "button", "data-key": `thread ${message.ts}`, onclick: () => openThread(message.ts) },
    faceOf(world.slack.bot), el("strong", {}, label), el("span", {}, `Last reply at ${at}`));
}

function toolsOf(message) {
  const shortcuts = world.slack.shortcuts.filter((one) => one.type === "message");
  const entries = () => shortcuts.map((one) => entryOf(one, { ts: message.ts }));
  return el("div", { class: "tools" }, el("button", { class: "tool", type: "button", title: "Reply in thread", "aria-label": "Reply in thread",
    "data-key": `reply ${message.ts}`, onclick: () => openThread(message.ts) }, icon("thread")),
    shortcuts.length ? menuButton("More actions", entries, `more ${message.ts}`) : null);
}
