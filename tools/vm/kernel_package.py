# SPDX-License-Identifier: GPL-2.0-only
"""Kernels from Debian's packages, unpacked into the cache, never installed.

A spec is [SUITE/]VERSION[-FLAVOUR], as in 6.1-cloud, 6.1, 6.12-rt or
sid/7.2-cloud: the newest amd64 kernel of that version.
"""

import os
import re
import subprocess

import kernel_image
from kernel_cache import ROOT, KernelError, progress, publish

SPEC = re.compile(r"(?:(?P<suite>[a-z][a-z-]*)/)?"
                  r"(?P<version>\d+\.\d+)(?:-(?P<flavour>cloud|rt))?")
MIRROR = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Apt:
    """apt with the machine's own package lists, or with lists in the cache.

    The latter need no root, cannot be outdated, and may be of another suite
    than the machine's; they cost a download.
    """

    def __init__(self, private=False, suite=None):
        self.options = ["-q"]
        if os.geteuid() == 0:
            # The account that apt drops to cannot write into the cache.
            self.options += ["-o", "APT::Sandbox::User=root"]
        if not private:
            return
        home = ROOT / "apt" / (suite or "host")
        (home / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        self.options += ["-o", f"Dir::State={home}",
                         "-o", f"Dir::State::lists={home}/lists",
                         "-o", f"Dir::Cache={home}/cache",
                         "-o", "Dir::State::status=/var/lib/dpkg/status"]
        if suite:
            sources = home / "suite.sources"
            sources.write_text(f"Types: deb\nURIs: {MIRROR}\nSuites: {suite}\n"
                               f"Components: main\nSigned-By: {KEYRING}\n")
            self.options += ["-o", f"Dir::Etc::sourcelist={sources}",
                             "-o", "Dir::Etc::sourceparts=-"]
        progress(f"updating the package lists of {suite or 'this release'}")
        self.run("apt-get", "update")

    def run(self, program, *args, cwd=None):
        result = subprocess.run([program, *self.options, *args], cwd=cwd,
                                stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if result.returncode:
            raise KernelError(f"{program} {' '.join(args)} failed:\n"
                              f"{result.stderr.strip()}")
        return result.stdout

    def names(self, prefix):
        return self.run("apt-cache", "pkgnames", prefix).split()

    def download(self, names, folder):
        """Download packages into FOLDER; their files by package name."""
        progress(f"downloading {' '.join(names)}")
        self.run("apt-get", "download", *names, cwd=folder)
        return {file.name.split("_")[0]: file for file in folder.glob("*.deb")}


def with_apt(suite, action):
    """ACTION(apt) with the machine's lists, else with fresh private ones."""
    if not suite:
        try:
            return action(Apt())
        except KernelError as error:
            progress(f"not with this machine's package lists: {error}")
    return action(Apt(private=True, suite=suite))


def unpack(package, folder, *members):
    """Unpack MEMBERS of a package below FOLDER."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package],
                          stdout=subprocess.PIPE) as contents:
        tar = subprocess.run(["tar", "-x", "--no-same-owner", "-C", folder,
                              *members], stdin=contents.stdout)
    if tar.returncode or contents.returncode:
        raise KernelError(f"cannot unpack {package}")


def field(package, name):
    return subprocess.run(["dpkg-deb", "-f", package, name], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()


def newest_release(apt, version, flavour):
    """The newest release, as uname -r prints it, that APT offers."""
    tail = f"-{flavour}-amd64" if flavour else "-amd64"
    prefix = f"linux-image-{version}."
    # 6.1.0-56-cloud-amd64, 6.12.117+deb12-cloud-amd64
    pattern = re.compile(r"[^-]+(-\d+)?" + re.escape(tail))
    offered = [name.removeprefix("linux-image-") for name in apt.names(prefix)
               if pattern.fullmatch(name.removeprefix(prefix))]
    if not offered:
        raise KernelError(f"there is no package {prefix}*{tail}; apt-cache "
                          "pkgnames linux-image- lists those that there are")
    return max(offered, key=lambda name: [int(number) for number
                                          in re.findall(r"\d+", name)])


def download(apt, match, folder):
    """Download what the kernel of a SPEC's MATCH consists of into FOLDER.

    Returns its release, the image's package and those of the headers.
    """
    release = newest_release(apt, match["version"], match["flavour"])
    image, headers = f"linux-image-{release}", f"linux-headers-{release}"
    files = apt.download([image, headers], folder)
    others = re.findall(r"linux-(?:headers|kbuild)-[\w.+~-]+",
                        field(files[headers], "Depends"))
    files |= apt.download(others, folder)
    return release, files.pop(image), files.values()


def fetch(spec, folder):
    """Put the newest kernel of SPEC into the cache by way of FOLDER."""
    match = SPEC.fullmatch(spec)
    packages, kernel = folder / "packages", folder / "kernel"
    packages.mkdir()
    kernel.mkdir()
    release, image, headers = with_apt(
        match["suite"], lambda apt: download(apt, match, packages))
    unpack(image, kernel, f"./boot/vmlinuz-{release}",
           f"./boot/config-{release}")
    for package in headers:
        unpack(package, kernel, "./usr")
    arrange(kernel, release)
    return publish(kernel, f"{release}_{field(image, 'Version')}")


def arrange(kernel, release):
    """Give the unpacked packages in KERNEL the form of a cached kernel."""
    for name in "vmlinuz", "config":
        (kernel / "boot" / f"{name}-{release}").rename(kernel / name)
    (kernel / "boot").rmdir()
    (kernel / "release").write_text(f"{release}\n")
    tree = kernel / "usr" / "src" / f"linux-headers-{release}"
    (kernel / "build").symlink_to(tree.relative_to(kernel))

    # Debian's header tree names its other half by the path it is installed
    # at; here both move.
    makefile = tree / "Makefile"
    text, changes = re.subn(r"^include /usr/src/",
                            "include $(dir $(lastword $(MAKEFILE_LIST)))../",
                            makefile.read_text(), flags=re.MULTILINE)
    if changes != 1:
        raise KernelError(f"the Makefile of the headers of {release} is not "
                          "of the known form")
    makefile.write_text(text)
    kernel_image.extract(kernel / "vmlinuz", kernel / "vmlinux")
