"""Two mbsyncs with a Maildir each and an IMAP session all change one account at random: mails, flags, deletions, moves,
mailboxes. Now and then one syncs, or both at once, or the server is killed. After each run, Maildir and server are what
a model of mbsync says (_replicas.py), and a session that only looks on was told of all that; at the end all three are the
same, mailbox by mailbox, mail by mail, flag by flag.

`two_ways.py --seconds 3600 --seed 7` works for an hour; without a seed each run takes another one, and tells it."""

import argparse
import collections
import os
import random
import re
import time

from _clients import account, mail, needs, quoted, ran, subject, unix, wait
from _imap import flags as flags_of
from _maildir import Maildir, letters
from _replicas import Replicas
from _world import equal, expect, in_threads, password, run, say, small, until, user

configuration = """
FSync no

IMAPAccount here
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs PLAIN

IMAPStore far
Account here

MaildirStore near
Path {maildir}/
Inbox {maildir}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
"""
letter_of = {flag: letter for letter, flag in letters.items()}
flags = [flag for flag in letters.values() if flag != r"\Deleted"]
names = ("left", "right")
first = ["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"]
mails_at_most, mailboxes_at_most = 120, 16


def as_seen(found):
    """{mailbox: Counter of (key, flags)}: what can be compared of a side of the model."""
    return {name: collections.Counter((key, flags) for (key, _), flags in mails.items()) for name, mails in found.items()}


def difference(seen, wanted):
    rows = []
    for name in sorted({*seen, *wanted}):
        if name not in seen or name not in wanted:
            rows.append(f"mailbox {name} is {'not there' if name in wanted else 'there'}")
        elif seen[name] != wanted[name]:
            rows.append(f"in {name} too many {dict(seen[name] - wanted[name])}, too few {dict(wanted[name] - seen[name])}")
    return "; ".join(rows)


class Onlooker:
    """A session that has INBOX open all the time, and knows of its mails only what it is told without asking."""

    def __init__(self, world):
        self.client = world.imap()
        self.rows = []  # (UID, flags) by sequence number; None where only EXISTS was told
        self.heed(self.client.good("SELECT INBOX"))

    def heed(self, answer):
        for response in answer.untagged:
            if response.expunged():
                del self.rows[response.expunged() - 1]
            elif response.exists() is not None:
                expect(response.exists() >= len(self.rows), f"EXISTS {response.exists()} with {len(self.rows)} mails")
                self.rows += [None] * (response.exists() - len(self.rows))
            elif response.fetched():
                number, items = response.fetched()
                uid = int(items["UID"]) if "UID" in items else self.rows[number - 1] and self.rows[number - 1][0]
                self.rows[number - 1] = (uid, flags_of(items)) if uid else None

    def seen(self):
        """{UID: flags} of INBOX, after one more NOOP; only mails that are new are asked for."""
        self.heed(self.client.good("NOOP"))
        new = [number for number, row in enumerate(self.rows, 1) if row is None]
        if new:
            self.heed(self.client.good(f"FETCH {','.join(map(str, new))} (UID FLAGS)"))
        uids = [row[0] for row in self.rows]
        equal(uids, sorted(set(uids)), "UIDs of INBOX, in their order")
        return dict(self.rows)


class Play:
    """The model, the three that change, and what was done, for who has to understand a failure."""

    def __init__(self, world, seed):
        self.world = world
        self.random = random.Random(seed)
        self.texts = {}
        self.history = []
        self.names = 0
        self.model = Replicas(first, names)
        self.maildirs = {name: Maildir(os.path.join(world.home, name)) for name in names}
        self.client = world.imap()
        self.onlooker = Onlooker(world)

    def note(self, what):
        self.history.append(f"{len(self.history)}: {what}")

    # --- what can be chosen ---

    def some_flags(self):
        return frozenset(flag for flag in flags if self.random.random() < 0.3)

    def some_mail(self, side):
        """(mailbox, mail) of a side, or None where there is none."""
        return self.random.choice([(box, one) for box in sorted(side) for one in sorted(side[box])] or [None])

    def some_box(self, side):
        return self.random.choice(sorted(side))

    def new_text(self):
        key = f"key-{len(self.texts):06}"
        lines = ["gr\u00fc\u00dfe " * self.random.randrange(10) for _ in range(self.random.choice((1, 5, 100)))]
        self.texts[key] = mail(key, "\n".join([*lines, f"end of {key}"]))
        return key

    def new_name(self):
        self.names += 1
        return self.random.choice(("box{}", "a box {}", "Box-{}_")).format(self.names)

    # --- a Maildir is changed ---

    def entry(self, name, box, one):
        found = [entry for entry in self.maildirs[name].entries(box) if subject(entry.text) == one[0]]
        equal(len(found), 1, f"files with {one} in {box} of {name}")
        return found[0]

    def near_add(self, name):
        side, key, given = self.model.near[name], self.new_text(), self.some_flags()
        box = self.some_box(side)
        self.note(f"{name} puts {key} {sorted(given)} into {box}")
        self.maildirs[name].put(box, unix(self.texts[key]), "".join(sorted(letter_of[flag] for flag in given)))
        side[box][self.model.copy_of(key)] = given

    def near_flag(self, name):
        box, one = self.some_mail(self.model.near[name])
        given = self.some_flags()
        self.note(f"{name} flags {one} in {box} with {sorted(given)}")
        self.maildirs[name].flag(self.entry(name, box, one), "".join(letter_of[flag] for flag in given))
        self.model.near[name][box][one] = given

    def near_delete(self, name):
        """The file is removed, or says that it is to be: both are one for mbsync."""
        box, one = self.some_mail(self.model.near[name])
        entry, marks = self.entry(name, box, one), self.random.random() < 0.5
        self.note(f"{name} {'marks' if marks else 'removes'} {one} in {box}")
        if marks:
            self.maildirs[name].flag(entry, entry.letters + "T")
        else:
            self.maildirs[name].delete(entry)
        del self.model.near[name][box][one]

    def near_move(self, name):
        """A new file, and the old one is gone. It gets a key of its own, for the mail may also be moved elsewhere."""
        side = self.model.near[name]
        box, one = self.some_mail(side)
        to, key = self.some_box(side), self.new_text()
        self.note(f"{name} moves {one} from {box} to {to} as {key}")
        entry, given = self.entry(name, box, one), side[box].pop(one)
        self.maildirs[name].put(to, unix(self.texts[key]), entry.letters)
        self.maildirs[name].delete(entry)
        side[to][self.model.copy_of(key)] = given

    def near_make(self, name):
        box = "/".join(self.new_name() for _ in range(self.random.choice((1, 1, 2))))
        self.note(f"{name} makes {box}")
        self.maildirs[name].make(box)
        self.model.near[name][box] = {}

    # --- the account is changed over IMAP ---

    def uid(self, box, one):
        self.client.select(quoted(box))
        found = self.client.good(f"UID SEARCH SUBJECT {one[0]}").numbers("SEARCH")
        equal(len(found), 1, f"UIDs of {one} in {box}")
        return found[0]

    def far_add(self):
        box, key, given = self.some_box(self.model.far), self.new_text(), self.some_flags()
        self.note(f"IMAP appends {key} {sorted(given)} to {box}")
        self.client.append(self.texts[key], quoted(box), f"({' '.join(sorted(given))})")
        self.model.far[box][self.model.copy_of(key)] = given

    def far_flag(self):
        box, one = self.some_mail(self.model.far)
        sign, given, had = self.random.choice(("+", "-", "")), self.some_flags(), self.model.far[box][one]
        self.note(f"IMAP stores {sign}FLAGS {sorted(given)} on {one} in {box}")
        self.client.good(f"UID STORE {self.uid(box, one)} {sign}FLAGS ({' '.join(sorted(given))})")
        self.model.far[box][one] = {"+": had | given, "-": had - given, "": given}[sign]

    def far_delete(self):
        box, one = self.some_mail(self.model.far)
        self.note(f"IMAP expunges {one} in {box}")
        uid = self.uid(box, one)
        self.client.good(rf"UID STORE {uid} +FLAGS.SILENT (\Deleted)")
        self.client.good(self.random.choice((f"UID EXPUNGE {uid}", "EXPUNGE", "CLOSE")))
        del self.model.far[box][one]

    def far_move(self):
        """MOVE or COPY; but two mails with one key in one mailbox could not be told apart here."""
        box, one = self.some_mail(self.model.far)
        to, verb = self.some_box(self.model.far), self.random.choice(("MOVE", "MOVE", "COPY"))
        if one[0] in {key for key, _ in self.model.far[to]}:
            return
        self.note(f"IMAP does {verb} of {one} from {box} to {to}")
        self.client.good(f"UID {verb} {self.uid(box, one)} {quoted(to)}")
        self.model.far[to][self.model.copy_of(one[0])] = self.model.far[box][one]
        if verb == "MOVE":
            del self.model.far[box][one]

    def far_make(self):
        below = self.random.choice(["", *(f"{name}/" for name in sorted(self.model.far) if name not in first)])
        box = below + self.new_name()
        self.note(f"IMAP creates {box}")
        self.client.good(f"CREATE {quoted(box)}")
        self.model.make_far(box)

    def far_rename(self):
        box = self.random.choice(["INBOX", *(name for name in sorted(self.model.far) if name not in first)])
        new = self.new_name()
        self.note(f"IMAP renames {box} to {new}")
        self.client.command("UNSELECT")
        self.client.good(f"RENAME {quoted(box)} {quoted(new)}")
        self.model.rename_far(box, new)

    def far_remove(self):
        far = self.model.far
        leaves = [name for name in sorted(far) if name not in first and not any(one.startswith(name + "/") for one in far)]
        if leaves:
            box = self.random.choice(leaves)
            self.note(f"IMAP deletes {box} and its {len(far[box])} mails")
            self.client.command("UNSELECT")
            self.client.good(f"DELETE {quoted(box)}")
            del far[box]

    # --- together again ---

    def sync(self, name):
        self.note(f"{name} syncs")
        self.prepare(name)
        self.mbsync(name)
        self.model.sync(name)
        self.compare(name)

    def prepare(self, name):
        maildir = self.maildirs[name]
        for box in self.model.gone(name):
            if maildir.entries(box):  # a mail that is only marked counts too
                self.note(f"{name} deletes {box}, which is gone on the server")
                maildir.remove(box)
                self.model.delete_near(name, box)
        maildir.settle()

    def mbsync(self, name):
        config = os.path.join(self.world.home, f"{name}.mbsyncrc")
        with open(config, "w", encoding="ascii") as file:
            port = self.world.ports["imap"]
            file.write(configuration.format(port=port, user=user, password=password, maildir=self.maildirs[name].path))
        done = ran(["mbsync", "--config", config, "--all"], f"mbsync of {name}")
        equal(done.stderr.decode(), "", f"what mbsync of {name} complains of")

    def sync_at_once(self):
        """Both, from a common state, change something and run at the same time: in whatever order, all of it counts."""
        self.come_together()
        for name in names * 5:
            self.random.choice([do for _, do in self.near_chances(name)])()
        self.note("left and right sync at once")
        for name in names:
            self.prepare(name)
        in_threads(self.mbsync, names)
        for name in names * 2:  # the model knows no "at once": one after the other comes to the same
            self.model.sync(name)
        for name in names * 2:
            self.sync(name)

    def compare(self, name):
        near = {box: collections.Counter() for box in self.maildirs[name].folders()}
        for box, found in near.items():
            for entry in self.maildirs[name].entries(box):
                found[self.known(entry.text, f"in {box} of {name}"), entry.flags] += 1
        expect(near == (wanted := as_seen(self.model.near[name])), f"{name}: {difference(near, wanted)}")
        far, seen = {}, account(self.world)
        inbox = {uid: given for uid, (given, _) in seen["INBOX"].items()}
        until(lambda: self.onlooker.seen() == inbox, wait, "the onlooker is told what is in INBOX")
        for box, found in seen.items():
            far[box] = collections.Counter((self.known(text, f"in {box}"), given) for given, text in found.values())
        expect(far == (wanted := as_seen(self.model.far)), f"server, after {name}: {difference(far, wanted)}")

    def known(self, text, where):
        """The key of a text, which must be what it was at first, but for mbsync's mark."""
        key = subject(text)
        expect(unix(re.sub(rb"X-TUID: [^\r\n]*\r?\n", b"", text)) == unix(self.texts[key]), f"{key} {where} is {text!r}")
        return key

    def kill(self):
        self.note("the server is killed")
        self.client.close()
        self.onlooker.client.close()
        self.world.kill()
        self.world.start()
        self.client = self.world.imap()
        self.onlooker = Onlooker(self.world)

    def near_chances(self, name):
        """(how likely, what to do) in a Maildir; there are fewer new mails when there are many."""
        model, many = self.model, self.is_full()
        chances = [(1 if many else 4, lambda: self.near_add(name))] if model.near[name] else []
        if model.near[name] and len(model.far) < mailboxes_at_most:
            chances += [(0.4, lambda: self.near_make(name))]
        if any(model.near[name].values()):
            chances += [(4, lambda: self.near_flag(name)), (4 if many else 2, lambda: self.near_delete(name))]
            chances += [(2, lambda: self.near_move(name))]
        return chances

    def far_chances(self):
        many = self.is_full()
        chances = [(1 if many else 3, self.far_add), (0.4, self.far_rename), (0.2, self.far_remove)]
        chances += [(0.4, self.far_make)] if len(self.model.far) < mailboxes_at_most else []
        if any(self.model.far.values()):
            chances += [(4, self.far_flag), (4 if many else 2, self.far_delete), (3, self.far_move)]
        return chances

    def is_full(self):
        return sum(map(len, self.model.far.values())) > mails_at_most

    def step(self):
        """One thing that one of the three does."""
        name = self.random.choice(names)
        chances = [(3, lambda: self.sync(name)), (0.1, self.kill), (0.2, self.sync_at_once)]
        chances += self.near_chances(name) + self.far_chances()
        self.random.choices([do for _, do in chances], [chance for chance, _ in chances])[0]()

    def come_together(self):
        """Each syncs until there is no difference, which is after two runs of each at the latest; then once more."""
        for _ in range(2):
            for name in names:
                self.sync(name)
        expect(self.model.is_same(), "the model has no difference after two runs of each")
        before = account(self.world)
        for name in names:
            self.sync(name)
        equal(account(self.world), before, "the account, by UID, after runs with nothing to do")


def chosen():
    options = argparse.ArgumentParser(description="random changes of two Maildirs and an account, brought together by mbsync")
    options.add_argument("--seconds", type=int, default=30)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    return options.parse_args()


options = chosen()


def test(world):
    needs("mbsync")
    say(f"two-ways: --seconds {options.seconds} --seed {options.seed}")
    world.start()
    play = Play(world, options.seed)
    end = time.monotonic() + options.seconds
    try:
        while time.monotonic() < end:
            for _ in range(200):
                play.step()
                if time.monotonic() > end:
                    break
            play.come_together()
    except BaseException:
        say("\n".join(play.history[-100:]))
        raise
    syncs = sum(line.endswith(" syncs") for line in play.history)
    say(f"two-ways: {len(play.history)} steps, {syncs} runs of mbsync, {len(play.texts)} mails: no difference")


run(test, seconds=options.seconds + small(200, 400))
