"""What must become of mails and mailboxes when a server and some replicas of it change apart and are brought together by
mbsync: no mail program, only dictionaries. It is exact, so that a test can compare after each run.

A mailbox is {mail: flags}; a mail is (key, number): a key names a text, a number one of its copies, since a mail that is
moved away and back is not the one that mbsync knew. mbsync compares either side with what both were after the last run:
 - a mail that is on one side and was not known comes to the other; one that was known and is gone goes, whatever became of
   it on the other side;
 - of the flags each side's changes are applied: the same flag cannot be changed in two ways;
 - a move is a copy and a deletion: when a mail is moved on both sides, both copies stay;
 - a mailbox that is on one side and was not known is made on the other. One that was known and is gone on the server goes
   in the replica too, when it is empty there; otherwise a person has to delete it. Nobody knows that it was renamed."""

import copy


def parents(name):
    levels = name.split("/")
    return ["/".join(levels[:depth]) for depth in range(1, len(levels))]


def merged(known, ours, theirs):
    """Three ways into one: flags that were known, and what they became on either side."""
    added = (ours | theirs) - known
    removed = (known - ours) | (known - theirs)
    return frozenset((known | added) - removed)


class Replicas:
    def __init__(self, far, names):
        """Of a server with these mailboxes, all empty, and replicas that know nothing."""
        self.far = {name: {} for name in far}
        self.near = {name: {} for name in names}
        self.known = {name: {} for name in names}
        self.count = 0

    def copy_of(self, key):
        self.count += 1
        return key, self.count

    def make_far(self, name):
        for one in [*parents(name), name]:
            self.far.setdefault(one, {})

    def rename_far(self, name, new):
        """With all that is below it; but INBOX stays, and only its mails go (RFC 3501 6.3.5)."""
        if name == "INBOX":
            self.far[new] = {self.copy_of(key): flags for (key, _), flags in self.far["INBOX"].items()}
            self.far["INBOX"] = {}
            return
        for one in [one for one in self.far if one == name or one.startswith(name + "/")]:
            self.far[new + one[len(name) :]] = self.far.pop(one)

    def gone(self, name):
        """Mailboxes of a replica that are gone on the server."""
        return sorted(one for one in self.near[name] if one in self.known[name] and one not in self.far)

    def delete_near(self, name, box):
        del self.near[name][box]
        del self.known[name][box]

    def sync(self, name):
        near, known = self.near[name], self.known[name]
        for box in self.gone(name):
            self.delete_near(name, box)
        for box in sorted({*near, *self.far}):
            self.make_far(box)
            known[box] = self._together(known.get(box, {}), near.setdefault(box, {}), self.far[box])

    @staticmethod
    def _together(known, ours, theirs):
        for one in {*known, *ours, *theirs}:
            if one in known and (one not in ours or one not in theirs):
                ours.pop(one, None)
                theirs.pop(one, None)
            elif one in known:
                ours[one] = theirs[one] = merged(known[one], ours[one], theirs[one])
            else:
                ours[one] = theirs[one] = ours[one] if one in ours else theirs[one]
        return copy.copy(ours)

    def is_same(self):
        return all(one == self.far for one in self.near.values())
