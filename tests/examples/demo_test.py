# SPDX-License-Identifier: Apache-2.0
"""examples/demo.sh: it works, and what it made for the README is what it would make now, but for times and
request ids; of the image of the page, by the note in it of which page it shows.

usage: demo_test.py BIN_DIRECTORY [unittest argument]...
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "examples" / "demo"
sys.path[:0] = [str(DEMO), str(ROOT / "tests" / "support")]
PROGRAMS = os.path.abspath(sys.argv[1])
del sys.argv[1]

# pylint: disable=wrong-import-position
import draw  # noqa: E402
import needs  # noqa: E402
import surroundings  # noqa: E402

RENEW = "renew it: examples/demo.sh build/ci/bin"
SIZES = {"demo.cast": 64 * 1024, "terminal.svg": 32 * 1024, "page.png": 192 * 1024}


def settled(lines):
    """The lines without what differs from run to run."""
    text = "\n".join(lines)
    text = re.sub(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", "ID", text)
    text = re.sub(r"\b\d+(\.\d+)? (ms|s|min)\b", "TIME", text)
    return [re.sub(r"  +", "  ", line).rstrip() for line in text.splitlines()]


class Demo(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ensure-demo-")
        self.addCleanup(shutil.rmtree, self.directory)

    def make(self, programs, path=os.environ["PATH"]):
        return subprocess.run([str(ROOT / "examples" / "demo.sh"), programs, self.directory],
                              env=surroundings.bare(PATH=path, HOME=self.directory, LC_ALL="C.UTF-8"),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                              timeout=240)

    def test_it_is_current(self):
        done = self.make(PROGRAMS)
        self.assertEqual(done.returncode, 0, done.stderr)
        made = pathlib.Path(self.directory)
        header, events = draw.read(made / "demo.cast")
        self.assertEqual((header["version"], header["width"]), (2, 100))
        times = [time for time, kind, _ in events if kind == "o"]
        self.assertEqual((times, len(times)), (sorted(times), len(events)))
        now = [settled(screen.texts()) for screen in draw.screens(events)]
        self.assertEqual([lines[0] for lines in now],
                         ["$ ensure plan --out night.plan fleet.json", "$ ensure apply night.plan"])
        self.assertIn("7 instances: 1 running, 5 to start (3 validated, 2 simulated), 1 refused", now[0])
        kept = [settled(screen.texts()) for screen in draw.screens(draw.read(DEMO / "demo.cast")[1])]
        self.assertEqual(kept, now, RENEW)
        if not (made / "page.png").exists():
            needs.missing(self, done.stderr)
        self.assertRegex(draw.mark_of((made / "page.png").read_bytes()), "^[0-9a-f]{64}$")
        self.assertEqual(draw.mark_of((DEMO / "page.png").read_bytes()),
                         draw.mark_of((made / "page.png").read_bytes()), RENEW)

    def test_the_image_is_of_the_recording(self):
        header, events = draw.read(DEMO / "demo.cast")
        self.assertEqual((DEMO / "terminal.svg").read_text(encoding="utf-8"),
                         draw.draw(draw.screens(events)[0], header["width"]), RENEW)

    def test_the_readme_shows_them(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        for name, most in SIZES.items():
            self.assertIn(f"(examples/demo/{name})", readme)
            self.assertLess((DEMO / name).stat().st_size, most)

    def test_without_programs(self):
        done = self.make(self.directory)
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (1, "", 1), done.stderr)
        self.assertIn("build it", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
