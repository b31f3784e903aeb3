"""`stagecoach send` to a running localserve, as a person and as a script use it; more accounts by --account; what the greeting
says is there."""

import imaplib
import json
import os
import re
import subprocess

from _world import end_with_parent, equal, expect, password, program, run, say, start_seconds, until, user


def send(world, *words, text=""):
    done = subprocess.run([program, "send", "--dir", world.data, *words], input=text.encode("utf-8"), capture_output=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def sent(world, *words, text=""):
    code, output, errors = send(world, *words, text=text)
    equal(code, 0, f"send {words}, which says {output}{errors}")
    return output


def messages(world, name=user, word=password):
    """All mails of an account, in their order."""
    client = imaplib.IMAP4("127.0.0.1", world.ports["imap"])
    client.login(name, word)
    count = int(client.select()[1][0])
    found = [client.fetch(str(number + 1), "(BODY.PEEK[])")[1][0][1].decode("utf-8") for number in range(count)]
    client.logout()
    return found


def without_server(world):
    code, _, errors = send(world, "--to", user, "--body", "hi")
    equal(code, 6, f"send without a server, which says {errors!r}")
    expect(world.data in errors and "hint:" in errors, f"send without a server says {errors!r}")
    for words in (["--body", "hi"], ["--to", user, "--raw", "--body", "hi"], ["--to", user, "--timeout", "0"]):
        code, _, errors = send(world, *words)
        equal((code, errors.startswith("stagecoach: ")), (2, True), f"send {words}, which says {errors!r}")


def one_mail(world):
    output = sent(world, "--to", user, "--subject", "Gr\u00fc\u00dfe", "--body", "a\nb", "--header", "X-Test: 1")
    expect(output.startswith("sent: 250 2.0.0 Delivered "), f"send says {output!r}")
    answer = json.loads(sent(world, "--to", user, "--json", "--from", "grace@example.org", text="from a pipe\n"))
    expect(answer["ok"] and answer["result"]["to"] == [user], f"send --json says {answer}")
    first, second = messages(world)
    for wanted in ("Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n", "X-Test: 1\r\n", "\r\n\r\na\r\nb\r\n", "From: ada@localhost\r\n"):
        expect(wanted in first, f"no {wanted!r} in {first}")
    for name in ("Date", "Message-ID"):
        equal(len(re.findall(rf"^{name}: ", first, re.M)), 1, f"fields {name} in {first}")
    expect(f"Message-ID: {answer['result']['message_id']}\r\n" in second, f"no {answer['result']['message_id']} in {second}")
    expect("Return-Path: <grace@example.org>" in second and second.endswith("\r\n\r\nfrom a pipe\r\n"), second)
    raw = "Subject: raw\nX: y\n\n.\n..\nend"
    sent(world, "--to", user, "--raw", "--from", "<>", text=raw)
    third = messages(world)[-1]
    expect(third.endswith(raw.replace("\n", "\r\n") + "\r\n"), f"the raw message came as {third}")
    expect("Return-Path: <>" in third, f"the null sender came as {third}")
    say("send: subject, body, fields, standard input, a whole message; Date and Message-ID are there")


def what_goes_wrong(world):
    rows = [  # words, exit code, what the error names
        (["--to", "nobody"], 2, "nobody"),
        (["--to", user, "--from", "no address"], 2, "no address"),
        (["--to", user, "--header", "no field"], 2, "no field"),
        (["--to", user, "--subject", "a\nBcc: b"], 2, "subject"),
        (["--to", "temperror@localhost"], 1, "451"),
        (["--to", "rcptto-550@localhost"], 1, "RCPT: 550"),
        (["--to", user, "--from", "mailfrom-452@localhost"], 1, "MAIL: 452"),
        (["--to", user, "--to", "rcptto-552@localhost"], 9, "rcptto-552@localhost"),
        (["--to", "rcptto-timeout@localhost", "--timeout", "1"], 8, "1 s"),
    ]
    for words, wanted, named in rows:
        code, _, errors = send(world, *words)
        equal(code, wanted, f"send {words}, which says {errors!r}")
        expect(named in errors, f"send {words} does not name {named}: {errors!r}")
        code, output, _ = send(world, *words, "--json")
        answer = json.loads(output)
        equal((code, answer["ok"]), (wanted, False), f"send {words} --json")
        expect(named in answer["error"]["message"], f"send {words} --json says {output}")
    say(f"{len(rows)} errors: each names its thing and has its exit code, also as JSON")


def accounts(world):
    before = len(messages(world))
    for to in ("bob@localhost", "bob+lists@localhost", "carol@example.org", "bob@example.org", "Ada+x@localhost"):
        sent(world, "--to", to, "--subject", to, "--body", "hi")
    equal([len(messages(world, "bob@localhost", "bobs")), len(messages(world, "carol@example.org", "carols"))], [2, 1],
          "mails of bob and carol")
    equal(len(messages(world)) - before, 2, "mails of nobody and of Ada for the catch-all")
    world.stop()
    world.start("--account", "bob:another")
    equal(len(messages(world, "bob@localhost", "another")), 2, "mails of bob with his new password")
    equal(len(messages(world, "carol@example.org", "carols")), 1, "mails of carol, who was not named again")
    for wrong in ("bob", "bob:", "no address here:secret"):
        code, _, errors = world.command("localserve", "--dir", os.path.join(world.home, "x"), "--port-offset", "0",
                                        "--account", wrong)
        expect(code not in (0, 7), f"--account {wrong!r} ends with {code}")
        expect(wrong.split(":")[0] in errors and "secret" not in errors, f"--account {wrong!r} says {errors!r}")
    say("--account: own mail, tagged addresses, a new password, the rest for the catch-all")


def greeting(world):
    """The first words of localserve, for a person: ports that are open and commands that work."""
    other = os.path.join(world.home, "other")
    words = [program, "localserve", "--dir", other, "--port-offset", "0", "--account", "bob:secret"]
    for is_new in (True, False):
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              preexec_fn=end_with_parent) as server:
            lines = []
            until(lambda: lines.append(server.stdout.readline()) or lines[-1].startswith("ready in "), start_seconds, "the greeting")
            text = "".join(lines)
            equal(f"(data: {other}{', new' if is_new else ''})" in text, True, f"the directory in {text}")
            expect("user  bob@localhost   password  secret" in text, f"no bob in {text}")
            told = password if is_new else "(as it was set)"
            expect(f"user  {user}   password  {told}\n" in text, f"not the password {told} in {text}")
            smtp = re.search(r"smtp   127\.0\.0\.1:(\d+) +receive", text)
            expect(smtp, f"no port in {text}")
            for wanted in ("temperror@", "submit", "read", "Restarting keeps the data; --fresh starts over."):
                expect(wanted in text, f"no {wanted} in {text}")
            example = re.search(r"Try:  stagecoach (.*)", text).group(1).split(" ")
            code, output, errors = world.command(*example)
            equal(code, 0, f"the example {example}, which says {output}{errors}")
            subprocess.run([program, "account", "password", user, "--dir", other], input="of their own\n", text=True,
                           capture_output=True, timeout=60, check=True)
            server.terminate()
            equal(server.wait(60), 0, "the exit code after the greeting")
    say("the greeting: its ports are open, its example works, and it tells no password that is none any more")


def silence(world):
    """With --quiet it works and says nothing."""
    other = os.path.join(world.home, "other")
    words = [program, "localserve", "--dir", other, "--port-offset", "0", "--quiet"]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          preexec_fn=end_with_parent) as server:
        mail = ["send", "--dir", other, "--to", user, "--subject", "quiet", "--body", "text"]
        until(lambda: world.command(*mail)[0] == 0, start_seconds, "a mail is taken")
        server.terminate()
        equal(server.communicate(timeout=60), ("", ""), "what localserve --quiet says")
        equal(server.returncode, 0, "its exit code")
    say("--quiet: a mail is delivered, and nothing is said")


def test(world):
    without_server(world)
    world.start("--account", "bob:bobs", "--account", "carol@example.org:carols")
    one_mail(world)
    what_goes_wrong(world)
    accounts(world)
    greeting(world)
    silence(world)


run(test)
