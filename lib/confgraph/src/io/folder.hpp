// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/descriptor.hpp"
#include "io/file_system.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace confgraph::io {

/// What a folder holds under one name.
struct FolderEntry {
    std::string name;
    std::uint64_t inode = 0;
    bool is_folder = false;
};

/// An open folder that can be written to. Names are single components: whatever becomes of the folder's path, nothing
/// outside the folder is touched, and no link is followed.
class Folder {
public:
    /// Opens a folder below a root: see open_below(). Its path may lead through links; whether its last part may be one
    /// is asked.
    static IoResult<Folder> open(const std::string & root, const std::string & path, bool follow);
    [[nodiscard]] IoResult<Folder> open_in(const std::string & name) const;

    /// What the link of a name points to; nothing when the name is free. EINVAL when it is no link.
    [[nodiscard]] IoResult<std::optional<std::string>> link(const std::string & name) const;
    [[nodiscard]] IoResult<std::vector<FolderEntry>> list() const;
    /// Opens a file for reading; never waits, whatever it is. ELOOP when it is a link.
    [[nodiscard]] IoResult<Descriptor> open_file(const std::string & name) const;

    /// These fail with EEXIST when the name is taken.
    [[nodiscard]] IoResult<Done> create_link(const std::string & target, const std::string & name) const;
    [[nodiscard]] IoResult<Done> create_file(const std::string & name) const;
    /// Makes a file and opens it for writing.
    [[nodiscard]] IoResult<Descriptor> make_file(const std::string & name, unsigned mode) const;
    [[nodiscard]] IoResult<Done> create_folder(const std::string & name, unsigned mode) const;
    /// Gives a file or link in another folder a name here too.
    [[nodiscard]] IoResult<Done> hard_link(const Folder & from, const std::string & name, const std::string & as) const;
    /// Moves a file or link here, to a name that is free.
    [[nodiscard]] IoResult<Done> take(const Folder & from, const std::string & name, const std::string & as) const;

    /// Moves a file or link here, in the place of what has its name.
    [[nodiscard]] IoResult<Done> bring(const Folder & from, const std::string & name) const;

    /// Gives a file or link another name; what has that name is replaced at the same instant.
    [[nodiscard]] IoResult<Done> replace(const std::string & name, const std::string & by) const;
    /// Exchanges what two names stand for, in one step.
    [[nodiscard]] IoResult<Done> exchange(const std::string & one, const std::string & other) const;
    [[nodiscard]] IoResult<Done> remove(const std::string & name) const;
    [[nodiscard]] IoResult<Done> remove_folder(const std::string & name) const;

    /// Flushes the folder: which names there are, and what its links point to.
    [[nodiscard]] IoResult<Done> sync() const;

    [[nodiscard]] int descriptor() const { return descriptor_.value(); }

private:
    explicit Folder(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
    Descriptor descriptor_;
};

/// Flushes an open file or folder. A file system that has no such thing for it has nothing to be flushed.
IoResult<Done> flush(int descriptor);

}  // namespace confgraph::io
