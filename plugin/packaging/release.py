#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the release, in release/ of the build tree:

  terraform-provider-ensure_VERSION_linux_ARCH.zip    for Terraform and OpenTofu
  terraform-provider-ensure_VERSION_manifest.json
  terraform-provider-ensure_VERSION_SHA256SUMS, .sig
  ensure_VERSION_linux_ARCH.tar.gz                    the same program as ensure; unpack at a prefix
  ensure-cloud-VERSION.tar.gz                         the Ansible collection
  ensure_VERSION.spdx.json                            what is linked in
  registry/, mirror/                                  trees for a web server

usage: release.py --source DIR --build DIR --version VERSION

environment: ENSURE_SIGNING_KEY names a GnuPG key; SOURCE_DATE_EPOCH is the time of all files, else
it is that of the last commit; ENSURE_RELEASE_CACHE is where the libraries are kept.
"""
import argparse
import concurrent.futures
import gzip
import os
import shutil
import subprocess
import sys

import archives
import collection
import publish
import sysroot
from archives import File
from command import Failed, run

MACHINES = {"amd64": "linux_x86_64", "arm64": "linux_aarch64"}  # as "uname -sm" calls them
TARGETS = ("ensure_tool", "ansible_modules")
MODULE = "ensure_cloud_instance_running"  # the other modules are links to it
LINKS = ("ensure_cloud_instance_info",)


def parse():
    parser = argparse.ArgumentParser()
    for name in ("source", "build", "version"):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def epoch_of(source):
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given and shutil.which("git"):
        done = subprocess.run(["git", "-C", source, "log", "-1", "--format=%ct"],
                              capture_output=True, text=True, check=False)
        given = done.stdout.strip() if done.returncode == 0 else ""
    return int(given or 315532800)


class Programs:
    """The static programs of one architecture, built and stripped."""

    def __init__(self, root, source, build):
        self.root = root
        self.build = build
        versions = ";".join(f"{name}={version}" for name, version in root.versions().items())
        run("cmake", "--fresh", "-S", source, "-B", build, "-G", "Ninja",
            "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG",
            "-DBUILD_TESTING=OFF", "-DENS_STATIC=ON", "-DENS_WERROR=ON",
            f"-DENS_LINKED_VERSIONS={versions}",
            f"-DCMAKE_TOOLCHAIN_FILE={root.path}/toolchain.cmake")
        run("cmake", "--build", build, "--target", *TARGETS)
        self.program = self._stripped("bin/ensure")
        module = self._stripped(f"plugin/ansible/{MODULE}")
        self.modules = {MODULE: module, **{name: module.linked(MODULE) for name in LINKS}}

    def _stripped(self, name):
        path = os.path.join(self.build, name)
        run(f"{self.root.triplet}-strip", "-o", path + ".stripped", path)
        return File.read(path + ".stripped", program=True)


def programs_of_all(options):
    """{architecture: Programs}, made side by side: each configures its libcurl for a minute alone."""
    def programs_of(arch):
        return Programs(sysroot.Sysroot(arch), options.source,
                        f"{options.build}/release-{arch}")

    with concurrent.futures.ThreadPoolExecutor() as pool:
        return dict(zip(MACHINES, pool.map(programs_of, MACHINES)))


def manual_and_completions(build):
    """What the program says about itself: made by the build for this machine."""
    def page(name):
        with gzip.open(f"{build}/plugin/man/{name}.gz") as file:
            return File(file.read())

    return {"share/man/man1/ensure.1": page("ensure.1"),
            "share/bash-completion/completions/ensure": File.read(f"{build}/plugin/man/bash/ensure"),
            "share/zsh/site-functions/_ensure": File.read(f"{build}/plugin/man/zsh/_ensure"),
            "share/fish/vendor_completions.d/ensure.fish":
                File.read(f"{build}/plugin/man/fish/ensure.fish")}


def policies(source):
    """The policy documents, which the advice names."""
    return {f"share/doc/ensure/examples/policies/{name}": File.read(f"{source}/examples/policies/{name}")
            for name in os.listdir(f"{source}/examples/policies")}


def make(options, out, epoch, key):
    version = options.version
    licence = File.read(f"{options.source}/LICENSE")
    shared = {**manual_and_completions(options.build), **policies(options.source)}
    roots, zips, names, modules = [], {}, [], {}
    for arch, made in programs_of_all(options).items():
        root = made.root
        notice = File(publish.copyright_text(root))
        zips[arch] = f"terraform-provider-ensure_{version}_linux_{arch}.zip"
        archives.make_zip(f"{out}/{zips[arch]}", {
            f"terraform-provider-ensure_v{version}": made.program, "LICENSE": licence,
            "copyright": notice}, epoch)
        names.append(f"ensure_{version}_linux_{arch}.tar.gz")
        archives.make_tar(f"{out}/{names[-1]}", {
            "bin/ensure": made.program, "share/doc/ensure/LICENSE": licence,
            "share/doc/ensure/copyright": notice, **shared}, epoch)
        modules[MACHINES[arch]] = made.modules
        roots.append(root)
    names.append(f"ensure-cloud-{version}.tar.gz")
    collection.make(f"{out}/{names[-1]}",
                    f"{options.build}/ansible/ansible_collections/ensure/cloud", modules,
                    publish.copyright_text(roots[0]), epoch)
    names += zips.values()
    write_about(out, version, roots, names, zips, epoch, key)


def write_about(out, version, roots, names, zips, epoch, key):
    manifest = f"terraform-provider-ensure_{version}_manifest.json"
    listing = f"ensure_{version}.spdx.json"
    archives.write(f"{out}/{manifest}", publish.to_json({
        "version": 1, "metadata": {"protocol_versions": publish.PROTOCOLS}}))
    archives.write(f"{out}/{listing}", publish.spdx(
        version, roots, {name: archives.sha256(f"{out}/{name}") for name in names}, epoch))
    publish.write_sums(out, version, [*names, manifest, listing], key)
    publish.write_registry(out, version, zips, key)
    publish.write_mirror(out, version, zips)


def main():
    options = parse()
    out = os.path.join(options.build, "release")
    part = out + ".part"
    key = os.environ.get("ENSURE_SIGNING_KEY", "")
    for directory in (out, part):
        shutil.rmtree(directory, ignore_errors=True)
    os.umask(0o022)
    try:
        if key:
            publish.check_key(key)
        make(options, part, epoch_of(options.source), key)
    except Failed as reason:
        print(f"package_release: {reason}", file=sys.stderr)
        return 1
    os.rename(part, out)
    for name in sorted(os.listdir(out)):
        print(os.path.join(out, name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
