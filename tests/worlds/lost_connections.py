"""A page whose connection is lost goes on with its stream over another one (docs/decisions.md 42): it gets what it has missed and
nothing twice, for as long as the stream is kept."""

import json
import random
import socket

from _web import Browser, Stream
from _world import equal, expect, password, run, say, small, until, user

other, other_password = "bob@localhost", "another"


def mail(subject):
    return f"From: grace@example.org\r\nTo: {user}\r\nSubject: {subject}\r\n\r\nhello\r\n".encode()


def streamed(world):
    """How many answers are on their way."""
    actors = json.loads(world.command("actors", "--dir", world.data, "--json")[1])["result"]["actors"]
    return sum(one["kind"] == "http_exchange" for one in actors)


def events_come_once(world):
    """Connections that end, or that the server does not know to be lost, after any event: the lists are as loaded anew."""
    chance = random.Random(20261128)
    browser = Browser(world).sign_in(user, password)
    tab = Stream(browser)
    tab.open(1, count=1000)
    tab.open(1, view=2, count=1000, query="label:cut")
    with world.imap() as client:
        client.good("CREATE Cut")
        for step in range(small(60, 30)):
            tab.reads = chance.choice([0, 0, 1, 2, 3, None])
            for number in range(chance.randint(0, 4)):
                exists = client.select()[0]
                if exists and chance.random() < 0.7:
                    client.good(f"STORE {chance.randint(1, exists)} {chance.choice('+-')}FLAGS (cut)")
                elif exists and chance.random() < 0.3:
                    client.good(f"MOVE {chance.randint(1, exists)} Cut")
                else:
                    world.send(mail(f"cut {step} {number}"))
            if chance.random() < 0.7:
                tab.connection.sock.shutdown(socket.SHUT_RDWR)
            equal(tab.come_back(), {"kind": "resumed"}, "the first event of a stream that goes on")
            world.send(mail(f"back {step}"))
            tab.shown = 1
            tab.until(lambda step=step: f"back {step}" in tab.subjects(), "what comes is shown")
    fresh = Stream(browser)
    for view, more in ((1, {}), (2, {"query": "label:cut"})):
        fresh.open(1, view=view, count=1000, **more)
        tab.shown = view
        tab.until(lambda: tab.rows == fresh.rows, f"view {view}: the list that followed is as loaded anew")
    expect(fresh.lists[2], "some are found")
    browser.call("session.sign_out")
    say("a lost connection loses nothing")


def whose_it_is(world):
    browser = Browser(world).sign_in(user, password)
    tab = Stream(browser)
    stranger = Browser(world)
    equal(stranger.request("POST", "/events", "{}", Last_Event_ID=tab.last_id)[1].status, 401, "for nobody")
    hers = Stream(Browser(world).sign_in(other, other_password))
    hers.connection.sock.shutdown(socket.SHUT_RDWR)
    hello = hers.come_back("hello", tab.last_id)
    expect(hello["stream"] != tab.name and hello["name"] == other, f"another one's id begins a stream of one's own, {hello}")
    hers.close()
    before = tab.last_id
    number = int(before.rsplit(".", 1)[1])
    equal(tab.come_back("bye", f"{tab.name}.{number + 1000}"), {"kind": "bye", "is_signed_out": False}, "behind what never came")
    equal(tab.take(), None, "behind the last event")
    hello = tab.come_back("hello", before)
    expect(hello["stream"] != tab.name, "of the stream that has ended nothing goes on")
    tab.close()
    browser.call("session.sign_out")
    say("a stream goes on for its page, and for no other")


def three_are_kept(world):
    browser = Browser(world).sign_in(user, password)
    left = [Stream(browser) for _ in range(5)]
    for still, one in enumerate(left):
        one.close()
        until(lambda still=still: streamed(world) == 4 - still, 20, "each is known to be lost before the next")
    firsts = [one.come_back(None) for one in left]
    equal([one["kind"] for one in firsts], ["hello", "hello", "resumed", "resumed", "resumed"], "the last three are kept")
    for one in left:
        one.close()
    browser.call("session.sign_out")
    say("three streams are kept for their pages")


def test(world):
    world.start("--account", f"{other}:{other_password}")
    for part in (events_come_once, whose_it_is, three_are_kept):
        part(world)


run(test, seconds=small(60, 200))
