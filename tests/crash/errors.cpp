// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

#include <cerrno>
#include <string>

namespace crash {

namespace {

bool is_one_of(const std::string & name, std::initializer_list<const char *> names) {
    for (const char * one : names) {
        if (name == one) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<int> errors_of(const Call & call) {
    const std::string & name = call.name;
    if (is_one_of(name, {"unlink", "unlinkat", "rmdir", "truncate"})) {
        return {EIO, EROFS, EACCES};
    }
    if (is_one_of(name, {"open", "openat", "openat2"})) {
        return call.creates ? std::vector{ENOSPC, EIO, EROFS, EACCES, EDQUOT, EINTR}
                            : std::vector{EIO, EROFS, EACCES, EINTR};
    }
    if (is_one_of(name, {"write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range", "splice",
                         "fsync", "fdatasync", "syncfs", "sync_file_range", "ftruncate", "fallocate"})) {
        return {ENOSPC, EIO, EROFS, EACCES, EDQUOT, EINTR};
    }
    if (is_one_of(name, {"rename", "renameat", "renameat2"})) {
        return {ENOSPC, EIO, EROFS, EACCES, EDQUOT, EXDEV, EINVAL};
    }
    if (is_one_of(name, {"link", "linkat"})) {
        return {ENOSPC, EIO, EROFS, EACCES, EDQUOT, EXDEV, EPERM, EMLINK};
    }
    if (is_one_of(name, {"chown", "lchown", "fchown", "fchownat", "chmod", "fchmod", "fchmodat", "fchmodat2",
                         "utimensat", "utime", "utimes", "futimesat"})) {
        return {ENOSPC, EIO, EROFS, EACCES, EDQUOT, EPERM};
    }
    if (name.find("xattr") != std::string::npos) {
        return {ENOSPC, EIO, EROFS, EACCES, EDQUOT, EPERM, ENOTSUP};
    }
    if (name == "flock") {
        return {EIO, EINTR, ENOLCK};
    }
    if (is_one_of(name, {"mount", "umount2", "unshare", "sync"})) {
        return {EIO, EACCES, EPERM};
    }
    return {ENOSPC, EIO, EROFS, EACCES, EDQUOT};
}

bool means_impossible(const Call & call, int error) {
    const bool about_names = is_one_of(call.name, {"rename", "renameat", "renameat2", "link", "linkat"});
    return about_names && (error == EXDEV || error == EINVAL || error == EPERM || error == EMLINK);
}

}  // namespace crash
