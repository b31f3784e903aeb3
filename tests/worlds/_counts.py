"""What view.count answers, against what the test itself knows of every message after random changes: of a mailbox, its threads,
a search, and all mailboxes. What it names finds as many as it says."""

import contextlib
import datetime
import random
from collections import Counter

from _web import Browser, Stream
from _world import equal, expect, password, say, small, until, user

senders = {f"s{number:02}@example.org": f"Sender {number}" for number in range(40)} | {'"a b"@example.org': "Two Words", '"y)z"@example.org': "Bracket"}
labels = ["red", "green", "blue", "a:b"]
dates = {"31-Dec-2024 23:59:59 +0000": 2024, "31-Dec-2024 23:30:00 -0100": 2025, "01-Jan-2025 00:30:00 +0100": 2024,
         "15-Jun-2019 10:00:00 +0000": 2019, "15-Jun-2026 10:00:00 +0000": 2026}
addresses = {'"a b"@example.org': "a b@example.org", '"y)z"@example.org': "y)z@example.org"}  # of those that are quoted


def kept(sender, year):
    return {"year": year, "flags": set(), "senders": {addresses.get(sender, sender): senders[sender]}}


def of_row(row):
    year = datetime.datetime.fromtimestamp(int(row["received"]) / 1000, datetime.timezone.utc).year
    return {"year": year, "flags": set(row["flags"]), "senders": {one["address"]: one["name"] for one in row["from"]}}


def wanted(messages):
    """As the server says it, but for up_to."""
    years = Counter(one["year"] for one in messages)
    names = Counter(flag for one in messages for flag in one["flags"] if flag[0] not in "\\$")
    who = Counter(address for one in messages for address in one["senders"])
    name_of = {address: name for one in messages for address, name in one["senders"].items()}
    ordered = sorted(who, key=lambda address: (-who[address], address))
    return {"total": len(messages), "unread": sum("\\Seen" not in one["flags"] for one in messages),
            "years": [{"year": year, "messages": years[year]} for year in sorted(years, reverse=True)],
            "labels": [{"name": name, "messages": names[name]} for name in sorted(names, key=lambda name: (-names[name], name))],
            "senders": [{"name": name_of[one], "address": one, "messages": who[one]} for one in ordered[:20]],
            "more_labels": 0, "more_senders": max(0, len(ordered) - 20)}


def counted(tab, view):
    given = tab.browser.call("view.count", {"stream": tab.name, "view": view})
    expect(int(given.pop("up_to")) > 0, "how far it knows")
    return given


class Boxes:
    """Mailboxes of the test, and what is in each, by sequence number."""

    def __init__(self, client, chance):
        self.client = client
        self.chance = chance
        self.all = {"Count0": [], "Count1": []}
        for name in self.all:
            client.good(f"CREATE {name}")

    def change(self):
        chance = self.chance
        name = chance.choice(list(self.all))
        box = self.all[name]
        kind = chance.choice(["append"] * 5 + ["flag"] * 4 + ["remove", "move", "create"])
        if kind == "create" and len(self.all) < 4:
            fresh = f"Count{chance.randint(100, 10 ** 6)}"
            self.client.good(f"CREATE {fresh}")
            self.all[fresh] = []
        elif kind in ("append", "create") or not box:
            sender, date = chance.choice([*senders][:chance.randint(1, len(senders))]), chance.choice([*dates])
            text = f"From: {senders[sender]} <{sender}>\r\nSubject: counted\r\n\r\nhello\r\n".encode()
            self.client.good(f'APPEND {name} "{date}" {{}}', text)
            box.append(kept(sender, dates[date]))
        else:
            number = chance.randrange(len(box))
            self.client.select(name)
            if kind == "flag":
                sign, flag = chance.choice("+-"), chance.choice([*labels, "\\Seen"])
                self.client.good(f"STORE {number + 1} {sign}FLAGS ({flag})")
                (box[number]["flags"].add if sign == "+" else box[number]["flags"].discard)(flag)
            elif kind == "move":
                to = chance.choice([one for one in self.all if one != name])
                self.client.good(f"MOVE {number + 1} {to}")
                self.all[to].append(box.pop(number))
            else:
                self.client.good(f"STORE {number + 1} +FLAGS (\\Deleted)")
                self.client.good("EXPUNGE")
                del box[number]

    def messages(self):
        return [one for box in self.all.values() for one in box]


def equals(tab, view, known, what):
    with contextlib.suppress(AssertionError):
        until(lambda: counted(tab, view) == wanted(known()), 20, what)
    equal(counted(tab, view), wanted(known()), what)


def finds_as_many(browser, box, known):
    """Each that is named, asked for in the search line."""
    tab = Stream(browser)
    counts = wanted(known)
    lines = {f"since:{one['year']}-01-01 until:{one['year']}-12-31": one["messages"] for one in counts["years"]}
    lines |= {f"label:{one['name']}": one["messages"] for one in counts["labels"]}
    lines |= {f'from:"{one["address"]}"': one["messages"] for one in counts["senders"]}
    expect(any("a b@" in line for line in lines) and any("label:a:b" in line for line in lines), f"what is odd among {[*lines]}")
    for line, messages in lines.items():
        equal(tab.open(box, count=1, query=line)["total"], messages, line)
    tab.close()


def counts_are_right(world):
    chance = random.Random(20261128)
    browser = Browser(world).sign_in(user, password)
    with world.imap() as client:
        boxes = Boxes(client, chance)
        tab = Stream(browser)
        box = tab.id_of("Count0")
        views = {1: {}, 2: {"threads": True}, 3: {"query": "label:red -is:read"}, 4: {"is_everywhere": True, "query": "subject:counted"},
                 5: {"is_everywhere": True}}
        for view, more in views.items():
            tab.open(box, view=view, count=1000, **more)
        for _ in range(small(8, 4)):
            for _ in range(40):
                boxes.change()
            ours = boxes.all["Count0"]
            equals(tab, 1, lambda: ours, "a mailbox")
            equals(tab, 2, lambda: ours, "its threads")
            equals(tab, 3, lambda: [one for one in ours if "red" in one["flags"] and "\\Seen" not in one["flags"]], "a search")
            equals(tab, 4, boxes.messages, "a search of everything")
        boxes.all["Count0"].append(kept('"a b"@example.org', 2024))
        client.good('APPEND Count0 (a:b) "31-Dec-2024 23:59:59 +0000" {}', b'From: Two Words <"a b"@example.org>\r\nSubject: counted\r\n\r\nhello\r\n')
        boxes.all["Count0"][-1]["flags"].add("a:b")
        equals(tab, 1, lambda: ours, "with what is odd")
        finds_as_many(browser, box, ours)
        client.good("UNSELECT")
        for name in [one for one in boxes.all if one != "Count0"]:
            client.good(f"DELETE {name}")
            del boxes.all[name]
            equals(tab, 4, boxes.messages, "without a mailbox")
        fresh = Stream(browser)
        fresh.open(box, count=1000, is_everywhere=True)
        everything = [of_row(row) for row in fresh.rows]
        expect(len(everything) > len(ours), "more than the test's own")
        equals(tab, 5, lambda: everything, "everything")
        equal(browser.refusal("view.count", {"stream": tab.name, "view": 9}).status, 404, "a view that is none")
        browser.call("view.close", {"stream": tab.name, "view": 5})
        equal(browser.refusal("view.count", {"stream": tab.name, "view": 5}).status, 404, "a view that was closed")
        for one in (tab, fresh):
            one.close()
        client.good("DELETE Count0")
    say(f"{len(everything)} messages counted by year, label and sender, and as many found")
