# SPDX-License-Identifier: Apache-2.0
"""The completions in real shells: each shell is started interactively on a pseudo-terminal, and the
tests press the tab key."""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import termios
import time

import tool
import needs

VERBS = {"plan", "apply", "status", "wait", "merge", "show", "explain", "providers", "completion",
         "version", "help"}
PROMPT = "READY>"
TIMEOUT_S = 30  # only reached if an expected completion is missing


class Shell:
    """An interactive shell without user configuration."""

    def __init__(self, command, setup, environment, directory):
        self.fd, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.process = subprocess.Popen(command, env=environment, cwd=directory, stdin=side,
                                        stdout=side, stderr=side, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(side)
        self.shown = ""
        for line in setup:
            self.type(line + "\n")
        self.begun = 0

    def type(self, text):
        os.write(self.fd, text.encode())

    def read(self, seconds):
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self.fd, 65536).decode("utf-8", "replace")
        except OSError:
            return False
        self.shown += piece
        return True

    def expect(self, text):
        deadline = time.monotonic() + TIMEOUT_S
        while text not in self.shown:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {text!r} in: {self.shown!r}")
            self.read(1)

    def settle(self):
        """Reads until there is no more output."""
        while self.read(0.2):
            pass

    def complete(self, line, words):
        """The output after the line and the tab key, when it has the words or the time is over."""
        self.begun += 1
        self.type(f"\x15echo NE''XT{self.begun}\n")  # Ctrl-U deletes the previous line
        self.expect(f"NEXT{self.begun}")
        self.settle()
        self.shown = ""
        self.type(line + "\t")
        deadline = time.monotonic() + TIMEOUT_S
        while not all(word in self.plain() for word in words) and time.monotonic() < deadline:
            self.read(1)
        self.settle()
        return self.plain()

    def plain(self):
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()][B0]?|\r|\x07", " ", self.shown)

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.fd)


class CompletionCase:
    """A test with one shell; the last classes of this file define the shells."""

    shell = None

    def open(self):
        """Starts the shell, ready for input."""
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        needs.program(self, self.shell, f"apt-get install {self.shell}")
        self.environment.update(PATH=os.path.dirname(tool.ENSURE) + ":" + os.environ["PATH"],
                                HISTFILE="/dev/null", PS1=PROMPT, TERM="xterm",
                                XDG_CONFIG_HOME=self.path("config"),
                                XDG_DATA_HOME=self.path("data"))
        self.write("fleet-one.json", "{}")
        self.write("fleet-two.json", "{}")
        os.mkdir(self.path("fleet-directory"))
        done = subprocess.run([tool.ENSURE, "completion", self.shell], capture_output=True,
                              text=True, check=True, env=self.environment)
        self.write(f"completion.{self.shell}", done.stdout)
        self.terminal = self.open()
        self.addCleanup(self.terminal.end)

    def assert_offers(self, line, *words, without=()):
        shown = self.terminal.complete(line, words)
        for word in words:
            self.assertIn(word, shown, line)
        for word in without:
            self.assertNotIn(word, shown.replace(line, ""), line)


class AllCompletions(CompletionCase):
    """Tests that run in each shell."""

    def test_verbs(self):
        self.assert_offers("ensure ", *VERBS, without=["fleet-one"])
        self.assert_offers("ensure sta", "status")
        self.assert_offers("ensure help ", *VERBS, without=["fleet-one", "--out"])
        self.assert_offers("ensure help stat", "status")

    def test_options_of_the_verb(self):
        self.assert_offers("ensure plan --", "--out", "--no-dry-run", "--detailed-exitcode", "--only",
                           "--format", without=["--yes"])
        self.assert_offers("ensure apply --", "--yes", "--out", without=["--detailed-exitcode"])
        self.assert_offers("ensure help apply --", "--format", without=["--yes"])
        self.assert_offers("ensure status --quie", "--quiet")

    def test_values(self):
        for line in ("ensure plan --format ", "ensure plan --format=", "ensure plan -o ",
                     "ensure status x --format="):
            self.assert_offers(line, "table", "json", "markdown", without=["fleet-one"])
        self.assert_offers("ensure plan --format js", "json")
        self.assert_offers("ensure plan --format=mark", "--format=markdown")
        self.assert_offers("ensure help --format ", "text", "man")
        self.assert_offers("ensure explain no", "no_capacity", "not_found", without=["fleet-one"])
        self.assert_offers("ensure completion ", "bash", "zsh", "fish", without=["fleet-one"])
        self.assert_offers("ensure plan --timeout ", without=["fleet-one", "--out"])

    def test_files(self):
        for line in ("ensure plan ", "ensure plan -f ", "ensure plan --file ", "ensure plan --out ",
                     "ensure apply -f ", "ensure show ", "ensure plan -o json ",
                     "ensure plan --out="):
            self.assert_offers(line + "fleet-", "fleet-one.json", "fleet-two.json",
                               "fleet-directory/")
        self.assert_offers("ensure plan --out fleet-o", "fleet-one.json")


class CompletionIsLoaded(CompletionCase):
    """The test that the shell loads its completion."""

    def test_loaded(self):
        self.assert_offers("ensure help ", *VERBS, without=["fleet-one"])
        self.assert_offers("ensure plan --format=", "table", "json", "markdown")
        self.assert_offers("ensure plan --out fleet-", "fleet-one.json", "fleet-directory/")


class Bash(AllCompletions, tool.Case):
    shell = "bash"

    def open(self):
        return Shell(["bash", "--norc", "--noprofile", "-i"],
                     ["bind 'set bell-style none'", "bind 'set enable-bracketed-paste off'",
                      "bind 'set show-all-if-ambiguous on'", "source completion.bash"],
                     self.environment, self.directory)


class BashCompletion(CompletionIsLoaded, tool.Case):
    """With Debian's bash-completion, which loads the file by its name."""

    shell = "bash"

    def open(self):
        package = "/usr/share/bash-completion/bash_completion"
        if not os.path.exists(package):
            needs.missing(self, "apt-get install bash-completion")
        os.makedirs(self.path("data/bash-completion/completions"))
        shutil.copy(self.path("completion.bash"), self.path("data/bash-completion/completions/ensure"))
        return Shell(["bash", "--norc", "--noprofile", "-i"],
                     ["bind 'set bell-style none'", "bind 'set enable-bracketed-paste off'",
                      "bind 'set show-all-if-ambiguous on'", f"source {package}"],
                     self.environment, self.directory)


class Zsh(AllCompletions, tool.Case):
    shell = "zsh"

    def open(self):
        os.mkdir(self.path("functions"))
        shutil.copy(self.path("completion.zsh"), self.path("functions/_ensure"))
        return Shell(["zsh", "-f", "-i"],
                     ["unsetopt zle_bracketed_paste beep list_beep prompt_cr prompt_sp",
                      "setopt auto_list no_auto_menu", f"fpath=({self.path('functions')} $fpath)",
                      "autoload -Uz compinit && compinit -u -D"],
                     self.environment, self.directory)


class ZshSourced(CompletionIsLoaded, tool.Case):
    """As "source <(ensure completion zsh)" in a .zshrc."""

    shell = "zsh"

    def open(self):
        return Shell(["zsh", "-f", "-i"],
                     ["unsetopt zle_bracketed_paste beep list_beep prompt_cr prompt_sp",
                      "setopt auto_list no_auto_menu",
                      "autoload -Uz compinit && compinit -u -D", "source completion.zsh"],
                     self.environment, self.directory)


class Fish(AllCompletions, tool.Case):
    """Through "complete -C", which runs the same code as the tab key."""

    shell = "fish"

    def open(self):
        return self

    def end(self):
        pass

    def complete(self, line, _words):
        done = subprocess.run(["fish", "--no-config", "-c",
                               "source completion.fish; complete -C $argv[1]", line],
                              env=self.environment, cwd=self.directory, capture_output=True,
                              text=True, check=True, timeout=tool.TIMEOUT_S)
        self.assertEqual(done.stderr, "")
        return done.stdout


if __name__ == "__main__":
    tool.main()
