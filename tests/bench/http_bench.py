#!/usr/bin/env python3
"""Static files of 1 KB and 1 MB over HTTP/1.1, asked by wrk, and over HTTP/2 with TLS, asked by h2load, of ours and of
Debian's nginx in one run. `./dev bench http` runs it; README.md says how to read it.

    http_bench.py [--build DIR] [--seconds N] [--connections N]
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

from peers import processes
from table import Table

goal = 0.7
configuration = """
daemon off;
worker_processes 2;
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_body_temp_path {home}/body;
  proxy_temp_path {home}/proxy;
  fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi;
  scgi_temp_path {home}/scgi;
  ssl_certificate {home}/cert.pem;
  ssl_certificate_key {home}/key.pem;
  server {{ listen 127.0.0.1:{port}; listen 127.0.0.1:{secure} ssl http2; root {home}/files; }}
}}
"""


class Ours:
    def __init__(self, build, home):
        words = [f"{build}/tests/http_load_bench", f"{home}/cert.pem", f"{home}/key.pem"]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())
        self.secure = int(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)


class Nginx:
    def __init__(self, home):
        self.port = processes.free_port()
        self.secure = processes.free_port()
        os.makedirs(f"{home}/files")
        os.chmod(home, 0o755)
        for name, size in (("1k", 1024), ("1m", 1024 * 1024)):
            with open(f"{home}/files/{name}", "wb") as file:
                file.write(os.urandom(size))
        with open(f"{home}/nginx.conf", "w", encoding="ascii") as file:
            file.write(configuration.format(home=home, port=self.port, secure=self.secure))
        self.process = subprocess.Popen(["nginx", "-c", f"{home}/nginx.conf"], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while socket.socket().connect_ex(("127.0.0.1", self.port)) != 0:
            if time.monotonic() > end:
                raise RuntimeError("nginx does not listen after 10 s")
            time.sleep(0.05)

    def stop(self):
        processes.end_tree(self.process.pid, 5)
        self.process.wait()


def make_certificate(home):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", f"{home}/key.pem", "-out", f"{home}/cert.pem"], check=True, capture_output=True)


def over_http2(one, path, options):
    words = ["h2load", "--threads", "1", "--clients", str(options.connections), "--max-concurrent-streams", "10",
             "--duration", str(options.seconds), "--warm-up-time", "1"]
    said = subprocess.run([*words, f"https://127.0.0.1:{one.secure}/{path}"], capture_output=True, text=True, check=True).stdout
    if "Application protocol: h2" not in said or not re.search(r"0 failed, 0 errored, 0 timeout", said):
        raise RuntimeError(f"h2load says {said}")
    return float(re.search(r", ([\d.]+) req/s", said)[1])


def over_http1(one, path, options):
    port = one.port
    words = ["wrk", "--threads", "1", "--connections", str(options.connections), "--duration", f"{options.seconds}s"]
    said = subprocess.run([*words, f"http://127.0.0.1:{port}/{path}"], capture_output=True, text=True, check=True).stdout
    if "Socket errors" in said or "Non-2xx" in said:
        raise RuntimeError(f"wrk says {said}")
    return float(re.search(r"Requests/sec: +([\d.]+)", said)[1])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", default="build-bench")
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--connections", type=int, default=32)
    options = options.parse_args()
    for tool in ("wrk", "h2load"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is not installed: ./dev bench installs it")
    table = Table()
    with tempfile.TemporaryDirectory() as home:
        make_certificate(home)
        running = [Ours(options.build, home)]
        try:
            if shutil.which("nginx"):
                running.append(Nginx(home))
            for name, measure in (("HTTP/1.1", over_http1), ("HTTP/2 with TLS", over_http2)):
                for path in ("1k", "1m"):
                    what = f"answers a second, {path}, {name}"
                    mine, *theirs = (measure(one, path, options) for one in running)
                    if theirs:
                        ratio = mine / theirs[0]
                        table.add(what, f"{mine:.0f}", f"{theirs[0]:.0f}", f"{ratio:.2f}x", f"{goal}x", ratio >= goal, "")
                    else:
                        table.add(what, f"{mine:.0f}", "-", "-", f"{goal}x", None, "nginx is not installed")
        finally:
            for one in running:
                one.stop()
    table.end()


main()
