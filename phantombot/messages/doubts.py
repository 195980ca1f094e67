"""What is asked before a launch that may not be meant."""

from phantombot.messages.message import Message, actions, button, escape, section
from phantombot.run import Doubt, Run

LAUNCH_AGAIN = "launch_again"
LAUNCH_NOT = "launch_not"


def question(run: Run) -> Message:
    """The doubt, for the launcher alone, with a button for either answer."""
    text, launch = _doubt(run)
    row = actions(
        button(launch, LAUNCH_AGAIN, str(run.id), style="primary"),
        button("No", LAUNCH_NOT, str(run.id)),
    )
    return Message(text, (section(text), row))


def _doubt(run: Run) -> tuple[str, str]:
    """What is asked, and the button that says yes."""
    agent = escape(run.agent, 80)
    if run.doubt == Doubt.TIME_USED_UP:
        return (
            f"The account's execution time is used up, so Phantombuster may refuse {agent} or stop"
            " it at once. Launch it all the same?"
        ), "Launch it anyway"
    return (
        f"You launched {agent} in the same way a few seconds ago. Launch it once more?"
    ), "Launch once more"
