// An empty Bolt app: it acknowledges the command, and does nothing.
const { App } = require('@slack/bolt');

const app = new App({
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  authorize: async () => ({ botId: 'B0', botUserId: 'U0' }),
  endpoints: '/slack/events',
});
app.command('/phantom', async ({ ack }) => { await ack('Launching'); });
app.start({ port: Number(process.argv[2]), host: '127.0.0.1' });
