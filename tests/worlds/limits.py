"""The limits of the house, with the real program: what can be set, all connections together with what the store needs set
aside, logins that wait, strangers under stress, and how much mail a network brings."""

import json
import os
import resource
import select
import socket
import time

from _scram import plain
from _smtp import Smtp
from _world import equal, expect, in_threads, password, run, say, small, until, user

descriptors = 400  # of the server: 100 for LevelDB, 200 for other files, 25 for large mails, one for each connection
room = 75
message = b"From: a@example.org\r\nSubject: one\r\n\r\n"


def named(world):
    code, output, _ = world.command("limits")
    equal(code, 0, "the exit code of limits")
    listed = json.loads(world.command("limits", "--json")[1])["result"]
    for one in listed:
        expect(one["name"] in output and one["meaning"] in output, f"limits does not print {one['name']}")
        expect(one["least"] <= one["value"] <= one["most"], f"the default of {one['name']} is out of its range")
    for words, wanted in ((["eror=5"], 'there is no limit "eror"; there are connections, '),
                          (["errors=0"], "errors=0: it is a number from 1 to 1000"),
                          (["errors"], '"errors" is not name=value'),
                          (["connections=1000000"], "there is room for ")):
        code, _, errors = world.command("localserve", "--dir", world.data, "--port-offset", "0", "--limit", *words)
        expect(code in (1, 2) and wanted in errors, f"--limit {words} says {code}: {errors}")
        expect(not os.path.exists(world.data), "a server that was refused has made its directory")
    say(f"{len(listed)} limits are listed, a wrong one is named")


def opened(world, name):
    """A connection to that port and what it is told first."""
    one = socket.create_connection(("127.0.0.1", world.ports[name]), timeout=10)
    return one, one.recv(4000)


def shared_total(world):
    """All protocols share the places; with each of them taken and a large mail on many, the store lacks no descriptor."""
    names = ["smtp", "imap", "submission"]
    held = []
    while len(held) < room:
        one, greeting = opened(world, names[len(held) % 3])
        expect(greeting.startswith((b"220 ", b"* OK ")), f"connection {len(held) + 1} is told {greeting}")
        held.append(one)
    for name, refusal in (("smtp", b"421 4.7.0 "), ("imap", b"* BYE "), ("submission", b"421 4.7.0 "), ("submissions", b"")):
        one, greeting = opened(world, name)
        one.close()
        expect(greeting.startswith(refusal), f"connection {room + 1}, to {name}, is told {greeting}")
        equal(greeting == b"", refusal == b"", f"whether {name} says nothing")
    for one in held:
        one.close()
    clients = [until(lambda: free(world), 5, "a place becomes free") for _ in range(room)]
    large = message + (b"x" * 998 + b"\r\n") * 400
    in_threads(lambda client: until(lambda: taken(client, large), 20, "a large mail is taken"), clients)
    equal(in_use(world) <= descriptors, True, "descriptors in use")
    for client in clients:
        client.close()
    with until(lambda: imap(world), 5, "a place becomes free") as client:
        equal(client.select()[0], room, "mails that are there")
    with open(world.log, encoding="utf-8") as log:
        lines = log.readlines()
    lacking = [line for line in lines if "accept_failed" in line or "open files" in line]
    equal(lacking, [], "lines about descriptors that are lacking")
    equal(sum('event=refused' in line and 'why="too many connections"' in line for line in lines) >= 4, True, "lines of who was refused")
    say(f"{room} connections of {descriptors} descriptors, over all ports; a large mail on each at once: all are there")


def taken(client, mail):
    reply = client.mail("a@example.org", [user], mail)
    expect(reply.code in (250, 451), f"a large mail is answered {reply}")
    return reply.code == 250


def in_use(world):
    return len(os.listdir(f"/proc/{world.pid}/fd"))


def free(world):
    client = Smtp(world.ports["smtp"], greeting=False)
    if client.reply().code == 220:
        client.hello()
        return client
    client.close()
    return None


def imap(world):
    try:
        return world.imap()
    except (EOFError, OSError):
        return None


def login(world, secret, source, name=user):
    """The reply's code, and how long it took."""
    with Smtp(world.ports["submission"], source=source) as client:
        client.hello()
        began = time.monotonic()
        code = client.command("AUTH PLAIN " + plain(f"\0{name}\0{secret}".encode())).code
        return code, time.monotonic() - began


def growing_delay(world):
    """Whoever guesses at an account waits longer each time, from wherever; its owner gets in all the same."""
    home = "127.0.0.1"
    equal(login(world, password, home)[0], 235, "the owner at home")
    took = []
    for attempt in range(1, 7):
        code, seconds = login(world, "wrong", f"127.{attempt}.0.1")
        equal(code, 535, f"attempt {attempt}")
        took.append(seconds)
    for attempt, (seconds, least) in enumerate(zip(took, (0, 0, 0, 1, 2, 3)), 1):
        expect(least <= seconds < least + small(0.8, 5), f"attempt {attempt} took {seconds:.1f} s, wanted {least}")
    code, seconds = login(world, "wrong", "127.9.0.1", "nobody@example.org")
    expect(code == 535 and seconds < small(0.8, 5), "another name does not wait")
    with world.imap(sign_in=False) as client:
        began = time.monotonic()
        client.login(user, password)
        expect(time.monotonic() - began < small(0.8, 5), "the owner at home waits")
    code, seconds = login(world, password, "127.8.0.1")
    expect(code == 235 and 4 <= seconds < 5 + small(0.8, 5), f"the owner elsewhere: {code} after {seconds:.1f} s")
    code, seconds = login(world, password, "127.8.0.1")
    expect(code == 235 and seconds < small(0.8, 5), f"the owner there again: {code} after {seconds:.1f} s")
    say("attempts took " + ", ".join(f"{seconds:.1f}" for seconds in took) + " s; the owner waits once, where nobody knows it")


def rates(world):
    with Smtp(world.ports["smtp"], source="127.20.0.1") as client:
        client.hello()
        for _ in range(3):
            equal(client.mail("a@example.org", [user], message).code, 250, "a mail")
        equal(client.command("MAIL FROM:<a@example.org>").code, 451, "one mail too many of that network")
    with Smtp(world.ports["smtp"], source="127.30.0.1") as client:
        client.hello()
        equal(client.mail("a@example.org", [user], message).code, 250, "a mail from elsewhere")
    say("three mails a minute of one network, then 451")


def stress(world):
    """Above four fifths strangers are told to go until there is room again; who has signed in stays."""
    known = world.imap()
    strangers = [opened(world, "imap" if i % 2 else "smtp")[0] for i in range(8)]
    began = time.monotonic()
    gone, _, _ = select.select(strangers, [], [], small(6, 20))
    took = time.monotonic() - began
    expect(gone and took > 1, f"after {took:.1f} s {len(gone)} strangers have heard something")
    for one in gone:
        last = one.recv(1000)
        expect(last.startswith((b"421 ", b"* BYE ")), f"a stranger under stress is told {last}")
    known.good("NOOP")
    for one in strangers:
        one.close()
    calm = [until(lambda: free(world), 5, "a place becomes free") for _ in range(7)]
    gone, _, _ = select.select([one.socket for one in calm], [], [], 5)
    equal(len(gone), 0, "strangers that go when there is room")
    for one in calm:
        one.close()
    known.close()
    say(f"9 of 10 places: after {took:.1f} s strangers are told to go; 8 of 10: nobody is")


def test(world):
    named(world)
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))  # the servers inherit it
    world.start("--limit", "stress_percent=100")
    shared_total(world)
    world.stop()
    world.start("--limits", "--limit", "mails_per_address_minute=3")
    growing_delay(world)
    rates(world)
    world.stop()
    world.start("--limit", "connections=10", "--limit", "stress_s=2")
    stress(world)


run(test, seconds=small(90, 240))
