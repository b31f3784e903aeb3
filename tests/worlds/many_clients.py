"""Many clients of one mailbox, against a model of it: every untagged response that any of them gets must be explained by
something that happened, once, and whoever asks knows everything. First one command after the other, at random, with some
clients in IDLE; then all at once. `many_clients.py --seed 7 --steps 50000` looks longer and elsewhere."""

import argparse
import random
import re

from _imap import flags
from _model import Mailbox, Session
from _world import equal, expect, in_threads, run, say, small, user

wait = small(5, 60)
choices = [r"\Seen", r"\Flagged", r"\Deleted", r"\Answered", "todo", "work"]


def mail(number):
    return f"From: a@example.org\r\nTo: {user}\r\nSubject: {number}\r\n\r\ntext {number}\r\n".encode()


class Client:
    """One connection that does something at random; what it is told goes through its Session."""

    def __init__(self, world, mailbox, chance):
        self.imap = world.imap()
        self.mailbox = mailbox
        self.chance = chance
        self.is_idle = False
        self.select()

    def select(self):
        answer = self.imap.good("SELECT INBOX")
        equal(answer.exists()[-1], len(self.mailbox.live), "EXISTS of SELECT")
        self.session = Session(self.mailbox)
        self.session.view = [None] * len(self.mailbox.live)
        self.learn()

    # --- what it is told ---

    def command(self, text, *literals, asked=False, may_expunge=True):
        """`asked`: FETCH responses need no other reason."""
        answer = self.imap.good(text, *literals)
        self.explain(answer, text, asked, may_expunge)
        return answer

    def explain(self, answer, text, asked=False, may_expunge=True):
        for response in answer.untagged:
            try:
                self.session.take(response, asked, may_expunge)
            except AssertionError as why:
                raise AssertionError(f"{text}: {why}; the answer is {answer}") from None
        self.learn()

    def learn(self):
        """What is new by its number only is asked for, as clients do."""
        while (unknown := self.session.first_unknown()) is not None:
            answer = self.imap.good(f"FETCH {unknown}:* (UID FLAGS)")
            for number, items in answer.fetched():
                self.session.learn(number, int(items["UID"]), flags(items))
            for response in answer.untagged:
                if not response.fetched():
                    self.session.take(response, False, False)

    def noop(self):
        self.command("NOOP")
        self.session.expect_current("after NOOP")

    # --- what it does ---

    def some(self):
        """A set of messages by number, and their UIDs."""
        size = len(self.session.view)
        first = self.chance.randint(1, size)
        last = min(size, first + self.chance.choice([0, 0, 1, 3, 100]))
        return f"{first}:{last}", [self.session.view[i] for i in range(first - 1, last)]

    def named(self):
        """(verb prefix, set, UIDs, whether EXPUNGE may come meanwhile): by number or by UID."""
        numbers, uids = self.some()
        if self.chance.random() < 0.5:
            return "", numbers, uids, False
        return "UID ", ",".join(map(str, uids)), uids, True

    def store(self):
        how = self.chance.choice(["+FLAGS", "-FLAGS", "FLAGS"])
        silent = self.chance.random() < 0.3
        given = frozenset(self.chance.sample(choices, self.chance.randint(1, 2)))
        prefix, named, uids, may_expunge = self.named()
        current = self.session.current(uids)
        changed = self.mailbox.store(uids, how, given)
        if silent:
            self.session.knows(current & changed)
        verb = how + (".SILENT" if silent else "")
        self.command(f"{prefix}STORE {named} {verb} ({' '.join(sorted(given))})", asked=not silent, may_expunge=may_expunge)

    def fetch(self):
        prefix, named, uids, may_expunge = self.named()
        answer = self.command(f"{prefix}FETCH {named} (UID FLAGS)", asked=True, may_expunge=may_expunge)
        found = {int(items["UID"]) for _, items in answer.fetched() if "UID" in items}
        missing = set(uids) - found
        equal(missing, set(), f"messages that {prefix}FETCH {named} left out")

    def search(self):
        flag = self.chance.choice(["DELETED", "FLAGGED", "SEEN", "KEYWORD todo"])
        before = list(self.session.view)
        answer = self.command(f"SEARCH {flag}", may_expunge=False)
        found = {before[number - 1] for number in answer.numbers("SEARCH")}
        name = {"KEYWORD todo": "todo"}.get(flag, "\\" + flag.capitalize())
        wanted = {uid for uid in before if uid in self.mailbox.live and name in self.mailbox.live[uid].flags}
        gone = {uid for uid in before if uid not in self.mailbox.live}
        equal(found - gone, wanted, f"SEARCH {flag}")

    def expunge(self):
        uids = None
        text = "EXPUNGE"
        if self.chance.random() < 0.5:
            _, uids = self.some()
            text = f"UID EXPUNGE {','.join(map(str, uids))}"
        self.mailbox.expunge(uids)
        self.command(text)

    def append(self):
        given = frozenset(self.chance.sample(choices, self.chance.randint(0, 2)))
        answer = self.imap.good(f"APPEND INBOX ({' '.join(sorted(given))}) {{}}", mail(self.mailbox.version))
        self.mailbox.add(int(answer.code("APPENDUID")[1]), given)
        self.explain(answer, "APPEND")

    def copy(self):
        moves = self.chance.random() < 0.4
        to = self.chance.choice(["INBOX", "Archive"])
        prefix, named, uids, _ = self.named()
        text = f"{prefix}{'MOVE' if moves else 'COPY'} {named} {to}"
        answer = self.imap.good(text)
        there = [uid for uid in uids if uid in self.mailbox.live]
        made = numbers_of((answer.code("COPYUID") or ["", "", ""])[2])
        equal(len(made), len(there), f"messages made by {text}")
        before = [self.mailbox.live[uid].flags for uid in there]
        if moves:
            self.mailbox.remove(there)
        if to == "INBOX":
            for uid, given in zip(made, before):
                self.mailbox.add(uid, given)
        self.explain(answer, text)

    def idle(self):
        self.imap.idle()
        self.is_idle = True

    def look(self):
        """In IDLE everything comes by itself."""
        while not self.session.is_current():
            response = self.imap.next(wait)
            expect(response is not None, f"IDLE does not tell all: {self.session.what_is_missing()}")
            self.session.take(response, False, True)

    def find_out_all(self):
        if self.is_idle:
            self.look()
        else:
            self.noop()

    def done(self):
        self.is_idle = False
        self.explain(self.imap.done(), "DONE")

    def step(self):
        if self.is_idle:
            return self.chance.choice([self.look, self.look, self.done])()
        if not self.session.view:
            self.append()
        actions = [self.store] * 4 + [self.fetch] * 2 + [self.append] * 3 + [self.noop] * 3
        actions += [self.expunge, self.copy, self.search, self.idle, self.idle]
        if self.chance.random() < 0.02:
            actions = [self.select]
        return self.chance.choice(actions if self.session.view else [self.append, self.noop])()


def numbers_of(text):
    found = []
    for piece in filter(None, text.split(",")):
        first, _, last = piece.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found


def one_after_the_other(world, clients, steps, chance):
    mailbox = clients[0].mailbox
    for step in range(steps):
        client = chance.choice(clients)
        try:
            client.step()
        except Exception as why:
            raise AssertionError(f"step {step}, client {clients.index(client)}: {why}") from why
    for client in clients:
        client.find_out_all()
    with world.imap() as fresh:
        fresh.select()
        found = {int(items["UID"]): flags(items) for _, items in fresh.good("UID FETCH 1:* FLAGS").fetched()}
    equal(found, {uid: one.flags for uid, one in mailbox.live.items()}, "what a new client finds")
    say(f"{steps} commands of {len(clients)} clients: every response is explained; {len(found)} messages at the end")


def all_at_once(world, count, steps, seed):
    """No model can say what comes first; but all end with the same, and each has counted right."""
    views = [None] * count

    def one(which):
        chance = random.Random(f"{seed} {which}")
        client = world.imap()
        view = [None] * client.select()[0]
        for _ in range(steps):
            number = chance.randint(1, max(1, len(view)))
            text, literals = chance.choice(
                [(f"STORE {number} +FLAGS ({chance.choice(choices)})", []), (f"FETCH {number} FLAGS", []), ("NOOP", []),
                 ("EXPUNGE", []), ("APPEND INBOX {}", [mail(which)]), ("APPEND INBOX {}", [mail(which)]),
                 (f"COPY {number} INBOX", [])] if view else [("APPEND INBOX {}", [mail(which)])])
            answer = client.command(text, *literals)
            expect(answer.ok or answer.code("EXPUNGEISSUED") is not None, f"{text} is answered {answer}")
            count_on(view, answer, may_expunge=not re.match("STORE|FETCH", text))
        views[which] = (client, view)

    in_threads(one, range(count))
    seen = set()
    for client, view in views:
        count_on(view, client.good("NOOP"), True)
        found = client.good("FETCH 1:* (UID FLAGS)").fetched() if view else []
        equal([number for number, _ in found], list(range(1, len(view) + 1)), "the numbers that a client has counted")
        seen.add(tuple((int(items["UID"]), flags(items)) for _, items in found))
        client.close()
    equal(len(seen), 1, "views of the same mailbox at the end")
    say(f"{count} clients at once, {steps} commands each: all see the same {len(seen.pop())} messages")


def count_on(view, answer, may_expunge):
    for response in answer.untagged:
        gone, exists, fetched = response.expunged(), response.exists(), response.fetched()
        if gone is not None:
            expect(may_expunge and 1 <= gone <= len(view), f"{response} with {len(view)} messages")
            del view[gone - 1]
        elif exists is not None:
            expect(exists >= len(view), f"{response} with {len(view)} messages")
            view += [None] * (exists - len(view))
        elif fetched:
            expect(1 <= fetched[0] <= len(view), f"{response} with {len(view)} messages")


def test(world):
    say(f"seed {given.seed}")
    world.start()
    chance = random.Random(given.seed)
    mailbox = Mailbox()
    clients = [Client(world, mailbox, chance) for _ in range(6)]
    one_after_the_other(world, clients, given.steps, chance)
    for client in clients:
        client.imap.close()
    all_at_once(world, 5, given.steps // 25, given.seed)


options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--seed", type=int, default=1)
options.add_argument("--steps", type=int, default=small(2500, 250))
given = options.parse_args()
run(test, seconds=small(60, 300) + given.steps // 50)
