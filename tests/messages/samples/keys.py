from messages.cast import NOW
from messages.sampling import Ours, sample

from phantombot.messages.blocks import plain
from phantombot.messages.keys import (
    ADMINS_ONLY,
    KEY_CHANGED_MEANWHILE,
    KEY_PROBLEMS,
    checking,
    key_form,
    key_moved,
    key_notice,
    key_refused,
    key_replaced,
    key_stored,
    key_unchecked,
    move_offered,
    open_form_button,
    remove_question,
    shown_in_form,
    with_add_key,
)
from phantombot.phantombuster.account import Api, KeyNote

KEY = KeyNote("cdef", "U0ADA", NOW)

SAMPLES = [
    sample(with_add_key, "for an admin", plain(Ours("This workspace has no key yet."))),
    sample(key_form, "no key is stored", None),
    sample(key_form, "a key is stored", KEY),
    sample(key_form, "the key was refused", KEY, Ours(KEY_PROBLEMS["KeyRejected"])),
    sample(key_form, "the key was changed meanwhile", KEY, Ours(KEY_CHANGED_MEANWHILE)),
    sample(key_notice, "no admin", Ours(ADMINS_ONLY)),
    sample(shown_in_form, "no admin", Ours(ADMINS_ONLY)),
    sample(checking, "Phantombuster is asked"),
    sample(key_stored, "accepted", "cdef", Api.V1),
    sample(key_stored, "accepted in v2", "cdef", Api.V2),
    sample(move_offered, "a key that goes by v1"),
    sample(key_moved, "moved", "cdef"),
    sample(key_unchecked, "refused", "cdef", 403),
    sample(key_unchecked, "a web page", "cdef", 200),
    sample(remove_question, "asked", KEY),
    sample(key_replaced, "another one is stored by now", KEY),
    sample(open_form_button, "the form did not open"),
    sample(key_refused, "withdrawn at Phantombuster"),
]
