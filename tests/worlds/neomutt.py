"""NeoMutt at a terminal, with keys pressed by a script: it reads, pipes, flags, searches, tags, copies, saves, deletes and
undeletes mails and makes mailboxes, in clear and over TLS; it sends through submission and files a copy."""

import os
import pty
import re
import select
import ssl
import subprocess
import time

from _clients import account, mail, needs, ran, subject, unix, utf8, wait
from _world import end_with_parent, equal, expect, password, run, say, small, until, user

configuration = """
set imap_user = "{user}"
set imap_pass = "{password}"
set imap_authenticators = "plain"
set smtp_user = "{user}"
set smtp_pass = "{password}"
set smtp_authenticators = "plain"
set certificate_file = "{home}/certificate.pem"
set folder = "{folder}"
set smtp_url = "{smtp_url}"
set ssl_starttls = {starttls}
set ssl_force_tls = {starttls}
set spoolfile = "+INBOX"
set record = "+Sent"
set postponed = "+Drafts"
set from = "{user}"
set realname = "Ada L\u00f6velace"
set charset = "utf-8"
set send_charset = "utf-8"
set tmpdir = "{home}"
set sort = mailbox-order
set editor = "sh {home}/editor"
"""
settings = ["no confirmappend", "no confirmcreate", "no wait_key", "no mark_old", "no resolve", "no beep"]
settings += ["delete=yes", "quit=yes", "copy=yes", "move=no", "trash=''", "header_cache=''", "pipe_decode", "fast_reply", "include=yes"]
settings += ["abort_unmodified=no", "abort_nosubject=no", "postpone=yes", "recall=no", "sleep_time=0"]


class Neomutt:
    def __init__(self, world, name, folder, smtp_url, starttls="no"):
        self.home = os.path.join(world.home, name)
        os.mkdir(self.home)
        certificate = ssl.get_server_certificate(("127.0.0.1", world.ports["imaps"]))
        with open(os.path.join(self.home, "certificate.pem"), "w", encoding="ascii") as file:
            file.write(certificate)
        with open(os.path.join(self.home, "editor"), "w", encoding="utf-8") as file:
            file.write("printf 'typed gr\u00fc\u00dfe\\nFrom here\\n.\\n' >>\"$1\"\n")
        ports = {**world.ports, "user": user}
        self.config = os.path.join(self.home, "neomuttrc")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(configuration.format(home=self.home, folder=folder.format(**ports), user=user, password=password,
                                            smtp_url=smtp_url.format(**ports), starttls=starttls))
            file.writelines(f"set {one}\n" for one in settings)
        self.words = ["neomutt", "-n", "-F", self.config]
        self.environment = {**os.environ, "HOME": self.home, "TERM": "xterm", "LC_ALL": "C.UTF-8"}

    def press(self, keys, *words):
        """At a terminal of its own: opens a mailbox, presses the keys and wants it to end. Returns what it has shown."""
        ours, theirs = pty.openpty()
        shown, end = b"", time.monotonic() + wait
        with subprocess.Popen([*self.words, *words, "-e", f'push "{keys}"'], stdin=theirs, stdout=theirs, stderr=theirs,
                              env=self.environment, start_new_session=True, preexec_fn=end_with_parent) as process:
            try:
                running = True
                while running and time.monotonic() < end:
                    running = process.poll() is None  # asked first: what it showed last is read after its end
                    while select.select([ours], [], [], 0.05)[0]:
                        shown += os.read(ours, 65536)
                text = re.sub(rb"\x1b[\[(][0-9;?]*[A-Za-z]", b" ", shown).decode("utf-8", "replace")
                equal(process.poll(), 0, f"the end of NeoMutt after {keys}, which shows {text[-1500:]!r}")
                return text
            finally:
                if process.poll() is None:
                    process.kill()
                os.close(ours)
                os.close(theirs)

    def send(self, title, text, *words):
        """As a script sends, without a terminal."""
        ran([*self.words, "-s", title, *words], f"neomutt sends {title}", env=self.environment, input=text.encode("utf-8"))


def at(*numbers):
    """Keys that go to a mail by its number in the index; more numbers tag those before."""
    return "".join(f"<jump>{number}<enter><tag-message>" for number in numbers[:-1]) + f"<jump>{numbers[-1]}<enter>"


def mails(world, mailbox):
    return {subject(text): set(flags) for flags, text in account(world)[mailbox].values()}


def text_of(world, mailbox, title):
    return next(unix(text) for _, text in account(world)[mailbox].values() if subject(text) == title)


def reads(world, program, client):
    """Opens, reads, pipes, flags, searches. A session ends with <sync-mailbox><quit>."""
    piped = os.path.join(program.home, "piped")
    shown = program.press(
        f"{at(1)}<display-message><exit>{at(2)}<pipe-message>cat >{piped}<enter>{at(3)}<flag-message>{at(4)}<set-flag>r"
        f"<limit>=b \\\"gr\u00fc\u00dfe 5\\\"<enter><flag-message><limit>all<enter><sync-mailbox><quit>")
    expect("number 1" in shown, f"the screen shows {shown!r}")
    with open(piped, encoding="utf-8") as file:
        expect("gr\u00fc\u00dfe 2\n" in file.read(), "the text of a mail that was piped")
    wanted = {f"number {number}": set() for number in range(1, 21)}
    wanted |= {"number 1": {r"\Seen"}, "number 3": {r"\Flagged"}, "number 4": {r"\Seen", r"\Answered"}, "number 5": {r"\Flagged"}}
    equal(mails(world, "INBOX"), wanted, "flags after a session")
    client.append(mail("while it was away"))
    shown = program.press("<last-entry><display-message><exit><clear-flag>N<quit>")
    expect("while it was away" in shown, f"the screen shows {shown!r}")
    equal(mails(world, "INBOX")["while it was away"], {r"\Seen"}, "flags of what came while it was away")
    say("neomutt: reads, pipes, flags, lets the server search")


def files(world, program):
    """Saves, copies, deletes, undeletes, one mail and all that are tagged; makes and deletes mailboxes."""
    program.press(
        f"{at(6)}<save-message>+Archive<enter>{at(7)}<copy-message>+Archive<enter>{at(8)}<delete-message>"
        f"{at(9)}<delete-message><undelete-message>{at(10, 11, 12)}<tag-message><tag-prefix><save-message>+work/2024<enter>"
        "<tag-pattern>~s \\\"number 1[345]\\\"<enter><tag-prefix><delete-message><sync-mailbox><quit>")
    left = {f"number {one}" for one in (1, 2, 3, 4, 5, 7, 9, 16, 17, 18, 19, 20)} | {"while it was away"}
    equal(set(mails(world, "INBOX")), left, "mails in INBOX after saving and deleting")
    equal(mails(world, "Archive"), {"number 6": set(), "number 7": set()}, "mails in Archive")
    equal(set(mails(world, "work/2024")), {"number 10", "number 11", "number 12"}, "mails in a mailbox that it made")
    program.press("<first-entry><save-message>+INBOX<enter><sync-mailbox><quit>", "-f", "+work/2024")
    equal(set(mails(world, "work/2024")), {"number 11", "number 12"}, "mails after one went back")
    expect("number 10" in mails(world, "INBOX"), "the mail that went back")
    say("neomutt: saves, copies, deletes and undeletes, one mail and many, and makes a mailbox")


def writes(world, program, name, number):
    """A new mail, an answer, a mail that waits in Drafts and is sent then; each by submission, with a copy in Sent."""
    program.press(
        f"<mail>grace@example.org<enter>written {name}<enter><send-message>"
        f"<mail>grace@example.org<enter>later {name}<enter><postpone-message>{at(number)}<reply><send-message><sync-mailbox><quit>")
    equal(set(mails(world, "Drafts")), {f"later {name}"}, "mails in Drafts")
    program.press("<recall-message><send-message><quit>")
    equal(mails(world, "Drafts"), {}, "mails in Drafts when they are sent")
    program.send(f"batch {name}", "gr\u00fc\u00dfe\n.\n", "--", "grace@example.org")
    for title, text in ((f"written {name}", "\ntyped gr\u00fc\u00dfe\n"), (f"Re: number {number}", f"\n> gr\u00fc\u00dfe {number}\n"),
                        (f"later {name}", "\ntyped gr\u00fc\u00dfe\n"), (f"batch {name}", "\ngr\u00fc\u00dfe\n.\n")):
        until(lambda: title in mails(world, "INBOX"), wait, f"{title!r} comes")
        came = text_of(world, "INBOX", title)
        expect(text.encode("utf-8") in came, f"the text of {title!r}: {came!r}")
        if not title.startswith("batch"):
            expect(text_of(world, "Sent", title).split(b"\n\n", 1)[1] == came.split(b"\n\n", 1)[1], f"the copy of {title!r}")
    expect(r"\Answered" in mails(world, "INBOX")[f"number {number}"], "flags of what was answered")
    say(f"neomutt: writes, answers, postpones and sends, {name}")


def test(world):
    needs("neomutt")
    world.start()
    imap, imaps = "imap://127.0.0.1:{imap}/", "imaps://127.0.0.1:{imaps}/"
    smtp, smtps = "smtp://127.0.0.1:{submission}/", "smtps://127.0.0.1:{submissions}/"
    with utf8(world.imap()) as client:
        for number in range(1, 21):
            client.append(mail(f"number {number}", f"gr\u00fc\u00dfe {number}\n"))
        in_clear = Neomutt(world, "clear", imap, smtp)
        reads(world, in_clear, client)
        over_tls = Neomutt(world, "tls", imaps, smtps)
        files(world, over_tls)
    writes(world, over_tls, "over TLS", 1)
    writes(world, Neomutt(world, "starttls", imap, smtp, starttls="yes"), "with STARTTLS", 2)


run(test, seconds=small(200, 400))
