// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/descriptor.hpp"
#include "io/file_system.hpp"

#include <cstdint>
#include <string>
#include <sys/stat.h>

namespace confgraph::io {

/// What finds out where a path below a root leads to.
enum class Resolver : std::uint8_t {
    KERNEL,  ///< openat2, or, where that is not to be had, as USER
    USER,    ///< this program, one part of the path after the other
};

/// A folder taken as the root of all paths, as by chroot: an absolute link begins there, ".." does not lead above it,
/// and links that lead elsewhere by magic, as those of /proc do, lead nowhere (ELOOP). Whatever somebody else makes of
/// the tree meanwhile, nothing outside of it is opened. A path that does not begin with a slash begins there as well.
class Root {
public:
    static IoResult<Root> open(const std::string & folder, Resolver resolver = Resolver::KERNEL);

    /// As open(2); nothing is made, so that no mode is needed.
    [[nodiscard]] IoResult<Descriptor> open(const std::string & path, int flags) const;
    /// The path of what a path leads to, in the root, with no links in it.
    [[nodiscard]] IoResult<std::string> canonical_path(const std::string & path) const;

private:
    Root(Descriptor folder, Resolver resolver) : folder_(std::move(folder)), resolver_(resolver) {}

    Descriptor folder_;
    Resolver resolver_;
};

// The following are about a path below the root of a layout; where that is empty, a path of this system, for which the
// system is asked in one call.

IoResult<Descriptor> open_below(const std::string & root, const std::string & path, int flags);
/// As stat(2).
IoResult<struct stat> status_below(const std::string & root, const std::string & path);
/// As lstat(2).
IoResult<struct stat> link_status_below(const std::string & root, const std::string & path);
IoResult<Done> make_folder_below(const std::string & root, const std::string & path, unsigned mode);
IoResult<Done> remove_folder_below(const std::string & root, const std::string & path);
/// Sets the mode of a folder.
IoResult<Done> set_mode_below(const std::string & root, const std::string & path, unsigned mode);

}  // namespace confgraph::io
