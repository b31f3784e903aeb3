"""Who is signed in to the webmail stays so when the server is stopped or killed and started again, by password and by link; who
has signed out, and whose password is another one now, does not, whenever the server is killed. Nothing on the disk signs in."""

import os
import random
import threading

from _web import Browser, Refused, Stream
from _world import equal, expect, password, run, say, score, small, user

other, other_password = "bob@localhost", "another"
secrets = []  # cookies and tokens that nobody may find on the disk


def sign_in(world, name, word):
    browser = Browser(world).sign_in(name, word)
    secrets.extend((browser.cookies["stagecoach"], browser.csrf))
    return browser


def restart(world, browsers, kill=False, others=other_password):
    if kill:
        world.kill()
    else:
        world.stop()
    world.start("--account", f"{other}:{others}")
    for one in browsers:
        one.port = world.ports["http"]


def is_in(browser):
    """By a call and by a stream, which agree."""
    calls = browser.refusal("mail.read", {"mailbox": 1, "uid": 1}).status
    streams = browser.get("/mail/msg/1/1/raw")[0].status
    equal((calls, streams), (404, 404) if calls == 404 else (401, 401), "a call and what a browser loads")
    if calls == 404:
        stream = Stream(browser)
        stream.open(stream.id_of("Inbox"))
        stream.close()
    return calls == 404


def expect_in(browsers, wanted, when):
    equal([is_in(one) for one in browsers], wanted, f"who is signed in {when}")


def stay(world):
    by_password = sign_in(world, user, password)
    by_link = Browser(world)
    link = world.link
    by_link.csrf = by_link.call("session.sign_in_by_link", {"link": link})["csrf"]
    left = sign_in(world, user, password)
    strangers = sign_in(world, other, other_password)
    all_of_them = [by_password, by_link, left, strangers]
    expect_in(all_of_them, [True] * 4, "at first")
    cookie = dict(left.cookies)
    left.call("session.sign_out")
    left.cookies = cookie  # one that was stolen before
    for kill in (True, False, True):
        restart(world, all_of_them, kill)
        expect_in(all_of_them, [True, True, False, True], f"after {'kill -9' if kill else 'a stop'}")
        equal(by_link.refusal("session.sign_in_by_link", {"link": link}).status, 401, "a link of before the start")
        forged = Browser(world)
        forged.cookies = dict(by_password.cookies)
        equal(forged.refusal("mail.read", {"mailbox": 1, "uid": 1}).status, 403, "the cookie without its token")
    say("signed in by password and by link: so after a stop and two kills, and the one who left is out")
    return all_of_them


def passwords(world, all_of_them):
    """A new one ends the sessions of its account at once, however soon the server is killed, and when it was set at a start."""
    code, _, errors = world.command("account", "password", user, "--dir", world.data, text="a new one\n")
    equal((code, errors), (0, ""), "account password")
    restart(world, all_of_them, kill=True)
    expect_in(all_of_them, [False, False, False, True], "after a new password and a kill")
    mine = sign_in(world, user, "a new one")
    all_of_them.append(mine)
    restart(world, all_of_them, others="set at the start")
    expect_in(all_of_them, [False, False, False, False, True], "after a start that set a password")
    expect_in([sign_in(world, other, "set at the start")], [True], "with it")
    say("a new password ends the sessions of its account and no other, before the answer")
    return mine


def at_any_moment(world, mine):
    """Kills while people sign in and out: what was answered is so afterwards."""
    chance = random.Random(20261127)
    inside, outside = [], []
    for _ in range(small(8, 4)):
        ends = threading.Event()
        failures = []

        def come_and_go(seed):
            mind = random.Random(seed)
            try:
                while not ends.is_set():
                    browser = sign_in(world, user, "a new one")
                    if mind.random() < 0.5:
                        inside.append(browser)
                        continue
                    gone = Browser(world)
                    gone.cookies, gone.csrf = dict(browser.cookies), browser.csrf
                    try:
                        browser.call("session.sign_out")
                    except Refused as why:
                        failures.append(why)
                        return
                    outside.append(gone)
            except OSError:
                pass  # killed under a question: both may be
            except Exception as why:  # pylint: disable=broad-except
                if not ends.is_set():
                    failures.append(why)

        threads = [threading.Thread(target=come_and_go, args=(chance.random(),)) for _ in range(3)]
        for thread in threads:
            thread.start()
        ends.wait(chance.uniform(0.05, small(0.5, 2)))
        ends.set()
        world.kill()
        for thread in threads:
            thread.join()
        equal(failures, [], "what came and went has met")
        world.start("--account", f"{other}:set at the start")
        inside[:] = inside[-90:]  # of an account a hundred go on, those used last: as here
        for one in [mine, *inside, *outside]:
            one.port = world.ports["http"]
        for one in inside[-40:]:
            equal(one.refusal("mail.read", {"mailbox": 1, "uid": 1}).status, 404, "a session that was acknowledged")
        for one in outside:
            equal(one.refusal("mail.read", {"mailbox": 1, "uid": 1}).status, 401, "one whose end was acknowledged")
    expect(inside and outside, f"{len(inside)} have signed in before a kill, {len(outside)} out")
    score(rounds=small(8, 4), acknowledged=len(inside) + len(outside))
    say(f"killed at any moment: {len(outside)} that signed out are out, and those that signed in are in")


def nothing_is_found(world):
    world.stop()
    world.verify()
    wanted = [one.encode() for one in secrets] + [bytes.fromhex(one) for one in secrets]
    for folder, _, names in os.walk(world.data):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                octets = file.read()
            expect(not any(one in octets for one in wanted), f"{path} holds a cookie or a token")
    say(f"{len(secrets)} cookies and tokens, none of them on the disk")


def test(world):
    world.start("--account", f"{other}:{other_password}")
    all_of_them = stay(world)
    mine = passwords(world, all_of_them)
    at_any_moment(world, mine)
    nothing_is_found(world)
    world.start()


run(test, seconds=small(90, 240))
