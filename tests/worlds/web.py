"""The web API as a page speaks it: signing in, who may call what, the event stream beside SMTP and IMAP, messages and their
parts. What happens elsewhere is on every open page at once, and a page's list always equals one that is loaded anew."""

import base64
import json
import queue
import random
import re
import subprocess
import threading

from _clients import needs, ran
from _counts import counts_are_right
from _web import Browser, Stream
from _world import equal, expect, password, run, say, small, until, user

other, other_password = "bob@localhost", "another"


def mail(subject, body=b"hello"):
    return b"From: Grace <grace@example.org>\r\nTo: ada@localhost\r\nSubject: %s\r\n\r\n%s\r\n" % (subject.encode(), body)


def signing_in(world):
    browser = Browser(world)
    token = browser.call("session.prepare")["login_token"]
    login = {"login_token": token, "name": user, "password": "wrong"}
    equal(browser.refusal("session.sign_in", login).status, 401, "a wrong password")
    equal(browser.refusal("session.sign_in", {**login, "password": password}).status, 403, "a token that was used")
    stranger = Browser(world)
    token = browser.call("session.prepare")["login_token"]
    equal(stranger.refusal("session.sign_in", {**login, "login_token": token, "password": password}).status, 403,
          "another browser's token")
    browser.sign_in(user, password)
    before = dict(browser.cookies)
    browser.sign_in(user, password)
    expect(browser.cookies["stagecoach"] != before["stagecoach"], "a sign-in goes on with the session of before")
    _, answer = Browser(world).request("POST", "/api/session.prepare", "{}")
    cookie = answer.getheader("Set-Cookie")
    expect("HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie, cookie)
    by_link = Browser(world)
    by_link.csrf = by_link.call("session.sign_in_by_link", {"link": world.link})["csrf"]
    Stream(by_link).close()
    equal(by_link.refusal("session.sign_in_by_link", {"link": world.link}).status, 401, "the link, once more")
    def is_logged():
        with open(world.log, encoding="utf-8") as lines:
            return any('"failed authentication attempt"' in line and user in line for line in lines)
    until(is_logged, 10, "the failure is in the log")
    by_link.call("session.sign_out")
    equal(by_link.refusal("view.close", {"stream": "x", "view": 1}).status, 401, "after sign-out")
    say("signed in by password and by link, once each")


def who_may_what(world):
    """Every method, as nobody, from another site, and as somebody whose mailbox it is not."""
    code, text, _ = world.command("api")
    equal(code, 0, "stagecoach api")
    methods = re.findall(r"^### (\S+\.\S+)\n\n.* needs (\w+)\.$", text.replace(";\n", "; ").replace(",\n", ", "), re.MULTILINE)
    expect(len(methods) >= 15 and ("account.add", "owner") in methods, f"methods: {methods}")
    browser = Browser(world).sign_in(user, password)
    for method, who in methods:
        equal(browser.request("GET", f"/api/{method}")[1].status, 405, f"GET {method}")
        equal(browser.refusal(method, Origin="http://evil.example").status, 403, f"{method} from elsewhere")
        equal(browser.refusal(method, Sec_Fetch_Site="cross-site").status, 403, f"{method} from elsewhere")
        equal(browser.refusal(method, Content_Type="text/plain").status, 415, f"{method} of a form")
        if who == "owner":
            equal(browser.refusal(method).status, 404, f"{method} of the control socket, by a user")
            equal(Browser(world).refusal(method).status, 401, f"{method} of the control socket, by nobody")
            continue
        if method != "session.sign_out":
            equal(browser.refusal(method, {"nothing": 1}).status, 400, f"{method} with a field that it has not")
        if who == "user":
            equal(Browser(world).refusal(method).status, 401, f"{method} by nobody")
            equal(browser.refusal(method, X_CSRF="0").status, 403, f"{method} without the token")
    equal(browser.refusal("mail.read", {"mailbox": "1", "uid": 1}).body["where"], "mailbox", "the place of a wrong type")
    equal(browser.refusal("mail.read", {"mailbox": 1}).status, 400, "without a field that must be there")
    equal(browser.refusal("mail.none").status, 404, "a method that is not there")
    for path in ("/events", "/mail/msg/1/1/raw"):
        equal(Browser(world).get(path)[0].status, 401, f"{path} for nobody")
        equal(browser.get(path, Sec_Fetch_Site="cross-site")[0].status, 403, f"{path} for another site's page")
    world.send(mail("hers alone"))
    stranger = Browser(world).sign_in(other, other_password)
    equal(stranger.refusal("mail.read", {"mailbox": 1, "uid": 1}).status, 404, "another one's message")
    equal(stranger.refusal("mail.thread", {"mailbox": 1, "uid": 1}).status, 404, "another one's thread")
    equal(stranger.get("/mail/msg/1/1/raw")[0].status, 404, "another one's message, raw")
    mine = Stream(browser)
    theirs = Stream(stranger)
    equal(stranger.refusal("view.open", {"stream": mine.name, "view": 1, "mailbox": 1}).status, 404, "another one's stream")
    mine.open(1)
    equal(stranger.refusal("view.count", {"stream": mine.name, "view": 1}).status, 404, "another one's view")
    equal(browser.refusal("mail.set_flags", {"mailbox": 1, "uids": [1], "add": ["\\Recent"]}).body["where"], "add", "a flag")
    equal(browser.refusal("mail.set_flags", {"mailbox": 1, "uids": list(range(1, 10_002))}).status, 400, "too many")
    equal(browser.refusal("mail.read", {"mailbox": 1, "uid": 1, "x": "y" * 300_000}).status, 413, "too much")
    for stream in (mine, theirs):
        stream.close()
    say(f"{len(methods)} methods, each to nobody, to another site's page, and to whom they are for")


def pages_follow(world):
    """A delivery, a flag over IMAP, a mailbox renamed elsewhere, a keyword: shown in every open tab."""
    browser = Browser(world).sign_in(user, password)
    tabs = [Stream(browser), Stream(browser, method="GET")]
    for tab in tabs:
        tab.open(tab.id_of("Inbox"))
    world.send(mail("=?utf-8?q?gr=C3=BC=C3=9Fe?="))
    with world.imap() as client:
        for tab in tabs:
            tab.until(lambda tab=tab: "grüße" in tab.subjects(), "a delivery is shown")
        client.select()
        number = len(tabs[0].rows)
        client.good(f"STORE {number} +FLAGS (\\Flagged todo)")
        client.good("CREATE Lists/actors")
        client.good("RENAME Lists/actors Lists/stages")
        for tab in tabs:
            tab.until(lambda tab=tab: tab.rows[0]["flags"] == ["\\Flagged", "todo"], "flags are shown")
            tab.until(lambda tab=tab: "Lists/stages" in [one["name"] for one in tab.mailboxes.values()], "a new name is shown")
            tab.until(lambda tab=tab: "todo" in tab.mailboxes[tab.id_of("Inbox")]["keywords"], "a new keyword is shown")
        client.good("DELETE Lists/stages")
        for tab in tabs:
            tab.until(lambda tab=tab: "Lists/stages" not in [one["name"] for one in tab.mailboxes.values()], "it is gone")
    top = tabs[0].rows[0]["uid"]
    done = browser.call("mail.set_flags", {"mailbox": 1, "uids": [top], "add": ["\\Seen", "todo"], "remove": ["\\Flagged"]})
    equal(done["messages"], 1, "messages that are different")
    tabs[1].until(lambda: tabs[1].rows[0]["flags"] == ["\\Seen", "todo"], "what another tab did")
    browser.call("mail.undo", {"what": done["undo"]})
    tabs[1].until(lambda: tabs[1].rows[0]["flags"] == ["\\Flagged", "todo"], "that is taken back: todo was there before")
    equal(browser.refusal("mail.undo", {"what": done["undo"]}).status, 404, "undo, twice")
    before = len(tabs[0].rows)
    done = browser.call("mail.move", {"mailbox": 1, "uids": [top], "to": tabs[0].id_of("Trash")})
    tabs[0].until(lambda: len(tabs[0].rows) == before - 1, "it is moved")
    browser.call("mail.undo", {"what": done["undo"]})
    tabs[0].until(lambda: len(tabs[0].rows) == before, "it is back")
    tabs[1].open(1, known=tabs[0].up_to)
    browser.call("session.sign_out")
    for tab in tabs:
        expect(tab.next("bye")["is_signed_out"], "the last event")
        equal(tab.take(), None, "behind the last event")
    say("two tabs follow SMTP, IMAP and each other")


queries = ["is:unread", "label:mark1 OR label:mark2", "subject:random -is:read", "appended", "body:hello -label:mark3",
           "since:2026-01-20 before:2026-10-01", "(label:mark0 OR label:mark1) NOT (random label:mark2)", "has:attachment"]


def lists_equal_a_fresh_load(world):
    """Random changes over IMAP; the page's list afterwards is what a page sees that opens then."""
    chance = random.Random(20261126)
    browser = Browser(world).sign_in(user, password)
    tab = Stream(browser)
    tab.open(1, count=1000)
    searches = {line: Stream(browser) for line in queries}
    for line, one in searches.items():
        one.open(1, count=1000, query=line)
    with world.imap() as client:
        client.select()
        for step in range(150):
            kind = chance.choice(["mail", "flag", "flag", "remove", "append"])
            exists = client.select()[0]
            if kind == "mail" or exists == 0:
                world.send(mail(f"random {step}"))
            elif kind == "append":
                client.good(f'APPEND INBOX "{chance.randint(10, 28)}-Jan-2026 10:00:00 +0000" {{}}', mail(f"appended {step}"))
            elif kind == "flag":
                sign = chance.choice("+-")
                client.good(f"STORE {chance.randint(1, exists)} {sign}FLAGS (\\Seen mark{chance.randint(0, 3)})")
            else:
                client.good(f"STORE {chance.randint(1, exists)} +FLAGS (\\Deleted)")
                client.good("EXPUNGE")
        world.send(mail("the last of all"))
    tab.until(lambda: "the last of all" in tab.subjects(), "the end is shown")
    fresh = Stream(browser)
    fresh.open(1, count=1000)
    equal(tab.rows, fresh.rows, "the list that followed, and the one that is loaded anew")
    for line, one in searches.items():
        found = Stream(browser)
        found.open(1, count=1000, query=line)
        one.until(lambda one=one, found=found: one.rows == found.rows, f"{line}: the list that followed is as loaded anew")
        found.close()
        one.close()
    found = {line: len(searches[line].rows) for line in queries[:-1]}
    expect(all(0 < count < len(tab.rows) for count in found.values()), f"each finds some of {len(tab.rows)} and not all: {found}")
    known = fresh.up_to
    again = fresh.open(1, view=2, known=known)
    equal((again["items"], again["total"]), ([], len(fresh.rows)), "a view of which nothing is different")
    part = fresh.open(1, view=2, **{"from": 2, "count": 3})
    equal([one["uid"] for one in part["items"]], [one["uid"] for one in tab.rows[2:5]], "a window")
    browser.call("view.window", {"stream": fresh.name, "view": 2, "from": 0, "count": 2})
    equal([one["uid"] for one in fresh.next("view_items")["items"]], [one["uid"] for one in tab.rows[:2]], "another window")
    for stream in (tab, fresh):
        stream.close()
    say(f"{len(tab.rows)} rows, as loaded anew")


def everything_in_one_view(world):
    """All mailboxes in one list, and beside it others of the same mailboxes: each follows deliveries, flags, moves, and mailboxes
    that come and go. What is done to all of it is done in each mailbox."""
    chance = random.Random(20261127)
    browser = Browser(world).sign_in(user, password)
    tab = Stream(browser)
    views = {1: {}, 2: {"is_everywhere": True}, 3: {"is_everywhere": True, "query": "label:pick -is:read"}, 4: {"query": "label:pick"}}
    for view, more in views.items():
        tab.open(1, view=view, count=1000, **more)
    boxes = ["Box0"]
    with world.imap() as client:
        client.good("CREATE Box0")
        for step in range(small(200, 100)):
            kind = chance.choice(["mail", "flag", "flag", "move", "move", "create", "delete", "trash"])
            here = chance.choice(["INBOX", *boxes])
            exists = client.select(here)[0]
            if kind == "create" and len(boxes) < 6:
                boxes.append(f"Box{step + 1}")
                client.good(f"CREATE {boxes[-1]}")
            elif kind == "delete" and len(boxes) > 2:
                client.good("UNSELECT")
                client.good(f"DELETE {boxes.pop(chance.randrange(len(boxes)))}")
            elif kind == "flag" and exists:
                client.good(f"STORE {chance.randint(1, exists)} {chance.choice('+-')}FLAGS (pick {chance.choice(['', chr(92) + 'Seen'])})".replace(" )", ")"))
            elif kind in ("move", "trash") and exists:
                client.good(f"MOVE {chance.randint(1, exists)} {'Trash' if kind == 'trash' else chance.choice(boxes)}")
            else:
                world.send(mail(f"anywhere {step}"))
    fresh = Stream(browser)
    for view, more in views.items():
        fresh.open(1, view=view, count=1000, **more)
        tab.shown = view
        tab.until(lambda: tab.rows == fresh.rows, f"view {view}: the list that followed is as loaded anew")
    shown = {row["mailbox"] for row in fresh.lists[2]}
    expect(len(shown) > 2 and fresh.id_of("Trash") not in shown, f"mailboxes of the view: {shown}")
    expect(0 < len(fresh.lists[3]) < len(fresh.lists[2]), "what is looked for is some of it")
    equal(browser.refusal("mail.set_flags", {"mailbox": fresh.id_of("Trash"), "uids": [], "add": ["all"],
                                             "all_of": {"stream": tab.name, "view": 2}}).status, 400, "what the view does not look at")
    changed = 0
    for box in {one for one in fresh.mailboxes if one != fresh.id_of("Trash") and not fresh.mailboxes[one]["special_use"]}:
        changed += browser.call("mail.set_flags", {"mailbox": box, "uids": [], "add": ["all"],
                                                   "all_of": {"stream": tab.name, "view": 2}})["messages"]
    equal(changed, len(fresh.lists[2]), "all of the view, mailbox by mailbox")
    tab.shown = 2
    tab.until(lambda: all("all" in row["flags"] for row in tab.rows), "it is shown")
    browser.call("view.close", {"stream": tab.name, "view": 1})
    world.send(mail("for those that are left"))
    tab.until(lambda: "for those that are left" in tab.subjects(), "the other views stay")
    expect("for those that are left" not in [row["subject"] for row in tab.lists[1]], "the one that was closed is told nothing")
    for stream in (tab, fresh):
        stream.close()
    with world.imap() as client:
        for box in boxes:
            client.good(f"DELETE {box}")
    say(f"{changed} messages of {len(shown)} mailboxes in one list, four views on one stream")


def many_at_once(browser, box, world):
    """More changes in one go than are told one by one: the list is what a fresh one is."""
    for threads in (False, True):
        tab = Stream(browser)
        tab.open(box, count=1000, threads=threads)
        with world.imap() as client:
            exists = client.select("Found")[0]
            for change in (f"STORE 1:{exists} {'-' if threads else '+'}FLAGS (\\Seen)", f"COPY 1:{exists} Found"):
                client.good(change)
                fresh = Stream(browser)
                fresh.open(box, count=1000, threads=threads)
                tab.until(lambda tab=tab, fresh=fresh: tab.rows[:1000] == fresh.rows[:1000], f"{change}, threads {threads}")
                fresh.close()
            client.good(f"STORE {exists + 1}:{2 * exists} +FLAGS.SILENT (\\Deleted)")
            client.good("EXPUNGE")
        fresh = Stream(browser)
        fresh.open(box, count=1000, threads=threads)
        tab.until(lambda tab=tab, fresh=fresh: tab.rows[:1000] == fresh.rows[:1000], f"they go again, threads {threads}")
        for one in (tab, fresh):
            one.close()


def searches(world):
    """One line finds by words, people, subject, time, flags and labels, in a mailbox of several pieces."""
    browser = Browser(world).sign_in(user, password)
    with world.imap() as client:
        client.good("CREATE Found")
        for number in range(small(1200, 600)):
            name = "needle" if number % 400 == 7 else "hay"
            client.good(f'APPEND Found ({"todo" if number % 100 == 3 else ""}) "{number % 28 + 1:2}-Jan-2026 10:00:00 +0000" {{}}',
                        mail(f"{name} {number}", b"straw" if number % 400 != 9 else b"a Needle, too"))
    tab = Stream(browser)
    box = tab.id_of("Found")
    for line, wanted in (("needle", small(6, 4)), ("subject:needle", small(3, 2)), ("label:todo", small(12, 6)), ("nothing", 0),
                         ("from:grace on:2026-01-04 hay label:todo", None)):
        tab.open(box, count=50, query=line)
        if wanted is not None:
            equal(len(tab.rows), wanted, f"what {line} finds")
        expect(all(tab.rows[:50]) and tab.rows == sorted(tab.rows, key=lambda one: (-int(one["received"]), -one["uid"])), "newest first")
    many_at_once(browser, box, world)
    tab.open(box, count=5, query="hay label:todo")
    view = {"stream": tab.name, "view": 1}
    found = len(tab.rows)
    done = browser.call("mail.set_flags", {"mailbox": box, "uids": [tab.rows[0]["uid"]], "all_of": view, "add": ["found"]})
    equal(done["messages"], found - 1, "all but one, most of them on no page")
    for question, status in (({"mailbox": 1, "all_of": view}, 400), ({"mailbox": box, "all_of": {"stream": "x", "view": 1}}, 404),
                             ({"mailbox": box, "all_of": {"stream": tab.name, "view": 9}}, 404)):
        equal(browser.refusal("mail.set_flags", {"uids": [], "add": ["found"], **question}).status, status, f"{question}")
    browser.call("mail.delete", {"mailbox": box, "uids": [], "all_of": view})
    tab.until(lambda: len(tab.rows) == 0, "all are gone")
    for line in ("x" * 1001, "x " * 41):
        equal(browser.refusal("view.open", {"stream": tab.name, "view": 1, "mailbox": box, "query": line}).status, 400, "its limit")
    tab.close()
    with world.imap() as client:
        client.good("DELETE Found")
    say("searches find what they say")


def threads_follow(world):
    """Threads are made at delivery; a list of them follows answers, flags and removals, and equals one that is loaded anew."""
    chance = random.Random(20261127)
    browser = Browser(world).sign_in(user, password)
    with world.imap() as client:
        client.good("CREATE Talk")
        tab = Stream(browser)
        box = tab.id_of("Talk")
        tab.open(box, count=1000, threads=True)
        expanded, known = set(), []

        def append(number, answers):
            header = f"Message-ID: <{number}@talk>\r\n" + (f"References: <{answers}@talk>\r\n" if answers else "")
            subject = b"Subject: %stopic\r\n" % (b"Re: " if answers else b"")
            text = b"From: a@example.org\r\n" + subject + header.encode() + b"\r\nhello\r\n"
            client.good(f'APPEND Talk "{chance.randint(10, 28)}-Jan-2026 10:00:00 +0000" {{}}', text)
            known.append(number)

        append(1, None)
        append(2, 1)
        tab.until(lambda: tab.rows and len(tab.rows[0]["hidden"]) == 1, "an answer is in the row of its thread")
        equal((len(tab.rows), tab.rows[0]["hidden_unread"]), (1, 1), "one row, and what it stands for")
        for number in range(3, small(120, 60)):
            kind = chance.choice(["new"] * 4 + ["answer"] * 8 + ["flag"] * 3 + ["remove"] * 2 + ["expand"])
            exists = client.select("Talk")[0]
            if kind == "new" or exists < 3:
                append(number, None)
            elif kind == "answer":
                append(number, chance.choice(known))
            elif kind == "flag":
                client.good(f"STORE {chance.randint(1, exists)} {chance.choice('+-')}FLAGS (\\Seen)")
            elif kind == "remove":
                client.good(f"STORE {chance.randint(1, exists)} +FLAGS (\\Deleted)")
                client.good("EXPUNGE")
            elif tab.rows:
                thread = chance.choice(tab.rows)["thread"]
                is_expanded = thread not in expanded
                (expanded.add if is_expanded else expanded.discard)(thread)
                browser.call("view.expand", {"stream": tab.name, "view": 1, "thread": thread, "is_expanded": is_expanded})
        fresh = Stream(browser)
        fresh.open(box, count=1000, threads=True)
        rows_of_several = [one["thread"] for one in fresh.rows if one["hidden"]]
        expect(len(rows_of_several) > 1, f"threads of more than one message: {rows_of_several}")
        if rows_of_several[0] not in expanded:
            expanded.add(rows_of_several[0])
            browser.call("view.expand", {"stream": tab.name, "view": 1, "thread": rows_of_several[0], "is_expanded": True})
        for thread in expanded:
            browser.call("view.expand", {"stream": fresh.name, "view": 1, "thread": thread, "is_expanded": True})
        for one in (tab, fresh):
            browser.call("view.window", {"stream": one.name, "view": 1, "from": 0, "count": 1})  # in turn: all is told before it
            one.next("view_items")
        equal(tab.rows, fresh.rows, "the list that followed, and the one that is loaded anew")
        uids = [uid for one in fresh.rows for uid in [one["uid"], *one["hidden"]]]
        expect(any(one["depth"] > 0 for one in fresh.rows), "a thread that is expanded")
        equal((len(set(uids)), len(uids)), (client.select("Talk")[0],) * 2, "each message is in one row")
        equal(browser.refusal("view.expand", {"stream": fresh.name, "view": 9, "thread": "1", "is_expanded": True}).status, 404,
              "a view that is none")
        for one in (tab, fresh):
            one.close()
        client.good("DELETE Talk")
    say(f"{len(fresh.rows)} rows of {len(uids)} messages, as loaded anew")


def messages(world):
    picture = bytes(range(256)) * 1000
    text = (b"From: =?utf-8?q?Gr=C3=A4ce?= <grace@example.org>\r\nTo: ada@localhost\r\nSubject: parts\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nna=EFve\r\n"
            b"--b\r\nContent-Type: image/png; name=\"a b.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(picture).replace(b"\n", b"\r\n")
            + b"--b\r\nContent-Type: image/svg+xml; name=x.svg\r\n\r\n<svg onload=alert(1)>\r\n--b--\r\n")
    world.send(text)
    browser = Browser(world).sign_in(user, password)
    tab = Stream(browser)
    tab.open(1)
    tab.until(lambda: tab.subjects()[0] == "parts", "it is there")
    expect(tab.rows[0]["has_attachments"], "it has attachments")
    number = tab.rows[0]["uid"]
    shown = browser.call("mail.read", {"mailbox": 1, "uid": number})
    equal((shown["text"], shown["from"][0]), ("naïve", {"name": "Gräce", "address": "grace@example.org"}), "the message")
    equal([(one["path"], one["is_attachment"]) for one in shown["parts"]], [("1", False), ("2", True), ("3", True)], "its parts")
    base = f"/mail/msg/1/{number}"
    answer, raw = browser.get(f"{base}/raw")
    expect(raw.endswith(text) and answer.getheader("Content-Type") == "text/plain; charset=utf-8", "raw")
    answer, body = browser.get(f"{base}/view/2")
    equal((answer.getheader("Content-Type"), body), ("image/png", picture), "the picture")
    equal(answer.getheader("Content-Disposition"), "inline; filename=\"a b.png\"; filename*=UTF-8''a%20b.png", "its name")
    answer, body = browser.get(f"{base}/view/3")
    equal((answer.getheader("Content-Type"), answer.getheader("Content-Disposition")),
          ("application/octet-stream", "attachment; filename=x.svg"), "what could run is not shown")
    answer, part = browser.get(f"{base}/raw", Range="bytes=5-14")
    equal((answer.status, answer.getheader("Content-Range"), part), (206, f"bytes 5-14/{len(raw)}", raw[5:15]), "a part of it")
    tag = answer.getheader("ETag")
    equal(browser.get(f"{base}/raw", Range="bytes=-10", If_Range=tag)[1], raw[-10:], "a part of what it has")
    equal(browser.get(f"{base}/raw", Range="bytes=-10", If_Range='"x"')[1], raw, "all, of what it has not")
    answer, _ = browser.get(f"{base}/raw", Range=f"bytes={len(raw)}-")
    equal((answer.status, answer.getheader("Content-Range")), (416, f"bytes */{len(raw)}"), "behind the end")
    answer, whole = browser.get(f"{base}/download/2", Range="bytes=0-1")
    equal((answer.status, answer.getheader("Accept-Ranges"), whole), (200, None, picture), "what has to be decoded is whole")
    for path, status in (("/download/9", 400), ("/view/0", 200), ("/view/x", 404), ("/none", 404), ("/raw/1", 404)):
        equal(browser.get(base + path)[0].status, status, path)
    for path in ("/mail/msg/1/999999/raw", "/mail/msg/99/1/raw", "/mail/msg/x/1/raw", "/mail/msg/-1/1/raw"):
        equal(browser.get(path)[0].status, 404, path)
    for path in (f"{base}/raw", f"{base}/view/3"):
        answer = browser.get(path)[0]
        expect("sandbox" in answer.getheader("Content-Security-Policy"), "its policy")
        equal(answer.getheader("X-Content-Type-Options"), "nosniff", "its fields")
    tab.close()
    say("a message, its parts, and what is none of them")


def html_messages(world):
    """HTML is a document that can run nothing and loads nothing that was not asked for (WX05, WX09)."""
    picture = bytes(range(256))
    html = (b"<p onclick=alert(1)>Gr=FC=DFe <b>here</b><script>alert(1)</script><img src=3D\"cid:p1\" alt=3Done>"
            b"<img src=3Dhttps://example.org/track><img src=3Dcid:p2><a href=3Djavascript:alert(1)>no</a> "
            b"<a href=3Dhttps://example.org/x>yes</a>")
    world.send(b"From: grace@example.org\r\nTo: ada@localhost\r\nSubject: rich\r\nMIME-Version: 1.0\r\n"
               b"Content-Type: multipart/related; boundary=b\r\n\r\n"
               b"--b\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
               + html + b"\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <p1>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
               + base64.encodebytes(picture).replace(b"\n", b"\r\n")
               + b"--b\r\nContent-Type: text/html\r\nContent-ID: <p2>\r\n\r\n<script>alert(2)</script>\r\n--b--\r\n")
    browser = Browser(world).sign_in(user, password)
    tab = Stream(browser)
    tab.open(1)
    tab.until(lambda: tab.subjects()[0] == "rich", "it is there")
    number, plain = tab.rows[0]["uid"], tab.rows[1]["uid"]
    shown = browser.call("mail.read", {"mailbox": 1, "uid": number})
    expect(shown["has_html"] and shown["text"].startswith("Grüße here"), f"its text, of {shown['text']}")
    equal([(one["path"], one["is_attachment"]) for one in shown["parts"]], [("1", False), ("2", True), ("3", True)], "its parts")
    for path, sources in (("html", "data:"), ("htmlexternal", "data: http: https:")):
        answer, body = browser.get(f"/mail/msg/1/{number}/{path}")
        text = body.decode()
        equal((answer.status, answer.getheader("Content-Type")), (200, "text/html; charset=utf-8"), path)
        equal(answer.getheader("Content-Security-Policy"),
              "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src " + sources
              + "; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'", "its policy")
        equal((answer.getheader("X-Frame-Options"), answer.getheader("Cache-Control")), ("SAMEORIGIN", "no-store"), "its fields")
        expect("Grüße <b>here</b>" in text and base64.b64encode(picture).decode() in text, "what it says")
        expect("https://example.org/x" in text and not any(one in text for one in ("alert", "script", "cid:")), "what it cannot do")
        equal("https://example.org/track" in text, path == "htmlexternal", f"the picture from elsewhere in {path}")
    for path in ("html", "htmlexternal"):
        equal(browser.get(f"/mail/msg/1/{plain}/{path}")[0].status, 400, f"{path} of a mail that has none")
        equal(Browser(world).get(f"/mail/msg/1/{number}/{path}")[0].status, 401, "for nobody")
    expect(not browser.call("mail.read", {"mailbox": 1, "uid": plain})["has_html"], "a mail that has none")
    tab.close()
    say("HTML is shown, and can do nothing")


def first_lists(world):
    """A new page has its list with its stream, without asking again."""
    browser = Browser(world).sign_in(user, password)
    with world.imap() as client:
        client.good("CREATE Some/where")
    for path, name, total in (("?mailbox=Inbox&count=3", "Inbox", None), ("?mailbox=Some%2Fwhere&query=label%3A%5CSeen", "Some/where", 0),
                              ("?mailbox=gone", "Inbox", None)):
        tab = Stream(browser, path=path)
        items = tab.next("view_items")
        equal(items["view"], 1, "its number")
        box = tab.mailboxes[tab.id_of(name)]
        equal(items["total"], box["total"] if total is None else total, f"the length of {path}")
        equal(len(items["items"]), min(items["total"], 3 if "count" in path else 50), f"the rows of {path}")
        tab.close()
    tab = Stream(browser, path="?mailbox=Inbox")
    tab.next("view_items")
    tab.open(1, view=2, query="is:unread")
    browser.call("view.close", {"stream": tab.name, "view": 1})  # late, as requests overtake each other
    world.send(mail("to the second view"))
    tab.until(lambda: tab.subjects()[0] == "to the second view", "the view that was opened last follows its mailbox")
    tab.close()
    tab = Stream(browser, path="?mailbox=Inbox&query=" + "x" * 1001)
    expect("longer" in tab.next("view_ended")["why"], "a line that is none")
    tab.close()
    with world.imap() as client:
        client.good("DELETE Some/where")
    say("a page has its list with its stream")


def _pass_on(lines, to):
    for line in lines:
        to.put(line)


def events_of_curl(world):
    """In both versions, over TLS and compressed: an event is there at once, and the log has both sizes at the end."""
    url = f"https://127.0.0.1:{world.ports['https']}"
    jar = f"{world.home}/jar"
    words = ["curl", "--silent", "--insecure", "--no-buffer", "--cookie", jar, "--cookie-jar", jar]
    def call(method, question):
        more = ["--header", "Content-Type: application/json", "--data", json.dumps(question), f"{url}/api/{method}"]
        return json.loads(ran([*words, *more], method).stdout)
    token = call("session.prepare", {})["login_token"]
    call("session.sign_in", {"login_token": token, "name": user, "password": password})
    for version, name in (("--http2", "HTTP/2"), ("--http1.1", "HTTP/1.1")):
        with subprocess.Popen([*words, version, "--compressed", f"{url}/events"], stdout=subprocess.PIPE, text=True) as curl:
            lines = queue.Queue()
            threading.Thread(target=_pass_on, args=(curl.stdout, lines), daemon=True).start()
            while lines.get(timeout=20) != "event: hello\n":
                pass
            world.send(mail(f"told by {name}"))
            while lines.get(timeout=20) != "event: mailbox_changed\n":
                pass
            curl.terminate()
        def is_logged():
            with open(world.log, encoding="utf-8") as log:
                found = [re.search(r" size=(\d+) uncompressedsize=(\d+)", line) for line in log
                         if f" protocol={name} method=GET target=/events status=200 " in line and "peer=127" in line]
            return any(0 < int(one[1]) < int(one[2]) for one in found if one)
        until(is_logged, 20, f"{name}: the stream is logged, compressed")
    say("events by curl over HTTP/1.1 and HTTP/2, compressed")


def many_pages(world):
    """Streams that nobody reads, and pages that go away."""
    browser = Browser(world).sign_in(user, password)
    streams = [Stream(browser) for _ in range(20)]
    answer = browser.request("POST", "/events", "{}")[1]
    equal(answer.status, 429, "one page too many")
    for one in streams:
        one.close()
    def has_room():
        connection, answer = browser.request("POST", "/events", "{}")
        connection.close()
        return answer.status == 200
    until(has_room, 20, "pages that have gone leave room for others")
    say("pages come and go")


def passwords_change(world):
    """Whoever has signed in with the old password is out, at once (AU10)."""
    browser = Browser(world).sign_in(other, other_password)
    page = Stream(browser)
    mine = Stream(Browser(world).sign_in(user, password))
    code, _, errors = world.command("account", "password", other, "--dir", world.data, text="a new one\n")
    equal((code, errors), (0, ""), "account password")
    expect(page.next("bye")["is_signed_out"], "the page hears of it")
    equal(browser.refusal("mail.read", {"mailbox": 1, "uid": 1}).status, 401, "the session of before")
    Stream(Browser(world).sign_in(other, "a new one")).close()
    world.send(mail("not hers"))
    mine.until(lambda: mine.mailboxes[1]["total"] > 0, "another account's page goes on")
    mine.close()
    say("a new password ends the sessions of the old one")


def another_path(world):
    """The webmail is where --mail-path says, and nowhere else."""
    world.stop()
    world.start("--account", f"{other}:{other_password}", "--mail-path", "/post/office/")
    browser = Browser(world).sign_in(user, password)
    world.send(mail("at another place"))
    tab = Stream(browser)
    tab.open(1)
    uid = tab.rows[0]["uid"]
    tab.close()
    page, body = browser.get("/post/office/")
    expect(page.status == 200 and b"<title>" in body, "the page is there")
    answer, _ = browser.get("/post/office")
    equal((answer.status, answer.getheader("Location")), (303, "/post/office/"), "without the slash")
    expect(b'href="/post/office/"' in browser.get("/")[1], "the front page knows where")
    answer, body = browser.get(f"/post/office/msg/1/{uid}/raw")
    expect(answer.status == 200 and b"at another place" in body, "a message")
    for path in ("/mail/", f"/mail/msg/1/{uid}/raw", f"/post/msg/1/{uid}/raw", "/post/office/msg/1", "/post/office/none"):
        equal(browser.get(path)[0].status, 404, path)
    say("the webmail at another path")


def test(world):
    needs("curl")
    world.start("--account", f"{other}:{other_password}")
    for part in (signing_in, who_may_what, pages_follow, lists_equal_a_fresh_load, everything_in_one_view, counts_are_right, searches, threads_follow,
                 messages, html_messages, first_lists, events_of_curl, many_pages, passwords_change, another_path):
        part(world)


run(test, seconds=small(120, 400))
