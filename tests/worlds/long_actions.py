"""What is done to forty thousand messages of a view: it is told how far it is, can be cancelled, and what was done is taken back
exactly; meanwhile others are served. webmail/tests/long-actions.mjs does it in Chromium."""

import os
import shutil
import subprocess
import threading
import time

from _web import Browser, Refused, Stream
from _world import equal, expect, password, run, say, small, user

webmail = os.path.join(os.path.dirname(__file__), "../../webmail")
other, other_password = "bob@localhost", "another"
doublings = small(12, 9)
total = 10 * 2**doublings


def fill(client, mailbox):
    client.good(f"CREATE {mailbox}")
    for number in range(10):
        mail = f"From: Grace <grace@example.org>\r\nTo: {user}\r\nSubject: message {number}\r\n\r\nhello\r\n"
        client.append(mail.encode(), mailbox)
    client.select(mailbox)
    for _ in range(doublings):
        client.good(f"COPY 1:* {mailbox}")
        client.good("NOOP")


def seen(client):
    return len(client.good("UID SEARCH SEEN").numbers("SEARCH"))


def settled(number):
    """A number that is the same for a second."""
    last, since = number(), time.monotonic()
    deadline = since + 30
    while time.monotonic() < since + 1:
        expect(time.monotonic() < deadline, "it comes to an end")
        if (now := number()) != last:
            last, since = now, time.monotonic()
        time.sleep(0.05)
    return last


class Asked(threading.Thread):
    """A call on its way; result() is its answer, or why it was refused."""

    def __init__(self, browser, method, question):
        super().__init__(daemon=True)
        self.ask = lambda: browser.call(method, question)
        self.outcome = None
        self.start()

    def run(self):
        try:
            self.outcome = self.ask()
        except Exception as why:  # pylint: disable=broad-except
            self.outcome = why

    def result(self):
        self.join(90)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def progress_of(tab, op):
    while (event := tab.next("action_progress"))["op"] != op:
        pass
    expect(0 < event["done"] < event["total"], f"how far it is: {event}")
    return event


def cancelled(browser, tab, method, question, meant=total):
    """What was done, when it is cancelled at the first that is heard of it. That may be too late: then it is whole."""
    asked = Asked(browser, method, question)
    if meant > 1000:
        progress_of(tab, question["op"])
    try:
        browser.call("action.cancel", {"op": question["op"]})
    except Refused as why:
        equal(why.status, 404, "a cancel that is too late")
    done = asked.result()
    equal((done["is_cancelled"], done["why"], done["total"]), (done["messages"] < meant, "", meant), f"{method}: {done}")
    say(f"{method}: {done['messages']} of {meant} were done until it was cancelled")
    return done


def flags(world, browser, tab, client, view):
    """All are marked as read: whole, and cancelled; each time none is when it is taken back."""
    waits = []
    is_there, is_over = threading.Event(), threading.Event()

    def other_viewer():
        with world.imap() as viewer:
            viewer.select("Many")
            while not is_over.is_set():
                began = time.monotonic()
                viewer.good("NOOP")
                waits.append(time.monotonic() - began)
                is_there.set()

    viewer = threading.Thread(target=other_viewer, daemon=True)
    viewer.start()
    expect(is_there.wait(60), "another viewer looks at the mailbox")
    waits.clear()
    question = {**view, "add": ["\\Seen"], "op": "whole"}
    began = time.monotonic()
    asked = Asked(browser, "mail.set_flags", question)
    progress_of(tab, "whole")
    done = asked.result()
    took = time.monotonic() - began
    is_over.set()
    viewer.join(20)
    expect(waits and not viewer.is_alive(), f"another viewer is served meanwhile: {len(waits)} NOOPs")
    equal((done["messages"], done["total"], done["is_cancelled"], done["why"]), (total, total, False, ""), "all")
    equal(seen(client), total, "messages that are seen")
    say(f"{total} flags in {took:.2f} s; another viewer's {len(waits)} NOOPs took {max(waits):.3f} s at most")
    tab.until(lambda: tab.up_to >= done["up_to"], "the view has told of it")
    equal(browser.call("mail.undo", {"what": done["undo"], "op": "back"})["messages"], total, "what is taken back")
    progress_of(tab, "back")
    equal(seen(client), 0, "messages that are seen, after all was taken back")
    done = cancelled(browser, tab, "mail.set_flags", {**question, "op": "half"})
    equal(seen(client), done["messages"], "messages that are seen, of those until the cancel")
    part = cancelled(browser, tab, "mail.undo", {"what": done["undo"], "op": "less"}, done["messages"])
    equal(seen(client), done["messages"] - part["messages"], "messages that are seen, when undo was cancelled")
    if part["is_cancelled"]:
        browser.call("mail.undo", {"what": done["undo"]})
    equal(seen(client), 0, "messages that are seen, after the rest was taken back")


def moves(browser, tab, client, view):
    archive = tab.id_of("Archive")
    done = cancelled(browser, tab, "mail.move", {**view, "to": archive, "op": "move"})
    equal(client.select("Archive")[0], done["messages"], "messages that were moved")
    equal(client.select("Many")[0], total - done["messages"], "messages that were not")
    equal(browser.call("mail.undo", {"what": done["undo"]})["messages"], done["messages"], "what is taken back")
    equal((client.select("Archive")[0], client.select("Many")[0]), (0, total), "messages, after it was taken back")


def whose(world, browser, tab, client, view):
    """Another one's action is not found; a session that ends takes its own along."""
    stranger = Browser(world).sign_in(other, other_password)
    mine = Browser(world).sign_in(user, password)
    page = Stream(mine)
    page.open(view["mailbox"])
    question = {**view, "all_of": {"stream": page.name, "view": 1}, "add": ["\\Flagged"], "op": "mine"}
    asked = Asked(mine, "mail.set_flags", question)
    progress_of(page, "mine")
    for one in (stranger, browser):
        equal(one.refusal("action.cancel", {"op": "mine"}).status, 404, "an action of another session")
    mine.call("session.sign_out")
    asked.join(90)
    done = getattr(asked.outcome, "status", asked.outcome)
    flagged = lambda: len(client.good("UID SEARCH FLAGGED").numbers("SEARCH"))
    # The batch that is at work when the session ends is done.
    first = settled(flagged)
    expect(done == 401 or first == total, f"{done}, of {first} with a star")
    time.sleep(0.5)
    equal(flagged(), first, "nothing is done after the end of the session")
    expect(first == total or first % 1000 == 0, f"whole batches: {first}")
    equal(browser.call("mail.set_flags", {**view, "remove": ["\\Flagged"]})["messages"], first, "stars that are gone")
    for op in ("x" * 65, "two words", "\n", "ü"):
        equal(browser.refusal("mail.set_flags", {**view, "op": op}).body["where"], "op", f"{op!r} is no name")
    tab.close()


def pages(world):
    environment = {"STAGECOACH_URL": f"http://127.0.0.1:{world.ports['http']}", "STAGECOACH_USER": user,
                   "STAGECOACH_PASSWORD": password, "STAGECOACH_SMTP": str(world.ports["smtp"]), "MESSAGES": str(total)}
    done = subprocess.run(["node", "tests/long-actions.mjs"], cwd=webmail, env={**os.environ, **environment}, check=False,
                          capture_output=True, text=True, timeout=small(200, 450), stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, f"long-actions.mjs, which says {done.stdout}{done.stderr}")
    say(done.stdout.strip())


def deletes(browser, client, box):
    tab = Stream(browser)
    tab.open(box)
    view = {"mailbox": box, "uids": [], "all_of": {"stream": tab.name, "view": 1}}
    done = cancelled(browser, tab, "mail.delete", {**view, "op": "delete"})
    equal(done["undo"], "", "what is deleted for ever")
    equal(client.select("Many")[0], total - done["messages"], "messages that are left")
    equal(client.good("UID SEARCH DELETED").numbers("SEARCH"), [], "messages that are to be deleted")
    tab.close()


def test(world):
    expect(shutil.which("node") and os.path.isdir(f"{webmail}/node_modules"), "node and webmail/node_modules are needed: ./dev deps")
    world.start("--quiet", "--account", f"{other}:{other_password}")
    browser = Browser(world).sign_in(user, password)
    with world.imap(timeout=60) as client:
        fill(client, "Many")
        client.select("Many")
        tab = Stream(browser)
        box = tab.id_of("Many")
        tab.open(box)
        view = {"mailbox": box, "uids": [], "all_of": {"stream": tab.name, "view": 1}}
        flags(world, browser, tab, client, view)
        moves(browser, tab, client, view)
        whose(world, browser, tab, client, view)
        pages(world)
        deletes(browser, client, box)


run(test, seconds=small(300, 550))
