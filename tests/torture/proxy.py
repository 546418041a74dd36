# SPDX-License-Identifier: Apache-2.0
"""A proxy in front of the emulator that spoils replies. It reads one request after the other from a
connection, passes it on unchanged (signatures stay valid, since the client signs the proxy's own
Host), and leaves the reply to the behaviour that the instance of the request has in the plan."""

import dataclasses
import json
import re
import socket
import struct
import threading
import time
import urllib.parse

LIMIT_S = 90  # how long a behaviour may keep a connection


@dataclasses.dataclass
class Reply:
    """A whole reply of the emulator."""
    status: int
    headers: list
    body: bytes

    def raw(self, body=None, status=None, extra=(), length=True):
        body = self.body if body is None else body
        skipped = {"content-length", "connection", "transfer-encoding"}
        lines = [f"HTTP/1.1 {status or self.status} X"]
        lines += [f"{name}: {value}" for name, value in self.headers
                  if name.lower() not in skipped]
        lines += [f"{name}: {value}" for name, value in extra]
        lines += [f"Content-Length: {len(body)}"] if length else []
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@dataclasses.dataclass
class Request:
    cloud: str
    raw: bytes
    path: str
    headers: dict
    body: bytes

    @property
    def kind(self):
        """read, dry_run or start"""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query,
                                            keep_blank_values=True))
        action = self.headers.get("x-acs-action", query.get("Action", ""))
        starts = action.startswith("StartInstance") if self.cloud != "baidu" else "start" in query
        if not starts:
            return "read"
        return "dry_run" if query.get("DryRun") == "true" else "start"

    @property
    def ids(self):
        text = urllib.parse.unquote(self.path) + " " + self.body.decode("utf-8", "replace")
        return re.findall(r"\bi-[A-Za-z0-9_-]+", text)


class Connection:
    """One connection of a client, as behaviours use it."""

    def __init__(self, proxy, sock, cloud):
        self.proxy, self.sock, self.cloud = proxy, sock, cloud
        self.request = None
        self.buffer = b""
        self.end = 0

    # ---- for behaviours ---------------------------------------------------------------------------

    def send(self, data):
        """Raises when the client is gone or the behaviour has had its time."""
        if time.monotonic() > self.end or self.proxy.stopping.is_set():
            raise ConnectionError("time is up")
        self.sock.sendall(data)

    def trickle(self, data, pause):
        for n in range(len(data)):
            self.send(data[n:n + 1])
            time.sleep(pause)

    def endless(self, data, pause=0.0):
        while True:
            self.send(data)
            if pause:
                time.sleep(pause)

    def hang(self):
        """Until the client closes."""
        self.sock.settimeout(LIMIT_S)
        while self.sock.recv(65536):
            pass

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        raise ConnectionError("reset")

    def close(self):
        raise ConnectionError("closed")

    def forward(self):
        """The emulator's reply; the request has its effect."""
        return self.proxy.ask(self.cloud, self.request.raw)

    # ---- the loop -----------------------------------------------------------------------------------

    def fill(self):
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError("the client closed")
        self.buffer += data

    def read_request(self):
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, _, _ = self.buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip()
                   for name, _, value in (line.partition(":") for line in lines[1:])}
        size = len(head) + 4 + int(headers.get("content-length", 0))
        while len(self.buffer) < size:
            self.fill()
        raw, self.buffer = self.buffer[:size], self.buffer[size:]
        return Request(self.cloud, raw, lines[0].split(" ")[1], headers, raw[len(head) + 4:])

    def serve(self):
        try:
            while True:
                self.request = self.read_request()
                self.end = time.monotonic() + LIMIT_S
                entry = self.proxy.note(self.request)
                spoil = self.proxy.behaviour(self.request)
                if spoil is None:
                    reply = self.forward()
                    entry["answered"] = reply.status
                    self.send(reply.raw())
                else:
                    entry["spoilt"] = True
                    spoil(self)
        except (OSError, ValueError):
            pass
        finally:
            self.sock.close()


class Proxy:
    """Three listeners on loopback. behaviours: {(kind, instance id): function of a Connection}."""

    def __init__(self, urls):
        self.targets = {cloud: urllib.parse.urlsplit(url).netloc.split(":")
                        for cloud, url in urls.items()}
        self.behaviours = {}
        self.log = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.listeners = {}
        self.urls = {}
        for cloud in ("volcengine", "alibaba", "baidu"):
            listener = socket.create_server(("127.0.0.1", 0), backlog=256)
            self.listeners[cloud] = listener
            self.urls[cloud] = f"http://127.0.0.1:{listener.getsockname()[1]}"
            threading.Thread(target=self.accept, args=(cloud, listener), daemon=True).start()

    def accept(self, cloud, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=Connection(self, sock, cloud).serve, daemon=True).start()

    def behaviour(self, request):
        for name in request.ids:
            found = self.behaviours.get((request.kind, name))
            if found:
                return found
        return None

    def note(self, request):
        entry = {"cloud": request.cloud, "kind": request.kind, "ids": request.ids,
                 "path": request.path, "answered": 0, "spoilt": False}
        with self.lock:
            self.log.append(entry)
        return entry

    def of(self, name):
        """What was asked about an instance, in order."""
        with self.lock:
            return [entry for entry in self.log if name in entry["ids"]]

    def ask(self, cloud, raw):
        host, port = self.targets[cloud]
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as upstream:
            upstream.sendall(raw)
            data = b""
            while b"\r\n\r\n" not in data:
                data += self.more(upstream)
            head, _, body = data.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = [(name.strip(), value.strip())
                       for name, _, value in (text.partition(":") for text in lines[1:])]
            size = next(int(v) for n, v in headers if n.lower() == "content-length")
            while len(body) < size:
                body += self.more(upstream)
        return Reply(int(lines[0].split(" ")[1]), headers, body)

    @staticmethod
    def more(upstream):
        data = upstream.recv(65536)
        if not data:
            raise ConnectionError("the emulator closed the connection")
        return data

    def stop(self):
        self.stopping.set()
        for listener in self.listeners.values():
            listener.close()


def error_body(cloud, code, message, request_id="R-1"):
    """An error in the form of a cloud."""
    if cloud == "volcengine":
        return json.dumps({"ResponseMetadata": {"RequestId": request_id, "Error": {
            "Code": code, "Message": message}}}).encode()
    if cloud == "alibaba":
        return json.dumps({"RequestId": request_id, "Code": code, "Message": message}).encode()
    return json.dumps({"requestId": request_id, "code": code, "message": message}).encode()
