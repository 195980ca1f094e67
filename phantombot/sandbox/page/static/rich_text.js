/* Blocks of rich text, and tables, whose cells hold it. */
import { el } from "./dom.js";
import { emoji, isWebAddress, link, mention } from "./mrkdwn.js";
import { channelOf, groupOf, nameOf } from "./world.js";

export const richText = (block) => el("div", { class: "block rich" }, ...block.elements.map(partOf));

function partOf(part) {
  if (part.type === "rich_text_list") {
    const style = { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null };
    return el(part.style === "ordered" ? "ol" : "ul", style, ...part.elements.map((one) => el("li", {}, partOf(one))));
  }
  const tag = { rich_text_preformatted: "pre", rich_text_quote: "blockquote" }[part.type] ?? "div";
  return el(tag, {}, ...part.elements.map(wordOf));
}

const WORDS = {
  user: (one) => mention("@" + nameOf(one.user_id)),
  usergroup: (one) => mention("@" + groupOf(one.usergroup_id)),
  channel: (one) => mention("#" + (channelOf(one.channel_id)?.name ?? one.channel_id)),
  broadcast: (one) => mention("@" + one.range),
  emoji: (one) => emoji(one.name),
  date: (one) => el("time", {}, new Date(one.timestamp * 1000).toLocaleString()),
  color: (one) => one.value,
  link: (one) => (isWebAddress(one.url) ? link(one.url, one.text) : one.text || one.url),
  text: (one) => one.text,
};
const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

function wordOf(one) {
  const word = WORDS[one.type]?.(one) ?? `(${one.type})`;
  return Object.keys(STYLES).filter((name) => one.style?.[name]).reduce((inner, name) => el(STYLES[name], {}, inner), word);
}

/* The first row is the heading, as in Slack. */
export function tableOf(block) {
  const [heading, ...rows] = block.rows;
  return el("div", { class: "block table", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", {}, el("thead", {}, rowOf(heading, "th", block)), el("tbody", {}, ...rows.map((row) => rowOf(row, "td", block)))));
}

function rowOf(row, tag, block) {
  return el("tr", {}, ...row.map((cell, number) => {
    const settings = block.column_settings?.[number] ?? {};
    const looks = { class: [settings.align ?? "left", settings.is_wrapped ? "wrapped" : ""].join(" "), scope: tag === "th" ? "col" : null };
    return el(tag, looks, cell.type === "rich_text" ? richText(cell) : cell.text ?? "");
  }));
}
