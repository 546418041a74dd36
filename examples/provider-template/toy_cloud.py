#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Server of the toy cloud on loopback: verifies signatures, and has a few machines that boot in a
second.

Prints its address when it is ready, and runs until it is terminated."""
import hashlib
import hmac
import http.server
import threading
import time
import urllib.parse

KEY, SECRET = "toykey", "toysecret"
BOOT_SECONDS = 1.0

machines = {"i-lamp": "off", "i-radio": "on", "i-train": "off", "i-robot": "broken"}
no_power = {"i-train"}
lock = threading.Lock()


def boot(machine):
    with lock:
        machines[machine] = "on"


class Toy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = 0

    def reply(self, status, text):
        Toy.requests += 1
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Toy-Request", f"toy-{Toy.requests}")
        self.end_headers()
        self.wfile.write(body)

    def trusted(self):
        sent = self.headers.get("X-Toy-Time", "0")
        if abs(time.time() - int(sent)) > 300:
            self.reply(401, "ClockSkew the time differs by more than 5 minutes\n")
            return False
        text = f"{self.command}\n{self.path}\n{sent}\n{self.headers.get('X-Toy-Nonce')}\n"
        wanted = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        given = self.headers.get("X-Toy-Signature", "")
        if self.headers.get("X-Toy-Key") != KEY or not hmac.compare_digest(wanted, given):
            self.reply(401, "BadSignature unknown key or wrong signature\n")
            return False
        return True

    def query(self):
        pairs = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        return {name: values[0] for name, values in pairs.items()}

    def do_GET(self):
        if self.trusted():
            ids = self.query().get("ids")
            with lock:
                wanted = machines if ids is None else ids.split(",")
                self.reply(200, "".join(f"{i} {machines[i]}\n" for i in wanted if i in machines))

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.trusted():
            return
        query = self.query()
        with lock:
            outcome = {i: self.check(i) for i in query.get("ids", "").split(",")}
            refused = [words for words in outcome.values() if words != "accepted"]
            if query.get("check") == "yes":
                self.reply(409, refused[0] + "\n" if refused else "CheckPassed\n")
                return
            for machine in (i for i, words in outcome.items() if words == "accepted"):
                machines[machine] = "starting"
                threading.Timer(BOOT_SECONDS, boot, [machine]).start()
            self.reply(200, "".join(f"{i} {words}\n" for i, words in outcome.items()))

    @staticmethod
    def check(machine):
        if machine not in machines:
            return f"NoSuchMachine there is no {machine}"
        if machines[machine] != "off":
            return f"NotOff {machine} is {machines[machine]}"
        return f"NoPower {machine}'s rack has no power" if machine in no_power else "accepted"

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Toy)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
