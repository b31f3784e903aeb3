"""The webmail in Chromium: signing in, reading, acting, following what other pages do, in two themes and three widths, by
keyboard; what is built in is what its sources say. webmail/tests/page.mjs drives it; the screenshots are kept where
SCREENSHOTS says."""

import base64
import os
import shutil
import struct
import subprocess
import threading
import zlib

from _world import equal, expect, password, run, say, small, user

webmail = os.path.join(os.path.dirname(__file__), "../../webmail")
picture = base64.encodebytes(
    b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)),
                           (b"IDAT", zlib.compress((b"\0" + b"\x0b\x57\xa4" * 64) * 64)), (b"IEND", b"")))).replace(b"\n", b"\r\n")


def mail(number):
    text = (f"From: Grace Hopper <grace{number % 3}@example.org>\r\nTo: {user}\r\nSubject: message {number}\r\n"
            "MIME-Version: 1.0\r\n")
    body = (f"this is the text of message {number}\r\n\r\n> what was said before\r\n>> and before that\r\n\r\n"
            "See https://example.org/a?b=c, and have a good day.\r\n")
    if number in (11, 12, 13):  # a thread
        ids = f"Message-ID: <{number}@talk>\r\n" + (f"References: <{number - 1}@talk>\r\n" if number > 11 else "")
        subject = "Subject: message 11\r\n" if number == 11 else "Subject: Re: message 11\r\n"
        return f"From: Ada {number} <a@example.org>\r\nTo: {user}\r\n{subject}{ids}\r\nthis is the text of message {number}\r\n".encode()
    if number == 21:
        return (f"From: \"<img src=x onerror=alert(1)>\" <x@example.org>\r\nTo: {user}\r\nSubject: <b>not bold</b> message 21\r\n\r\n"
                "javascript:alert(1) \"><script>alert(1)</script> https://example.org/\"onmouseover=alert(1)\r\n").encode()
    if number == 22:
        return (f"{text}Content-Type: text/html; charset=utf-8\r\n\r\n<h1 style='color:#800'>A newsletter</h1>"
                "<p>See <a href=https://example.org/shop>our shop</a>. <img src=http://127.0.0.1:9/tracked.png alt=shop></p>"
                "<script>parent.document.title = 'taken'</script>\r\n").encode()
    if number != 28:
        return f"{text}\r\n{body}".encode()
    return (f"{text}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n{body}\r\n"
            "--b\r\nContent-Type: image/png; name=picture.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            f"{picture.decode()}--b\r\nContent-Type: text/plain; name=notes.txt\r\n\r\nnotes\r\n--b--\r\n").encode()


def node(*words, **environment):
    done = subprocess.run(["node", *words], cwd=webmail, env={**os.environ, **environment}, capture_output=True, text=True,
                          timeout=small(200, 450), check=False, stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, f"node {words}, which says {done.stdout}{done.stderr}")
    return done.stdout


def where(world):
    return {"STAGECOACH_URL": f"http://127.0.0.1:{world.ports['http']}", "STAGECOACH_SMTP": str(world.ports["smtp"]),
            "STAGECOACH_USER": user, "STAGECOACH_PASSWORD": password}


def drive(world):
    """page.mjs, which says "restart" when it wants that, and is told the new ports."""
    with subprocess.Popen(["node", "tests/page.mjs"], cwd=webmail, env={**os.environ, **where(world)}, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as page:
        timer = threading.Timer(small(200, 450), page.kill)
        timer.start()
        try:
            for line in page.stdout:
                if not line.startswith("restart"):
                    say(line.rstrip())
                    continue
                if "kill" in line:
                    world.kill()
                else:
                    world.stop()
                world.start("--quiet")
                page.stdin.write(f"{world.ports['http']} {world.ports['smtp']}\n")
                page.stdin.flush()
            equal(page.wait(), 0, "tests/page.mjs")
        finally:
            page.kill()
            timer.cancel()


def test(world):
    expect(shutil.which("node") and os.path.isdir(f"{webmail}/node_modules"), "node and webmail/node_modules are needed: ./dev deps")
    say(node("build.mjs", "--check").strip())
    node("node_modules/typescript/bin/tsc", "-p", ".")
    node("--test", "tests/store.test.mjs", "tests/read-ahead.test.mjs")
    world.start("--quiet")
    for number in range(1, 31):
        world.send(mail(number))
    drive(world)
    say(node("tests/commands.mjs", **where(world)).strip())


run(test, seconds=small(240, 500))
