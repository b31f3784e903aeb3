"""Ten thousand small mails on a hundred connections: each is there exactly once, in the order of its connection."""

import hashlib
import random
import re
import time

from _world import equal, expect, in_threads, run, say, small, user

connections = small(100, 50)
each = small(100, 20)
total = connections * each


def message(connection, number, random_one):
    text = "".join(random_one.choices("abcdefghijklmnopqrstuvwxyz .\n", k=random_one.randrange(20, 2000)))
    lines = text.replace("\n", "\r\n")
    return f"Subject: small\r\nX-Id: {connection}-{number}\r\n\r\n{lines}\r\n".encode("ascii")


def test(world):
    seed = random.randrange(1 << 32)
    say(f"seed {seed}")
    world.start()
    sent = {}

    def send(connection):
        random_one = random.Random(seed + connection)
        with world.smtp(timeout=small(60, 110)) as client:
            client.hello()
            for number in range(each):
                mail = message(connection, number, random_one)
                reply = client.mail("sender@example.org", [user], mail)
                equal(reply.code, 250, f"mail {connection}-{number} ({reply.text})")
                sent[f"{connection}-{number}"] = hashlib.sha256(mail).digest()

    with world.imap() as watcher:
        equal(watcher.select()[0], 0, "messages at first")
        watcher.idle()
        began = time.monotonic()
        in_threads(send, range(connections))
        took = time.monotonic() - began
        say(f"{total} mails on {connections} connections in {took:.1f} s: {total / took:.0f} a second (this client's speed)")
        watcher.wait_exists(total, small(10, 60))
        watcher.done()

    with world.imap(timeout=60) as client:
        count, _, next_uid = client.select()
        equal((count, next_uid), (total, total + 1), "EXISTS and UIDNEXT")
        equal(client.good("SEARCH ALL").numbers("SEARCH"), list(range(1, total + 1)), "SEARCH ALL")
        status = client.good("STATUS INBOX (MESSAGES UNSEEN)").untagged[-1].text
        expect(f"MESSAGES {total}" in status and f"UNSEEN {total}" in status, f"counts: {status}")
        last, seen = {}, {}
        for uid, (_, body) in client.bodies().items():
            found = re.search(rb"^X-Id: ((\d+)-(\d+))\r$", body, re.MULTILINE)
            name, connection, number = found[1].decode(), int(found[2]), int(found[3])
            expect(name not in seen, f"{name} is there twice, as UID {seen.get(name)} and {uid}")
            seen[name] = uid
            start = body.index(b"Subject: small\r\n")
            equal(hashlib.sha256(body[start:]).digest(), sent[name], f"the bytes of {name}")
            expect(last.get(connection, -1) < number, f"{name} has a higher UID than a mail that was sent after it")
            last[connection] = number
    equal(len(seen), total, "different mails")
    equal(sorted(seen.values()), list(range(1, total + 1)), "the UIDs, without a gap")
    say(f"all {total} are there once, byte for byte, in order; UIDs 1 to {total}")


run(test)
