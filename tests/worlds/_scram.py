"""The client's side of SCRAM (RFC 5802, RFC 7677), of Python's hashlib only, so that it shares nothing with the server."""

import base64
import hashlib
import hmac
import os


def plain(text):
    return base64.b64encode(text).decode("ascii")


class Scram:
    def __init__(self, mechanism, name, password, binding=None):
        """`binding`: (type, octets) for a mechanism with -PLUS."""
        self.hash = "sha256" if "SHA-256" in mechanism else "sha1"
        self.password = password.encode("utf-8")
        self.header = f"p={binding[0]},,".encode("ascii") if binding else b"n,,"
        self.bound = self.header + (binding[1] if binding else b"")
        self.bare = f"n={name},r={plain(os.urandom(18))}".encode("utf-8")
        self.signature = None

    def mac(self, key, text):
        return hmac.new(key, text, self.hash).digest()

    def first(self):
        return self.header + self.bare

    def last(self, server_first):
        parts = dict(part.split(b"=", 1) for part in server_first.split(b","))
        salted = hashlib.pbkdf2_hmac(self.hash, self.password, base64.b64decode(parts[b"s"]), int(parts[b"i"]))
        client_key = self.mac(salted, b"Client Key")
        without_proof = b"c=" + base64.b64encode(self.bound) + b",r=" + parts[b"r"]
        text = b",".join([self.bare, server_first, without_proof])
        signature = self.mac(hashlib.new(self.hash, client_key).digest(), text)
        self.signature = base64.b64encode(self.mac(self.mac(salted, b"Server Key"), text))
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        return without_proof + b",p=" + base64.b64encode(proof)

    def is_server(self, server_last):
        return server_last == b"v=" + self.signature


def end_point(tls_socket):
    """RFC 5929 4.1, of a certificate that is signed with SHA-256."""
    return ("tls-server-end-point", hashlib.sha256(tls_socket.getpeercert(binary_form=True)).digest())
