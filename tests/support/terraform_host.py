# SPDX-License-Identifier: Apache-2.0
"""The Terraform or OpenTofu that tests drive: the executable that ENSURE_TEST_HOST names, else
terraform on PATH; and what it can do, by its version."""

import dataclasses
import functools
import os
import re
import shutil
import subprocess

import surroundings

# The least version of each product that has the feature; a product that is not named has it in none.
FEATURES = {
    "removed blocks": {"Terraform": (1, 7), "OpenTofu": (1, 10)},  # that say whether to destroy
    "mock providers": {"Terraform": (1, 7), "OpenTofu": (1, 8)},
    "ephemeral values": {"Terraform": (1, 10), "OpenTofu": (1, 11)},
    "moves across types": {"Terraform": (1, 8), "OpenTofu": (1, 10)},
    "identities": {"Terraform": (1, 12), "OpenTofu": (1, 13)},
    "actions": {"Terraform": (1, 14)},
    "queries": {"Terraform": (1, 14)},
    "planned data": {"Terraform": (1, 16)},  # returned to the second plan
}
SKIPPED = 77  # exit status of a test that is skipped


class Unavailable(Exception):
    """The host is not there; the text says why. status: what a test ends with."""

    def __init__(self, reason, status):
        super().__init__(reason)
        self.status = status


@dataclasses.dataclass(frozen=True)
class Host:
    program: str
    product: str  # Terraform or OpenTofu
    version: tuple  # major, minor
    name: str  # product and whole version

    def has(self, feature):
        least = FEATURES[feature].get(self.product)
        return least is not None and self.version >= least


@functools.lru_cache(maxsize=None)
def get():
    """The host to test. The tests of a host that was named fail without it if CI=true; those of
    terraform on PATH are skipped, because the same tests run on hosts that tests/run.sh installs."""
    named = os.environ.get("ENSURE_TEST_HOST")
    program = shutil.which(named or "terraform")
    if program is None and named is None:
        raise Unavailable("terraform is not on PATH", SKIPPED)
    status = 1 if os.environ.get("CI") == "true" else SKIPPED
    if program is None:
        raise Unavailable(f"{named} is not there", status)
    environment = surroundings.bare(HOME="/nonexistent", CHECKPOINT_DISABLE="1")
    done = subprocess.run([program, "version"], env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    found = re.match(r"(Terraform|OpenTofu) v(\d+)\.(\d+)\S*", done.stdout)
    if found is None:
        raise Unavailable(f"{program} does not run: {(done.stderr or done.stdout).strip()} "
                          "(tests/support/terraform/install.py installs the versions of Terraform)",
                          status)
    return Host(os.path.abspath(program), found[1], (int(found[2]), int(found[3])), found[0])
