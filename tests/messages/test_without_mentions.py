"""A first post names people; only an edit, or a ring, mentions them."""

from phantombot.messages.blocks import Message, actions, button, plain, together, without_mentions

NAMES = {"U0ADA": "Ada", "U0EVE": "<!here> <@U0ADA>"}


def quiet(message: Message) -> Message:
    return without_mentions(message, lambda user: NAMES.get(user, ""))


def test_names_stand_for_mentions_in_the_text_and_in_every_block():
    message = together(plain("launched by <@U0ADA>"), plain("stopped by <@W0X> in <#C1>"))
    assert quiet(message) == together(
        plain("launched by Ada"), plain("stopped by somebody in <#C1>")
    )


def test_a_name_brings_no_mention_of_its_own():
    assert "<" not in quiet(plain("launched by <@U0EVE>")).text


def test_what_mentions_nobody_stays_as_it_is():
    row = actions(button("Stop", "stop_run", "uid"))
    message = Message("hello", (*plain("hello <https://x.test|x> &lt;@U0ADA&gt;").blocks, row))
    assert quiet(message) == message
