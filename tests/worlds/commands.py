"""The commands, as a person and as a script see them: answers, exit codes, and errors that name the thing and say what to do."""

import imaplib
import json
import os
import shutil
import socket
import subprocess
import time

from _world import equal, expect, password, program, run, say, until, user


def without_server(world):
    code, output, _ = world.command("version")
    equal(code, 0, "the exit code of version")
    expect(output.startswith("stagecoach ") and output.strip()[-1].isdigit(), f"version prints {output!r}")
    code, output, _ = world.command("help")
    equal(code, 0, "the exit code of help")
    for name in ("localserve", "send", "verify", "actors", "account", "version"):
        expect(name in output, f"help does not speak of {name}")
    for words in (["frobnicate"], ["localserve", "--no-such-option"], ["account"], ["localserve", "--port-offset", "x"]):
        code, output, errors = world.command(*words)
        equal(code, 2, f"the exit code of {words}, which says {errors!r}")
        expect(errors.startswith("stagecoach: "), f"{words} says {errors!r}")
        expect("\n  hint: " in errors, f"{words} gives no hint: {errors!r}")
    for words in (["actors"], ["account", "list"]):
        nowhere = os.path.join(world.home, "nowhere")
        code, _, errors = world.command(*words, "--dir", nowhere)
        equal(code, 6, f"the exit code of {words} without a server")
        expect(nowhere in errors and "hint:" in errors, f"{words} without a server says {errors!r}")
        code, output, _ = world.command(*words, "--dir", nowhere, "--json")
        equal((code, json.loads(output)["ok"]), (6, False), f"{words} --json without a server")
        expect(json.loads(output)["error"]["hint"], "no hint in the JSON")
    code, manual, _ = world.command("manual")
    equal(code, 0, "the exit code of manual")
    expect(manual.startswith(".TH STAGECOACH 1 "), f"the manual page begins with {manual[:40]!r}")
    for words in ("account add", "account key add", "localserve", r"\-\-port\-offset", ".SH EXIT STATUS"):
        expect(words in manual, f"the manual page does not speak of {words}")
    for typed, wanted in (("acc", "account"), ("account ad", "add"), ("account add --js", "--json"), ("verify --di", "--dir"),
                          ("account key rem", "remove")):
        equal(completed(typed), wanted, f"what bash makes of stagecoach {typed}")
    say("version, help, wrong usage (2 with a hint), no server (6, also as JSON)")


def completed(typed):
    words = f"{program} {typed}".split(" ")
    script = (
        f"source <({program} completion); COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
        'COMPREPLY=(); _stagecoach; echo "${COMPREPLY[@]}"'
    )
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True).stdout.strip()


def with_input(world, words, text):
    done = subprocess.run(
        [program, *words, "--dir", world.data], input=text, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def signs_in(world, name, word):
    client = imaplib.IMAP4("127.0.0.1", world.ports["imap"])
    try:
        client.login(name, word)
        equal(client.select()[0], "OK", f"SELECT of {name}")
        client.logout()
        return True
    except imaplib.IMAP4.error:
        return False


def accounts(world):
    expect(not signs_in(world, "bob@localhost", "first password"), "an account that is not there signs in")
    code, _, errors = with_input(world, ["account", "add", "bob@localhost"], "first password\n")
    equal(code, 0, f"account add, which says {errors!r}")
    code, _, errors = with_input(world, ["account", "add", "bob@localhost"], "first password\n")
    equal(code, 7, f"account add of what is there, which says {errors!r}")
    expect("bob@localhost" in errors, f"the error does not name the account: {errors!r}")
    expect(signs_in(world, "bob@localhost", "first password"), "the new account does not sign in")
    code, output, _ = world.command("account", "list", "--dir", world.data)
    equal((code, sorted(output.split())), (0, [user, "bob@localhost"]), "account list")
    code, output, _ = world.command("account", "list", "--dir", world.data, "--json")
    answer = json.loads(output)
    equal((code, answer["ok"]), (0, True), "account list --json")
    expect(password not in output and "argon2" not in output, "account list tells secrets")
    code, _, errors = with_input(world, ["account", "password", "bob@localhost"], "second password\n")
    equal(code, 0, f"account password, which says {errors!r}")
    expect(not signs_in(world, "bob@localhost", "first password"), "the old password still signs in")
    expect(signs_in(world, "bob@localhost", "second password"), "the new password does not sign in")
    code, _, errors = with_input(world, ["account", "password", "carol@localhost"], "a password\n")
    expect(code not in (0, 2), f"account password of nobody ends with {code}")
    expect("carol@localhost" in errors, f"the error does not name the account: {errors!r}")
    code, _, errors = with_input(world, ["account", "add", "no address"], "a password\n")
    expect(code != 0, "an account without an address is added")
    world.stop()
    world.start()
    expect(signs_in(world, "bob@localhost", "second password"), "the account is gone after a restart")
    say("account add, list, password: at once, kept, refused where they must be")


def actors(world):
    with world.imap() as client:
        client.select()
        client.idle()
        world.send(b"Subject: for the actors\r\n\r\ntext\r\n")
        client.wait_exists(1, 5)

        def look():
            code, output, _ = world.command("actors", "--dir", world.data, "--json")
            equal(code, 0, "actors --json")
            answer = json.loads(output)
            expect(answer["ok"], f"actors --json says {output[:200]}")
            return answer["result"]["actors"]

        rows = look()
        kinds = {row["kind"] for row in rows}
        for kind in ("account", "mailbox", "imap_connection", "listener", "store_writer"):
            expect(kind in kinds, f"no {kind} among {sorted(kinds)}")
        for row in rows:
            expect(0 <= int(row["depth"]) < 1 << 32, f"the depth of {row}")
            expect(0 <= int(row["handled"]) < 1 << 48, f"the handled count of {row}")
        account = next(row for row in rows if row["kind"] == "account" and user in row["name"])
        expect(int(account["handled"]) > 0, f"the account has handled nothing: {account}")
        world.send(b"Subject: one more\r\n\r\ntext\r\n")
        client.wait_exists(2, 5)
        later = next(row for row in look() if row["id"] == account["id"])
        expect(int(later["handled"]) > int(account["handled"]), "a delivery is not counted")
        until(lambda: sum(int(row["depth"]) for row in look() if row["kind"] != "inspector") == 0, 5, "no message waits anywhere")
        code, output, _ = world.command("actors", "--dir", world.data)
        expect(code == 0 and user in output and "account" in output, f"actors prints {output[:300]}")
        client.done()
    until(lambda: not any(row["kind"] == "imap_connection" for row in look()), 10, "the end of the connection's actor")
    say(f"actors: {len(rows)} of {len(kinds)} kinds; counts grow, depths come to rest, a closed connection's actor is gone")


def taken(world):
    """A port that somebody has, and a directory that somebody has: exit 7, told how to go on."""
    other = os.path.join(world.home, "other")
    with socket.socket() as holder:
        # Any offset will do whose first port is ours alone.
        for offset in range(21000, 22000):
            try:
                holder.bind(("127.0.0.1", 25 + offset))
                holder.listen()
                break
            except OSError:
                continue
        code, _, errors = world.command("localserve", "--dir", other, "--port-offset", str(offset))
        equal(code, 7, f"localserve on a port that is taken, which says {errors!r}")
        expect(str(25 + offset) in errors, f"the error does not name the port: {errors!r}")
        expect(f"(process {os.getpid()})" in errors, f"the error does not name who holds the port: {errors!r}")
        expect("hint:" in errors and "--port-offset" in errors, f"no hint: {errors!r}")
    code, _, errors = world.command("localserve", "--dir", world.data, "--port-offset", "0")
    equal(code, 7, f"a second localserve on one directory, which says {errors!r}")
    expect(world.data in errors, f"the error does not name the directory: {errors!r}")
    code, _, errors = world.command("verify", "--dir", world.data)
    expect(code not in (0, 4), f"verify beside a running server ends with {code}: {errors!r}")
    world.answers("a second server")
    say("a port that is taken, a directory that is in use: told, and the running server goes on")


def files_below(folder):
    found = []
    for where, _, names in os.walk(folder):
        found += [os.path.join(where, name) for name in names]
    return [name for name in found if os.path.isfile(name) and not os.path.islink(name)]


def damaged(world):
    """`verify` on copies with something wrong says what, and which."""
    world.start()
    marker = b"marker of the body that will be damaged"
    text = b"".join(b"%s %d\r\n" % (marker, number) for number in range(400))
    world.send(b"Subject: to be damaged\r\n\r\n" + text)
    world.stop()
    code, output, _ = world.command("verify", "--dir", world.data, "--json")
    equal((code, json.loads(output)["ok"]), (0, True), "verify --json of a good directory")

    copy = os.path.join(world.home, "damaged")
    shutil.copytree(world.data, copy, ignore=shutil.ignore_patterns("*.sock"))
    segments = [name for name in files_below(copy) if marker in open(name, "rb").read()]
    expect(segments, "the body is in no file, as it was sent")
    with open(segments[0], "r+b") as file:
        at = file.read().index(marker) + 5000
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0x10]))
    code, output, errors = world.command("verify", "--dir", copy)
    equal(code, 4, f"verify of a damaged body, which says {output}{errors}")
    said = (output + errors).strip().split("\n")
    expect(any("ada@localhost" in line or "Inbox" in line or "blob" in line or "body" in line for line in said),
           f"verify does not name what is damaged: {said}")
    say(f"one bit of a body: {said[0][:160]}")
    code, output, _ = world.command("verify", "--dir", copy, "--json")
    equal((code, json.loads(output)["ok"]), (4, False), "verify --json of a damaged body")
    repaired(world, copy)
    rebuilt(world)
    os.unlink(segments[0])
    code, output, errors = world.command("verify", "--dir", copy)
    expect(code not in (0, 2), f"verify without a segment ends with {code}: {output}{errors}")
    say(f"a segment missing: {(output + errors).strip()[:160]}")
    code, _, errors = world.command("verify", "--dir", os.path.join(world.home, "nowhere"))
    expect(code not in (0, 4) and "nowhere" in errors, f"verify of nothing ends with {code}: {errors!r}")


def repaired(world, directory):
    """`verify --plan` and `--repair` of a copy with a damaged body, which is spared for what comes after."""
    copy = os.path.join(world.home, "repaired")
    shutil.copytree(directory, copy)
    code, output, _ = world.command("verify", "--plan", "--dir", copy)
    equal(code, 4, f"verify --plan, which says {output}")
    expect("would set aside message 3 of mailbox 1 \"Inbox\"" in output, f"verify --plan says {output}")
    code, again, _ = world.command("verify", "--plan", "--dir", copy)
    equal((code, again), (4, output), "a second --plan: the first must have done nothing")
    code, output, _ = world.command("verify", "--repair", "--dir", copy)
    equal(code, 0, f"verify --repair, which says {output}")
    expect("will set aside message 3 of mailbox 1" in output and "all is well" in output and
           f"{copy}/index.before-repair.1" in output, f"verify --repair says {output}")
    code, output, _ = world.command("verify", "--repair", "--dir", copy, "--json")
    equal((code, json.loads(output)["steps"]), (0, []), "a second --repair")
    kept, world.data = world.data, copy
    world.start()
    world.send(b"Subject: after the repair\r\n\r\ntext\r\n")
    with world.imap() as client:
        equal(client.select()[0], 3, "mails after the repair, with one more")
        equal(list(client.bodies()), [1, 2, 4], "their UIDs: that of the damaged one is not used again")
    world.stop()
    world.data = kept
    say("verify --plan and --repair: the damaged mail is set aside, the server goes on")


def rebuilt(world):
    """`verify` of a copy whose index has lost its MANIFEST, which LevelDB does not open."""
    copy = os.path.join(world.home, "rebuilt")
    shutil.copytree(world.data, copy, ignore=shutil.ignore_patterns("*.sock"))
    for name in os.listdir(f"{copy}/index"):
        if name.startswith("MANIFEST"):
            os.unlink(f"{copy}/index/{name}")
    code, output, errors = world.command("verify", "--dir", copy)
    expect(code == 4 and f"cannot open the index {copy}/index" in output and f"hint: stagecoach verify --plan --dir {copy}" in errors,
           f"verify ends with {code}: {output}{errors}")
    code, output, errors = world.command("localserve", "--dir", copy, "--port-offset", "0")
    expect(code == 1 and f"hint: stagecoach verify --plan --dir {copy}" in errors, f"localserve ends with {code}: {errors}")
    code, output, _ = world.command("verify", "--plan", "--dir", copy)
    expect(code == 4 and f"would rebuild the index {copy}/index" in output and "beware: " in output,
           f"verify --plan ends with {code}: {output}")
    equal([name for name in os.listdir(copy) if name.startswith("index")], ["index"], "what a plan leaves behind")
    code, output, errors = world.command("verify", "--repair", "--dir", copy)
    expect(code == 0 and "all is well" in output and f"done; the index as it was before is {copy}/index.set-aside-" in output,
           f"verify --repair ends with {code}: {output}{errors}")
    kept, world.data = world.data, copy
    world.start()
    world.send(b"Subject: after the rebuild\r\n\r\ntext\r\n")
    with world.imap() as client:
        count = client.select()[0]
        equal(len(client.bodies()), count, "mails after the rebuild, all of which can be read")
        expect(count > 1, "only the new mail is there")
    world.stop()
    world.data = kept
    say("verify --repair without a MANIFEST: all mail is there, the server goes on")


def newer(world):
    """A directory that a newer version has written is refused before anything is touched."""
    copy = os.path.join(world.home, "newer")
    shutil.copytree(world.data, copy, ignore=shutil.ignore_patterns("*.sock"))
    marks = [name for name in files_below(copy) if os.path.basename(name).lower() in ("format", "version")]
    expect(marks, f"no file tells the format: {[os.path.relpath(name, copy) for name in files_below(copy)]}")
    for name in marks:
        with open(name, encoding="ascii") as file:
            text = file.read()
        digits = "".join(char for char in text if char.isdigit())
        with open(name, "w", encoding="ascii") as file:
            file.write(text.replace(digits, str(int(digits) + 1000)))
    before = {name: os.path.getmtime(name) for name in files_below(copy)}
    for words in (["localserve", "--dir", copy, "--port-offset", "0"], ["verify", "--dir", copy]):
        code, output, errors = world.command(*words)
        expect(code not in (0, 4), f"{words[0]} on a newer format ends with {code}")
        said = output + errors
        expect("newer" in said or "format" in said, f"{words[0]} on a newer format says {said!r}")
    after = {name: os.path.getmtime(name) for name in before if os.path.exists(name)}
    changed = [name for name in before if after.get(name) != before[name] and "LOCK" not in name and "LOG" not in name]
    equal(changed, [], "files that were touched all the same")
    say(f"a newer format: {said.strip()[:160]}")


def control_socket(world):
    """Questions as a script puts them: each refusal has its code, words, and the place of what is wrong."""
    def asks(line):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            server.settimeout(60)
            server.connect(world.control)
            server.sendall(line)
            answer = b""
            while more := server.recv(4096):
                answer += more
        kind, text = answer.decode().split(" ", 1)
        expect(text.endswith("\n"), f"{line[:80]} is answered {answer}")
        return kind, json.loads(text)
    kind, ports = asks(b"server.ports {}\n")
    equal((kind, ports["ports"]["smtp"]), ("ok", world.ports["smtp"]), "server.ports")
    for line, code, where in ((b'account.add {"name": 7}', "wrong_type", "name"), (b'account.add {"nam": "x"}', "unknown_field", "nam"),
                              (b'key.add {"key": {"sha_256": "zz"}}', "syntax", "key.sha_256"), (b"account.list", "syntax", ""),
                              (b"mail.read {}", "not_found", ""), (b"account.list {", "truncated", ""),
                              (b"account.list {}" + b" " * 70000, "too_long", ""),
                              (f'account.add {{"name": "{user}", "password": "x"}}'.encode(), "duplicate", ""),
                              (b'account.password {"name": "nobody@localhost", "password": "x"}', "not_found", "")):
        kind, why = asks(line + b"\n")
        equal((kind, why["code"], why["where"]), ("refused", code, where), f"{line[:80]}, refused with {why['message']!r}")
        expect(why["message"], f"{line[:80]} is refused without a word")
    say("the control socket refuses with code, words and place")


def test(world):
    without_server(world)
    world.start()
    accounts(world)
    control_socket(world)
    actors(world)
    taken(world)
    world.stop()
    began = time.monotonic()
    damaged(world)
    newer(world)
    say(f"damage and formats in {time.monotonic() - began:.1f} s")


run(test)
