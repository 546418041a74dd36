# SPDX-License-Identifier: Apache-2.0
"""What a cloud, or something between it and the tool, may answer that it should not: one row each.

A behaviour is a function of a proxy.Connection. effect tells when the request is carried out: "yes"
passes it to the emulator first and spoils the reply, "no" answers by itself, as for refusals that
would be lies if the start had its effect."""

import dataclasses
import gzip
import json
import zlib

from proxy import error_body

CONTROLS = "\x1b[31m\x07\x00\x08\u009b2J\u202e\u2066\u2028\r\n\x7f<b>`|"
LONG = "long text " * 10000
HUGE = b"x" * 65536


@dataclasses.dataclass(frozen=True)
class Behaviour:
    name: str
    run: object
    effect: str = "yes"
    refusal: bool = False  # a definite refusal, after which the start counts as not sent


ROWS = []


def row(name, run, effect="yes", refusal=False):
    ROWS.append(Behaviour(name, run, effect, refusal))


# ---- the connection ----------------------------------------------------------------------------------

def real(then):
    """The emulator's reply is handed to the function."""
    def run(connection):
        then(connection, connection.forward())
    return run


def send(make):
    """Sends what a function makes of the emulator's reply, and reads the next request."""
    return real(lambda connection, reply: connection.send(make(reply)))


def send_and(make, last):
    def then(connection, reply):
        connection.send(make(reply))
        getattr(connection, last)()
    return real(then)


def without_body(reply, length=None):
    head = reply.raw(b"").replace(b"Content-Length: 0", b"Content-Length: %d" %
                                  (len(reply.body) if length is None else length))
    return head


def head(*lines, status="200 OK"):
    return ("\r\n".join([f"HTTP/1.1 {status}", *lines]) + "\r\n\r\n").encode("latin-1")


row("close_at_once", real(lambda c, _: c.close()))
row("close_unread", lambda c: c.close(), "no")
row("reset", real(lambda c, _: c.reset()))
row("reset_in_body", send_and(lambda r: without_body(r) + r.body[:len(r.body) // 2], "reset"))
row("cut_in_status_line", send_and(lambda r: b"HTTP/1.1 20", "close"))
row("cut_in_headers", send_and(lambda r: r.raw()[:40], "close"))
row("cut_in_body", send_and(lambda r: without_body(r) + r.body[:-1], "close"))
row("hang", real(lambda c, _: c.hang()))
row("hang_after_status", send_and(lambda r: b"HTTP/1.1 200 OK\r\n", "hang"))
row("hang_after_headers", send_and(without_body, "hang"))
row("trickled_headers", real(lambda c, r: c.trickle(r.raw(), 0.1)))
row("trickled_body", real(lambda c, r: (c.send(without_body(r)), c.trickle(r.body, 0.1))))
row("stale_keep_alive", send_and(lambda r: r.raw(), "close"))
row("second_reply_unasked", send(lambda r: r.raw() + r.raw(b"{}", 500)))
row("endless_body", real(lambda c, r: (c.send(head("Content-Type: application/json")),
                                       c.endless(HUGE))))
row("endless_chunks", real(lambda c, r: (c.send(head("Transfer-Encoding: chunked")),
                                         c.endless(b"10000\r\n" + HUGE + b"\r\n"))))
row("endless_headers", real(lambda c, r: (c.send(b"HTTP/1.1 200 OK\r\n"),
                                          c.endless(b"X-A: " + HUGE[:8000] + b"\r\n"))))
row("endless_header_line", real(lambda c, r: (c.send(b"HTTP/1.1 200 OK\r\nX-A: "),
                                              c.endless(HUGE))))
row("endless_blank_lines", real(lambda c, r: c.endless(b"\r\n" * 30000)))
row("endless_interim", real(lambda c, r: c.endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)))

# ---- HTTP ----------------------------------------------------------------------------------------------

row("interim_storm", send(lambda r: b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 500 + r.raw()))
row("interim_102_storm", send(lambda r: b"HTTP/1.1 102 Processing\r\n\r\n" * 500 + r.raw()))
row("switching_protocols", send_and(lambda r: head("Upgrade: x", status="101 X"), "hang"))
row("status_000", send_and(lambda r: r.raw(status="000"), "close"))
row("status_099", send_and(lambda r: r.raw(status="099"), "close"))
row("status_600", send_and(lambda r: r.raw(status=600), "close"))
row("status_999999", send_and(lambda r: r.raw(status=999999), "close"))
row("http_09", send_and(lambda r: r.body or b"ok", "close"))
row("http_9", send_and(lambda r: r.raw().replace(b"HTTP/1.1", b"HTTP/9.7", 1), "close"))
row("not_http", send_and(lambda r: b"SSH-2.0-OpenSSH_9.2\r\n", "close"))
row("tls_alert", send_and(lambda r: b"\x15\x03\x01\x00\x02\x02\x46", "close"))
row("length_too_long", send_and(lambda r: without_body(r, len(r.body) + 100) + r.body, "close"))
row("length_too_short", send(lambda r: without_body(r, max(len(r.body) - 9, 0)) + r.body))
row("length_negative", send_and(lambda r: without_body(r, -5) + r.body, "close"))
row("length_word", send_and(lambda r: r.raw(length=False, extra=[("Content-Length", "many")]),
                            "close"))
row("length_huge", send_and(lambda r: without_body(r, 1 << 62) + r.body, "close"))
row("length_twice", send_and(lambda r: r.raw(extra=[("Content-Length", "3")]), "close"))
row("length_and_chunks", send_and(lambda r: r.raw(extra=[("Transfer-Encoding", "chunked")]),
                                  "close"))
row("chunk_size_word", send_and(lambda r: head("Transfer-Encoding: chunked") + b"zz\r\n{}", "close"))
row("chunk_size_huge", send_and(lambda r: head("Transfer-Encoding: chunked") +
                                b"ffffffffffffffff\r\n{}", "close"))
row("many_headers", send(lambda r: r.raw(extra=[(f"X-{n}", "y") for n in range(5000)])))
row("huge_header", send(lambda r: r.raw(extra=[("X-A", "y" * (1 << 20))])))
row("odd_headers", send(lambda r: r.raw(extra=[("x-acs-request-id", "a\x1b[2J\xffb"),
                                               ("X-Tt-Logid", "\x07" * 300),
                                               ("x-bce-request-id", "z" * 4000)])))
row("date_nonsense", send(lambda r: r.raw(extra=[("Date", "Thu, 99 Zzz 99999 99:99:99 GMT")])))
row("redirect", lambda c: c.send(head("Location: /stolen", "Content-Length: 0",
                                      status="302 Found")), "no", True)
row("redirect_method_kept", lambda c: c.send(head("Location: /stolen", "Content-Length: 0",
                                                  status="307 X")), "no", True)
row("no_content", send(lambda r: head(status="204 No Content")))
row("not_modified", send(lambda r: head(status="304 Not Modified")))
row("gzip_bomb", send(lambda r: r.raw(gzip.compress(b"[" * (64 << 20), 1),
                                      extra=[("Content-Encoding", "gzip")])))
row("gzip_lie", send(lambda r: r.raw(extra=[("Content-Encoding", "gzip")])))
row("gzip_cut", send(lambda r: r.raw(gzip.compress(r.body)[:-9],
                                     extra=[("Content-Encoding", "gzip")])))
row("deflate_raw", send(lambda r: r.raw(zlib.compress(r.body)[2:-4],
                                        extra=[("Content-Encoding", "deflate")])))
row("encoding_unknown", send(lambda r: r.raw(extra=[("Content-Encoding", "rot13")])))

# ---- bodies --------------------------------------------------------------------------------------------

def body(make, status=None):
    return send(lambda r: r.raw(make(r.body), status))


def change(make):
    """Replaces every value that is neither an object nor a list."""
    def walk(value, name=""):
        if isinstance(value, dict):
            return {key: walk(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [walk(one, name) for one in value]
        return make(value, name)

    def changed(data):
        return json.dumps(walk(json.loads(data or b"{}"))).encode()
    return body(changed)


def lists(make):
    """Replaces every list."""
    def walk(value):
        if isinstance(value, dict):
            return {key: walk(one) for key, one in value.items()}
        return make(value) if isinstance(value, list) else value
    return body(lambda data: json.dumps(walk(json.loads(data or b"{}"))).encode())


def deep(data, depth=200000):
    return b'{"a":' * depth + (data or b"1") + b"}" * depth


row("empty", body(lambda b: b""))
row("empty_200", body(lambda b: b"", 200))
row("blanks", body(lambda b: b" \n\t" * 5000))
row("half", body(lambda b: b[:len(b) // 2]))
row("garbage", body(lambda b: bytes(range(256)) * 40))
row("garbage_200", body(lambda b: bytes(range(255, -1, -1)) * 40, 200))
row("html", body(lambda b: b"<!DOCTYPE html><html><title>Sign in</title>\x1b[1m</html>", 200))
row("xml_controls", body(lambda b: b"<Error><Code>a&#27;[31m&#7;b</Code><Message>\x1b]0;x\x07&#x202e;"
                         b"</Message></Error>", 403), refusal=True)
row("xml_bomb", body(lambda b: b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                     b"<Error><Code>&b;&b;</Code></Error>", 400))
row("xml_deep", body(lambda b: b"<a>" * 100000 + b"</a>" * 100000, 400))
row("utf_16", body(lambda b: b.decode().encode("utf-16")))
row("latin_1", change(lambda v, n: "\u00e9\u00ff" if n.lower() in ("message", "lockmsg") else v))
row("latin_1_bytes", body(lambda b: b.replace(b"e", b"\xe9")))
row("byte_order_mark", body(lambda b: b"\xef\xbb\xbf" + b))
row("nul_bytes", body(lambda b: b.replace(b'"', b'"\x00', 3)))
row("deep", body(deep))
row("list_at_top", body(lambda b: b"[" + (b or b"1") + b"]", 200))
row("text_at_top", body(lambda b: json.dumps((b or b"x").decode()).encode(), 200))
row("null_at_top", body(lambda b: b"null", 200))
row("twice", body(lambda b: b + b, 200))
row("members_twice", body(lambda b: b.replace(b"{", b'{"Code":"x","Status":1,', 1)))
row("numbers", change(lambda v, n: 1e308))
row("huge_numbers", body(lambda b: b.replace(b'":', b'":' + b"9" * 400 + b',"z":', 2)))
row("nulls", change(lambda v, n: None))
row("lists_for_texts", change(lambda v, n: [v, v]))
row("controls", change(lambda v, n: CONTROLS if isinstance(v, str) else v))
row("controls_but_ids", change(lambda v, n: v if n.lower().endswith("id") or
                               not isinstance(v, str) else CONTROLS + v), refusal=True)
row("long_texts", change(lambda v, n: v if n.lower() in ("instanceid", "id") or
                         not isinstance(v, str) else LONG), refusal=True)
row("huge_ids", change(lambda v, n: "i-" + "9" * 300000 if str(n).lower() in ("instanceid", "id")
                       else v))
row("other_ids", change(lambda v, n: "i-of-another" if n.lower() in ("instanceid", "id") else v))
row("empty_lists", lists(lambda v: []))
row("lists_twice", lists(lambda v: v + v))
row("lists_long", lists(lambda v: v * 5000))
row("lists_objects", lists(lambda v: {"0": v}))
row("endless_pages", change(lambda v, n: v if n.lower() not in ("nexttoken", "nextmarker", "marker")
                            else "again"))
row("always_truncated", body(lambda b: b.replace(
    b"{", b'{"isTruncated":true,"nextMarker":"m","NextToken":"m","TotalCount":999999,', 1)))
row("status_unknown", change(lambda v, n: "Dreaming" if n.lower() == "status" else v))
row("status_empty", change(lambda v, n: "" if n.lower() == "status" else v))

# ---- codes that lie --------------------------------------------------------------------------------------


def error(status, code, message="as told", extra=()):
    def run(connection):
        data = error_body(connection.cloud, code, message)
        lines = [f"{name}: {value}" for name, value in extra]
        connection.send(head("Content-Type: application/json", *lines,
                             f"Content-Length: {len(data)}", status=f"{status} X") + data)
    return run


def lie(name, *arguments, refusal=True, **more):
    row(name, error(*arguments, **more), "no", refusal)


def echo(connection):
    """Tells the request, with its headers, in code and message."""
    data = error_body(connection.cloud, connection.request.headers.get("authorization", "x"),
                      connection.request.raw.decode("latin-1"))
    connection.send(head(f"Content-Length: {len(data)}", status="403 X") + data)


row("echo", echo, "no", True)
lie("dry_run_passed", 412, "DryRunOperation")
lie("dry_run_passed_200", 200, "DryRunOperation")
lie("dry_run_passed_alibaba", 400, "DRYRUN.SUCCESS")
lie("not_found_html", 404, "NotFound")
lie("code_unknown_418", 418, "Teapot")
lie("code_empty", 400, "")
lie("code_controls", 400, CONTROLS, CONTROLS)
lie("code_long", 400, "C" * 100000, LONG)
lie("error_in_200", 200, "InternalError")
lie("wrong_state", 409, "IncorrectInstanceStatus")
lie("wrong_state_v", 400, "InvalidInstanceStatus")
lie("in_progress", 409, "OperationConflict")
lie("throttled_forever", 429, "Throttling", extra=[("Retry-After", "99999999999")])
lie("retry_after_negative", 503, "ServiceUnavailable", extra=[("Retry-After", "-7")],
    refusal=False)
lie("retry_after_year_9999", 503, "ServiceUnavailable",
    extra=[("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")], refusal=False)
lie("clock_skew_forever", 400, "InvalidTimeStamp.Expired",
    extra=[("Date", "Thu, 01 Jan 1970 00:00:00 GMT")])
lie("expired_token_forever", 401, "ExpiredToken")
lie("unauthenticated", 403, "SignatureDoesNotMatch")
lie("internal_forever", 500, "InternalError", refusal=False)

assert len({one.name for one in ROWS}) == len(ROWS)
