# SPDX-License-Identifier: Apache-2.0
"""The libraries that a static program is made of, for one architecture, as a directory.

Debian's own packages are downloaded with "apt-get download" and unpacked with "dpkg -x"; libcurl is
built from Debian's source package, since Debian's archive of it can't be linked. What was made is
kept in a cache, by the versions that it is made of.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time

from command import need, run
from debian import Archive, source_of

TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
# What goes into the program.
LINKED = ("libabsl-dev", "libc-ares-dev", "libc6-dev", "libgrpc-dev", "libjansson-dev",
          "libmsgpack-dev", "libprotobuf-c-dev", "libre2-dev", "libssl-dev", "libstdc++-12-dev",
          "zlib1g-dev")
# What only compiling, configuring and the texts of licences need.
OTHERS = ("base-files", "gcc-12-base", "libc6", "libcrypt-dev", "libre2-9", "linux-libc-dev")

CACHE = os.environ.get("ENSURE_RELEASE_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "ensure-release")
UNUSED_S = 30 * 86400  # after which a sysroot is removed from the cache
LAYOUT = 1  # of a sysroot; to be raised when make() makes another one

CURL_OPTIONS = {
    "CMAKE_BUILD_TYPE": "Release", "CMAKE_POSITION_INDEPENDENT_CODE": "ON",
    "CMAKE_EXE_LINKER_FLAGS": "-static",  # of the checks: the sysroot has no shared objects
    "BUILD_SHARED_LIBS": "OFF", "BUILD_CURL_EXE": "OFF", "BUILD_TESTING": "OFF", "HTTP_ONLY": "ON",
    "CURL_USE_OPENSSL": "ON", "CURL_USE_LIBSSH2": "OFF", "CURL_USE_LIBPSL": "OFF",
    "USE_NGHTTP2": "OFF", "USE_LIBIDN2": "OFF", "CURL_BROTLI": "OFF", "CURL_ZSTD": "OFF",
    "CURL_ZLIB": "ON", "ENABLE_UNIX_SOCKETS": "OFF", "ENABLE_MANUAL": "OFF",
    "CURL_DISABLE_COOKIES": "ON", "CURL_DISABLE_NTLM": "ON", "CURL_DISABLE_ALTSVC": "ON",
    "CURL_DISABLE_HSTS": "ON", "CURL_DISABLE_NETRC": "ON",
    "CURL_DISABLE_OPENSSL_AUTO_LOAD_CONFIG": "ON", "CURL_CA_PATH": "none",
    "CURL_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt",  # with "none" no place is looked at
    # Its check runs a program, so it is skipped where one compiles for another root; with select()
    # instead of poll() a connection fails whose descriptor is 1024 or more.
    "HAVE_POLL_FINE": "ON",
}

TOOLCHAIN = """\
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR {processor})
set(CMAKE_C_COMPILER {triplet}-gcc)
set(CMAKE_STRIP {triplet}-strip)
set(CMAKE_SYSROOT "{root}")
set(CMAKE_LIBRARY_ARCHITECTURE {triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{{PKG_CONFIG_SYSROOT_DIR}} "{root}")
set(ENV{{PKG_CONFIG_LIBDIR}} "{root}/usr/lib/{triplet}/pkgconfig:{root}/usr/share/pkgconfig")
"""


def build_curl(root, triplet, source, work):
    build = os.path.join(work, "build")
    maps = f"-ffile-prefix-map={source}=curl -ffile-prefix-map={build}=build " \
           f"-ffile-prefix-map={root}="
    run("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_C_FLAGS={maps}",
        f"-DCMAKE_TOOLCHAIN_FILE={root}/toolchain.cmake", "-DCMAKE_INSTALL_PREFIX=/usr",
        f"-DCMAKE_INSTALL_LIBDIR=lib/{triplet}",
        *(f"-D{name}={value}" for name, value in CURL_OPTIONS.items()))
    run("cmake", "--build", build)
    run("cmake", "--install", build, DESTDIR=root)
    place = os.path.join(root, "usr/share/doc/curl")
    os.makedirs(place, exist_ok=True)
    shutil.copy(os.path.join(source, "debian", "copyright"), place)


def make(root, archive, final):
    """final is where the directory will be, by which the toolchain file names it."""
    triplet = TRIPLETS[archive.arch]
    libraries = {}
    with tempfile.TemporaryDirectory() as work:
        archive.download(LINKED + OTHERS, work)
        for name in sorted(os.listdir(work)):
            deb = os.path.join(work, name)
            package, source, version = source_of(
                run("dpkg-deb", "-f", deb, "Package", "Version", "Source"))
            run("dpkg", "-x", deb, root)
            if package in LINKED:
                libraries[source] = {"version": version, "package": package}
    toolchain = {"processor": triplet.split("-", maxsplit=1)[0], "triplet": triplet}
    with tempfile.TemporaryDirectory() as work:
        with open(f"{root}/toolchain.cmake", "w", encoding="utf-8") as file:
            file.write(TOOLCHAIN.format(root=root, **toolchain))
        build_curl(root, triplet, archive.download_source("curl", work), work)
        libraries["curl"] = {"version": archive.source_version("curl"), "package": "curl"}
    with open(f"{root}/toolchain.cmake", "w", encoding="utf-8") as file:
        file.write(TOOLCHAIN.format(root=final, **toolchain))
    with open(f"{root}/libraries.json", "w", encoding="utf-8") as file:
        json.dump(dict(sorted(libraries.items())), file, indent=1)


@contextlib.contextmanager
def archive_of(arch):
    """The archive as it is now, for one user at a time; another waits, and finds in the cache what
    this one has made."""
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(CACHE, f"lock-{arch}"), "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Archive(os.path.join(CACHE, f"apt-{arch}"), arch)


def offered(archive):
    """{source package: version} of what a sysroot would be made of now."""
    return {**archive.source_versions(LINKED), "curl": archive.source_version("curl")}


class Sysroot:
    """A directory with toolchain.cmake, and what is in it by source package."""

    def __init__(self, arch):
        self.arch = arch
        self.triplet = TRIPLETS[arch]
        need((f"{self.triplet}-gcc", f"gcc-{self.triplet.replace('_', '-')}"))
        with archive_of(arch) as archive:
            self.path = self._provide(archive)
        with open(os.path.join(self.path, "libraries.json"), encoding="utf-8") as file:
            self.libraries = json.load(file)

    def _provide(self, archive):
        made_of = [sorted(archive.files(LINKED + OTHERS) + archive.source_files("curl")),
                   CURL_OPTIONS, TOOLCHAIN, LAYOUT]
        key = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
        path = os.path.join(CACHE, f"sysroot-{self.arch}-{key}")
        if not os.path.exists(path):
            part = tempfile.mkdtemp(prefix="part-", dir=CACHE)
            try:
                make(part, archive, path)
                os.chmod(part, 0o755)
                os.rename(part, path)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            self._remove_unused()
        os.utime(path)
        return path

    def _remove_unused(self):
        for name in os.listdir(CACHE):
            path = os.path.join(CACHE, name)
            if name.startswith(f"sysroot-{self.arch}-") and \
                    os.path.getmtime(path) < time.time() - UNUSED_S:
                shutil.rmtree(path, ignore_errors=True)

    def versions(self):
        return {name: row["version"] for name, row in self.libraries.items()}

    def copyright_of(self, package):
        path = os.path.join(self.path, "usr/share/doc", package, "copyright")
        with open(path, encoding="utf-8") as file:
            return file.read()

    def common_licence(self, name):
        path = os.path.join(self.path, "usr/share/common-licenses", name)
        with open(path, encoding="utf-8") as file:
            return file.read()
