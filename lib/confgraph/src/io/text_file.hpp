// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/descriptor.hpp"
#include "io/folder.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace confgraph::io {

/// A file as it was found, and all that it says. It can be asked what it is like even when it has lost its name.
struct TextFile {
    Descriptor file;
    std::string text;
    FileInfo info{};  ///< when it was opened
};

/// Opens and reads a file of a folder; nothing when the name is free. EINVAL when it is no regular file, a link among
/// others, or too large to be edited.
IoResult<std::optional<TextFile>> read_text(const Folder & folder, const std::string & name);

/// How a file is written.
struct WriteSettings {
    /// An open file that it is made to be like: owner, mode, access control lists, labels. Without one, everybody may
    /// read it.
    const Descriptor * like = nullptr;
    /// Whether it says of itself that it was last written when that file was.
    bool with_time = false;
    bool sync = true;
};

/// Makes a file that says something; EEXIST when the name is taken. When it fails, the file may be there, unfinished,
/// unless the name was taken.
IoResult<Done> write_text(const Folder & folder, const std::string & name, std::string_view text,
                          const WriteSettings & settings);

/// Whether a name stands for a file that was found before, and nobody has changed it since.
bool is_unchanged(const Folder & folder, const std::string & name, const TextFile & file);

/// Whether a file that says this may be one that was to say a text, and was left unfinished: it says the beginning of
/// that, apart from what never reached the disk, and is read as zeros.
bool may_be_unfinished(std::string_view found, const std::optional<std::string> & text);

/// Writes all of a text to an open file.
IoResult<Done> write_all(int descriptor, std::string_view text);

}  // namespace confgraph::io
