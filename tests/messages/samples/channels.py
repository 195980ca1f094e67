from messages.cast import RUN
from messages.sampling import sample

from phantombot.messages.blocks import plain
from phantombot.messages.channels import cannot_post, moved, undeliverable

LINE = plain("⏳ *LinkedIn Search* · launching\nLaunched by <@U0ALICE>")

SAMPLES = [
    sample(cannot_post, "no member", LINE, "not_in_channel"),
    sample(cannot_post, "archived", LINE, "is_archived"),
    sample(cannot_post, "restricted", LINE, "restricted_action"),
    sample(moved, "the channel is gone", RUN, "channel_not_found"),
    sample(moved, "no member", RUN, "not_in_channel"),
    sample(undeliverable, "for whoever stored the key", RUN, LINE),
]
