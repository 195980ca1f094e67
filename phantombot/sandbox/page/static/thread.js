/* A thread, in the pane beside the channel. */
import { send } from "./composer.js";
import { $, keepAtEnd, place } from "./dom.js";
import { drawReply, onThread, repliesTo } from "./messages.js";
import { isShown, pane, showPane } from "./panel.js";
import { here, world } from "./world.js";

pane("thread", "Thread", { close: () => { here.thread = ""; } });

export function openThread(ts) {
  here.thread = ts;
  showPane("thread");
  drawThread();
  $("thread").scrollTop = 0;
  $("reply").focus();
}
onThread(openThread);

export function drawThread() {
  if (!isShown("thread")) return;
  const root = world.slack.messages.find((one) => one.ts === here.thread);
  if (!root) return showPane("");
  keepAtEnd($("thread"), () => place($("thread"), [root, ...repliesTo(root.ts)].map(drawReply)));
}

$("reply-line").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("reply").value.trim();
  $("reply").value = "";
  if (text) send(text, here.thread);
});
