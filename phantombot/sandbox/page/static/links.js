/* Links to messages: they lead to the message on this page. */
import { $ } from "./dom.js";
import { notice } from "./notice.js";
import { openThread } from "./thread.js";
import { channelOf, here } from "./world.js";

const PERMALINK = /^https:\/\/sandbox\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;

let sought = null;

/* `go` is called with the place that a link leads to. */
export function followLinks(go) {
  document.addEventListener("click", (event) => {
    const [, channel, seconds, micros, thread] = PERMALINK.exec(event.target.closest?.("a[href]")?.href ?? "") ?? [];
    if (!channel) return;
    event.preventDefault();
    if (!channelOf(channel)) return notice("You can’t see the channel of this message.");
    sought = { channel, ts: `${seconds}.${micros}`, thread };
    if (here.channel === channel) showSought();
    else go({ channel });
  });
}

/* Once the channel is drawn: scrolls to the message that a link led to. */
export function showSought() {
  if (sought?.channel !== here.channel) return;
  const { ts, thread } = sought;
  sought = null;
  if (channelOf(here.channel).person) $("tab-messages").click();
  if (thread) openThread(thread);
  const found = $(thread ? "thread" : "messages").querySelector(`[data-ts="${ts}"]`);
  if (!found) return notice("This message isn’t there any more.");
  found.scrollIntoView({ block: "center" });
  found.focus();
  found.classList.remove("sought");
  requestAnimationFrame(() => found.classList.add("sought"));
}
