"""The mailbox commands of IMAP as python's imaplib, curl and two raw clients see them, over restarts of the server."""

import imaplib
import os
import subprocess

from _world import equal, expect, password, run, say, small, user

wait = small(5, 30)
first = ["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"]


def mail(number):
    return f"From: a@example.org\r\nTo: {user}\r\nSubject: number {number}\r\n\r\ntext {number}\r\n".encode()


def names(client, what='"" *'):
    """{name: the rest of its LIST or LSUB response} of a raw client."""
    return listed(client.good(f"LIST {what}"))


def listed(answer):
    found = {}
    for response in answer.untagged:
        words = response.text.split(' "/" ')
        if response.text.startswith("* L"):
            name, _, more = words[1].partition(" (")
            found[name.strip('"')] = words[0].split("(", 1)[1].rstrip(")").split() + ([more] if more else [])
    return found


def status(client, name, items):
    answer = client.good(f"STATUS {name} ({items})").untagged[0].text
    words = answer[answer.rindex("(") + 1 : -1].split()
    return dict(zip(words[::2], map(int, words[1::2])))


def by_imaplib(world):
    """CREATE, LIST, SUBSCRIBE, LSUB, RENAME, STATUS, DELETE as a library of the world does them."""
    client = imaplib.IMAP4("127.0.0.1", world.ports["imap"])
    client.login(user, password)
    equal(client.namespace()[1], [b'(("" "/")) NIL NIL'], "NAMESPACE")
    equal(client.create("work/2024/")[0], "OK", "CREATE with parents and a separator at the end")
    equal(client.create("work")[0], "NO", "CREATE of what is there")
    equal(client.create("work//x")[0], "NO", "CREATE of a name that is none")
    equal(client.create("INBOX")[0], "NO", "CREATE of INBOX")
    equal(client.list('""', "work*")[1], [b'(\\HasChildren) "/" work', b'(\\HasNoChildren) "/" work/2024'], "LIST")
    equal(client.subscribe("later/mail")[0], "OK", "SUBSCRIBE before there is a mailbox")
    equal(client.lsub('""', "later*")[1], [b'(\\Noselect \\HasNoChildren) "/" later/mail'], "LSUB of what is not there")
    equal(client.lsub('""', "later%")[1], [b'(\\Noselect \\HasNoChildren) "/" later'], "LSUB of a level")
    equal(client.create("later/mail")[0], "OK", "CREATE of a name that is subscribed (row 36)")
    equal(client.append("later/mail", r"(\Deleted)", None, mail(1))[0], "OK", "APPEND")
    items = client.status("later/mail", "(MESSAGES UNSEEN DELETED SIZE UIDNEXT RECENT)")[1][0]
    expect(items.startswith(b"later/mail (MESSAGES 1 UNSEEN 1 DELETED 1 SIZE "), f"STATUS: {items}")
    equal(client.rename("later", "work/sooner")[0], "OK", "RENAME")
    equal(client.rename("later", "x")[0], "NO", "RENAME of nothing")
    equal(client.rename("work", "work/below")[0], "NO", "RENAME below itself")
    equal([row.split()[-1] for row in client.list('""', "*sooner*")[1]], [b"work/sooner", b"work/sooner/mail"], "LIST")
    equal(client.select("work/sooner/mail")[1], [b"1"], "messages in the renamed mailbox")
    equal(client.close()[0], "OK", "CLOSE")
    equal(client.delete("work/sooner")[0], "NO", "DELETE of a mailbox with children")
    equal(client.delete("INBOX")[0], "NO", "DELETE of INBOX")
    for name in ("work/sooner/mail", "work/sooner", "work/2024", "work"):
        equal(client.delete(name)[0], "OK", f"DELETE {name}")
    equal(client.delete("work")[0], "NO", "DELETE of nothing")
    gone = [row.split()[-1] for row in client.lsub('""', "work*")[1]]
    equal(gone, [b"work", b"work/2024", b"work/sooner", b"work/sooner/mail"], "subscriptions that outlive their mailboxes")
    for name in gone + [b"later", b"later/mail"]:
        equal(client.unsubscribe(name.decode())[0], "OK", f"UNSUBSCRIBE {name}")
    equal([row.split()[-1].decode() for row in client.lsub()[1]], first, "LSUB at the end")
    client.logout()
    say("imaplib: CREATE, SUBSCRIBE, LSUB, RENAME, STATUS, DELETE, NAMESPACE")


def by_curl(world):
    def curl(path, *more):
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--user", f"{user}:{password}", *more,
             f"imap://127.0.0.1:{world.ports['imap']}/{path}"],
            capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout

    equal(curl("", "--request", "CREATE curl/box")[0], 0, "curl CREATE")
    file = os.path.join(world.home, "mail")
    with open(file, "wb") as out:
        out.write(mail(7))
    equal(curl("curl%2Fbox", "--upload-file", file)[0], 0, "curl APPEND")
    equal(curl("curl%2Fbox;MAILINDEX=1"), (0, mail(7).decode().replace("\r\n", "\n")), "curl FETCH")
    expect("curl/box" in curl("")[1], "curl LIST")
    equal(curl("", "--request", "RENAME curl/box curl/other")[0], 0, "curl RENAME")
    expect(curl("", "--request", "DELETE curl")[0] != 0, "curl DELETE of a mailbox with children")
    for name in ("curl/other", "curl"):
        equal(curl("", "--request", f"DELETE {name}")[0], 0, "curl DELETE")
    say("curl: CREATE, APPEND, FETCH, LIST, RENAME, DELETE")


def extended_lists(client):
    client.good("CREATE Old/2023")
    client.good("UNSUBSCRIBE Old")
    equal(client.command("CREATE Mine (USE (\\Sent))").code("USEATTR"), [], "CREATE for a use that is taken")
    found = names(client, '(SPECIAL-USE) "" *')
    equal(sorted(use for words in found.values() for use in words if use[1] not in "H"),
          ["\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash"], "LIST (SPECIAL-USE)")
    client.good("DELETE Sent")
    client.good("CREATE Mine (USE (\\Sent))")
    equal(names(client, '"" Mine')["Mine"], ["\\HasNoChildren", "\\Sent"], "CREATE-SPECIAL-USE")
    found = names(client, '(SUBSCRIBED RECURSIVEMATCH) "" (% O*) RETURN (CHILDREN)')
    equal(found["Old"], ["\\HasChildren", '"CHILDINFO" ("SUBSCRIBED"))'], "CHILDINFO")
    equal(found["Old/2023"], ["\\HasNoChildren", "\\Subscribed"], "two patterns")
    equal(found["Sent"], ["\\NonExistent", "\\HasNoChildren", "\\Subscribed"], "\\NonExistent")
    client.append(mail(1), "Old/2023")
    answer = client.good('LIST "" Old* RETURN (STATUS (MESSAGES UIDNEXT) SUBSCRIBED)')
    equal([one.text for one in answer.untagged],
          ['* LIST (\\HasChildren) "/" Old', "* STATUS Old (MESSAGES 0 UIDNEXT 1)",
           '* LIST (\\HasNoChildren \\Subscribed) "/" Old/2023', "* STATUS Old/2023 (MESSAGES 1 UIDNEXT 2)"], "LIST-STATUS")
    equal([one.text for one in client.good('LIST "" ""').untagged], ['* LIST (\\Noselect) "/" ""'], "the separator")
    say("LIST: SPECIAL-USE, SUBSCRIBED, RECURSIVEMATCH, STATUS, patterns")


def names_in_utf8(world):
    composed, apart = "Entw\u00fcrfe \U0001f4ec", "Entwu\u0308rfe \U0001f4ec"
    with world.imap() as old, world.imap() as new:
        expect({"ENABLE", "UTF8=ACCEPT"} <= set(old.good("CAPABILITY").untagged[0].text.split()), "UTF8=ACCEPT")
        old.good('CREATE "Entw&APw-rfe &2D3c7A-"')
        equal(new.good("ENABLE UTF8=ACCEPT").untagged[0].text, "* ENABLED UTF8=ACCEPT", "ENABLE")
        expect(composed in names(new), "a name in UTF-8")
        expect(not new.command(f'CREATE "{apart}"').ok, "a name that is composed otherwise is the same")
        new.good(f'SELECT "{apart}"')
        text = "Subject: gr\u00fc\u00dfe\r\n\r\ntext\r\n".encode()
        equal(new.good(f'APPEND "{composed}" UTF8 (~{{}})', text).exists(), [1], "APPEND UTF8")
        equal(list(new.bodies().values())[0][1], text, "the message in UTF-8")
        for bad in ("a\u0001b", "a\u0085b", "a\u2028b", "/a", "a//b", "x" * 1001):
            expect(not new.command("CREATE {}", bad.encode()).ok, f"CREATE {bad!r}")
        for odd in ("../../x", "~/x", "100%", "*", "a&b", "\u202ertl"):
            new.good("CREATE {}", odd.encode())
            expect(odd in names(new), f"{odd!r} is a name and comes back as it was")
        deep = "/".join(["d"] * 500)
        new.good("CREATE {}", deep.encode())
        equal(len(names(new, '"" d*')), 500, "500 levels")
        new.good('UNSELECT')
        new.good(f'RENAME "{composed}" plain')
    say("names: modified UTF-7, UTF-8, composed or not, odd ones, 500 levels")


def the_later_imap(world):
    with world.imap() as old, world.imap() as new:
        equal(new.good("ENABLE IMAP4rev2").untagged[0].text, "* ENABLED IMAP4rev2", "ENABLE")
        new.good("CREATE later/rev2")
        for number in (1, 2, 3):
            old.append(mail(number), "later/rev2")
        opened = [one.text for one in new.good("SELECT later/rev2").untagged]
        expect('* LIST () "/" later/rev2' in opened and not any("RECENT" in one or "UNSEEN" in one for one in opened), opened)
        found = new.good("UID SEARCH RETURN (SAVE COUNT) UID 2:*").untagged[0].text
        expect(found.startswith("* ESEARCH (TAG ") and found.endswith(") UID COUNT 2"), found)
        old.append(mail(4), "later/rev2")
        told = [one.text for one in new.good("NOOP").untagged]
        equal(told, ["* 4 EXISTS"], "a new message")
        new.good("UID STORE $ +FLAGS.SILENT (\\Deleted)")
        equal(len(new.good("EXPUNGE").untagged), 2, "what was saved is gone")
    say("IMAP4rev2: enabled by one of two sessions, with a saved result")


def two_sessions(world):
    with world.imap() as one, world.imap() as other, world.imap() as idle:
        one.good("CREATE shared/box")
        expect("shared/box" in names(other), "another session's LIST at once")
        one.append(mail(1), "shared/box")
        _, validity, _ = other.select("shared/box")
        idle.select("shared/box")
        idle.idle()
        one.good("RENAME shared moved")
        expect("moved/box" in names(other) and "shared/box" not in names(other), "RENAME is seen at once")
        one.append(mail(2), "moved/box")
        idle.wait_exists(2, wait)
        equal(other.good("NOOP").exists(), [2], "a session goes on in a mailbox that was renamed")
        equal(other.good("FETCH 2 UID").fetched()[0][1]["UID"], "2", "FETCH in a mailbox that was renamed")

        one.good("DELETE moved/box")
        for viewer in (idle, other):
            said = [viewer.response(wait).text]
            while said[-1].endswith("RECENT"):
                said.append(viewer.response(wait).text)
            equal(said[-1], "* BYE The mailbox was deleted", "what a session in a mailbox that was deleted hears")
        one.good("CREATE moved/box")
        exists, later, following = one.select("moved/box")
        equal((exists, following, later > validity), (0, 1, True), "a mailbox of a former name has a higher UIDVALIDITY")
        answer = one.good("DELETE moved/box")
        expect(answer.code("CLOSED") is not None, "DELETE of the selected mailbox leaves it")
        expect(not one.command("CHECK").ok, "it is left")
    say("RENAME and DELETE under other sessions")


def rename_inbox(world):
    with world.imap() as one, world.imap() as idle:
        for number in range(3):
            one.append(mail(number))
        count, validity, following = one.select()
        idle.select()
        idle.idle()
        equal(one.good("RENAME INBOX Kept/old").expunged(), [1] * count, "RENAME INBOX empties it")
        for _ in range(count):
            equal(idle.next(wait).expunged(), 1, "EXPUNGE in IDLE")
        equal(one.select(), (0, validity, following), "INBOX stays the same mailbox")
        equal(status(one, "Kept/old", "MESSAGES UNSEEN"), {"MESSAGES": count, "UNSEEN": count}, "the new mailbox")
        world.send(b"Subject: new\r\n\r\nnew\r\n")
        idle.wait_exists(1, wait)
        one.select("Kept/old")
        equal([body for _, body in one.bodies().values()], [mail(number) for number in range(3)], "the moved messages")
    say("RENAME INBOX moves its messages, and mail goes on to arrive")


def after_a_restart(world):
    with world.imap() as client:
        client.good("CREATE kept/box")
        client.good("SUBSCRIBE not/there")
        client.good("UNSUBSCRIBE kept")
        client.append(mail(5), "kept/box")
        client.good("CREATE gone")
        client.append(mail(6), "gone")
        client.good("DELETE gone")
        before = names(client), listed(client.good('LSUB "" *'))
        numbers = status(client, "kept/box", "MESSAGES UIDNEXT UIDVALIDITY SIZE")
    world.stop()
    world.verify()
    world.start()
    with world.imap() as client:
        equal((names(client), listed(client.good('LSUB "" *'))), before, "names and subscriptions after a restart")
        equal(status(client, "kept/box", "MESSAGES UIDNEXT UIDVALIDITY SIZE"), numbers, "STATUS after a restart")
    world.kill()
    world.start()
    with world.imap() as client:
        equal((names(client), listed(client.good('LSUB "" *'))), before, "names and subscriptions after kill -9")
    say("all is there after a restart and after kill -9")


def test(world):
    world.start()
    by_imaplib(world)
    by_curl(world)
    with world.imap() as client:
        extended_lists(client)
    names_in_utf8(world)
    the_later_imap(world)
    two_sessions(world)
    rename_inbox(world)
    after_a_restart(world)


run(test, seconds=small(60, 180))
