"""Tell the admin who stored the key, once per key, that Phantombuster no longer accepts it."""

import logging

from phantombot.errors import SlackError, SlackUnavailable
from phantombot.messages.keys import key_refused
from phantombot.worker.tick import Tick

log = logging.getLogger(__name__)


def alert_key_owner(tick: Tick) -> None:
    """Tell the admin who stored the key, unless that was done before."""
    keys, workspace = tick.context.keys, tick.workspace
    stored = keys.key(workspace)
    if tick.snapshot is None or stored is None or stored.value != tick.snapshot.key.value:
        return  # the key that was refused is no longer the one that is stored
    key_owner = keys.claim_alert(workspace)
    if key_owner is None:
        return
    try:
        tick.context.slack.post(workspace, key_owner, key_refused())
    except SlackUnavailable as error:
        log.warning("the owner of %s's key can't be told now: %s", workspace, error.code)
        keys.withdraw_alert(workspace)
    except SlackError as error:
        log.warning("the owner of %s's key can't be told: %s", workspace, error.code)
