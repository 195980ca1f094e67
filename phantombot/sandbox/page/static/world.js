/* What the page knows: where its reader is, and what the sandbox told last. */

const [user, channel] = location.hash.slice(1).split("/");

export const here = { user: user || "U0ADA", channel: channel || "C0GENERAL", thread: "", home: false };

export const world = {
  slack: { people: [], groups: [], channels: [], messages: [], view: null, home: null, shortcuts: [], bot: "", hint: "" },
  account: null,
  steps: null,
};

export const nameOf = (id) => world.slack.people.find((person) => person.id === id)?.name ?? id;
export const groupOf = (id) => world.slack.groups.find((group) => group.id === id)?.handle ?? id;
export const channelOf = (id) => world.slack.channels.find((one) => one.id === id);
export const isBot = (id) => id === world.slack.bot;
export const titleOf = (one) => (one.person ? "phantombot" : one.name);
export const mayRead = (one) => one.members.includes(here.user);
