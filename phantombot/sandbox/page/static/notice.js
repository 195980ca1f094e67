/* The line above the message field, where the page itself has something to say. */
import { $, keepAtEnd } from "./dom.js";

export function notice(text) {
  keepAtEnd($("messages"), () => {
    $("notice").textContent = text;
    $("notice").hidden = !text;
  });
}
