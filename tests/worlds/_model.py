"""A mailbox as it must be, and what one session of it has been told: for tests in which many clients change it."""

from _imap import flags
from _world import expect


class Message:
    def __init__(self, given, version):
        self.history = [(version, given)]  # every state, oldest first

    @property
    def flags(self):
        return self.history[-1][1]



class Mailbox:
    """What is there after each command; versions count the changes."""

    def __init__(self):
        self.live = {}  # UID: Message, ascending
        self.removed = {}
        self.version = 0

    def add(self, uid, given):
        self.version += 1
        expect(uid > max([0, *self.live, *self.removed]), f"UID {uid} does not grow")
        self.live[uid] = Message(given, self.version)

    def store(self, uids, how, given):
        """Those that have changed."""
        self.version += 1
        changed = set()
        for uid in uids:
            one = self.live.get(uid)
            if one is None:
                continue
            after = {"FLAGS": given, "+FLAGS": one.flags | given, "-FLAGS": one.flags - given}[how]
            if after != one.flags:
                one.history.append((self.version, after))
                changed.add(uid)
        return changed

    def remove(self, uids):
        for uid in uids:
            self.removed[uid] = self.live.pop(uid)

    def expunge(self, uids):
        self.remove([uid for uid, one in self.live.items()
                     if r"\Deleted" in one.flags and (uids is None or uid in uids)])


class Session:
    """What one client knows; take() refuses what nothing explains."""

    def __init__(self, mailbox):
        self.mailbox = mailbox
        self.view = []  # UIDs by sequence number; None: its UID is not known yet
        self.known = {}  # UID: version of the state that the client knows
        self.doubtful = set()  # may be told once more

    def first_unknown(self):
        return self.view.index(None) + 1 if None in self.view else None

    def message(self, uid):
        return self.mailbox.live.get(uid) or self.mailbox.removed[uid]

    def learn(self, number, uid, given):
        expect(self.view[number - 1] in (None, uid), f"{number} is {uid} and was {self.view[number - 1]}")
        self.view[number - 1] = uid
        self.known[uid] = self.version_of(uid, given, 0)

    def version_of(self, uid, given, after):
        """The oldest state of the message with these flags that is newer: IDLE may tell what is not so any more."""
        for version, state in self.message(uid).history:
            if state == given and version > after:
                return version
        raise AssertionError(f"message {uid} has had no flags {sorted(given)} since {after} of {self.message(uid).history}")

    def has_known_flags(self, uid, given):
        return dict(self.message(uid).history)[self.known[uid]] == given

    def current(self, uids):
        """Those whose flags it knows as they are."""
        return {uid for uid in uids if uid in self.mailbox.live and self.has_known_flags(uid, self.mailbox.live[uid].flags)}

    def knows(self, uids):
        """By its own command, which wants to hear nothing of it."""
        for uid in uids:
            history = self.mailbox.live[uid].history
            # Others may have changed it and changed it back, of which it is not known whether that was told.
            if self.known[uid] != history[-2][0]:
                self.doubtful.add(uid)
            self.known[uid] = history[-1][0]

    def take(self, response, asked, may_expunge):
        gone, exists, fetched = response.expunged(), response.exists(), response.fetched()
        if gone is not None:
            expect(may_expunge, f"{response} while messages have numbers")
            expect(1 <= gone <= len(self.view), f"{response} with {len(self.view)} messages")
            uid = self.view.pop(gone - 1)
            expect(uid is None or uid in self.mailbox.removed, f"{response}, but message {uid} is there")
        elif exists is not None:
            expect(exists > len(self.view), f"{response}, and it knew of {len(self.view)}")
            self.view += [None] * (exists - len(self.view))
        elif fetched:
            self.take_flags(fetched, asked)
        else:
            kind = response.text.split()[1:3]
            expect(kind[0] in ("FLAGS", "OK", "SEARCH") or kind == ["0", "RECENT"], f"{response} is not explained")

    def take_flags(self, fetched, asked):
        number, items = fetched
        expect(1 <= number <= len(self.view), f"FETCH of {number} with {len(self.view)} messages")
        uid = self.view[number - 1]
        if uid is None or "FLAGS" not in items:
            return  # it is asked for when its UID is
        is_known = self.has_known_flags(uid, flags(items))
        if not (is_known and (asked or uid in self.doubtful)):
            self.known[uid] = self.version_of(uid, flags(items), self.known[uid])
        self.doubtful.discard(uid)

    def what_is_missing(self):
        missing = [f"{uid} is gone" for uid in self.view if uid is not None and uid not in self.mailbox.live]
        if len(self.view) - len(missing) < len(self.mailbox.live):
            missing.append(f"{len(self.mailbox.live)} messages instead of {len(self.view)}")
        return missing + [f"flags of {uid}" for uid in self.view
                          if uid in self.mailbox.live and not self.has_known_flags(uid, self.mailbox.live[uid].flags)]

    def is_current(self):
        return not self.what_is_missing()

    def expect_current(self, when):
        expect(self.is_current(), f"{when} the client does not know: {self.what_is_missing()}")
        expect(self.view == list(self.mailbox.live), f"{when} the client sees {self.view}, not {list(self.mailbox.live)}")
