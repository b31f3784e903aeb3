"""Every IMAP command of the thin server, as two clients see it: what one changes the other is told, in NOOP and in IDLE, and
the one who changed it is not told twice."""

import imaplib
import re

from _imap import flags
from _world import equal, expect, password, run, say, small, user

wait = small(2, 20)


def message(number, text="text"):
    return (
        f"From: sender@example.org\r\nTo: {user}\r\nSubject: number {number}\r\nX-Number: {number}\r\n"
        f"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n\r\n{text} {number}\r\n.\r\nend\r\n"
    ).encode("utf-8")


def before_login(world):
    client = imaplib.IMAP4("127.0.0.1", world.ports["imap"])
    equal(client.noop()[0], "OK", "NOOP before LOGIN")
    for name in ("IMAP4REV1", "STARTTLS", "AUTH=PLAIN"):
        expect(name in client.capabilities, f"{name} is not in {client.capabilities}")
    with world.imap(sign_in=False) as raw:
        equal(raw.command("NOOP").text.split()[0], "OK", "NOOP")
        equal(raw.command("FROBNICATE").text.split()[0], "BAD", "an unknown command")
        equal(raw.command("SELECT INBOX").text.split()[0], "BAD", "SELECT before LOGIN")
    try:
        client.login(user, "wrong")
        raise AssertionError("a wrong password signs in")
    except imaplib.IMAP4.error as refused:
        expect("AUTHENTICATIONFAILED" in str(refused), f"a wrong password is answered {refused}")
    equal(client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())[0], "OK", "AUTHENTICATE PLAIN")
    names = client.capability()[1][0].decode().upper().split()
    for name in ("IDLE", "UIDPLUS", "MOVE", "UNSELECT"):
        expect(name in names, f"{name} is not in {names}")
    expect("STARTTLS" not in names and "CONDSTORE" not in names, f"advertised and not there: {names}")
    equal(client.logout()[0], "BYE", "LOGOUT")
    say("CAPABILITY, NOOP, LOGIN with a wrong password, AUTHENTICATE PLAIN, LOGOUT")


def mailboxes(world):
    client = imaplib.IMAP4("127.0.0.1", world.ports["imap"])
    client.login(user, password)
    rows = [row.decode() for row in client.list()[1]]
    names = [re.search(r'"?([^" ]+)"?$', row)[1] for row in rows]
    for name in ("INBOX", "Archive", "Trash"):
        expect(name.lower() in [one.lower() for one in names], f"{name} is not in {rows}")
    equal(len(client.list(pattern="Arch%")[1]), 1, "mailboxes of LIST Arch%")
    equal(client.list(pattern="no-such-*")[1], [None], "mailboxes of LIST no-such-*")
    equal(client.select("no-such-mailbox")[0], "NO", "SELECT of a mailbox that is not there")
    status, data = client.status("INBOX", "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN)")
    equal(status, "OK", "STATUS")
    for name in ("MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN"):
        expect(name in data[0].decode(), f"STATUS tells no {name}: {data}")
    client.logout()
    say(f"LIST ({len(names)} mailboxes), SELECT of none, STATUS")


def append_and_fetch(client, first):
    validity, uid = client.append(message(1), flags=r"(\Flagged $Important)")
    equal((validity, uid), (first[1], first[2]), "UIDVALIDITY and UID of the first APPEND")
    for number in range(2, 7):
        uid = client.append(message(number))[1]
        equal(uid, first[2] + number - 1, "the UIDs of APPEND follow one another")
    answer = client.good("FETCH 1 (UID FLAGS RFC822.SIZE INTERNALDATE)")
    number, items = answer.fetched()[0]
    equal(number, 1, "the sequence number")
    equal(int(items["RFC822.SIZE"]), len(message(1)), "RFC822.SIZE")
    expect({r"\Flagged", "$important"} <= set(items["FLAGS"]), f"the flags of APPEND: {items['FLAGS']}")
    expect(re.fullmatch(rb"[ \d]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}", items["INTERNALDATE"]), "INTERNALDATE")
    head, text = message(1).split(b"\r\n\r\n", 1)
    sections = {
        "BODY.PEEK[]": message(1),
        "BODY.PEEK[HEADER]": head + b"\r\n\r\n",
        "BODY.PEEK[TEXT]": text,
        "BODY.PEEK[HEADER.FIELDS (SUBJECT)]": b"Subject: number 1\r\n\r\n",
        "BODY.PEEK[]<5.10>": message(1)[5:15],
    }
    for section, wanted in sections.items():
        _, items = client.good(f"FETCH 1 ({section})").fetched()[0]
        equal([value for key, value in items.items() if key.startswith("BODY[")], [wanted], section)
    expect(r"\Seen" not in client.good("FETCH 1 FLAGS").fetched()[0][1]["FLAGS"], "BODY.PEEK sets \\Seen")
    client.good("FETCH 1 BODY[TEXT]")
    expect(r"\Seen" in client.good("FETCH 1 FLAGS").fetched()[0][1]["FLAGS"], "BODY[TEXT] does not set \\Seen")
    equal(client.command("APPEND no-such-mailbox {}", message(1)).code("TRYCREATE"), [], "TRYCREATE")
    say("APPEND with flags and UIDPLUS, FETCH of flags, UID, size, date and sections, \\Seen by BODY and not by BODY.PEEK")


def store_and_search(client, base):
    answer = client.good(r"STORE 2 +FLAGS (\Answered)")
    equal([flags(items) for _, items in answer.fetched()], [{r"\Answered"}], "STORE +FLAGS tells the flags once")
    equal(client.good(r"STORE 2 +FLAGS.SILENT (\Draft keyword)").fetched(), [], "STORE .SILENT tells nothing")
    equal(flags(client.good("FETCH 2 FLAGS").fetched()[0][1]), {r"\Answered", r"\Draft", "keyword"}, "FLAGS")
    client.good(r"STORE 2 -FLAGS (\Draft keyword)")
    client.good(rf"UID STORE {base + 2} FLAGS (\Flagged)")
    equal(flags(client.good(f"UID FETCH {base + 2} FLAGS").fetched()[0][1]), {r"\Flagged"}, "UID STORE FLAGS")
    searches = {
        "ALL": [1, 2, 3, 4, 5, 6], "ANSWERED": [2], "FLAGGED": [1, 3], "UNANSWERED UNFLAGGED": [4, 5, 6], "SEEN": [1],
        "UNSEEN": [2, 3, 4, 5, 6], "2:4 NOT FLAGGED": [2, 4], f"UID {base + 1}:{base + 2}": [2, 3],
        "OR ANSWERED FLAGGED": [1, 2, 3], "KEYWORD $Important": [1], "5:*": [5, 6], "DELETED": [],
    }
    for program, wanted in searches.items():
        equal(client.good(f"SEARCH {program}").numbers("SEARCH"), wanted, f"SEARCH {program}")
    equal(client.good("UID SEARCH FLAGGED").numbers("SEARCH"), [base, base + 2], "UID SEARCH FLAGGED")
    say(f"STORE in all forms, SEARCH with {len(searches)} programs")


def left(numbers, expunged):
    """What a client has after these EXPUNGE responses: each counts in the numbers that the one before it left."""
    for number in expunged:
        numbers.pop(number - 1)
    return numbers


def expunge_and_numbers(world, client, base):
    """Sequence numbers move at once for the one who expunges, and at a moment of its own for the other."""
    with world.imap() as other:
        other.select()
        client.good(r"STORE 2,4 +FLAGS.SILENT (\Deleted)")
        answer = client.good("EXPUNGE")
        equal(left([1, 2, 3, 4, 5, 6], answer.expunged()), [1, 3, 5, 6], "what EXPUNGE of 2 and 4 leaves")
        equal([int(items["UID"]) for _, items in client.good("FETCH 1:* UID").fetched()], [base, base + 2, base + 4, base + 5],
              "UIDs after EXPUNGE")
        # RFC 9051 7.5.1: no EXPUNGE while FETCH, STORE or SEARCH is answered, or its numbers would mean something else.
        answer = other.command("FETCH 6 UID")
        equal(answer.expunged(), [], "EXPUNGE in the answer to FETCH")
        equal([int(items["UID"]) for _, items in answer.fetched() if "UID" in items], [base + 5], "FETCH 6 before NOOP")
        answer = other.good("NOOP")
        equal(left([1, 2, 3, 4, 5, 6], answer.expunged()), [1, 3, 5, 6], "what NOOP leaves of 2 and 4")
        equal([int(items["UID"]) for _, items in other.good("FETCH 1:* UID").fetched()],
              [base, base + 2, base + 4, base + 5], "UIDs of the other after NOOP")
    client.good(rf"UID STORE {base + 4},{base + 5} +FLAGS.SILENT (\Deleted)")
    equal(client.good(f"UID EXPUNGE {base + 5}").expunged(), [4], "UID EXPUNGE touches only its own")
    client.good(r"STORE 3 -FLAGS.SILENT (\Deleted)")
    say("EXPUNGE, UID EXPUNGE, sequence numbers right after them on both sides")


def copy_and_move(client, base):
    client_validity = client.select("Archive")[1]
    client.select()
    words = client.good("COPY 1:2 Archive").code("COPYUID")
    equal((int(words[0]), words[1]), (client_validity, f"{base},{base + 2}"), "COPYUID of COPY")
    answer = client.good(f"UID MOVE {base + 4} Archive")
    words = answer.code("COPYUID")
    equal(words[1], f"{base + 4}", "COPYUID of UID MOVE")
    equal(answer.expunged(), [3], "EXPUNGE of UID MOVE")
    equal(client.good("MOVE 1 Trash").expunged(), [1], "EXPUNGE of MOVE")
    equal(client.command("COPY 1 no-such-mailbox").code("TRYCREATE"), [], "TRYCREATE")
    equal(client.select("Archive")[0], 3, "messages in Archive")
    found = client.bodies()
    equal([body for _, body in found.values()], [message(1), message(3), message(5)], "the messages in Archive")
    expect(r"\Flagged" in list(found.values())[0][0], "COPY keeps flags")
    equal(client.select("Trash")[0], 1, "messages in Trash")
    equal(client.select()[0], 1, "messages left in INBOX")
    say("COPY, MOVE, UID MOVE with COPYUID")


def seen_by_others(world):
    """What one client changes, others see in NOOP and IDLE; the one who changed it is not told again."""
    with world.imap() as one, world.imap() as noop, world.imap() as idle:
        count = one.select()[0]
        for client in (noop, idle):
            client.select()
        idle.idle()
        answer = one.good("APPEND INBOX {}", message(10))
        uid = int(answer.code("APPENDUID")[1])
        told = answer.exists() or one.good("NOOP").exists()
        equal(told, [count + 1], "EXISTS for the one who appends, once")
        equal(one.good("NOOP").exists(), [], "EXISTS for the one who appends, again")
        idle.wait_exists(count + 1, wait)
        equal(noop.good("NOOP").exists(), [count + 1], "EXISTS in NOOP")

        answer = one.good(rf"UID STORE {uid} +FLAGS (\Flagged)")
        equal(len(answer.fetched()), 1, "FETCH for the one who stores, once")
        equal(one.good("NOOP").untagged, [], "what the one who stored is told again")
        number, items = wait_fetch(idle)
        equal((number, r"\Flagged" in items["FLAGS"]), (count + 1, True), "FETCH in IDLE")
        equal([number for number, _ in noop.good("NOOP").fetched()], [count + 1], "FETCH in NOOP")

        one.good(rf"UID STORE {uid} +FLAGS.SILENT (\Deleted)")
        wait_fetch(idle)
        equal(one.good(f"UID EXPUNGE {uid}").expunged(), [count + 1], "EXPUNGE for the one who expunges")
        equal(one.good("NOOP").untagged, [], "what the one who expunged is told again")
        equal(idle.next(wait).expunged(), count + 1, "EXPUNGE in IDLE")
        equal(noop.good("NOOP").expunged(), [count + 1], "EXPUNGE in NOOP")
        idle.done()
    say("EXISTS, FETCH and EXPUNGE reach others in NOOP and IDLE, and their originator once")


def removed_stays_readable(world):
    """RFC 2180 4.1.2: whoever was not told that a message is gone reads it as before; whoever was does not see it."""
    with world.imap() as reader, world.imap() as other:
        reader.append(message(30))
        uid = reader.append(message(31))[1]
        number = reader.select()[0]
        other.select()
        other.good(rf"UID STORE {uid} +FLAGS.SILENT (\Deleted \Flagged)")
        reader.good("NOOP")
        equal(other.good(f"UID EXPUNGE {uid}").expunged(), [number], "EXPUNGE")
        for _ in range(2):
            found = reader.good(f"FETCH {number} (UID FLAGS ENVELOPE BODY.PEEK[])").fetched()
            equal([one for one, _ in found], [number], "FETCH of what another session has removed")
            equal(found[0][1]["BODY[]"], message(31), "its octets")
            expect(r"\Flagged" in found[0][1]["FLAGS"], "its flags")
        equal(reader.good("SEARCH TEXT \"text 31\"").numbers("SEARCH"), [number], "SEARCH")
        expect(not reader.good(f"COPY {number} Archive").code("COPYUID"), "COPY of what is gone")
        equal(other.good(f"UID FETCH {uid} UID").fetched(), [], "FETCH by the one who removed it")
        equal(reader.good("NOOP").expunged(), [number], "EXPUNGE, when it may be told")
        equal(reader.good(f"UID FETCH {uid} UID").fetched(), [], "FETCH afterwards")
        other.append(message(32))
        uid = other.append(message(33))[1]
        number = reader.select()[0]
        other.good("NOOP")
        other.good(f"UID MOVE {uid} Trash")
        equal(reader.good(f"FETCH {number} BODY.PEEK[]").fetched()[0][1]["BODY[]"], message(33), "what was moved away")
    say("what was removed stays readable for a session until it is told")


def wait_fetch(idle):
    response = idle.next(wait)
    expect(response is not None and response.fetched(), f"no FETCH in IDLE, but {response}")
    return response.fetched()


def read_only(client):
    before = client.select()
    answer = client.good("EXAMINE INBOX")
    expect("[READ-ONLY]" in answer.text, f"EXAMINE is answered {answer.text}")
    client.good("FETCH 1 BODY[]")
    # Some servers refuse these, some do nothing and say so; what counts is below: nothing has changed.
    client.command(r"STORE 1 +FLAGS (\Deleted)")
    client.command("EXPUNGE")
    expect(not client.command("MOVE 1 Trash").ok, "MOVE works after EXAMINE")
    equal(client.select()[0], before[0], "messages after EXAMINE")
    expect(r"\Deleted" not in client.good("FETCH 1 FLAGS").fetched()[0][1]["FLAGS"], "EXAMINE changed a flag")
    client.good(r"STORE 1 +FLAGS.SILENT (\Deleted)")
    equal(client.good("CLOSE").expunged(), [], "CLOSE tells of no EXPUNGE")
    equal(client.select()[0], before[0] - 1, "messages after CLOSE")
    say("EXAMINE changes nothing; CLOSE expunges in silence")


def test(world):
    world.start()
    before_login(world)
    mailboxes(world)
    with world.imap() as client:
        first = client.select()
        append_and_fetch(client, first)
        store_and_search(client, first[2])
        expunge_and_numbers(world, client, first[2])
        copy_and_move(client, first[2])
        read_only(client)
    seen_by_others(world)
    removed_stays_readable(world)
    with world.imap(tls=True) as client:
        client.select()
        client.append(message(20))
        equal(list(client.bodies().values())[-1][1], message(20), "APPEND and FETCH over TLS")


run(test)
