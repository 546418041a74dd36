#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The collection of a release on a target that is reached by SSH: this machine, with two users and a
server that exist in a mount namespace of the test only. With Debian's ansible-core and the newest.

usage: remote_test.py BUILD_DIR SOURCE_DIR EMULATOR VERSION [unittest arguments]
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import ansible_case
import needs  # pylint: disable=wrong-import-position
import roots  # pylint: disable=wrong-import-position

USERS = {"ensure-one": 64101, "ensure-two": 64102}
ONE, TWO = USERS
GROUP = "ensure-both"
SETFACL = "/usr/bin/setfacl"

place = tempfile.mkdtemp(prefix="ensure-remote-")  # pylint: disable=invalid-name
playbook_test = ansible_case.playbook_module(os.path.join(place, "collections"))
server = None  # the process; set by setUpModule


def path(name):
    return os.path.join(place, name)


def write(name, text, mode=0o644):
    with open(path(name), "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path(name), mode)
    return path(name)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def make_users():
    """Two users with a group in common, who may become each other and root without a password."""
    for name, added in (
            ("passwd", [f"{user}:*:{number}:{number}::{path(user)}:/bin/sh"
                        for user, number in USERS.items()]),
            ("group", [f"{user}:x:{number}:" for user, number in USERS.items()] +
             [f"{GROUP}:x:64100:{','.join(USERS)}"])):
        with open(f"/etc/{name}", encoding="utf-8") as file:
            mount("--bind", write(name, file.read() + "".join(f"{line}\n" for line in added)),
                  f"/etc/{name}")
    for user, number in USERS.items():
        os.mkdir(path(user), 0o700)
        os.chown(path(user), number, number)
    mount("--bind", write("sudoers", "ALL ALL=(ALL:ALL) NOPASSWD: ALL\n", 0o440), "/etc/sudoers")
    # Where Ansible puts the files of another user; empty, so that what is left there is seen.
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/var/tmp")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server():
    """An SSH server on loopback with keys of its own; returns the process and its port."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(name)], check=True)
    os.makedirs("/run/sshd", exist_ok=True)
    for _ in range(5):  # another process may take the port
        port = free_port()
        process = try_server(port)
        if process.poll() is None:
            return process, port
    raise AssertionError(log())


def log():
    with open(path("log"), encoding="utf-8") as file:
        return file.read()


def try_server(port):
    """Returns the process when it listens or has ended."""
    write("log", "")
    write("sshd", f"ListenAddress 127.0.0.1:{port}\nHostKey {path('host')}\n"
                  f"AuthorizedKeysFile {path('user.pub')}\nPidFile none\nPermitRootLogin yes\n"
                  "StrictModes no\nUsePAM no\nSubsystem sftp internal-sftp\n")
    process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-E", path("log"), "-f", path("sshd")])
    while process.poll() is None and "listening" not in log():
        time.sleep(0.05)
    return process


def setUpModule():  # pylint: disable=invalid-name
    global server  # pylint: disable=global-statement
    os.chmod(place, 0o755)
    ansible_case.install("/usr/bin", place)
    make_users()
    server, Remote.port = start_server()


def tearDownModule():  # pylint: disable=invalid-name
    server.terminate()
    server.wait()
    shutil.rmtree(place)


class Remote:
    """The cases; the classes below say with which version."""

    port = 0

    def setUp(self):
        super().setUp()
        self.environment.update(
            PATH=f"{self.programs()}:/usr/bin:/bin",
            ANSIBLE_SSH_ARGS="-F none -o StrictHostKeyChecking=no -o ControlMaster=no "
                             f"-o UserKnownHostsFile={self.directory}/known")
        self.clouds = {name: value for name, value in self.environment.items()
                       if name.startswith(("ENSURE_", "VOLCENGINE_", "ALIBABA_", "BCE_"))}
        self.temporary = os.path.join(self.directory, "temporary")
        os.mkdir(self.temporary)
        os.chmod(self.temporary, 0o1777)
        os.chmod(self.directory, 0o755)

    def host(self, user, **more):
        return {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": self.port,
                "ansible_user": user, "ansible_python_interpreter": "/usr/bin/python3",
                "ansible_ssh_private_key_file": path("user"),
                "ansible_remote_tmp": f"{self.temporary}/{user}", **more}

    def task(self, name, **keywords):
        return {playbook_test.MODULE: playbook_test.alibaba(name), **keywords}

    def play_there(self, tasks, user, pipelining, variables=None, **keywords):
        self.environment["ANSIBLE_PIPELINING"] = str(pipelining)
        return self.play(tasks, connection="ssh", environment=self.clouds,
                         vars=self.host(user, **(variables or {})), **keywords)

    def assert_started(self, ids, *arguments, **keywords):
        before = self.starts()
        results, status = self.play_there([self.task(name) for name in ids], *arguments, **keywords)
        self.assertEqual(status, 0, json.dumps(results)[:3000])
        self.assertEqual(self.starts() - before, len(ids))

    def assert_nothing_left(self):
        """After an async task the wrapper on the target cleans up, a little later."""
        deadline = time.monotonic() + 120
        for directory in (*(f"{self.temporary}/{user}" for user in os.listdir(self.temporary)),
                          "/var/tmp"):
            while os.listdir(directory):
                self.assertLess(time.monotonic(), deadline, os.listdir(directory))
                time.sleep(0.2)

    def test_as_root(self):
        tasks = [self.task("i-off-1", check_mode=True), self.task("i-off-1", diff=True),
                 self.task("i-off-2", **{"async": 600, "poll": 1})]
        for pipelining in (False, True):
            results, status = self.play_there(tasks, "root", pipelining)
            self.assertEqual(status, 0, json.dumps(results)[:3000])
        self.assertEqual(self.starts(), 2)
        self.assert_nothing_left()

    def test_user_becomes_root(self):
        for name, pipelining in (("i-off-1", False), ("i-off-2", True)):
            self.assert_started([name], ONE, pipelining, become=True)
        self.assert_nothing_left()

    def test_user_becomes_another_with_acl(self):
        for name, pipelining in (("i-off-1", False), ("i-off-2", True)):
            self.assert_started([name], ONE, pipelining, become=True, become_user=TWO)
        self.assert_nothing_left()

    def hide_setfacl(self):
        mount("--bind", write("no-setfacl", "#!/bin/sh\nexit 127\n", 0o755), SETFACL)
        self.addCleanup(subprocess.run, ["umount", SETFACL], check=True)

    def test_user_becomes_another_without_acl(self):
        """Pipelining does not help: Ansible always transfers a compiled module as a file."""
        self.hide_setfacl()
        for pipelining in (False, True):
            results, status = self.play_there([self.task("i-off-1")], ONE, pipelining, become=True,
                                              become_user=TWO)
            self.assertNotEqual(status, 0)
            self.assertIn("becoming an unprivileged user", json.dumps(results))
        self.assertEqual(self.starts(), 0)
        self.assert_started(["i-off-1"], ONE, False, {"ansible_common_remote_group": GROUP},
                            become=True, become_user=TWO)

    def test_directory_without_execution(self):
        """A real mount, for which the name of the setting is told that helps."""
        refused = os.path.join(self.temporary, ONE)
        os.mkdir(refused)
        mount("-t", "tmpfs", "-o", "noexec,mode=1777", "tmpfs", refused)
        self.addCleanup(subprocess.run, ["umount", refused], check=True)
        (result,), status = self.play_there([self.task("i-off-1")], ONE, False)
        self.assert_can_not_execute(result, status, "set ansible_remote_tmp to another one")
        self.assert_started(["i-off-1"], ONE, False, {"ansible_remote_tmp": "~/.tmp"})

        mount("-o", "remount,noexec", "/var/tmp")
        self.addCleanup(mount, "-o", "remount,exec", "/var/tmp")
        (result,), status = self.play_there([self.task("i-off-2")], ONE, False, become=True,
                                            become_user=TWO)
        self.assert_can_not_execute(result, status, "set ansible_system_tmpdirs to another one")
        self.assert_started(["i-off-2"], ONE, False, {"ansible_system_tmpdirs": [self.temporary]},
                            become=True, become_user=TWO)

    def assert_can_not_execute(self, result, status, advice):
        self.assertNotEqual(status, 0)
        self.assertTrue(result["msg"].startswith("the target can't execute files in Ansible's "
                                                 "temporary directory"), result["msg"])
        self.assertIn(advice, result["msg"])
        self.assertIn("Permission denied", result["msg"])


class Debian(Remote, playbook_test.AnsibleCase):
    def programs(self):
        return "/usr/bin"


class Newest(Remote, playbook_test.AnsibleCase):
    def programs(self):
        return ansible_case.venv(self, ansible_case.NEWEST)


if __name__ == "__main__":
    needs.programs(("/usr/bin/ansible-galaxy", "apt-get install ansible-core"),
                   ("/usr/sbin/sshd", "apt-get install openssh-server"),
                   ("ssh-keygen", "apt-get install openssh-client"),
                   ("sudo", "apt-get install sudo"), (SETFACL, "apt-get install acl"))
    if os.geteuid() != 0:
        needs.end("only root can start an SSH server for other users")
    roots.enter("mount")
    playbook_test.unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
