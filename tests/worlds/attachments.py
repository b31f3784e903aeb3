"""What a message has besides its text: all attachments as one zip, parts decoded, and the message as a document for a tab of its
own. Names that would lead elsewhere do not, memory stays flat while a large one streams to who reads slowly, goes away, or has
it expunged meanwhile; over HTTP/1.1 and HTTP/2."""

import base64
import hashlib
import http.client
import io
import json
import os
import random
import re
import socket
import zipfile

from _clients import needs, ran
from _web import Browser
from _world import equal, expect, password, run, sanitizer, say, small, until, user

megabytes = small(30, 8)
chance = random.Random(20261127)
# What a sender calls a part, as a field's value; and what it is in the zip.
names = [
    ('"report.pdf"', "report.pdf"), ('"report.pdf"', "report (2).pdf"), ('"REPORT.PDF"', "REPORT (3).PDF"),
    ('"../../etc/passwd"', "passwd"), ('"a/b"', "b"), ('"..\\\\..\\\\Windows\\\\a.exe"', "a.exe"), ('"CON"', "_CON"),
    ('"nul.txt"', "_nul.txt"), ('"a\x01b"', "a_b"), ('".."', "attachment-10.pdf"), ('""', "attachment-11.pdf"), (None, "attachment-12.pdf"),
    ('"=?utf-8?q?photo=E2=80=AEgpj.exe?="', "photo_gpj.exe"), ('"=?utf-8?q?gr=C3=BC=C3=9Fe.txt?="', "grüße.txt"),
    ('".bashrc"', "_bashrc"), ('"' + "x" * 400 + '.txt"', None), ('"a:b|c?.txt"', "a_b_c_.txt"), ('"end. . "', "end"),
]


def part(name, body, encoding="base64", kind="application/pdf"):
    disposition = "Content-Disposition: attachment" + (f"; filename={name}" if name is not None else "")
    return (f"--b\r\nContent-Type: {kind}\r\n{disposition}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n").encode("latin-1") + body


def mixed(subject, *parts, text=b"hello\r\n"):
    return (b"From: Grace <grace@example.org>\r\nTo: ada@localhost\r\nSubject: " + subject.encode() + b"\r\nDate: Fri, 27 Nov 2026 "
            b"10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + text
            + b"".join(parts) + b"--b--\r\n")


def lines_of_base64(octets):
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def appended(world, message):
    """Where it is for the web."""
    with world.imap() as client:
        answer = client.good('APPEND INBOX "27-Nov-2026 12:34:56 +0000" {}', message)
        return f"/mail/msg/1/{answer.code('APPENDUID')[1]}"


def opened(octets):
    archive = zipfile.ZipFile(io.BytesIO(octets))
    equal(archive.testzip(), None, "the checksums of the zip")
    return archive


def names_in_zips(world, browser):
    """Each name in the zip is a file of its folder, and of no other."""
    bodies = [chance.randbytes(chance.randrange(3000)) for _ in names]
    base = appended(world, mixed("Re: Your papers, =?utf-8?q?gr=C3=BC=C3=9Fe?=", *(
        part(name, lines_of_base64(body)) for (name, _), body in zip(names, bodies))))
    answer, octets = browser.get(f"{base}/attachments.zip")
    equal((answer.status, answer.getheader("Content-Type"), answer.getheader("Transfer-Encoding"), answer.getheader("Content-Length")),
          (200, "application/zip", "chunked", None), "the zip")
    called = answer.getheader("Content-Disposition")
    expect(re.search(r"UTF-8''email-\d+-attachments-20261127-123456-re-your-papers-gr%C3%BCsse\.zip$", called), f"its name: {called}")
    expect("sandbox" in answer.getheader("Content-Security-Policy"), "its policy")
    archive = opened(octets)
    equal(len(archive.infolist()), len(names), "its members")
    for one, (_, wanted), body in zip(archive.infolist(), names, bodies):
        expect(wanted is None or one.filename == wanted, f"{one.filename!r} is to be {wanted!r}")
        expect(len(one.filename.encode()) <= 200 and not set(one.filename) & set("/\\:*?\"<>|\0"), f"the name {one.filename!r}")
        equal(archive.read(one), body, f"what is in {one.filename}")
        expect(one.extract_version <= 20, "a version that is older than most programs")
    folder = f"{world.home}/opened"
    archive.extractall(folder)
    equal(sorted(os.listdir(folder)), sorted(one.filename for one in archive.infolist()), "what is in the folder")
    answer, nothing = browser.request("HEAD", f"{base}/attachments.zip")[1], b""
    equal((answer.status, answer.getheader("Content-Type"), answer.read()), (200, "application/zip", nothing), "HEAD")
    equal(browser.get(f"{base}/attachments.zip", Range="bytes=0-9")[0].status, 200, "a range of what is made anew each time")
    equal(Browser(world).get(f"{base}/attachments.zip")[0].status, 401, "for nobody")
    say(f"{len(names)} names, all of them in their folder")


def encodings_in_zips(world, browser):
    """What is inside is what a client decodes; what is malformed costs nothing but itself."""
    noise = chance.randbytes(5000)
    garbled = b"!" + lines_of_base64(noise).replace(b"\r\n", b"\r\n*-#\xff\r\n") + b"\x00=\r\n"
    rows = [("good", "base64", lines_of_base64(noise), noise), ("garbled", "base64", garbled, noise), ("none", "base64", b"", b""),
            ("cut", "base64", b"QUJDRA", b"ABCD"), ("not", "base64", b"!!!\r\n", b""), ("quoted", "quoted-printable", b"a=3D=\r\nb=ZZ\r\n", b"a=b=ZZ\r\n"),
            ("plain", "7bit", b"as it is\r\n", b"as it is\r\n"), ("unknown", "x-what", b"as it is\r\n", b"as it is\r\n")]
    base = appended(world, mixed("encodings", *(part(f'"{name}"', body + b"\r\n", encoding) for name, encoding, body, _ in rows)))
    archive = opened(browser.get(f"{base}/attachments.zip")[1])
    for name, encoding, _, wanted in rows:
        equal(archive.read(name), wanted, f"{name} in {encoding}")
    inner = b"Subject: inner\r\n\r\nthe text of it\r\n"
    base = appended(world, mixed("", part(None, inner, "7bit", "message/rfc822"), part(None, b"BEGIN:VCARD\r\n", "7bit", "text/vcard")))
    answer, octets = browser.get(f"{base}/attachments.zip")
    expect(re.fullmatch(r"attachment; filename=email-\d+-attachments-20261127-123456\.zip", answer.getheader("Content-Disposition")),
           "without a subject")
    equal({one.filename: opened(octets).read(one) for one in opened(octets).infolist()},
          {"attachment-1.eml": inner[:-2], "attachment-2.vcf": b"BEGIN:VCARD"}, "a message in it, without names")
    many = appended(world, mixed("many", *(part('"same.txt"', b"", "7bit") for _ in range(small(3000, 300)))))
    equal(len(set(opened(browser.get(f"{many}/attachments.zip")[1]).namelist())), small(3000, 300), "as many names as parts")
    say("octets in zips are those of their parts")


def parts_and_paths(world, browser):
    text = "naïve – Grüße".encode("cp1252")
    base = appended(world, mixed("Parts!", part('"a.txt"', lines_of_base64(text), kind="text/plain; charset=windows-1252"),
                                 part('"p.png"', lines_of_base64(b"\x89PNG"), kind="image/png")))
    raw = browser.get(f"{base}/raw")[1]
    for path, body, kind, name in (
            ("viewtext/2", text.decode("cp1252").encode(), "text/plain; charset=utf-8", "inline; filename=a.txt"),
            ("viewtext/0.2", text.decode("cp1252").encode(), "text/plain; charset=utf-8", "inline; filename=a.txt"),
            ("view/2", text, "text/plain; charset=windows-1252", "inline; filename=a.txt"),
            ("view/0.3", b"\x89PNG", "image/png", "inline; filename=p.png"),
            ("download/3", b"\x89PNG", "application/octet-stream", "attachment; filename=p.png"),
            ("view/0", raw, "text/plain; charset=utf-8", None),
            ("download/0", raw, "application/octet-stream", "attachment; filename=parts.eml")):
        answer, given = browser.get(f"{base}/{path}")
        equal((answer.status, given, answer.getheader("Content-Type"), answer.getheader("Content-Disposition")), (200, body, kind, name), path)
        equal((answer.getheader("X-Content-Type-Options"), answer.getheader("Cache-Control")), ("nosniff", "no-store"), f"{path}: its fields")
        expect(answer.getheader("Content-Security-Policy").startswith("sandbox; default-src 'none'"), f"{path}: its policy")
    equal(browser.get(f"{base}/download/0", Range="bytes=2-5")[1], raw[2:6], "a part of the whole")
    for path, status in (("view/9", 400), ("view/1.1", 400), ("viewtext/3", 400), ("viewtext/0.9", 400), ("view/x", 404), ("view/00", 404),
                         ("view/0.0", 404), ("view/1.", 404), ("view/01", 404), ("view", 404), ("viewtext", 404), ("attachments.zip/1", 404),
                         ("text/1", 404), ("msgtext/1", 404), ("none", 404), ("view/" + "1." * 200 + "1", 404), ("html", 400), ("msghtml", 400)):
        answer, body = browser.get(f"{base}/{path}")
        equal(answer.status, status, path)
        expect(status != 400 or json.loads(body)["message"] == "no such part", f"{path} says {body}")
    plain = appended(world, b"Subject: plain\r\n\r\nhello\r\n")
    answer, body = browser.get(f"{plain}/attachments.zip")
    equal((answer.status, json.loads(body)["message"]), (400, "no such part"), "a zip of nothing")
    kinds = ("attachments.zip", "text", "html", "msgtext", "msghtml", "msghtmlexternal", "viewtext/1", "view/0", "download/1")
    for kind in kinds:
        for path in (f"/mail/msg/1/999999/{kind}", f"/mail/msg/99/1/{kind}", f"/mail/msg/x/1/{kind}"):
            equal(browser.get(path)[0].status, 404, path)
    with world.imap() as client:
        client.select()
        client.good(f"UID STORE {plain.rsplit('/', 1)[1]} +FLAGS (\\Deleted)")
        client.good("EXPUNGE")
    for kind in kinds:
        equal(browser.get(f"{plain}/{kind}")[0].status, 404, f"{kind} of what is expunged")
    say("parts by their paths, and what is none")


def documents(world, browser):
    """Text and HTML as documents that run nothing, with their header or without."""
    hostile = b"<script>alert(1)</script> https://example.org/a?b=c&d <img src=x onerror=alert(1)>\r\n"
    base = appended(world, mixed("=?utf-8?q?=3Cscript=3Ealert=281=29=3C/script=3E?=", part('"<img src=x>.pdf"', b"eA==\r\n"), text=hostile))
    rich = appended(world, b"From: \"<b>Grace</b>\" <grace@example.org>\r\nTo: ada@localhost\r\nSubject: rich\r\nContent-Type: text/html\r\n\r\n"
                    b"<p>some <b>bold</b> text<script>alert(1)</script><img src=https://example.org/track>\r\n")
    sandbox = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    ends = "; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    for where, kind, holds in ((base, "text", []), (base, "msgtext", ["grace@example.org", "Fri, 27 Nov 2026"]), (rich, "text", []),
                               (rich, "msghtml", ["&lt;b&gt;Grace&lt;/b&gt;"]), (rich, "msgtext", ["&lt;b&gt;Grace&lt;/b&gt;"]),
                               (rich, "msghtmlexternal", ["https://example.org/track"])):
        answer, body = browser.get(f"{where}/{kind}")
        page = body.decode()
        equal((answer.status, answer.getheader("Content-Type"), answer.getheader("X-Frame-Options"), answer.getheader("Cache-Control")),
              (200, "text/html; charset=utf-8", "SAMEORIGIN", "no-store"), kind)
        style = re.search("<style>(.*?)</style>", page, re.DOTALL)[1]
        if "html" in kind:
            sources = "img-src data:" + (" http: https:" if kind.endswith("external") else "") + "; style-src 'unsafe-inline'"
        else:
            sources = f"style-src 'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
        equal(answer.getheader("Content-Security-Policy"), sandbox + sources + ends, f"{kind}: its policy")
        expect(all(one in page for one in holds), f"{kind} says {page}")
        expect("<script" not in page and "<img src=x" not in page and "<b>Grace" not in page, f"{kind} says {page}")
        equal("https://example.org/track" in page, kind == "msghtmlexternal", f"{kind}: what is elsewhere")
        equal("<header>" in page, kind.startswith("msg"), f"{kind}: its header")
        equal(browser.request("HEAD", f"{where}/{kind}")[1].status, 200, f"HEAD {kind}")
        equal(Browser(world).get(f"{where}/{kind}")[0].status, 401, f"{kind} for nobody")
    page = browser.get(f"{base}/msgtext")[1].decode()
    expect("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>" in page and "&lt;img src=x&gt;.pdf" in page, f"its header: {page}")
    expect('<a href="https://example.org/a?b=c&amp;d" rel="noopener noreferrer" target="_blank">' in page, f"its link: {page}")
    expect("some <b>bold</b> text" in browser.get(f"{rich}/msghtml")[1].decode(), "HTML")
    expect("some bold text" in browser.get(f"{rich}/text")[1].decode(), "HTML as text")
    none = appended(world, b"Subject: none\r\nContent-Type: image/png\r\n\r\nx")
    equal(browser.get(f"{none}/text")[0].status, 400, "the text of what has none")
    equal(browser.get(f"{none}/msgtext")[0].status, 200, "a message without text, with its header")
    say("a message as a document, by itself and in a frame")


def large_ones(world, browser):
    """Tens of megabytes: as they are, in little memory, over both versions; who reads slowly and who goes away."""
    noise = chance.randbytes(1 << 20)
    whole = noise * megabytes
    zeros = b"\0" * (1 << 20) * megabytes
    base = appended(world, mixed("large", part('"noise.bin"', lines_of_base64(whole)), part('"zeros.bin"', lines_of_base64(zeros))))
    browser.get(f"{base}/view/3")
    warm = world.status("VmRSS")
    world.forget_peak()

    def grown(what):
        kb = max(world.status("VmHWM"), world.status("VmRSS")) - warm
        expect(sanitizer or kb < 24 * 1024, f"{what}: the server has grown by {kb} KB")
        return kb

    archive = opened(browser.get(f"{base}/attachments.zip")[1])
    expect(archive.read("noise.bin") == whole and archive.read("zeros.bin") == zeros, "a large zip")
    by_http1 = grown("HTTP/1.1")
    url, jar = f"https://127.0.0.1:{world.ports['https']}", f"{world.home}/jar"
    words = ["curl", "--silent", "--insecure", "--cookie", jar, "--cookie-jar", jar]
    def call(method, question):
        more = ["--header", "Content-Type: application/json", "--data", json.dumps(question), f"{url}/api/{method}"]
        return json.loads(ran([*words, *more], method).stdout)
    token = call("session.prepare", {})["login_token"]
    call("session.sign_in", {"login_token": token, "name": user, "password": password})
    more = ["--http2", "--write-out", "%{http_version} %{http_code}", "--output", f"{world.home}/two.zip", f"{url}{base}/attachments.zip"]
    equal(ran([*words, *more], "curl").stdout, b"2 200", "over HTTP/2")
    with zipfile.ZipFile(f"{world.home}/two.zip") as archive:
        expect(archive.read("noise.bin") == whole and archive.read("zeros.bin") == zeros, "a large zip over HTTP/2")
    by_http2 = grown("HTTP/2")

    def begun():
        """A zip that nobody reads beyond its head."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", world.ports["http"]))
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        connection.sendall(f"GET {base}/attachments.zip HTTP/1.1\r\nHost: 127.0.0.1:{world.ports['http']}\r\nCookie: {cookies}\r\n\r\n".encode())
        expect(connection.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 200", "it begins")
        return connection

    def alive():
        return len([one for one in world.command("actors", "--dir", world.data)[1].splitlines() if "zip_stream" in one])

    slow = [begun() for _ in range(8)]
    until(lambda: alive() == 8, 20, "eight at once")
    equal(browser.get(f"{base}/attachments.zip")[0].status, 503, "one too many for a session")
    equal(browser.get(f"{base}/text")[0].status, 200, "its text meanwhile")
    grown("eight that read nothing")
    for one in slow[1:]:
        one.close()
    until(lambda: alive() == 1, 20, "who goes away costs nothing any more")
    with world.imap() as client:
        client.select()
        client.good(f"UID STORE {base.rsplit('/', 1)[1]} +FLAGS (\\Deleted)")
        client.good("EXPUNGE")
    equal(browser.get(f"{base}/attachments.zip")[0].status, 404, "expunged meanwhile")
    answer = http.client.HTTPResponse(slow[0])
    answer.begin()
    try:
        octets, end = answer.read(), "sent to its end"
        expect(opened(octets).read("noise.bin") == whole, "what had begun is whole")
    except http.client.IncompleteRead:
        end = "cut off"
    slow[0].close()
    until(lambda: alive() == 0, 20, "it is over")
    say(f"2 x {megabytes} MB: memory grew by {by_http1} KB over HTTP/1.1, {by_http2} KB with HTTP/2; when it was expunged the rest was {end}")


def test(world):
    needs("curl")
    world.start()
    browser = Browser(world).sign_in(user, password)
    for part_of_it in (names_in_zips, encodings_in_zips, parts_and_paths, documents, large_ones):
        part_of_it(world, browser)


run(test, seconds=small(90, 300))
