# SPDX-License-Identifier: Apache-2.0
"""Debian's packages, downloaded by its own apt, and newer versions made of them."""

import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from chroots import ARCHIVES, CannotRun, Chroot

# Fast, and without looking at what is not tested.
DPKG_OPTIONS = "force-unsafe-io\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n"
APT_OPTIONS = """#clear DPkg::Post-Invoke;
#clear APT::Update::Post-Invoke;
APT::Sandbox::User "root";
APT::Install-Recommends "false";
APT::Keep-Downloaded-Packages "true";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Dpkg::Use-Pty "false";
Acquire::Retries "3";
"""
# Our tools, which ask before they test the configuration, may go on, unless nobody may. invoke-rc.d, which would do it, may
# not, and what it was told to do is written down.
POLICY = """#!/bin/sh
[ -e /policy-denies ] || case $(cat /proc/$PPID/comm) in
    a2*) exit 0 ;;
esac
echo "$1 $2" >>/policy-calls
exit 101
"""
INSTEAD = "Provides: mail-transport-agent, mailx, php-cgi"
SUFFIX = "+newer1"
FAILS = "exit 1\n"


@dataclasses.dataclass
class Package:
    """A downloaded package and a newer version of it, as paths inside every chroot."""

    name: str
    version: str
    archive: str
    newer: str


def set_up(chroot: Chroot) -> None:
    """Makes a chroot quick, quiet and unable to start anything."""
    chroot.write("/etc/dpkg/dpkg.cfg.d/zz-confgraph", DPKG_OPTIONS)
    chroot.write("/etc/apt/apt.conf.d/zz-confgraph", APT_OPTIONS)
    chroot.write("/etc/apt/apt.conf.d/zz-archives", f'Dir::Cache::archives "{ARCHIVES}";\n')
    chroot.write("/usr/sbin/policy-rc.d", POLICY, 0o755)
    # These may be mounts of their own on the machine.
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        if os.path.exists(path):
            chroot.write(path, pathlib.Path(path).read_text(encoding="utf-8"))
    (chroot.root / "var/lib/man-db/auto-update").unlink(missing_ok=True)


def installed(chroot: Chroot, names: list[str]) -> list[str]:
    """Those of the names that are installed, or were."""
    listed = chroot.run("dpkg-query --show --showformat '${Package} ${db:Status-Status}\\n'").stdout
    known = dict(line.split() for line in listed.splitlines())
    return [name for name in names if known.get(name, "not-installed") != "not-installed"]


def planned(text: str) -> dict[str, str]:
    """Which packages in which versions apt installs, by what it says of them with --verbose-versions."""
    found = {}
    for section in re.finditer(r"^The following (?:NEW packages|packages will be upgraded).*:\n((?: .*\n)+)", text, re.M):
        for line in re.finditer(r"^ +(\S+) \((?:\S+ => )?(\S+)\)$", section[1], re.M):
            found[line[1]] = line[2]
    return found


def download(chroot: Chroot, names: list[str]) -> dict[str, Package]:
    """Downloads packages with all they need, and installs what they need. Returns those that are not installed yet."""
    present = installed(chroot, names)
    if present:
        chroot.must_run(f"apt-get purge --yes {' '.join(present)}")
    # As it is on a machine where it was just installed, whatever this one looks like.
    if installed(chroot, ["apache2"]):
        chroot.must_run("dpkg --purge --force-depends apache2")
    # Some web applications want what takes long to be set up, and is none of the web server's.
    chroot.must_run("dpkg --install " + made(chroot.root / ARCHIVES[1:], "confgraph-instead", INSTEAD))
    wanted = ["apache2", *names]
    fetch = f"apt-get install --yes --download-only --verbose-versions {' '.join(wanted)}"
    fetched = chroot.run(fetch)
    if fetched.returncode != 0:
        chroot.must_run("apt-get update")
        fetched.stdout = chroot.must_run(fetch)
    versions = planned(fetched.stdout)
    missing = [name for name in wanted if name not in versions]
    if missing:
        raise CannotRun(f"apt does not install {' '.join(missing)}:\n{fetched.stdout}")
    others = [name for name in versions if name not in names and name != "apache2"]
    chroot.must_run(f"apt-get install --yes --no-download {' '.join(['apache2', *others])}")
    folder = chroot.root / ARCHIVES[1:]
    packages = {}
    for name in wanted:
        found = list(folder.glob(f"{name}_{versions[name].replace(':', '%3a')}_*.deb"))
        if len(found) != 1:
            raise CannotRun(f"{name} {versions[name]}: {len(found)} files")
        packages[name] = Package(name, versions[name], f"{ARCHIVES}/{found[0].name}", repacked(found[0], "newer", {}))
    offer(chroot, [packages[name] for name in names])
    return packages


def offer(chroot: Chroot, packages: list[Package]) -> None:
    """Leaves apt nothing to install from but these packages, in both versions."""
    for folder in ("etc/apt/sources.list.d", "var/lib/apt/lists"):
        shutil.rmtree(chroot.root / folder)
        (chroot.root / folder).mkdir()
    # All chroots have this folder in common, and apt locks it.
    (chroot.root / "etc/apt/apt.conf.d/zz-archives").unlink()
    paths = [path for package in packages for path in (package.archive, package.newer)]
    chroot.write("/index/Packages", index(chroot, ARCHIVES, paths))
    (chroot.root / "index/packages").symlink_to(ARCHIVES)
    chroot.write("/etc/apt/sources.list", "deb [trusted=yes] file:/index ./\n")
    chroot.must_run("apt-get update")


def index(chroot: Chroot, folder: str, paths: list[str]) -> str:
    """What apt reads of packages: paths inside a folder of a chroot that a link of the same name beside the index leads to."""
    found = []
    for path in paths:
        content = (chroot.root / path[1:]).read_bytes()
        ask = ["dpkg-deb", "--field", chroot.root / path[1:]]
        fields = subprocess.run(ask, check=True, capture_output=True, text=True).stdout
        place = f"Filename: .{folder}/{os.path.relpath(path, folder)}\nSize: {len(content)}"
        found.append(f"{fields.strip()}\n{place}\nSHA256: {hashlib.sha256(content).hexdigest()}\n")
    return "\n".join(found)


def failing(chroot: Chroot, package: Package, script: str) -> str:
    """A newer version whose maintainer script of this name fails, after it has done what it always does."""
    return repacked(chroot.root / package.archive[1:], f"failing-{script}", {script: FAILS})


def repacked(source: pathlib.Path, label: str, endings: dict[str, str]) -> str:
    """The path inside a chroot of a newer version, the same but for these endings of its maintainer scripts."""
    target = source.parent / label / source.name
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as name:
            tree = pathlib.Path(name) / "tree"
            subprocess.run(["dpkg-deb", "--raw-extract", source, tree], check=True)
            control = tree / "DEBIAN/control"
            text = control.read_text(encoding="utf-8")
            control.write_text(re.sub(r"^(Version: .*)$", rf"\g<1>{SUFFIX}", text, flags=re.M), encoding="utf-8")
            for script, ending in endings.items():
                lengthen(tree / "DEBIAN" / script, ending)
            build(tree, target)
    return f"{ARCHIVES}/{label}/{source.name}"


def build(tree: pathlib.Path, target: pathlib.Path) -> None:
    """Makes a package of a tree, never half of it."""
    finished = tree.parent / target.name
    command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, finished]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    finished.rename(target)


def lengthen(script: pathlib.Path, ending: str) -> None:
    """Adds lines to the end of a maintainer script, which may not be there yet."""
    text = script.read_text(encoding="utf-8") if script.exists() else "#!/bin/sh\n"
    script.write_text(re.sub(r"^exit 0$", ":", text, flags=re.M) + "\n" + ending, encoding="utf-8")
    script.chmod(0o755)


def made(folder: pathlib.Path, name: str, fields: str) -> str:
    """The path inside a chroot of an empty package with these fields."""
    target = folder / "made" / f"{name}.deb"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        control = pathlib.Path(work) / "tree/DEBIAN/control"
        control.parent.mkdir(mode=0o755, parents=True)
        control.write_text(f"Package: {name}\nVersion: 1\nArchitecture: all\n{fields}\n"
                           "Maintainer: confgraph <confgraph@localhost>\nDescription: for a test\n", encoding="utf-8")
        build(pathlib.Path(work) / "tree", target)
    return f"{ARCHIVES}/made/{target.name}"
