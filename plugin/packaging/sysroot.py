# SPDX-License-Identifier: Apache-2.0
"""The libraries that a static program is made of, for one architecture, as a directory.

Debian's own packages are downloaded with "apt-get download" and unpacked with "dpkg -x"; libcurl is
built from Debian's source package, since Debian's archive of it can't be linked. Both use an apt
configuration of their own that reads where this machine takes packages from: neither /etc/apt nor
dpkg's architectures are changed, and root is not needed.

What was made is kept in a cache, by the versions that it is made of.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

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
}

APT = """\
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::State "{root}/state";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/sources.list";
Dir::Etc::sourceparts "{root}/parts";
Dir::Etc::preferencesparts "{root}/parts";
"""

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


class Missing(Exception):
    """What this machine lacks."""


def run(*command, cwd=None):
    """A ccache that the caller has set up must not make paths relative: they would depend on where
    the build is."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "CCACHE_BASEDIR": ""})
    if done.returncode != 0:
        raise Missing(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def need(*programs):
    for program, package in programs:
        if shutil.which(program) is None:
            raise Missing(f"{program} is missing: apt-get install {package}")


@contextlib.contextmanager
def alone(cache, arch):
    """Lets one user at a time have what a cache holds for an architecture; another waits, and finds
    what this one has made."""
    os.makedirs(cache, exist_ok=True)
    with open(os.path.join(cache, f"lock-{arch}"), "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Apt:
    """apt for one architecture, with a state and a cache below a directory."""

    def __init__(self, root, arch, release=None):
        """release: another one than this machine's, from the same place."""
        self.arch = arch
        self.conf = os.path.join(root, "apt.conf")
        for name in ("state/lists/partial", "cache/archives/partial", "parts"):
            os.makedirs(os.path.join(root, name), exist_ok=True)
        self._write(os.path.join(root, "status"), "")
        places = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)",
                     "Identifier: Packages", "Component: main").splitlines()
        if not places:
            raise Missing("apt knows no packages: run apt-get update")
        if release:
            places = [re.sub(r" \S+ ", f" {release} ", place) for place in places
                      if "-" not in place.split()[1]]
        self.releases = {place.split()[1] for place in places}
        self._write(os.path.join(root, "sources.list"),
                    "".join(f"deb {place}\ndeb-src {place}\n" for place in sorted(set(places))))
        self._write(self.conf, APT.format(arch=arch, root=root))
        run("apt-get", "-q", "-c", self.conf, "update", "--error-on=any")

    @staticmethod
    def _write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def _names(self, *command):
        """The files that a command would download, as apt names them."""
        printed = run("apt-get", "-q", "-c", self.conf, command[0], "--print-uris", *command[1:])
        return [line.split()[1] for line in printed.splitlines() if line.startswith("'")]

    def package_files(self):
        return self._names("download", *(f"{name}:{self.arch}" for name in LINKED + OTHERS))

    def curl_files(self):
        return self._names("source", "curl")

    def offered(self):
        """{source package: version} of the packages that a build would take now."""
        printed = run("apt-cache", "-c", self.conf, "show", "--no-all-versions",
                      *(f"{name}:{self.arch}" for name in LINKED))
        rows = [source_of(paragraph) for paragraph in printed.strip().split("\n\n")]
        return {**{source: version for _, source, version in rows},
                "curl": version_of_curl(self.curl_files())}

    def download_packages(self, directory):
        run("apt-get", "-q", "-c", self.conf, "download",
            *(f"{name}:{self.arch}" for name in LINKED + OTHERS), cwd=directory)

    def download_curl(self, directory):
        run("apt-get", "-q", "-c", self.conf, "source", "--download-only", "curl", cwd=directory)
        dsc = next(name for name in os.listdir(directory) if name.endswith(".dsc"))
        run("dpkg-source", "--no-check", "-x", dsc, "curl", cwd=directory)
        return os.path.join(directory, "curl")


def source_of(paragraph):
    """(package, its source package, the version of that) of a package's fields."""
    fields = dict(re.findall(r"^(Package|Version|Source): (.*)$", paragraph, re.M))
    source, _, version = fields.get("Source", fields["Package"]).partition(" ")
    return fields["Package"], source, version.strip("()") or fields["Version"]


def version_of_curl(names):
    """names are those of the files of its source package."""
    return next(filter(None, (re.search(r"_(.*)\.dsc$", name) for name in names))).group(1)


def build_curl(root, triplet, source, work):
    build = os.path.join(work, "build")
    maps = f"-ffile-prefix-map={source}=curl -ffile-prefix-map={build}=build " \
           f"-ffile-prefix-map={root}="
    run("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_C_FLAGS={maps}",
        f"-DCMAKE_TOOLCHAIN_FILE={root}/toolchain.cmake", "-DCMAKE_INSTALL_PREFIX=/usr",
        f"-DCMAKE_INSTALL_LIBDIR=lib/{triplet}",
        *(f"-D{name}={value}" for name, value in CURL_OPTIONS.items()))
    run("cmake", "--build", build)
    subprocess.run(["cmake", "--install", build], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "DESTDIR": root})
    place = os.path.join(root, "usr/share/doc/curl")
    os.makedirs(place, exist_ok=True)
    shutil.copy(os.path.join(source, "debian", "copyright"), place)


def make(root, apt, final):
    """final is where the directory will be, by which the toolchain file names it."""
    triplet = TRIPLETS[apt.arch]
    libraries = {}
    with tempfile.TemporaryDirectory() as work:
        apt.download_packages(work)
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
        source = apt.download_curl(work)
        build_curl(root, triplet, source, work)
        libraries["curl"] = {"version": version_of_curl(os.listdir(work)), "package": "curl"}
    with open(f"{root}/toolchain.cmake", "w", encoding="utf-8") as file:
        file.write(TOOLCHAIN.format(root=final, **toolchain))
    with open(f"{root}/libraries.json", "w", encoding="utf-8") as file:
        json.dump(dict(sorted(libraries.items())), file, indent=1)


class Sysroot:
    """A directory with toolchain.cmake, and what is in it by source package."""

    def __init__(self, cache, arch):
        need(("apt-get", "apt"), ("dpkg-source", "dpkg-dev"),
             (f"{TRIPLETS[arch]}-gcc", f"gcc-{TRIPLETS[arch].replace('_', '-')}"))
        self.arch = arch
        self.triplet = TRIPLETS[arch]
        with alone(cache, arch):
            self.path = self._provide(cache)
        with open(os.path.join(self.path, "libraries.json"), encoding="utf-8") as file:
            self.libraries = json.load(file)

    def _provide(self, cache):
        apt = Apt(os.path.join(cache, f"apt-{self.arch}"), self.arch)
        made_of = [sorted(apt.package_files() + apt.curl_files()), CURL_OPTIONS, TOOLCHAIN, LAYOUT]
        key = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
        path = os.path.join(cache, f"sysroot-{self.arch}-{key}")
        if not os.path.exists(path):
            part = tempfile.mkdtemp(prefix="part-", dir=cache)
            try:
                make(part, apt, path)
                os.chmod(part, 0o755)
                os.rename(part, path)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            self._remove_unused(cache)
        os.utime(path)
        return path

    def _remove_unused(self, cache):
        for name in os.listdir(cache):
            path = os.path.join(cache, name)
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
