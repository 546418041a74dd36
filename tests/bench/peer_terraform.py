#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compares terraform with ensure's resources to terraform with volcengine_ecs_instance_state, on the
same emulator. Run by hand: the other provider has to be built from its sources first.

usage: peer_terraform.py BIN PEER [TERRAFORM] [COUNT]

BIN: the directory of terraform-provider-ensure and ensure-emulator. PEER: the executable
terraform-provider-volcengine. COUNT: stopped instances (100). Prints a table in Markdown: wall time of
the first plan, of the apply and of the plan when all run, and the requests of all three.

It runs in a network namespace of its own with nothing but loopback, so that nothing that the other
provider sends leaves the machine.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "emulator"), str(ROOT / "tests" / "support")]
# pylint: disable=wrong-import-position
from harness import KEYS, Emulator  # noqa: E402
import surroundings  # noqa: E402

REGION = "cn-beijing"
LATENCY_MS = 20
BOOT_MS = 1000
ISOLATED = "ENSURE_BENCH_ISOLATED"
LIMIT_S = 900  # of one command
LISTEN = "127.0.0.1:80"  # the other provider takes no port
SOURCES = {"ensure": "terraform.local/ensure/ensure",
           "volcengine": "terraform.local/volcengine/volcengine"}

# name -> (provider, configuration); {ids} is the list of ids in HCL
SUBJECTS = {
    "volcengine_ecs_instance_state": ("volcengine", """
resource "volcengine_ecs_instance_state" "all" {{
  for_each    = toset({ids})
  instance_id = each.key
  action      = "Start"
}}
"""),
    "ensure_instance_running": ("ensure", """
resource "ensure_instance_running" "all" {{
  for_each    = toset({ids})
  cloud       = "volcengine"
  instance_id = each.key
}}
"""),
    "ensure_instances_running": ("ensure", """
resource "ensure_instances_running" "all" {{
  cloud        = "volcengine"
  instance_ids = {ids}
}}
"""),
}


def configuration(provider, block, ids, url):
    settings = {
        "ensure": f'  volcengine = {{ region = "{REGION}", endpoint = "{url}" }}\n',
        "volcengine": f'  region             = "{REGION}"\n  disable_ssl        = true\n'
                      f'  customer_endpoints = "ecs:{url.removeprefix("http://").removesuffix(":80")}"\n',
    }[provider]
    return (f"terraform {{\n  required_providers {{\n    {provider} = {{ source = "
            f'"{SOURCES[provider]}" }}\n  }}\n}}\nprovider "{provider}" {{\n{settings}}}\n'
            + block.format(ids=json.dumps(ids)))


class Run:
    """One directory with a configuration, and what its commands took."""

    def __init__(self, terraform, directory, environment):
        self.terraform = terraform
        self.directory = directory
        self.environment = environment

    def timed(self, *arguments, expected):
        began = time.monotonic()
        done = subprocess.run([self.terraform, *arguments, "-no-color", "-input=false"],
                              cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=LIMIT_S, check=False)
        if done.returncode != expected:
            sys.exit(f"terraform {' '.join(arguments)} ended with {done.returncode}, expected "
                     f"{expected}:\n{done.stdout}{done.stderr}")
        return time.monotonic() - began


def requests_of(emulator):
    """(reads, dry runs, starts)"""
    calls = emulator.control.ledger()["calls"]["volcengine"]
    count = {name: of["calls"] for name, of in calls.items()}
    dry_runs = sum(of["dry_runs"] for of in calls.values())
    starts = count.get("StartInstance", 0) + count.get("StartInstances", 0) - dry_runs
    return count.get("DescribeInstances", 0), dry_runs, starts


def measure(name, binaries, peer, terraform, ids):
    provider, block = SUBJECTS[name]
    account = {"cloud": "volcengine", "access_key": KEYS["volcengine"][0],
               "secret_key": KEYS["volcengine"][1]}
    world = {"accounts": [account],
             "instances": [{"cloud": "volcengine", "region": REGION, "id": one, "status": "STOPPED"}
                           for one in ids]}
    with tempfile.TemporaryDirectory() as directory:
        rc = pathlib.Path(directory, "terraform.rc")
        rc.write_text("provider_installation {\n  dev_overrides {\n"
                      f'    "{SOURCES["ensure"]}" = "{binaries}"\n'
                      f'    "{SOURCES["volcengine"]}" = "{peer.parent}"\n  }}\n}}\n',
                      encoding="utf-8")
        environment = surroundings.bare(
            HOME=directory, TF_CLI_CONFIG_FILE=str(rc), CHECKPOINT_DISABLE="1",
            VOLCENGINE_ACCESS_KEY=account["access_key"],
            VOLCENGINE_SECRET_KEY=account["secret_key"], ENSURE_METADATA="off")
        with Emulator(str(binaries / "ensure-emulator"), "--listen", LISTEN, "--latency-ms",
                      str(LATENCY_MS), "--boot-ms", str(BOOT_MS), world=world,
                      directory=directory) as emulator:
            pathlib.Path(directory, "main.tf").write_text(
                configuration(provider, block, ids, emulator.urls["volcengine"]), encoding="utf-8")
            run = Run(terraform, directory, environment)
            plan = run.timed("plan", "-detailed-exitcode", expected=2)
            apply = run.timed("apply", "-auto-approve", expected=0)
            refresh = run.timed("plan", "-detailed-exitcode", expected=0)
            reads, dry_runs, starts = requests_of(emulator)
    print(f"| `{name}` | {plan:.2f} s | {apply:.1f} s | {refresh:.2f} s | {reads} | {dry_runs} "
          f"| {starts} |", flush=True)


def isolate():
    """Runs this program again in a network namespace with loopback alone, unless it is in one."""
    if os.environ.get(ISOLATED) is None:
        os.environ[ISOLATED] = "1"
        os.execvp("unshare", ["unshare", "--net", "--map-root-user", "sh", "-c",
                              'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    isolate()
    binaries, peer = (pathlib.Path(one).resolve() for one in sys.argv[1:3])
    terraform = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else "terraform"
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 100
    ids = [f"i-{number:020}" for number in range(count)]
    print("| resource | plan | apply | plan when all run | reads | dry runs | starts |\n"
          "| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for name in SUBJECTS:
        measure(name, binaries, peer, terraform, ids)


if __name__ == "__main__":
    main()
