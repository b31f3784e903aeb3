"""SASL EXTERNAL with real clients: an administrator says whose certificate it is; openssl, msmtp, curl and python's ssl sign in
with it over SMTP and IMAP and send, also with one that was renewed, that has expired, or that is for something else. Whose
certificate nobody knows is told what a wrong password is told, and logged."""

import hashlib
import imaplib
import json
import os
import smtplib
import ssl
import subprocess

from _imap import Imap
from _scram import plain
from _smtp import Smtp, unverified
from _world import equal, expect, run, sanitizer, say, until, user

mail = b"From: ada@localhost\r\nTo: grace@example.org\r\nSubject: %s\r\n\r\nHello\r\n"


def openssl(*words, **more):
    done = subprocess.run(["openssl", *words], capture_output=True, check=False, timeout=60, **more)
    equal(done.returncode, 0, f"openssl {' '.join(words)}, which says {done.stderr.decode()}, ends with")
    return done.stdout


class Certificate:
    """A key and a certificate, in two files; `of` another one: the same key in a new certificate."""

    def __init__(self, world, name, kind=("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), of=None, more=()):
        self.key = of.key if of else os.path.join(world.home, f"{name}.key")
        self.file = os.path.join(world.home, f"{name}.pem")
        if not of:
            openssl("genpkey", "-algorithm", *kind, "-out", self.key)
        openssl("req", "-x509", "-new", "-key", self.key, "-out", self.file, "-subj", f"/CN={name}", "-days", "30", *more)

    def hash(self):
        public = openssl("x509", "-in", self.file, "-noout", "-pubkey")
        return "sha256:" + hashlib.sha256(openssl("pkey", "-pubin", "-outform", "DER", input=public)).hexdigest()

    def context(self, version=None):
        context = unverified()
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # or it would not show a weak key
        context.load_cert_chain(self.file, self.key)
        if version:
            context.minimum_version = context.maximum_version = version
        return context


def key(world, *words):
    return world.command("account", "key", *words, "--dir", world.data)


def done(world, *words):
    code, output, errors = key(world, *words)
    equal(code, 0, f"account key {words}, which says {errors!r}, ends with")
    return output


def smtp(world, port, context):
    client = Smtp(world.ports[port], greeting=port == "submission")
    if port == "submission":
        client.hello()
        equal(client.command("STARTTLS").code, 220, "STARTTLS")
    client.socket = context.wrap_socket(client.socket)
    if port != "submission":
        equal(client.reply().code, 220, "the greeting")
    client.hello()
    return client


def imap(world, context):
    client = imaplib.IMAP4_SSL("127.0.0.1", world.ports["imaps"], ssl_context=context)
    client.sock.settimeout(30)
    return client


def offers_external(client):
    return "EXTERNAL" in client.offers("AUTH")[0].split()


# --- where an administrator says whose it is ---


def administration(world, certificates):
    laptop, phone, other = certificates["laptop"], certificates["phone"], certificates["other"]
    equal(done(world, "list"), "", "the keys of nobody")
    equal(done(world, "add", user, "laptop", laptop.file), f"added laptop of {user}: {laptop.hash()}\n", "account key add")
    done(world, "add", user.upper(), "the phone", phone.file)
    done(world, "add", "bob@localhost", "laptop", certificates["bob"].file)
    code, _, errors = key(world, "add", "bob@localhost", "mine", certificates["renewed"].file)
    equal(code, 7, f"adding a key that is ada's, which says {errors!r}, ends with")
    expect(f"laptop of {user}" in errors, f"whose it is: {errors!r}")
    for words, wanted, what in (
        (("add", user, "again", laptop.file), 7, "registered already"),
        (("add", user, "laptop", other.file), 7, "has a key laptop already"),
        (("add", "carol@localhost", "laptop", other.file), 1, "there is no account carol@localhost"),
        (("add", user, " x", other.file), 1, "is no name for a key"),
        (("add", user, "key", laptop.key), 1, "holds no certificate in PEM form"),
        (("add", user, "nothing", os.path.join(world.home, "none.pem")), 1, "No such file"),
        (("add", user, "weak", certificates["weak"].file), 1, "too weak"),
        (("add", user, "laptop"), 2, "file is required"),
        (("list", "carol@localhost"), 1, "there is no account carol@localhost"),
        (("remove", user, "tablet"), 1, "has no key tablet"),
        (("remove", "carol@localhost", "laptop"), 1, "there is no account carol@localhost"),
    ):
        code, output, errors = key(world, *words)
        equal((code, output), (wanted, ""), f"account key {words}, which says {errors!r}, ends with")
        expect(what in errors, f"account key {words} says {errors!r}, not {what!r}")
    lines = [f"{user} {laptop.hash()} laptop", f"{user} {phone.hash()} the phone"]
    equal(done(world, "list", user).splitlines(), lines, "the keys of ada")
    equal(done(world, "list").splitlines(), [*lines, f"bob@localhost {certificates['bob'].hash()} laptop"], "all keys")
    listed = json.loads(done(world, "list", "--json"))["result"]["keys"]
    equal(["sha256:" + one["key"]["sha_256"] for one in listed if one["account"] == user],
          [laptop.hash(), phone.hash()], "the keys in JSON")
    say("keys are added, listed and refused; their hash is that of openssl's SubjectPublicKeyInfo")


# --- programs of others ---


def with_openssl(world, certificate):
    for port, more, talk in (
        ("submissions", [], b"EHLO x\r\nAUTH EXTERNAL =\r\nMAIL FROM:<ada@localhost>\r\nQUIT\r\n"),
        ("submission", ["-starttls", "smtp"], b"EHLO x\r\nAUTH EXTERNAL =\r\nMAIL FROM:<ada@localhost>\r\nQUIT\r\n"),
        ("imaps", [], b"a AUTHENTICATE EXTERNAL =\r\nb SELECT INBOX\r\nc LOGOUT\r\n"),
        ("imap", ["-starttls", "imap"], b"a AUTHENTICATE EXTERNAL =\r\nb SELECT INBOX\r\nc LOGOUT\r\n"),
    ):
        for version in ("-tls1_2", "-tls1_3"):
            # One command after another, as their answers come: EHLO's has to be read before AUTH.
            client = subprocess.Popen(
                ["openssl", "s_client", "-quiet", "-crlf", version, *more, "-connect", f"127.0.0.1:{world.ports[port]}"]
                + ["-cert", certificate.file, "-key", certificate.key],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )
            said = b""
            if not more:
                said += client.stdout.readline()
            for line in talk.replace(b"\r\n", b"\n").splitlines(True):
                client.stdin.write(line)
                client.stdin.flush()
                word = line.split(b" ", 1)[0] + b" "
                while True:
                    answer = client.stdout.readline()
                    expect(answer, f"openssl s_client {port} {version} ended, after {said!r}")
                    said += answer
                    if answer.startswith(word) if b"imap" in port.encode() else answer[3:4] == b" ":
                        break
            client.stdin.close()
            said += client.stdout.read()
            client.wait(30)
            client.stdout.close()
            wanted = [b"a OK ", b"b OK "] if "imap" in port else [b"235 2.7.0", b"250 2.1.0"]
            expect(all(one in said for one in wanted), f"openssl s_client {port} {version}: {said!r}")
    say("openssl s_client: SMTP and IMAP, STARTTLS and TLS, TLS 1.2 and 1.3")


def client_program(words, what, wanted=0, **more):
    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, **more)
    equal(ended.returncode == 0, wanted == 0, f"{what}, which says:\n{ended.stdout}{ended.stderr}\nsuccess is")
    return ended.stdout + ended.stderr


def with_msmtp(world, certificate, nobodys):
    sent = []
    for starttls, port in (("on", "submission"), ("off", "submissions")):
        for one, wanted in ((certificate, 0), (nobodys, 1)):
            subject = f"msmtp external {port}"
            said = client_program(
                ["msmtp", "--file=/dev/null", "--host=127.0.0.1", f"--port={world.ports[port]}", "--tls=on"]
                + [f"--tls-starttls={starttls}", "--tls-certcheck=off", "--auth=external", f"--user={user}"]
                + [f"--tls-cert-file={one.file}", f"--tls-key-file={one.key}", f"--from={user}", "grace@example.org"],
                subject, wanted, input=(mail % subject.encode()).decode().replace("\r\n", "\n"),
            )
            expect(not wanted or "535 5.7.8" in said, f"msmtp with a certificate of nobody says {said}")
        sent.append(subject)
    return sent


def with_curl(world, certificate, nobodys):
    def curl(one, *words, wanted=0):
        return client_program(
            ["curl", "-sS", "-v", "-k", "--cert", one.file, "--key", one.key, "--login-options", "AUTH=EXTERNAL", *words],
            f"curl {words[-1]}", wanted,
        )

    sent = []
    for scheme, port, more, name in (
        ("smtp", "submission", ["--ssl-reqd"], user),
        ("smtps", "submissions", [], user),
        ("smtps", "submissions", ["--sasl-ir"], user),
    ):
        subject = f"curl external {scheme} {' '.join(more)}"
        file = os.path.join(world.home, "curl.eml")
        with open(file, "wb") as out:
            out.write(mail % subject.encode())
        words = ["-u", f"{name}:", *more, "--mail-from", user, "--mail-rcpt", "grace@example.org", "-T", file]
        said = curl(certificate, *words, f"{scheme}://127.0.0.1:{world.ports[port]}/client.example")
        expect("AUTH EXTERNAL" in said, f"curl did not use EXTERNAL: {said}")
        said = curl(nobodys, *words, f"{scheme}://127.0.0.1:{world.ports[port]}/client.example", wanted=1)
        expect("535 5.7.8" in said, f"curl with a certificate of nobody: {said}")
        sent.append(subject)
    for scheme, port, more in (("imap", "imap", ["--ssl-reqd"]), ("imaps", "imaps", []), ("imaps", "imaps", ["--sasl-ir"])):
        words = ["-u", f"{user}:", *more, "-X", "STATUS INBOX (MESSAGES)"]
        said = curl(certificate, *words, f"{scheme}://127.0.0.1:{world.ports[port]}/")
        expect("AUTHENTICATE EXTERNAL" in said and "* STATUS INBOX (MESSAGES " in said, f"curl over {scheme}: {said}")
        said = curl(nobodys, *words, f"{scheme}://127.0.0.1:{world.ports[port]}/", wanted=1)
        expect("[AUTHENTICATIONFAILED]" in said, f"curl over {scheme} with a certificate of nobody: {said}")
    return sent


def with_python(world, certificate):
    client = smtplib.SMTP_SSL("127.0.0.1", world.ports["submissions"], context=certificate.context())
    client.ehlo()
    client.user = client.password = ""
    equal(client.auth("EXTERNAL", lambda challenge=None: user)[0], 235, "smtplib's auth")
    subject = "smtplib external"
    client.sendmail(user, ["grace@example.org"], mail % subject.encode())
    client.quit()
    client = imap(world, certificate.context())
    expect("AUTH=EXTERNAL" in client.capabilities, f"the capabilities: {client.capabilities}")
    equal(client.authenticate("EXTERNAL", lambda challenge: user.encode())[0], "OK", "imaplib's authenticate")
    equal(client.select()[0], "OK", "SELECT")
    client.logout()
    return [subject]


# --- what a certificate may be ---


def any_certificate(world, certificates):
    """Every kind signs in by its key, whatever else it says; those of nobody do the handshake and are refused."""
    for name in ("laptop", "renewed", "chained", "rsa", "ed25519", "expired", "of a server", "a CA", "not understood"):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with smtp(world, "submissions", certificates[name].context(version)) as client:
                expect(offers_external(client), f"{name}: EXTERNAL is not in {client.offered}")
                equal(client.command("AUTH EXTERNAL =").code, 235, f"AUTH EXTERNAL with {name}, {version.name}")
    for name in ("other", "weak"):
        context = certificates[name].context()
        with smtp(world, "submission", context) as client:
            expect(offers_external(client), f"{name}: EXTERNAL is not in {client.offered}")
            equal(client.command("AUTH EXTERNAL =").text, "5.7.8 No such account has this certificate", f"with {name}")
            token = plain(b"\0" + user.encode() + b"\0stagecoach")
            equal(client.command(f"AUTH PLAIN {token}").code, 235, "then the password")
        client = imap(world, context)
        expect("AUTH=EXTERNAL" in client.capabilities, f"the capabilities with {name}: {client.capabilities}")
        client.shutdown()
    say("renewed, behind others, RSA, Ed25519, expired, of a server, a CA, with an extension that nobody knows: by their key")


def hostile(world, certificates):
    """A NUL in the name and a signature that is none, a thousand names: by the key. A chain that is too long: no handshake."""
    laptop = certificates["laptop"]
    many = Certificate(world, "many", of=laptop,
                       more=("-addext", "subjectAltName=" + ",".join(f"DNS:host{n}.example.org" for n in range(1000))))
    broken = Certificate(world, "nXul", of=laptop)
    octets = openssl("x509", "-in", broken.file, "-outform", "DER")
    expect(b"nXul" in octets, "no name in the certificate")
    openssl("x509", "-inform", "DER", "-out", broken.file, input=octets.replace(b"nXul", b"n\0ul"))
    for one in (many, broken):
        with smtp(world, "submissions", one.context()) as client:
            equal(client.command("AUTH EXTERNAL =").code, 235, f"AUTH EXTERNAL with {one.file}")
    with open(many.file, "rb") as file:
        one = file.read()
    warm = world.status("VmRSS")
    for count in (4, 500):
        with open(many.file, "wb") as file:
            file.write(one * count)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            try:
                with smtp(world, "submissions", many.context(version)) as client:
                    raise AssertionError(f"a chain of {len(one) * count} octets is taken: {client.offered}")
            except (OSError, AssertionError) as why:
                expect("is taken" not in str(why), why)
        world.answers(f"a chain of {count} certificates")
    expect(sanitizer or world.status("VmRSS") - warm < 32 * 1024, "the server has grown by 32 MB")
    say("a NUL in the name, a wrong signature, a thousand names: by the key; chains of more than 64 KiB: refused")


def names(world, certificates):
    context = certificates["laptop"].context()
    for asked, code in ((user, 235), (user.upper(), 235), ("ada+lists@localhost", 235), ("bob@localhost", 535),
                        ("ada", 535), ("x" * 300, 535)):
        with smtp(world, "submissions", context) as client:
            equal(client.command(f"AUTH EXTERNAL {plain(asked.encode())}").code, code, f"as {asked[:30]}")
            if code == 235:
                equal(client.command("MAIL FROM:<bob@localhost>").code, 550, "MAIL as bob")
                equal(client.command("MAIL FROM:<ada@localhost>").code, 250, "MAIL as ada")
    with smtp(world, "submissions", certificates["bob"].context()) as client:
        equal(client.command("AUTH EXTERNAL =").code, 235, "bob")
        equal(client.command("MAIL FROM:<ada@localhost>").code, 550, "MAIL of bob as ada")
    say("empty is the account of the key; another name has to be an address of it")


def without(world):
    """Who shows none is served as before; where mail is received nobody is asked."""
    with smtp(world, "submissions", unverified()) as client:
        expect(not offers_external(client), f"EXTERNAL without a certificate: {client.offered}")
        equal(client.command("AUTH EXTERNAL =").text, "5.5.4 No certificate of yours came with TLS", "AUTH EXTERNAL")
    for port, more, wanted in (("submissions", [], True), ("imaps", [], True), ("smtp", ["-starttls", "smtp"], False)):
        said = client_program(
            ["openssl", "s_client", "-tls1_2", "-msg", *more, "-connect", f"127.0.0.1:{world.ports[port]}"],
            "openssl s_client", stdin=subprocess.DEVNULL,
        )
        equal("CertificateRequest" in said, wanted, f"{port}: a certificate was asked for")
    say("no certificate: no EXTERNAL; port 25 asks for none")


def is_asked(world):
    said = client_program(
        ["openssl", "s_client", "-tls1_2", "-msg", "-connect", f"127.0.0.1:{world.ports['imaps']}"],
        "openssl s_client", stdin=subprocess.DEVNULL,
    )
    return "CertificateRequest" in said


def failures(world, nobodys):
    def lines(name):
        with open(world.log, encoding="utf-8") as log:
            found = [line for line in log if "failed authentication attempt" in line]
        return [line for line in found if f"username={name} remote=127.0.0.1" in line]

    before = len(lines(nobodys.hash()))
    with smtp(world, "submissions", nobodys.context()) as client:
        for _ in range(3):
            equal(client.command("AUTH EXTERNAL =").code, 535, "AUTH EXTERNAL of nobody")
        equal(client.reply().code, 421, "after three failures")
    client = imap(world, nobodys.context())
    client.send(b"a AUTHENTICATE EXTERNAL =\r\n")
    answer = client.readline()
    expect(answer.startswith(b"a NO [AUTHENTICATIONFAILED]"), f"AUTHENTICATE of nobody: {answer!r}")
    client.send(b"b AUTHENTICATE EXTERNAL " + plain(b"eve@localhost").encode() + b"\r\n")
    expect(client.readline().startswith(b"b NO [AUTHENTICATIONFAILED]"), "AUTHENTICATE as eve")
    client.shutdown()
    until(lambda: len(lines(nobodys.hash())) == before + 4, 10, "four lines with the key")
    until(lambda: len(lines("eve@localhost")) == 1, 10, "a line with the name that was asked for")
    say("one line of one form for each failure, with the key where no name was told")


def removal(world, certificates):
    certificate = certificates["phone"]
    with smtp(world, "submissions", certificate.context()) as client:
        equal(client.command("AUTH EXTERNAL =").code, 235, "before the removal")
    equal(done(world, "remove", user, "the phone"), f"removed the phone of {user}: {certificate.hash()}\n", "account key remove")
    with smtp(world, "submissions", certificate.context()) as client:
        equal(client.command("AUTH EXTERNAL =").code, 535, "after the removal")
    done(world, "add", "bob@localhost", "phone", certificate.file)
    with smtp(world, "submissions", certificate.context()) as client:
        equal(client.command(f"AUTH EXTERNAL {plain(user.encode())}").code, 535, "as ada, whose it was")
        equal(client.command(f"AUTH EXTERNAL {plain(b'bob@localhost')}").code, 235, "as bob, whose it is")


def limits(world, certificates):
    """Failures count against the network, and keep out the right key of who has not signed in from there, as they keep out the
    right password; who has is let in."""
    with smtp(world, "submissions", certificates["laptop"].context()) as client:
        equal(client.command("AUTH EXTERNAL =").code, 235, "before there are failures")
    for _ in range(5):
        with smtp(world, "submissions", certificates["other"].context()) as client:
            for _ in range(2):
                equal(client.command("AUTH EXTERNAL =").code, 535, "AUTH of nobody")
    for name, code in (("phone", 454), ("other", 454), ("laptop", 235)):
        with smtp(world, "submissions", certificates[name].context()) as client:
            equal(client.command("AUTH EXTERNAL =").code, code, f"with the {name} after ten failures")
    say("ten failures in a minute, then of this network only who has signed in from it is looked at")


def make_certificates(world):
    made = {name: Certificate(world, name) for name in ("laptop", "phone", "bob", "other")}
    made["weak"] = Certificate(world, "weak", ("RSA", "-pkeyopt", "rsa_keygen_bits:1024"))
    made["rsa"] = Certificate(world, "rsa", ("RSA", "-pkeyopt", "rsa_keygen_bits:2048"))
    made["ed25519"] = Certificate(world, "ed25519", ("ED25519",))
    laptop = made["laptop"]
    made["renewed"] = Certificate(world, "renewed", of=laptop)
    made["of a server"] = Certificate(world, "server", of=laptop, more=("-addext", "extendedKeyUsage=serverAuth"))
    made["a CA"] = Certificate(world, "ca", of=laptop, more=("-addext", "keyUsage=critical,keyCertSign"))
    made["not understood"] = Certificate(world, "strange", of=laptop, more=("-addext", "1.2.3.4=critical,ASN1:UTF8:hello"))
    made["chained"] = Certificate(world, "chained", of=laptop)
    with open(made["chained"].file, "ab") as out, open(made["other"].file, "rb") as behind:
        out.write(behind.read())
    made["expired"] = Certificate(world, "expired", of=laptop)
    request = openssl("req", "-new", "-key", laptop.key, "-subj", "/CN=expired")
    openssl("x509", "-req", "-key", laptop.key, "-days", "-1", "-out", made["expired"].file, input=request)
    return made


def arrived(world, subjects):
    with world.imap() as client:
        client.select()
        found = b"".join(message for _, message in client.bodies().values())
        for subject in subjects:
            expect(b"Subject: " + subject.encode() + b"\r\n" in found, f"the mail {subject!r} did not come")
        expect(b" with ESMTPSA " in found, "no ESMTPSA in a Received")
    say(f"{len(subjects)} mails of msmtp, curl and smtplib came")


def test(world):
    certificates = make_certificates(world)
    world.start("--account", "bob@localhost:secret")
    laptop, other = certificates["laptop"], certificates["other"]
    expect(not is_asked(world), "clients are asked for a certificate although there is no key")
    administration(world, certificates)
    expect(is_asked(world), "clients are not asked for a certificate although there is a key")
    with_openssl(world, laptop)
    sent = with_msmtp(world, laptop, other) + with_curl(world, laptop, other) + with_python(world, laptop)
    arrived(world, sent)
    for name in ("rsa", "ed25519"):
        done(world, "add", user, name, certificates[name].file)
    any_certificate(world, certificates)
    hostile(world, certificates)
    names(world, certificates)
    without(world)
    failures(world, other)
    removal(world, certificates)
    world.kill()
    world.start("--limits", "--limit", "login_delay_s=0")
    equal(done(world, "list", "bob@localhost").count("\n"), 2, "keys of bob after a restart")
    limits(world, certificates)


run(test, seconds=120)
