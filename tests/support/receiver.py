# SPDX-License-Identifier: Apache-2.0
"""A receiver of traces, OTLP/HTTP JSON, on loopback: strict about what the protocol says, with replies
and delays to order."""

import http.server
import json
import re
import socket
import threading

KINDS = {1, 3}
SPAN = {"traceId", "spanId", "parentSpanId", "flags", "name", "kind", "startTimeUnixNano",
        "endTimeUnixNano", "attributes", "status"}
OPTIONAL = {"parentSpanId"}
VALUES = {"stringValue": lambda v: isinstance(v, str) and v != "",
          "intValue": lambda v: isinstance(v, str) and re.fullmatch(r"-?\d{1,19}", v),
          "boolValue": lambda v: isinstance(v, bool)}
END_S = 60


def need(holds, what):
    if not holds:
        raise ValueError(what)


def check_keys(value, allowed, optional=frozenset()):
    need(isinstance(value, dict), f"{value!r} is no object")
    need(set(value) <= set(allowed) and set(allowed) - set(optional) <= set(value),
         f"members {sorted(value)} instead of {sorted(allowed)}")


def check_attributes(attributes):
    """Returns them as a dictionary."""
    seen = {}
    for attribute in attributes:
        check_keys(attribute, {"key", "value"})
        [(kind, value)] = attribute["value"].items()
        need(kind in VALUES and VALUES[kind](value), f"{attribute}")
        need(attribute["key"] not in seen, f"{attribute['key']} twice")
        seen[attribute["key"]] = int(value) if kind == "intValue" else value
    return seen


def check_span(span):
    check_keys(span, SPAN, OPTIONAL)
    for name, length in (("traceId", 32), ("spanId", 16), ("parentSpanId", 16)):
        text = span.get(name, "1" * length)
        need(re.fullmatch(f"[0-9a-f]{{{length}}}", text) and set(text) != {"0"}, f"{name} {text}")
    need(span["kind"] in KINDS, span)
    need(span["name"], span)
    begin, end = (span[name] for name in ("startTimeUnixNano", "endTimeUnixNano"))
    need(re.fullmatch(r"[1-9]\d{18}", begin) and re.fullmatch(r"[1-9]\d{18}", end), span)
    need(int(begin) <= int(end), span)
    check_keys(span["status"], {"code", "message"}, {"code", "message"})
    need(span["status"].get("code", 2) == 2, span)
    return {**span, "attributes": check_attributes(span["attributes"])}


class Spans(list):
    """What a request held; resource: the attributes of the service."""

    resource = None


def check_request(text):
    """The spans of a request. Raises ValueError."""
    root = json.loads(text)
    check_keys(root, {"resourceSpans"})
    spans = Spans()
    for group in root["resourceSpans"]:
        check_keys(group, {"resource", "scopeSpans"})
        check_keys(group["resource"], {"attributes"})
        spans.resource = check_attributes(group["resource"]["attributes"])
        need(spans.resource.get("service.name"), spans.resource)
        for scope in group["scopeSpans"]:
            check_keys(scope, {"scope", "spans"})
            check_keys(scope["scope"], {"name", "version"})
            need(scope["spans"], "a scope without spans")
            spans += [check_span(span) for span in scope["spans"]]
    return spans


class Receiver:
    """requests: (path, headers with names in lower case, body); spans: those that were accepted; wrong: why requests were
    refused, which must be empty. answer(number) is what is replied to the request of that number:
    (status, headers, body), or None for silence until the receiver stops."""

    def __init__(self, answer=lambda number: (200, {}, {}), delay_s=0):
        self.requests, self.spans, self.wrong, self.resources = [], [], [], []
        self.changed = threading.Condition()
        self.stopping = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.stopping.wait(delay_s)
                reply = receiver.take(
                    self.path, {name.lower(): value for name, value in self.headers.items()}, body, answer)
                if reply is None:
                    receiver.stopping.wait(END_S)
                    self.close_connection = True
                    return
                status, headers, content = reply
                text = json.dumps(content).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Type": "application/json",
                                    "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # the client may close the connection at any time

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def take(self, path, headers, body, answer):
        with self.changed:
            self.requests.append((path, headers, body))
            reply = answer(len(self.requests))
            try:
                need(headers.get("content-type") == "application/json", headers)
                spans = check_request(body)
            except (ValueError, KeyError, TypeError) as problem:
                self.wrong.append(f"{problem}: {body[:2000]}")
                reply = 400, {}, {}
                spans = Spans()
            if reply is not None and reply[0] == 200:
                self.spans += spans
                self.resources += [spans.resource] if spans else []
            self.changed.notify_all()
        return reply

    def wait(self, holds):
        """Waits until holds(receiver)."""
        with self.changed:
            if not self.changed.wait_for(lambda: holds(self), END_S):
                raise TimeoutError(f"after {END_S} s: {len(self.spans)} spans, {self.wrong}")

    def stop(self):
        self.stopping.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def refusing_url():
    """An address of loopback that refuses connections; its port is held, so that no other process gets it."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    return holder, f"http://127.0.0.1:{holder.getsockname()[1]}"
