/* Blocks of rich text. */
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
