"""Welcome whoever installed the app, and greet the channels that the bot joins.

Neither must be posted twice, so each is marked before it is sent. If a process is killed in
between, it isn't sent again.
"""

import logging
from datetime import datetime
from functools import partial

from phantombot.errors import SlackError, SlackUnavailable
from phantombot.messages.welcome import joined, welcome
from phantombot.worker.delivery import PutOff, is_gone
from phantombot.worker.tick import Tick
from phantombot.worker.welcome_store import Joined, Welcome

log = logging.getLogger(__name__)


def greet(tick: Tick) -> datetime | None:
    """Send the welcomes and greetings that are due; return when to come back, None for never.

    Raises:
        StoreUnavailable: call again later.
    """
    dues = [_greet_channel(tick, one) for one in tick.context.welcomes.to_greet(tick.workspace)]
    # Somebody is welcomed only if workspaces install the app themselves.
    found = tick.context.welcomes.of(tick.workspace) if tick.context.install_url else None
    if found is not None:
        dues.append(_send(tick, found) if found.posted is None else _tick_off(tick, found))
    return min((due for due in dues if due is not None), default=None)


def _send(tick: Tick, found: Welcome) -> datetime | None:
    """Post the welcome, once; return when to come back."""
    store, workspace = tick.context.welcomes, tick.workspace
    if found.pending:
        # No other process works on this workspace, so the one that began it was killed.
        log.warning("%s may not have been welcomed in %s", found.user, workspace)
        store.finish(found)
        return None
    if found.due_at > tick.context.clock():
        return found.due_at
    message = welcome(found.done, admin=_is_admin(tick, found.user))
    if not store.begin(found):  # before the call: after a crash it may have arrived
        return None
    post = partial(tick.context.slack.post, workspace, found.user, message)
    try:
        posted = tick.delivery.attempt(found.user, post)
    except PutOff as put_off:
        if not put_off.may_have_acted:
            store.put_off(found, put_off.until)
            return put_off.until
        log.warning("%s may not have been welcomed in %s", found.user, workspace)
        store.finish(found)
    except SlackError as error:
        log.warning("%s can't be welcomed in %s: %s", found.user, workspace, error.code)
        store.finish(found)
    else:
        store.shown(found, posted, found.done)
    return None


def _tick_off(tick: Tick, found: Welcome) -> datetime | None:
    """Tick off the steps that were done since in the welcome; return when to come back."""
    if found.posted is None or found.done == found.shown:
        return None
    message = welcome(found.done, admin=_is_admin(tick, found.user))
    try:
        tick.delivery.edit(found.posted, message)
    except PutOff as put_off:
        return put_off.until
    except SlackError as error:
        log.info("the welcome in %s can't be changed: %s", tick.workspace, error.code)
        if is_gone(error):
            tick.context.welcomes.finish(found)
            return None
    tick.context.welcomes.shown(found, found.posted, found.done)
    return None


def _greet_channel(tick: Tick, one: Joined) -> datetime | None:
    """Post the greeting in a joined channel, once; return when to come back."""
    context, store = tick.context, tick.context.welcomes
    if one.pending:
        log.warning("%s may not have been greeted in %s", one.channel, tick.workspace)
        store.greet_later(one, None)
        return None
    if one.due_at > context.clock():
        return one.due_at
    has_key = context.keys.key_note(tick.workspace) is not None
    message = joined(context.access.rules(tick.workspace), one.channel, has_key=has_key)
    if not store.begin_greeting(one):  # as above
        return None
    until = None
    try:
        tick.delivery.post(one.channel, message)
    except PutOff as put_off:
        until = None if put_off.may_have_acted else put_off.until
    except SlackError as error:
        log.warning("%s can't be greeted in %s: %s", one.channel, tick.workspace, error.code)
    store.greet_later(one, until)
    return until


def _is_admin(tick: Tick, user: str) -> bool:
    try:
        return tick.context.people.person(tick.workspace, user).admin
    except SlackUnavailable:
        return True  # most people who install an app are admins, and the form checks it
