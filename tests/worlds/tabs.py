"""The tabs of a browser share one stream of events, in Chromium over HTTP/1.1: what happens is shown in all of them, whichever
is closed or hangs. Behind a proxy that holds back what is streamed, events come as answers to polls.
webmail/tests/tabs.mjs drives the pages."""

import contextlib
import http.client
import os
import re
import select
import shutil
import socket
import subprocess
import threading

from _web import Browser, Polled, Stream
from _world import equal, expect, password, program, run, say, small, user

webmail = os.path.join(os.path.dirname(__file__), "../../webmail")
other, other_password = "bob@localhost", "another"


def mail(subject):
    return f"From: grace@example.org\r\nTo: {user}\r\nSubject: {subject}\r\n\r\nhello\r\n".encode()


class HoldingProxy:
    """Gives an answer on when all of it is there, as scanners do; a client that goes away takes its request along. With
    `loses` = 3 every third answer to a poll is lost."""

    def __init__(self, port, loses=None):
        self.to = port
        self.loses = loses
        self.polls = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self.listener.accept()[0],), daemon=True).start()

    def _serve(self, inner):
        with contextlib.suppress(OSError), inner, socket.create_connection(("127.0.0.1", self.to)) as outer:
            asked = b""
            while b"\r\n\r\n" not in asked:
                piece = inner.recv(65536)
                if not piece:
                    return
                asked += piece
            head, body = asked.split(b"\r\n\r\n", 1)
            length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
            while length and len(body) < int(length[1]):
                body += inner.recv(65536)
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            outer.sendall(b"\r\n".join([*lines, b"Connection: close", b"", body]))
            answer = b""
            while True:
                ready, _, _ = select.select([inner, outer], [], [])
                if inner in ready:
                    return
                piece = outer.recv(65536)
                if not piece:
                    break
                answer += piece
            if self.loses and re.search(rb"/events\?poll=\w", head):
                self.polls += 1
                if self.polls % self.loses == 0:
                    return
            inner.sendall(answer)

    def close(self):
        self.listener.close()


def polls(world):
    """One answer after the other: each is given again until it is known to have come, and nobody else gets it."""
    browser = Browser(world).sign_in(user, password)
    tab = Polled(browser, "mailbox=Inbox&count=10")
    equal(tab.next("view_items")["total"], 0, "the list that comes with it")
    for number in range(20):
        world.send(mail(f"polled {number}"))
        tab.until(lambda number=number: f"polled {number}" in tab.subjects(), "a delivery is shown")
    with world.imap() as client:
        client.select()
        client.good("STORE 1:* +FLAGS (\\Flagged)")
        tab.until(lambda: all(row["flags"] == ["\\Flagged"] for row in tab.rows), "flags are shown")
    equal(tab.open(1, view=2)["total"], 20, "another view")
    stranger = Browser(world).sign_in(other, other_password)
    equal(stranger.get(f"/events?poll={tab.name}&after=0")[0].status, 404, "another one's stream")
    equal(Browser(world).get(f"/events?poll={tab.name}&after=0")[0].status, 401, "for nobody")
    plain = Stream(browser)
    equal(browser.get(f"/events?poll={plain.name}&after=0")[0].status, 404, "a stream that is none to poll")
    equal(browser.get("/events?poll=&after=x")[0].status, 400, "a number that is none")
    plain.close()
    browser.call("session.sign_out")
    tab.close()
    say("polls bring what a stream brings")


def lost_answers(world):
    browser = Browser(world).sign_in(user, password)
    answer, first = browser.get("/events?poll=")
    equal((answer.status, answer.getheader("Content-Type")), (200, "text/event-stream"), "an answer to a poll")
    name = re.search(rb'"stream":"([^"]+)"', first)[1].decode()
    equal(browser.get(f"/events?poll={name}&after=0")[1], first, "the answer that was lost")
    waiting = [browser.request("GET", f"/events?poll={name}&after=1")[1] for _ in range(2)]
    equal(waiting[0].read(), b"", "the older of two polls")
    world.send(mail("while it is polled"))
    second = waiting[1].read()
    expect(b"mailbox_changed" in second, f"what has come, of {second}")
    equal(browser.get(f"/events?poll={name}&after=1")[1], second, "the next that was lost")
    try:
        seen = browser.get(f"/events?poll={name}&after=7")[1]
    except (http.client.HTTPException, OSError):
        pass
    else:
        raise AssertionError(f"after an answer that there never was comes {seen}")
    browser.call("session.sign_out")
    say("an answer that is lost is given again")


def begin_poll(browser):
    """The answer to a poll for what there is not yet, and the name of its stream."""
    name = re.search(rb'"stream":"([^"]+)"', browser.get("/events?poll=")[1])[1].decode()
    return browser.request("GET", f"/events?poll={name}&after=1")[1], name


def sign_out(world):
    """Who waits hears of it at once; who comes later is told to sign in."""
    browser = Browser(world).sign_in(user, password)
    waiting, name = begin_poll(browser)
    browser.call("session.sign_out")
    said = waiting.read()
    expect(b'"kind":"bye","is_signed_out":true' in said, f"the last word, {said}")
    equal(browser.get(f"/events?poll={name}&after=2")[0].status, 401, "after it")
    say("a poll hears that its session has ended")


def node(world, *parts, **environment):
    url = f"http://127.0.0.1:{world.ports['http']}"
    done = subprocess.run(
        ["node", "tests/tabs.mjs", *parts], cwd=webmail, capture_output=True, text=True, timeout=small(240, 450), check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "STAGECOACH_URL": url, "STAGECOACH_USER": user, "STAGECOACH_PASSWORD": password,
             "STAGECOACH_SMTP": str(world.ports["smtp"]), "STAGECOACH_IMAP": str(world.ports["imap"]),
             "STAGECOACH_PROGRAM": os.path.abspath(program), "STAGECOACH_DATA": world.data, **environment})
    equal(done.returncode, 0, f"tabs.mjs {parts}, which says {done.stdout}{done.stderr}")
    say(done.stdout.strip())


def pages(world):
    node(world, "two", "eight", "asleep", "signOut", "withoutLocks")
    for part, loses in (("heldBack", None), ("lost", 3)):
        proxy = HoldingProxy(world.ports["http"], loses)
        node(world, part, STAGECOACH_URL=f"http://127.0.0.1:{proxy.port}")
        expect(loses is None or proxy.polls >= loses, f"none of {proxy.polls} answers was lost")
        proxy.close()


def a_stop_does_not_wait(world):
    waiting, _ = begin_poll(Browser(world).sign_in(user, password))
    took = world.stop()
    expect(took < small(10, 30), f"with a poll that waits, the end took {took:.0f} s")
    waiting.close()
    say("a poll does not hold up the end")


def test(world):
    expect(shutil.which("node") and os.path.isdir(f"{webmail}/node_modules"), "node and webmail/node_modules are needed: ./dev deps")
    world.start("--quiet", "--account", f"{other}:{other_password}")
    for part in (polls, lost_answers, sign_out, pages, a_stop_does_not_wait):
        part(world)


run(test, seconds=small(300, 550))
