/* Who one is, and where: people and channels. */
import { $, el, gallery, icon, place } from "./dom.js";
import { faceOf } from "./messages.js";
import { here, titleOf, world } from "./world.js";

const read = new Map();
const rowOnce = gallery(rowOf);
const personOnce = gallery(personOf);
let goTo = () => {};

/* `go` is called with where the reader wants to be. */
export function drawSidebar(go) {
  const { people, channels } = world.slack;
  const current = channels.find((one) => one.id === here.channel);
  if (current) read.set(here.user + current.id, current.last);
  goTo = go;
  const rows = (shown) => shown.map((one) => rowOnce(`${here.user} ${one.id}`, one, one.id === here.channel, isUnread(one)));
  place($("channels"), rows(channels.filter((one) => !one.person)));
  place($("apps"), rows(channels.filter((one) => one.person)));
  $("apps").previousElementSibling.hidden = !$("apps").children.length;
  place($("people"), people.filter((one) => one.role !== "bot").map((person) => personOnce(person.id, person, person.id === here.user)));
}

function isUnread(channel) {
  const key = here.user + channel.id;
  if (!read.has(key)) read.set(key, channel.last);
  return channel.last > read.get(key);
}

function rowOf(channel, current, unread) {
  const away = !channel.members.includes(world.slack.bot);
  return el("li", {}, el("button", { type: "button", class: unread ? "unread" : null, "data-key": channel.id,
    "aria-current": current ? "page" : null, onclick: () => goTo({ channel: channel.id }) },
  icon(channel.person ? "ghost" : channel.archived ? "archive" : channel.private ? "lock" : "hash"),
  el("span", {}, titleOf(channel)),
  away ? el("small", { title: "phantombot is not in this channel" }, "no bot") : null,
  unread ? el("span", { class: "sr" }, "unread") : null));
}

function personOf(person, chosen) {
  const label = { single: "single-channel guest" }[person.role] ?? person.role;
  return el("label", { class: "person" },
    el("input", { type: "radio", name: "me", value: person.id, checked: chosen, "data-key": `me ${person.id}`, onchange: () => goTo({ user: person.id }) }),
    faceOf(person.id), el("span", {}, person.name, el("small", {}, label)));
}

export function drawHeading() {
  const channel = world.slack.channels.find((one) => one.id === here.channel);
  if (!channel) return;
  $("channel").replaceChildren(icon(channel.person ? "ghost" : channel.private ? "lock" : "hash"), titleOf(channel));
  $("about").textContent = aboutOf(channel);
  document.title = `${titleOf(channel)} · phantombot sandbox`;
  $("uninvited").hidden = channel.archived || channel.members.includes(world.slack.bot);
  $("text").disabled = channel.archived;
  $("text").placeholder = channel.archived ? "This channel is archived" : `Message ${channel.person ? "phantombot" : `#${channel.name}`}, or /phantom`;
}

function aboutOf(channel) {
  if (channel.archived) return "This channel is archived";
  if (channel.person) return "Direct messages with the bot";
  const away = channel.members.includes(world.slack.bot) ? "" : ", without phantombot";
  const people = channel.members.filter((id) => id !== world.slack.bot).length;
  return `${people} people${away}`;
}
