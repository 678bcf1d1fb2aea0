#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs as the first process of new mount and PID namespaces. Puts one private copy in the place of the
# machine's configuration, then runs the setup of a scenario or its commands.
#
# usage: sandbox.sh SIDE setup|commands
# SIDE holds: etc, state, lib, run (they cover /etc, /var/lib/apache2, /var/lib, /run) and media (covers /media), which holds
#   bin/     what PATH names first        stubs/    programs that cover those of the same name in /usr
#   here/    the current folder           io/       N.cmd N.in (read) N.out N.err N.status (written), limit
#   calls    what the stubs recorded      etc-real  where the machine's own /etc stays reachable
set -eu

side=$1
action=$2
search_path=/media/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Whatever is not covered below cannot be written to.
mount -o remount,bind,ro /

mount --bind /etc "$side/media/etc-real"
for stub in "$side"/media/stubs/*; do
    for real in "/usr/sbin/${stub##*/}" "/usr/bin/${stub##*/}"; do
        if [ -e "$real" ]; then
            mount --bind "$stub" "$real"
        fi
    done
done
mount --bind "$side/run" /run
mount --bind /var/lib/dpkg "$side/lib/dpkg"
mount --rbind "$side/lib" /var/lib
mount --bind "$side/state" /var/lib/apache2
mount --bind "$side/etc" /etc
mount --rbind "$side/media" /media

umask 022
cd /media/here

case $action in
setup)
    exec env -i PATH="$search_path" LC_ALL=C.UTF-8 sh -eu /media/io/setup </dev/null
    ;;
commands)
    for command in /media/io/*.cmd; do
        base=${command%.cmd}
        status=0
        env -i PATH="$search_path" HOME=/root LC_ALL=C.UTF-8 \
            timeout -s KILL "$(cat /media/io/limit)" sh "$command" \
            <"$base.in" >"$base.out" 2>"$base.err" || status=$?
        echo "$status" >"$base.status"
    done
    ;;
*)
    echo "sandbox.sh: unknown action $action" >&2
    exit 2
    ;;
esac
