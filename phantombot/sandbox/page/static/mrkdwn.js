/* Slack's mrkdwn. */
import { el } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { channelOf, groupOf, nameOf } from "./world.js";

const INLINE = new RegExp([
  "`([^`\\n]+)`",
  "<([^<>\\n]+)>",
  "(?<![\\w*])\\*(?!\\s)([^*\\n]+?)(?<!\\s)\\*(?![\\w*])",
  "(?<!\\w)_(?!\\s)([^_\\n]+?)(?<!\\s)_(?!\\w)",
  "(?<!\\w)~(?!\\s)([^~\\n]+?)(?<!\\s)~(?!\\w)",
  ":([a-z0-9_+-]+):",
].join("|"), "g");

const undo = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export const link = (url, label) => el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label || url);
export const isWebAddress = (url) => /^(https?:|mailto:)/i.test(url);
export const mention = (text) => el("span", { class: "mention" }, text);
export const emoji = (name) => EMOJI[name] ?? `:${name}:`;

function reference(inner) {
  const [target, label] = inner.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention("@" + nameOf(target.slice(1)));
  if (target.startsWith("#")) return mention("#" + (channelOf(target.slice(1))?.name ?? label ?? target.slice(1)));
  if (target.startsWith("!subteam^")) return mention("@" + groupOf(target.slice(9)));
  if (target.startsWith("!date^")) return dateOf(target, undo(label ?? ""));
  if (target.startsWith("!")) return mention("@" + undo(label ?? target.slice(1)).replace(/^@/, ""));
  if (!isWebAddress(target)) return undo(label ?? target);
  return link(undo(target), undo(label ?? target));
}

const long = { day: "numeric", month: "long", year: "numeric" };
const DATES = {
  date_num: { day: "2-digit", month: "2-digit", year: "numeric" }, date_slash: { day: "2-digit", month: "2-digit", year: "numeric" },
  date: long, date_pretty: long, date_short: { ...long, month: "short" }, date_short_pretty: { ...long, month: "short" },
  date_long: { ...long, weekday: "long" }, date_long_pretty: { ...long, weekday: "long" },
  time: { hour: "2-digit", minute: "2-digit" }, time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

/* `!date^<seconds>^<format>`, in the reader's own time; the pretty ones say today and yesterday. */
function dateOf(target, otherwise) {
  const [, seconds, format] = target.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (isNaN(at) || !format) return otherwise;
  const said = undo(format).replace(/\{(\w+)\}/g, (whole, name) => {
    const near = name.endsWith("_pretty") ? nearby(at) : "";
    return near || (DATES[name] ? at.toLocaleString([], DATES[name]) : whole);
  });
  return el("time", { datetime: at.toISOString(), title: at.toLocaleString() }, said);
}

function nearby(at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 864e5);
  return { 0: "today", 1: "yesterday", [-1]: "tomorrow" }[days] ?? "";
}

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, target, bold, italic, struck, name] = match;
    if (name && !EMOJI[name]) continue;
    nodes.push(undo(text.slice(from, match.index)));
    from = match.index + whole.length;
    if (code) nodes.push(el("code", {}, undo(code)));
    else if (target) nodes.push(reference(target));
    else if (bold) nodes.push(el("strong", {}, ...inline(bold)));
    else if (italic) nodes.push(el("em", {}, ...inline(italic)));
    else if (struck) nodes.push(el("s", {}, ...inline(struck)));
    else nodes.push(EMOJI[name]);
  }
  nodes.push(undo(text.slice(from)));
  return nodes;
}

function prose(text) {
  const nodes = [];
  for (const run of text.match(/(?:^(?:&gt;|>)[^\n]*(?:\n|$))+|(?:^(?!&gt;|>)[^\n]*(?:\n|$))+/gm) ?? []) {
    if (/^(&gt;|>)/.test(run)) {
      nodes.push(el("blockquote", {}, ...inline(run.replace(/^(&gt;|>) ?/gm, "").trimEnd())));
    } else nodes.push(...inline(run));
  }
  return nodes;
}

export function mrkdwn(text) {
  const pieces = text.split(/```([\s\S]+?)```/);
  return pieces.flatMap((piece, number) =>
    number % 2 ? [el("pre", {}, undo(piece.replace(/^\n|\n$/g, "")))] : prose(number ? piece.replace(/^\n/, "") : piece));
}

const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);

export const rich = (text) => el("div", { class: "rich" }, ...mrkdwn(text));
export const textOf = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text) : [plain(object)]);
export const plain = (object) => (object ? withEmoji(undo(object.text)) : "");
