# SPDX-License-Identifier: Apache-2.0
"""Base of the black-box tests of ensure-emulator: worlds, and a test case that starts emulators and
checks their exit status."""

import http.client
import shutil
import sys
import tempfile
import threading
import unittest

from harness import KEYS, Alibaba, Baidu, Emulator, Volcengine

PROGRAM = sys.argv.pop(1)
KINDS = {"volcengine": Volcengine, "alibaba": Alibaba, "baidu": Baidu}
STOPPED = {"volcengine": "STOPPED", "alibaba": "Stopped", "baidu": "Stopped"}
RUNNING = {"volcengine": "RUNNING", "alibaba": "Running", "baidu": "Running"}
STARTING = {"volcengine": "STARTING", "alibaba": "Starting", "baidu": "Starting"}
REGION = {"volcengine": "cn-beijing", "alibaba": "cn-hangzhou", "baidu": "bj"}


def key(cloud, **more):
    return {"cloud": cloud, "access_key": KEYS[cloud][0], "secret_key": KEYS[cloud][1], **more}


def one(cloud, instance, status=None, **more):
    return {"cloud": cloud, "region": REGION[cloud], "id": instance,
            "status": status or STOPPED[cloud], **more}


def world(*instances, accounts=None, **more):
    return {"accounts": accounts or [key(cloud) for cloud in KINDS], "instances": list(instances),
            **more}


class Background:
    """A call on a separate thread; outcome() waits for its reply or exception."""

    def __init__(self, call, *arguments):
        self.result = None
        self.thread = threading.Thread(target=self.run, args=(call, arguments))
        self.thread.start()

    def run(self, call, arguments):
        try:
            self.result = call(*arguments)
        except (OSError, http.client.HTTPException) as error:
            self.result = error

    def outcome(self):
        self.thread.join()
        return self.result


class Case(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ensure-emulator-")
        self.addCleanup(shutil.rmtree, self.directory)

    def emulator(self, *instances, options=(), **more):
        emulator = Emulator(PROGRAM, *options, world=world(*instances, **more),
                            directory=self.directory)
        self.addCleanup(self.end, emulator)
        return emulator

    def end(self, emulator):
        """Stops the emulator and checks its exit status: sanitizers report at exit."""
        self.assertEqual((emulator.stop(), emulator.complaint), (0, ""))

    def clients(self, *instances, options=(), **more):
        emulator = self.emulator(*instances, options=options, **more)
        return emulator, {name: emulator.client(kind) for name, kind in KINDS.items()}

    def wait_for_a_request(self, emulator):
        while not emulator.control.ledger()["requests"]:
            pass

    def check(self, reply, status, code=None):
        self.assertEqual((reply.status, reply.code), (status, code), reply.body)
