"""`localserve --pedantic`: what careless clients write is refused by name; swaks, msmtp, curl and smtplib do not notice."""

import email.message
import email.utils
import os
import smtplib
import subprocess

from _smtp import unverified
from _world import equal, expect, password, run, say, user

whole = b"Date: %s\r\nFrom: ada@localhost\r\nTo: grace@example.org\r\nSubject: curl\r\n\r\nHello\r\n"


def real(words, what, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, **more)
    equal(done.returncode, 0, f"{what}, which says:\n{done.stdout}{done.stderr}\nthe exit code is")


def programs(world):
    ports = world.ports
    real(["swaks", "--server", f"127.0.0.1:{ports['smtp']}", "--from", "s@example.org", "--to", user], "swaks")
    real(["swaks", "--server", f"127.0.0.1:{ports['submission']}", "--tls", "--auth", "PLAIN", "--auth-user", user]
         + ["--auth-password", password, "--from", user, "--to", "grace@example.org"], "swaks with a password")
    real(["msmtp", "--file=/dev/null", "--host=127.0.0.1", f"--port={ports['submissions']}", "--tls=on"]
         + ["--tls-starttls=off", "--tls-certcheck=off", "--auth=plain", f"--user={user}"]
         + [f"--passwordeval=echo {password}", f"--from={user}", "grace@example.org"],
         "msmtp", input="From: ada@localhost\nSubject: msmtp\n\nHello\n")
    file = os.path.join(world.home, "curl.eml")
    with open(file, "wb") as out:
        out.write(whole % email.utils.formatdate().encode())
    real(["curl", "-sS", "-k", "-u", f"{user}:{password}", "--ssl-reqd", "--mail-from", user, "--mail-rcpt", user]
         + ["-T", file, f"smtp://127.0.0.1:{ports['submission']}/client.example"], "curl")
    client = smtplib.SMTP("127.0.0.1", ports["submission"])
    client.starttls(context=unverified())
    client.login(user, password)
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = user, "grace@example.org", "Gr\u00fc\u00dfe"
    message["Date"] = email.utils.formatdate()
    message.set_content("Gr\u00fc\u00dfe\n")
    client.send_message(message)
    client.quit()
    with world.imap() as imap:
        equal(imap.select()[0], 5, "mails that came")
    say("swaks, msmtp, curl and smtplib send as ever")


def careless(world):
    with world.smtp() as client:
        client.hello()
        equal(client.command("MAIL FROM: <s@example.org>").text,
              "5.5.2 Space between the colon and the path (RFC 5321 3.3)", "a space behind the colon")
        reply = client.mail("s@example.org", [user], "Subject: Gr\u00fc\u00dfe\r\n\r\ntext\r\n".encode("utf-8"))
        equal(reply.code, 550, "8-bit in the header")
        expect("8-bit octet in the header" in reply.text, f"8-bit in the header is told {reply.text!r}")
        reply = client.mail("s@example.org", [user], b"Subject: next\r\n\r\ntext\r\n")
        equal(reply.code, 250, f"the mail behind it ({reply.text})")
    client = smtplib.SMTP("127.0.0.1", world.ports["submission"])
    client.login(user, password)
    try:
        client.sendmail(user, [user], b"From: ada@localhost\r\nSubject: no date\r\n\r\ntext\r\n")
        raise AssertionError("a submission without Date is taken")
    except smtplib.SMTPDataError as why:
        expect(b"No Date field" in why.smtp_error, f"smtplib is told {why}")
    client.quit()
    with world.imap() as imap:
        imap.select()
        answer = imap.command("APPEND INBOX {}", b"Subject: x\n\ntext\n")
        expect(not answer.ok, "a message with bare LF is appended")
    say("careless clients are told what they did, in SMTP and in APPEND")


def test(world):
    world.start("--pedantic")
    programs(world)
    careless(world)


run(test)
