"""Inside the machine whose power will be cut: a server on the disk, clients that send and change, and a mark in the disk's log
for each thing that was acknowledged. settings.json in the first folder says how many; the second is the disk.

    guest.py FOLDER DISK
"""

import imaplib
import json
import os
import smtplib
import subprocess
import sys

user, password = "ada@localhost", "stagecoach"


def acknowledged(what):
    subprocess.run(["dmsetup", "message", "logged", "0", "mark", what], check=True)


def size_of(number):
    """Some are large: they arrive in files of their own."""
    return 300_000 if number > 0 and number % 10 == 0 else 2000


def body(number, size):
    return (f"From: a@example.org\r\nSubject: {number}\r\n\r\n" + f"{number} is the number of this line.\r\n" * (size // 30 + 1))


def main():
    folder, disk = sys.argv[1:]
    with open(os.path.join(folder, "settings.json"), encoding="utf-8") as file:
        settings = json.load(file)
    words = [settings["program"], "localserve", "--dir", os.path.join(disk, "data"), "--port-offset", "0", "--json"]
    with open("/mnt/log", "wb") as log:
        server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                  env={**os.environ, **settings["environment"]})
    ports = json.loads(server.stdout.readline())["ports"]
    acknowledged("ready")
    imap = imaplib.IMAP4("127.0.0.1", ports["imap"])
    imap.login(user, password)
    imap.create("Other")
    acknowledged("create")
    imap.select()
    with smtplib.SMTP("127.0.0.1", ports["smtp"]) as smtp:
        for number in range(1, settings["mails"] + 1):
            smtp.sendmail("a@example.org", [user], body(number, size_of(number)))
            acknowledged(f"mail:{number}")
            imap.noop()
            change = ("flag", "copy", "append", "keyword")[number % 4]
            if change == "flag":
                said, _ = imap.store(str(number), "+FLAGS", r"(\Flagged)")
            elif change == "copy":
                said, _ = imap.copy(str(number), "Other")
            elif change == "append":
                said, _ = imap.append("Other", None, None, body(-number, size_of(-number)).encode())
            else:
                said, _ = imap.store(str(number), "+FLAGS", r"(\Answered keyword)")
            if said != "OK":
                raise RuntimeError(f"{change} of {number} is answered {said}")
            acknowledged(f"{change}:{number}")
    with open("/mnt/log", "rb") as log:
        print(log.read()[-2000:].decode("utf-8", "replace"))


if __name__ == "__main__":
    main()
