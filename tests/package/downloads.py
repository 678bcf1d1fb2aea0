# SPDX-License-Identifier: Apache-2.0
"""Packages of the distribution, downloaded once into a folder of the tests.

apt is used as the machine is configured, with lists and a cache of its own: nothing of the machine's changes.
"""

import os
import pathlib
import subprocess

# Modules of many kinds: in C and C++, with names that do not follow the file's, several in one binary, with OpenSSL.
NAMES = ("gridsite", "libapache2-mod-apparmor", "libapache2-mod-auth-cas", "libapache2-mod-auth-gssapi",
         "libapache2-mod-auth-mellon", "libapache2-mod-auth-openidc", "libapache2-mod-auth-tkt",
         "libapache2-mod-authnz-external", "libapache2-mod-bw", "libapache2-mod-evasive", "libapache2-mod-fcgid",
         "libapache2-mod-geoip", "libapache2-mod-jk", "libapache2-mod-log-sql", "libapache2-mod-php8.2", "libapache2-mod-python",
         "libapache2-mod-qos", "libapache2-mod-security2", "libapache2-mod-shib", "libapache2-mod-svn",
         "libapache2-mod-wsgi-py3", "libapache2-mod-xsendfile")
# What some of them cannot be loaded without, and a server alone does not bring.
LIBRARIES = {"libapache2-mod-auth-openidc": ("libcjose0",), "libapache2-mod-geoip": ("libgeoip1",),
             "libapache2-mod-security2": ("liblua5.1-0",)}
FOREIGN = {"arm64": ("aarch64", 64, "little"), "i386": ("i386", 32, "little"), "s390x": ("s390", 64, "big"),
           "armhf": ("arm", 32, "little")}
FOREIGN_NAMES = ("libapache2-mod-fcgid", "libapache2-mod-shib", "libapache2-mod-svn")


def _apt(folder: pathlib.Path, config: pathlib.Path | None, *arguments: str, must_succeed: bool = True) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
    environment |= {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    if config:
        environment["APT_CONFIG"] = str(config)
    # Nobody else needs to read the folder.
    result = subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", *arguments], cwd=folder, env=environment, check=False,
                            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300)
    if must_succeed and result.returncode != 0:
        raise RuntimeError(f"apt-get {' '.join(arguments)}: exit status {result.returncode}\n{result.stdout}{result.stderr}")


def _found(folder: pathlib.Path, name: str, architecture: str) -> list[pathlib.Path]:
    return sorted(path for path in folder.glob(f"{name}_*.deb") if path.stem.rsplit("_", 1)[1] in (architecture, "all"))


def _download(folder: pathlib.Path, names: tuple[str, ...]) -> list[pathlib.Path]:
    folder.mkdir(parents=True, exist_ok=True)
    architecture = subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()
    missing = [name for name in names if not _found(folder, name, architecture)]
    if missing:
        _apt(folder, None, "download", *missing)
    return [_found(folder, name, architecture)[-1] for name in names]


def native(cache: pathlib.Path) -> list[pathlib.Path]:
    """Packages for this machine."""
    return _download(cache / "native", NAMES)


def libraries(cache: pathlib.Path) -> dict[str, list[pathlib.Path]]:
    """Packages of libraries for this machine, by the package that needs them."""
    found = _download(cache / "libraries", tuple(name for names in LIBRARIES.values() for name in names))
    return {package: [path for path in found if path.name.split("_")[0] in names] for package, names in LIBRARIES.items()}


def foreign(cache: pathlib.Path) -> dict[str, list[pathlib.Path]]:
    """Packages for other machines, by architecture."""
    folder = cache / "foreign"
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    missing = [f"{name}:{architecture}" for architecture in FOREIGN for name in FOREIGN_NAMES
               if not _found(folder, name, architecture)]
    if missing:
        config = folder / "apt.conf"
        config.write_text("#clear APT::Architectures;\n"
                          f"APT::Architectures {{ {' '.join(f'{chr(34)}{name}{chr(34)};' for name in FOREIGN)} }};\n"
                          f'Dir::State::Lists "{folder}/lists";\n'
                          f'Dir::Cache "{folder}/cache";\n'
                          'Acquire::Languages "none";\n'
                          'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";\n'
                          'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";\n')
        # Where one of the lists cannot be had, the others may do.
        _apt(folder, config, "update", must_succeed=False)
        _apt(folder, config, "download", *missing)
    return {architecture: [_found(folder, name, architecture)[-1] for name in FOREIGN_NAMES] for architecture in FOREIGN}
