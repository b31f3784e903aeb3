"""The messages of a thread over several mailboxes, as the web API tells of them: those that a model has, wherever they were put,
moved to, or removed from."""

import random

from _web import Browser, Stream
from _world import equal, expect, password, run, say, small, user

other, other_password = "bob@localhost", "another"
boxes = ["Talks", "Talks/Sent", "Talks/Archive"]


def number_of(row):
    return int(row["from"][0]["address"].removeprefix("n").removesuffix("@example.org"))


class Talks:
    """What was said, by number: where it is now, in which thread, when; and a client that says it."""

    def __init__(self, client, chance, count):
        self.client, self.chance = client, chance
        self.minutes = chance.sample(range(28 * 24 * 60), count)
        self.at, self.thread_of, self.seen, self.reports = {}, {}, set(), set()

    def append(self, number, answered):
        """Some answers are reports of a delivery, which have a subject of their own, and are not answered."""
        self.thread_of[number] = self.thread_of[answered] if answered else number
        self.at[number] = self.chance.choice(boxes)
        header = f"Message-ID: <{number}@talks>\r\n" + (f"In-Reply-To: <{answered}@talks>\r\n" if answered else "")
        subject = f"Subject: {'Re: ' if answered else ''}talk {self.thread_of[number]}\r\n"
        if answered and self.chance.randrange(4) == 0:
            self.reports.add(number)
            header += "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
            subject = "Subject: Undelivered\r\n"
        day, minute = divmod(self.minutes[number], 24 * 60)
        self.client.good(f'APPEND {self.at[number]} "{day + 1:02}-Jan-2026 {minute // 60:02}:{minute % 60:02}:00 +0000" {{}}',
                         f"From: n{number}@example.org\r\n{subject}{header}\r\n--b\r\n\r\nhello\r\n--b--\r\n".encode())

    def step(self, number):
        kind = self.chance.choice(["new", "answer", "answer", "answer", "move", "move", "flag", "remove"])
        chosen = self.chance.choice(list(self.at)) if self.at else None
        if kind in ("new", "answer") or len(self.at) < 5:
            return self.append(number, None if kind == "new" or chosen in self.reports else chosen)
        self.client.select(self.at[chosen])
        place = self.client.good(f"SEARCH FROM n{chosen}@").numbers("SEARCH")[0]
        if kind == "move":
            self.at[chosen] = self.chance.choice([box for box in boxes if box != self.at[chosen]])
            self.client.good(f"MOVE {place} {self.at[chosen]}")
        elif kind == "flag":
            self.seen.add(chosen)
            self.client.good(f"STORE {place} +FLAGS (\\Seen)")
        else:
            del self.at[chosen]
            self.client.good(f"STORE {place} +FLAGS (\\Deleted)")
            self.client.good("EXPUNGE")

    def thread(self, number):
        """(number, mailbox, seen) of each message of its thread, the oldest first."""
        members = sorted((one for one in self.at if self.thread_of[one] == self.thread_of[number]), key=self.minutes.__getitem__)
        return [(one, self.at[one], one in self.seen) for one in members]


def test(world):
    world.start("--account", f"{other}:{other_password}")
    browser = Browser(world).sign_in(user, password)
    with world.imap() as client:
        for box in boxes:
            client.good(f"CREATE {box}")
        count = small(200, 60)
        talks = Talks(client, random.Random(20261128), count)
        for number in range(1, count):
            talks.step(number)
    tab = Stream(browser)
    tab.open(tab.id_of(boxes[0]), is_everywhere=True, count=1000)
    names = {tab.id_of(box): box for box in boxes}
    rows = {number_of(row): row for row in tab.rows if row["mailbox"] in names}
    equal(sorted(rows), sorted(talks.at), "the messages that there are")
    for number, row in rows.items():
        told = browser.call("mail.thread", {"mailbox": row["mailbox"], "uid": row["uid"]})
        shown = [(number_of(one), names[one["mailbox"]], "\\Seen" in one["flags"]) for one in told["messages"]]
        equal(shown, talks.thread(number), f"the thread of {number}")
        expect(not told["is_cut"] and row["subject"] in [one["subject"] for one in told["messages"]], told)
    one = {"mailbox": row["mailbox"], "uid": row["uid"]}
    stranger = Browser(world).sign_in(other, other_password)
    equal(stranger.refusal("mail.thread", one).status, 404, "of another one's message")
    with world.imap() as client:
        client.select(names[row["mailbox"]])
        client.good(f"UID STORE {row['uid']} +FLAGS (\\Deleted)")
        client.good("EXPUNGE")
    equal(browser.refusal("mail.thread", one).status, 404, "of a message that is gone")
    largest = max(len(talks.thread(number)) for number in talks.at)
    expect(largest > 3 and talks.reports & set(talks.at), f"at most {largest} in a thread")
    say(f"{len(rows)} messages in threads of up to {largest}, over three mailboxes")


run(test, seconds=small(60, 200))
