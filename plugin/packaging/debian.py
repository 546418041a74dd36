# SPDX-License-Identifier: Apache-2.0
"""Debian's archive, read by apt with a configuration of its own, for any architecture and from where
this machine takes its packages. Neither /etc/apt nor dpkg's architectures are changed, and root is
not needed."""
import os
import re

from command import Failed, need, run

SUITE = "bookworm"
SUITES = (SUITE, f"{SUITE}-updates", f"{SUITE}-security")
UNKNOWN = "$"  # begins a field of which apt knows no value before "apt-get update"

CONFIGURATION = """\
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Default-Release "";
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State "{root}/state";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/sources.list";
Dir::Etc::sourceparts "{root}/parts";
Dir::Etc::preferences "{root}/preferences";
Dir::Etc::preferencesparts "{root}/parts";
"""


def places():
    """[(address, suite)] of Debian 12's "main" as this machine reads it, and of nothing else that it
    reads: other archives may have suites of that name."""
    printed = run("apt-get", "indextargets", "--format",
                  "$(REPO_URI) $(RELEASE) $(CODENAME) $(ORIGIN)", "Identifier: Packages",
                  "Component: main")
    found = set()
    for line in printed.splitlines():
        address, release, codename, origin = line.split(maxsplit=3)
        suite = release if codename.startswith(UNKNOWN) else codename
        if suite in SUITES and (origin == "Debian" or origin.startswith(UNKNOWN)):
            found.add((address, suite))
    if not found:
        raise Failed("apt reads no archive of Debian 12 here: see /etc/apt, and run apt-get update")
    return sorted(found)


def source_of(paragraph):
    """(package, its source package, the version of that) of a package's fields."""
    fields = dict(re.findall(r"^(Package|Version|Source): (.*)$", paragraph, re.M))
    source, _, version = fields.get("Source", fields["Package"]).partition(" ")
    return fields["Package"], source, version.strip("()") or fields["Version"]


class Archive:
    """The archive for one architecture; what apt keeps is below a directory."""

    def __init__(self, root, arch, suite=None):
        """suite: another one than Debian 12's, from the same address."""
        need(("apt-get", "apt"), ("dpkg-source", "dpkg-dev"))
        self.arch = arch
        self.configuration = os.path.join(root, "apt.conf")
        self.places = places()
        if suite:
            self.places = [(address, suite) for address, name in self.places if name == SUITE]
        for name in ("state/lists/partial", "cache/archives/partial", "parts"):
            os.makedirs(os.path.join(root, name), exist_ok=True)
        for name, text in (
                ("status", ""), ("apt.conf", CONFIGURATION.format(arch=arch, root=root)),
                ("sources.list", "".join(f"deb {place} {name} main\ndeb-src {place} {name} main\n"
                                         for place, name in self.places))):
            with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                file.write(text)
        self._get("update", "--error-on=any")

    def _get(self, *command, cwd=None):
        return run("apt-get", "-q", "-c", self.configuration, *command, cwd=cwd)

    def _files(self, *command):
        printed = self._get("--print-uris", *command)
        return [line.split()[1] for line in printed.splitlines() if line.startswith("'")]

    def _here(self, packages):
        return [f"{name}:{self.arch}" for name in packages]

    def has_security_updates(self):
        return any(suite.endswith("-security") for _, suite in self.places)

    # ---- packages ----

    def files(self, packages):
        """The names of what download() fetches, which hold the versions."""
        return self._files("download", *self._here(packages))

    def download(self, packages, directory):
        self._get("download", *self._here(packages), cwd=directory)

    def source_versions(self, packages):
        """{source package: version} of the newest of the packages."""
        printed = run("apt-cache", "-c", self.configuration, "show", "--no-all-versions",
                      *self._here(packages))
        rows = [source_of(paragraph) for paragraph in printed.strip().split("\n\n")]
        return {source: version for _, source, version in rows}

    # ---- source packages ----

    def source_files(self, name):
        return self._files("source", name)

    def source_version(self, name):
        """Without the epoch, if it has one."""
        found = [re.search(r"_(.*)\.dsc$", file) for file in self.source_files(name)]
        return next(filter(None, found)).group(1)

    def download_source(self, name, directory):
        """Returns the directory that it was unpacked to."""
        self._get("source", "--download-only", name, cwd=directory)
        dsc = next(file for file in os.listdir(directory) if file.endswith(".dsc"))
        run("dpkg-source", "--no-check", "-x", dsc, name, cwd=directory)
        return os.path.join(directory, name)
