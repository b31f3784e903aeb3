"""A file system with no file left to be made: what fits into files that are there is taken, what needs one of its own is refused
for now; when files can be made again everything goes on, without a restart, and nothing acknowledged is lost."""

import hashlib
import os
import re

import _tmpfs
from _world import equal, expect, run, say, score, until, user

inodes = 500
small_mail, large_mail, segment_mail = 2_000, 300_000, 1_500_000  # in memory, in a file while it arrives, a segment of its own


def message(number, size):
    line = hashlib.sha512(b"%d" % number).hexdigest().encode() + b"\r\n"
    return b"Subject: inodes\r\nX-Id: %d\r\n\r\n" % number + line * (size // len(line))


class Sender:
    def __init__(self, world):
        self.world = world
        self.sent = 0
        self.acknowledged = {}

    def one(self, size):
        self.sent += 1
        mail = message(self.sent, size)
        with self.world.smtp(timeout=60) as client:
            client.hello()
            code = client.mail("sender@example.org", [user], mail).code
        if code == 250:
            self.acknowledged[self.sent] = mail
        return code


    def at_once(self, size, count):
        """Mails that are all on their way before the first has ended; the codes of their replies."""
        clients, mails, codes = [], [], []
        for _ in range(count):
            self.sent += 1
            mails.append((self.sent, message(self.sent, size)))
            clients.append(self.world.smtp(timeout=60).hello())
            equal(clients[-1].envelope("sender@example.org", [user]).code, 354, "the reply to DATA")
            clients[-1].write(mails[-1][1][: size // 2])
        for client, (number, mail) in zip(clients, mails):
            client.write(mail[size // 2 :] + b".\r\n")
            codes.append(client.reply().code)
            if codes[-1] == 250:
                self.acknowledged[number] = mail
            client.close()
        return codes


def use_up(folder, first):
    """Files without content, until there can be no more."""
    made = []
    while True:
        path = os.path.join(folder, f"filler-{first + len(made)}")
        try:
            with open(path, "x", encoding="ascii"):
                made.append(path)
        except OSError:
            return made


def all_is_there(world, sender):
    with world.imap(timeout=60) as client:
        exists, _, _ = client.select()
        equal(exists, len(sender.acknowledged), "messages")
        for _, body in client.bodies().values():
            number = int(re.search(rb"X-Id: (\d+)", body)[1])
            equal(body[body.index(b"Subject: inodes\r\n") :] == sender.acknowledged[number], True, f"the bytes of mail {number}")


def test(world):
    _tmpfs.mount(world.data, f"size=512m,nr_inodes={inodes}")
    try:
        world.start()
        sender = Sender(world)
        for size in (small_mail, large_mail, segment_mail):
            equal(sender.one(size), 250, "a mail while files can be made")
        refused = 0
        for _ in range(3):
            fillers = []
            fillers += use_up(world.data, len(fillers))
            code = sender.one(segment_mail)
            expect(code in (451, 452), f"a mail that needs a file is answered {code}")
            # The file of the mail before is removed only now, and leaves room for one.
            codes = sender.at_once(large_mail, 5)
            expect(set(codes) <= {250, 451, 452} and codes.count(250) < 3, f"mails that need a file each are answered {codes}")
            refused += 6 - codes.count(250)
            expect(len(fillers) > 100, f"only {len(fillers)} files could be made: this test has tested nothing")
            expect(sender.one(small_mail) in (250, 451, 452), "a small mail is neither taken nor refused for now")
            world.answers("the last file was made")
            for path in fillers:
                os.unlink(path)
            for size in (segment_mail, large_mail, small_mail):
                until(lambda size=size: sender.one(size) == 250, 10, f"a mail of {size} octets when files can be made again")
        all_is_there(world, sender)
        world.kill()
        world.start()
        all_is_there(world, sender)
        world.finish()
        say(f"{refused} mails refused without a file, {len(sender.acknowledged)} of {sender.sent} acknowledged, all there")
        score(faults=refused, acknowledged=len(sender.acknowledged))
    finally:
        if world.is_running():
            world.kill()
        _tmpfs.unmount(world.data)
    os.makedirs(world.data, exist_ok=True)


_tmpfs.may_mount()
run(test)
