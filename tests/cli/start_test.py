# SPDX-License-Identifier: Apache-2.0
"""A start that was sent is always reported, whatever is read later."""

import socket
import struct
import threading

import tool
from tool import CLOUDS, Case, one, target

V, A, B = CLOUDS
CUT = ("cut,dry_run=no,effect=yes,first=1,action=StartInstance",
       "cut,dry_run=no,effect=yes,first=1,action=StartInstances")


class LoadBalancer:
    """Forwards the first request of each connection and resets the connection at the second."""

    def __init__(self, url):
        self.upstream = tuple(url.removeprefix("http://").split(":"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.resets = 0
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.listener.getsockname()[1]

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    @staticmethod
    def request(stream):
        """The bytes of one request; empty: the client closed the connection."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                return b""
            head += line
        length = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                  if line.startswith(b"content-length:")]
        return head + stream.read(length[0] if length else 0)

    def serve(self, client):
        with client, client.makefile("rb") as stream:
            request = self.request(stream)
            with socket.create_connection(self.upstream) as server:
                server.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                reply = b""
                while piece := server.recv(65536):
                    reply += piece
            client.sendall(reply.replace(b"Connection: close\r\n", b""))
            if self.request(stream):
                self.resets += 1
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def stop(self):
        self.listener.close()


class Start(Case):
    def apply(self, *targets, timeout="60s"):
        return self.json("apply", "--yes", "--timeout", timeout, *targets)

    def start_id(self):
        """The last part of the cloud's request id of the only start."""
        [request] = [one for one in self.requests() if one["action"].startswith("StartInstance")
                     and not one.get("dry_run")]
        return f"{request['number']:012X}"

    def test_unreadable_after_the_start(self):
        self.world(one(V, "i-a"), options=(
            "--boot-ms", "9000", "--fault",
            "error:403:AccessDenied,cloud=volcengine,action=DescribeInstances,nth=2"))
        run = self.apply(target(V, "i-a"))
        result = run.instance("i-a")
        self.assertEqual(run.code, 3, run.err)
        self.assertEqual((result["status"], result["action"], result["reason"], result["started"],
                          result["confidence"]),
                         ("unknown", "start", "permission_denied", True, "unverified"))
        self.assertTrue(result["start_request_id"].endswith(self.start_id()), result)
        self.assertNotEqual(result["request_id"], result["start_request_id"])
        self.assertEqual(run.document["summary"]["failed"], 1)

    def test_lost_and_broken(self):
        self.world(one(V, "i-a", on_start="fails"),
                   options=("--boot-ms", "50", "--fault", CUT[0]))
        run = self.apply(target(V, "i-a"))
        result = run.instance("i-a")
        self.assertEqual((run.code, result["action"], result["status"], result["start_sent"]),
                         (3, "start", "failed", True), run.err)
        self.assertIn("start was sent and its answer was lost; the instance is in a state",
                      result["message"])
        self.assertEqual(result["client_token"] != "", True)

    def test_starting_and_then_stopped(self):
        self.world(one(A, "i-a", status="Pending", becomes={"status": "Stopped", "after_reads": 2}),
                   one(V, "i-a", status="CREATING", becomes={"status": "STOPPED", "after_reads": 2}),
                   one(V, "i-b", status="REBOOTING",
                       becomes={"status": "STOPPED", "after_reads": 2}))
        targets = [target(A, "i-a"), target(V, "i-a"), target(V, "i-b")]
        run = self.apply(*targets)
        self.assertEqual(run.code, 0, run.out)
        self.assertEqual(self.starts(), dict.fromkeys(targets, 1))

    def test_load_balancer_that_resets_idle_connections(self):
        self.world(*(one(cloud, "i-a") for cloud in CLOUDS))
        for cloud in CLOUDS:
            with self.subTest(cloud):
                name = f"ENSURE_{cloud.upper()}_ENDPOINT"
                front = LoadBalancer(self.environment[name])
                self.addCleanup(front.stop)
                self.environment[name] = front.url
                run = self.apply(target(cloud, "i-a"))
                self.assertEqual((run.code, run.instance("i-a")["started"]), (0, True), run.out)
                self.assertEqual(self.starts()[target(cloud, "i-a")], 1)
                self.assertGreater(front.resets, 0)

    def test_wrong_state_ends_after_four_starts(self):
        code = "error:400:InvalidInstanceStatus,cloud=volcengine,action=StartInstance"
        self.world(one(V, "i-a"), options=("--fault", code))
        run = self.apply(target(V, "i-a"))
        self.assertEqual(run.instance("i-a")["reason"], "wrong_state")
        self.assertEqual(sum(request["action"] == "StartInstance" for request in self.requests()), 4)

    def test_the_last_refusal_at_the_deadline(self):
        code = "error:412:IdempotentProcessing,cloud=volcengine,action=StartInstance"
        self.world(one(V, "i-a"), options=("--fault", code))
        run = self.apply(target(V, "i-a"), timeout="4s")
        result = run.instance("i-a")
        self.assertEqual((result["reason"], result["provider_code"], result["http_status"]),
                         ("timed_out", "IdempotentProcessing", 412), run.out)
        self.assertNotEqual(result["request_id"], "")


if __name__ == "__main__":
    tool.main()
