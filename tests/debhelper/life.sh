#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The life of a package, with the real dpkg: run by chroot.sh, with the package's file. Prints what is there after each step.
# A second argument is a folder with programs and a helper that stand in for the ones that are installed.
set -u

export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
package=$1
log=$(mktemp)
if [ -n "${2:-}" ]; then
    cp -a "$2/bin/a2query" /usr/bin/
    cp -a "$2"/sbin/a2* /usr/sbin/
    cp -a "$2/share/apache2/apache2-maintscript-helper" /usr/share/apache2/
    a2enmod --version >"$log" || exit 3
    a2query --version >"$log" || exit 3
fi

step() {
    echo "== $*" | sed "s: $package::"
    "$@" >"$log" 2>&1 || { echo "exit status $?"; cat "$log"; }
    (cd /etc/apache2 && find . -type l -name '*greeting*' -printf '%P -> %l\n')  | sort
    (cd /var/lib/apache2 && find . -type f -name '*greeting*' -printf 'marker %P\n') | sort
    apache2ctl -t >"$log" 2>&1 || cat "$log"
}

step true
step dpkg --install "$package"
step a2dissite greeting-site
step dpkg --install "$package"
step dpkg --remove libapache2-mod-greeting
step dpkg --install "$package"
step dpkg --purge libapache2-mod-greeting
