#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a script in a copy of this system that nobody else sees and that is gone afterwards, as root: an overlay over the root
# folder, in a mount namespace of its own. FOLDER is found there as /here.
#   chroot.sh FOLDER SCRIPT [ARGUMENT...]
set -eu

if [ "${1:-}" != --inside ]; then
    exec unshare --mount --propagation private -- "$0" --inside "$@"
fi
shift
here=$1
shift

space=$(mktemp -d)
# The namespace ends with this process, and all that is mounted in it; the folder was made outside.
cleanup() {
    umount -R "$space" 2>/dev/null || umount -l "$space" || :
    rmdir "$space"
}
trap cleanup EXIT
mount -t tmpfs tmpfs "$space"
mkdir "$space/upper" "$space/work" "$space/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$space/upper,workdir=$space/work" "$space/root"
mkdir -p "$space/root/here"
mount --bind "$here" "$space/root/here"
mount --bind /dev "$space/root/dev"
mount -t proc proc "$space/root/proc"
# No server is to be started there, and packages ask this before they do.
printf '#!/bin/sh\nexit 101\n' >"$space/root/usr/sbin/policy-rc.d"
chmod 755 "$space/root/usr/sbin/policy-rc.d"

chroot "$space/root" "$@"
