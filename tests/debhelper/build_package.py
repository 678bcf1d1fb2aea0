#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the package in package/ with `dh --with apache2`, Debian's dh_apache2 and ours, and looks at what comes out.

Both are built with dpkg-buildpackage: the binary packages have to hold the same, and lintian has to find in ours nothing that
it does not find in Debian's. Ours is built twice, in two folders, which has to give the same bytes. Then it is installed,
re-installed, removed and purged by the real dpkg, in a copy of this system that nobody else sees (chroot.sh), once with
Debian's tools and helper for maintainer scripts and once with ours. Needs root for that.
"""

import argparse
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import side

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT = 300
PACKAGE = "libapache2-mod-greeting"


class Failure(Exception):
    """What is not as it should be."""


def require_equal(actual: object, expected: object, what: str) -> None:
    if actual != expected:
        raise Failure(f"{what}:\n  is        {actual}\n  should be {expected}")


def require_lines(actual: str, expected: str, what: str) -> None:
    if actual != expected:
        lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "should be", "is", lineterm="", n=8)
        raise Failure(f"{what}:\n" + "\n".join(lines))


def run(command: list[str], folder: pathlib.Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, check=False, timeout=TIMEOUT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode != 0:
        raise Failure(f"{command}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


def build(which: side.Side, folder: pathlib.Path) -> pathlib.Path:
    """Builds the package and returns the file."""
    source = folder / "greeting-1.0"
    shutil.copytree(HERE / "package", source)
    output = run(["dpkg-buildpackage", "--build=binary", "--no-sign"], source, which.environment | {"HOME": str(folder)})
    if not re.search(r"^\s*dh_apache2$", output, re.M):
        raise Failure(f"dh did not call dh_apache2:\n{output}")
    return next(folder.glob(f"{PACKAGE}_*.deb"))


def fields(package: pathlib.Path) -> dict[str, object]:
    """The fields of the control file, relations in an order of their own."""
    text = run(["dpkg-deb", "--field", package.name], package.parent, side.clean_environment())
    found: dict[str, object] = dict(re.findall(r"^(\S+): (.*)$", text, re.M))
    # The size counts the maintainer scripts, too.
    found.pop("Installed-Size")
    return found | {name: side.canonical(str(found[name])) for name in ("Depends", "Recommends")}


def files(package: pathlib.Path) -> list[str]:
    """Each file with mode, owner and size."""
    return run(["dpkg-deb", "--contents", package.name], package.parent, side.clean_environment()).splitlines()


def scripts(package: pathlib.Path) -> dict[str, str]:
    """The pieces of dh_apache2 in the maintainer scripts."""
    control = package.parent / "control"
    if not control.exists():
        run(["dpkg-deb", "--control", package.name, str(control)], package.parent, side.clean_environment())
    pattern = r"# Automatically added by (dh_apache2/\S+)\n(.*?)# End automatically added section\n"
    return {name: "".join(f"# {found[0]}\n{found[1]}" for found in re.findall(pattern, (control / name).read_text(), re.S))
            for name in side.CALLS}


def tags(package: pathlib.Path) -> set[str]:
    """What lintian finds, pedantic things and information included."""
    options = ["--no-cfg", "--fail-on", "none", "--display-info", "--pedantic", "--display-experimental", "--tag-display-limit", "0"]
    changes = next(package.parent.glob("*.changes")).name
    output = run(["lintian", "--allow-root", *options, changes], package.parent, side.clean_environment() | {"HOME": str(package.parent)})
    return {line for line in output.splitlines() if re.match(r"[EWIPXCO]: ", line)}


def check_packages(reference: pathlib.Path, ours: pathlib.Path, again: pathlib.Path, version: str) -> None:
    require_equal(fields(ours), fields(reference), "the fields of the package")
    for item in ("apache2-api-20120211", "apache2-bin (>= 2.4.16)"):
        if item not in fields(ours)["Depends"]:
            raise Failure(f"{item} is not in Depends")
    require_equal(fields(ours)["Recommends"], ["apache2 (>= 2.4.6-4~) | lighttpd | nginx | httpd"], "Recommends")
    require_equal(files(ours), files(reference), "the files of the package")
    for name, text in scripts(ours).items():
        if "apache2_invoke" not in text or f"# dh_apache2/{version}\n" not in text:
            raise Failure(f"{name} is not from our dh_apache2:\n{text}")
        # Debian's leaves the suffix in the names of sites (difference "suffix").
        expected = scripts(reference)[name].replace("greeting-site.conf", "greeting-site")
        require_equal(side.effect(text, name), side.effect(expected, name), f"what {name} does")
    require_equal(sorted(tags(ours) - tags(reference)), [], "what lintian finds in ours alone")
    if ours.read_bytes() != again.read_bytes():
        raise Failure("a second build gives other bytes")


def check_life(ours: pathlib.Path, prefix: pathlib.Path) -> None:
    """The package with Debian's tools and helper for maintainer scripts, and with ours."""
    shutil.copy(HERE / "life.sh", ours.parent)
    shutil.copytree(prefix, ours.parent / "prefix", symlinks=True)
    expected = (HERE / "life.txt").read_text()
    for name, arguments in (("Debian's helper", []), ("our helper", ["/here/prefix"])):
        command = [str(HERE / "chroot.sh"), str(ours.parent), "sh", "/here/life.sh", f"/here/{ours.name}", *arguments]
        require_lines(run(command, ours.parent, side.clean_environment()), expected, f"the life of the package with {name}")


def check_sequence(which: side.Side, folder: pathlib.Path) -> None:
    """That the add-on is found by a build-dependency as well, and has the command run after dh_install."""
    source = folder / "sequence"
    shutil.copytree(HERE / "package", source)
    control = source / "debian/control"
    control.write_text(control.read_text().replace(" dh-apache2\n", " dh-sequence-apache2\n"))
    (source / "debian/rules").write_text("#!/usr/bin/make -f\n%:\n\tdh $@\n")
    output = run(["dh", "binary", "--no-act"], source, which.environment)
    commands = [line.split()[0] for line in output.splitlines() if line.strip()]
    if "dh_apache2" not in commands:
        raise Failure(f"dh-sequence-apache2 does not lead to dh_apache2:\n{output}")
    earlier = commands[:commands.index("dh_apache2")]
    if "dh_prep" not in earlier or "dh_installdocs" in earlier:
        raise Failure(f"dh_apache2 has not its place after dh_install:\n{output}")
    listed = run(["dh", "--list"], source, which.environment).split()
    if "apache2" not in listed:
        raise Failure(f"dh --list does not name the add-on: {listed}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="our installed tree, with bin/dh_apache2")
    parser.add_argument("--version", required=True, help="of the project: it stands in what our dh_apache2 writes")
    options = parser.parse_args()
    if os.getuid() != 0:
        print("FAILED this needs root, for a private copy of the system", file=sys.stderr)
        return 2
    ours_side = side.Side.ours(options.prefix.resolve())
    with tempfile.TemporaryDirectory(prefix="confgraph-debhelper-") as name:
        folder = pathlib.Path(name)
        try:
            built = []
            for place, which in (("reference", side.Side.debian()), ("ours", ours_side), ("a/longer/way", ours_side)):
                (folder / place).mkdir(parents=True)
                built.append(build(which, folder / place))
            check_packages(*built, options.version)
            check_life(built[1], options.prefix.resolve())
            check_sequence(ours_side, folder)
        except Failure as failure:
            print(f"FAILED {failure}", file=sys.stderr)
            return 1
    print("debhelper: a package built three times, compared, installed and purged with either helper")
    return 0


if __name__ == "__main__":
    sys.exit(main())
