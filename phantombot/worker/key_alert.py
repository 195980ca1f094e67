"""The admin who stored the key hears, once per key, that it is no longer accepted."""

import logging

from phantombot.errors import SlackError, SlackUnavailable
from phantombot.messages.keys import key_refused
from phantombot.worker.tick import Tick

log = logging.getLogger(__name__)


def alert_keeper(tick: Tick) -> None:
    """Tell the admin who stored the key, unless that was done before."""
    keys, workspace = tick.context.keys, tick.workspace
    stored = keys.key(workspace)
    if tick.glance is None or stored is None or stored.value != tick.glance.key.value:
        return  # the key that was refused is no longer the one that is stored
    keeper = keys.claim_alert(workspace)
    if keeper is None:
        return
    try:
        tick.context.slack.post(workspace, keeper, key_refused())
    except SlackUnavailable as error:
        log.warning("the keeper of %s's key cannot be told now: %s", workspace, error.code)
        keys.withdraw_alert(workspace)
    except SlackError as error:
        log.warning("the keeper of %s's key cannot be told: %s", workspace, error.code)
