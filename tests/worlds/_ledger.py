"""What a client knows of its messages: which were acknowledged, and what each may look like after a crash. The server's
mailbox is held against it. A message that was sent and not acknowledged may be there or not; one that was acknowledged is
there, once, with its bytes and with the flags that were acknowledged last."""

import collections
import hashlib

from _world import equal, expect

absent = None
mark = b"X-Ledger: "


class Entry:
    def __init__(self, name, digest, owner):
        self.name = name
        self.digest = digest
        self.owner = owner  # the connection that alone changes it
        self.uid = None  # when the server has told it
        self.possible = {absent}  # flags that it may have now; absent: it may not be there

    def begins(self, change):
        """A change was sent: from now on both the state before and the one after it are possible."""
        self.possible |= {change(flags) for flags in self.possible if flags is not absent}

    def is_done(self, change):
        """The change was acknowledged: only what it makes is possible."""
        self.possible = {change(flags) for flags in self.possible if flags is not absent}


class Ledger:
    def __init__(self):
        self.entries = {}
        self.uids = {}  # UID: name, of all that were ever seen
        self.validity = None
        self.next_uid = 1
        self.checked_below = 1
        self.counts = collections.Counter()

    def sending(self, name, message, owner, flags=frozenset()):
        entry = Entry(name, hashlib.sha256(message).digest(), owner)
        entry.possible |= {flags}
        self.entries[name] = entry
        self.counts["sent"] += 1
        return entry

    def accepted(self, entry, uid=None):
        entry.possible -= {absent}
        self.counts["acknowledged"] += 1
        if uid is not None:
            self.saw(uid, entry.name)
            entry.uid = uid

    def saw(self, uid, name):
        known = self.uids.setdefault(uid, name)
        equal(name, known, f"UID {uid} was given before, to {known}; now it is")
        self.next_uid = max(self.next_uid, uid + 1)

    def mine(self, owner):
        """Messages that this connection may change: known to be there, with a known UID."""
        # list() is one step for other connections, which add entries meanwhile; iterating the dictionary is not.
        return [entry for entry in list(self.entries.values())
                if entry.owner == owner and entry.uid is not None and absent not in entry.possible]

    def check(self, client, whole):
        """Holds the mailbox against the ledger, and takes what is there now as the only possibility. Bodies are read of what
        came since the last time, or of everything."""
        _, validity, next_uid = client.select()
        self.validity = self.validity or validity
        equal(validity, self.validity, "UIDVALIDITY after the restart")
        expect(next_uid >= self.next_uid, f"UIDNEXT went back: {next_uid}, and {self.next_uid - 1} was given before")
        self.next_uid = next_uid
        self._names(client, 1 if whole else self.checked_below)
        self.checked_below = next_uid
        self._states(client)

    def _names(self, client, first):
        for uid, (_, body) in client.bodies(f"{first}:*").items():
            at = body.find(mark)
            expect(at >= 0, f"UID {uid} was never sent: {body[:200]!r}")
            name = body[at + len(mark) :].split(b"\r\n", 1)[0].decode()
            expect(name in self.entries, f"UID {uid} was never sent: {name}")
            expect(b"\r\n\r\n" not in body[:at], f"UID {uid} has a body before its header")
            equal(hashlib.sha256(body[at:]).digest(), self.entries[name].digest, f"the bytes of {name}, UID {uid}")
            self.saw(uid, name)

    def _states(self, client):
        found = {}
        for _, items in client.good("UID FETCH 1:* (UID FLAGS)").fetched():
            uid = int(items["UID"])
            expect(uid in self.uids, f"UID {uid} is there and has never been seen")
            name = self.uids[uid]
            expect(name not in found, f"{name} is there twice: UID {uid} and {found.get(name)}")
            found[name] = (uid, frozenset(items["FLAGS"]) - {r"\Recent"})
        for name, entry in self.entries.items():
            uid, flags = found.get(name, (None, absent))
            if flags not in entry.possible:
                raise AssertionError(f"{name} (UID {entry.uid}) is {told(flags)}, and can only be "
                                     + " or ".join(told(one) for one in entry.possible))
            if entry.possible != {flags}:
                self.counts["unacknowledged, kept" if flags is not absent else "unacknowledged, not kept"] += 1
            entry.possible = {flags}
            if uid is not None:
                expect(entry.uid in (None, uid), f"{name} has moved from UID {entry.uid} to {uid}")
                entry.uid = uid
        self.counts["there"] = len(found)


def told(flags):
    return "absent" if flags is absent else f"there with {sorted(flags)}"


def add(*names):
    return lambda flags: flags | set(names)


def remove(*names):
    return lambda flags: flags - set(names)


def gone(_):
    return absent


line = b"x" * 76 + b"\r\n"
pool = b"".join(hashlib.sha512(b"%d" % i).hexdigest().encode() + b"\r\n" for i in range(4000))
pool_line = 130


def lines_of(random_one, size):
    first = random_one.randrange(3000)
    count = size // pool_line + 1
    found = b"." + pool[first * pool_line : (first + min(count, 1000)) * pool_line]
    return found + line * ((size - len(found)) // len(line)) if size > len(found) else found


def make(random_one, name):
    size = random_one.choice([50, 200, 800, 2000, 6000]) if random_one.random() < 0.97 else random_one.randrange(50000, 400000)
    return mark + name.encode() + b"\r\nSubject: ledger\r\n\r\n" + lines_of(random_one, size)
