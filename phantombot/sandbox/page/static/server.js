/* Talking to the sandbox: deeds go as JSON, news comes as server-sent events. */

export async function post(deed, asked) {
  try {
    const answer = await fetch(`/_page/${deed}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
    });
    return await answer.json();
  } catch {
    return { error: "the sandbox has stopped" };
  }
}

export async function ask(path) {
  const answer = await fetch(`/_page/${path}`);
  return answer.ok ? answer.json() : null;
}

let news = null;

/* Hear of everything that this person sees; `heard` holds a function by the name of an event. */
export function listen(user, channel, heard, lost) {
  news?.close();
  news = new EventSource(`/_page/events?${new URLSearchParams({ user, channel })}`);
  for (const [name, tell] of Object.entries(heard)) {
    news.addEventListener(name, (event) => tell(JSON.parse(event.data)));
  }
  news.addEventListener("open", () => lost(false));
  news.addEventListener("error", () => lost(true));
}
addEventListener("pagehide", () => news?.close());
