// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/change.hpp"
#include "io/folder.hpp"
#include "io/text_file.hpp"

#include <confgraph/error.hpp>
#include <confgraph/result.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace confgraph::io {

/// Changes the files of one folder one by one, each in one step. A file with new words takes the place of the old one,
/// and is like it in all else. Other names of the old file, if it has any, keep standing for that.
class TextWriter {
public:
    /// Names the folder below a root; it is opened for the first change. sync: whether what is written is flushed.
    TextWriter(std::string root, std::string folder, bool sync)
        : root_(std::move(root)), path_(std::move(folder)), sync_(sync) {}

    /// A folder that is open already; its path serves messages. Files that the model has already are not made once
    /// more, but get another name.
    TextWriter(Folder folder, std::string path, const Folder * model)
        : path_(std::move(path)), folder_(std::move(folder)), model_(model) {}

    /// Makes a change of code TEXT or RENAME. One that is made already is left alone. Returns whether anything was
    /// changed. Taken back by the same writer, a file is what it was, its times included. Fails with CHANGED_MEANWHILE
    /// when a file says neither what it said before nor what it shall say, or is no regular file; else with
    /// CANNOT_READ, CANNOT_WRITE_FILE, CANNOT_REMOVE_FILE and CANNOT_RENAME_FILE.
    Result<bool> apply(const core::Change & change);

    /// What a change has come to. Fails with CANNOT_READ.
    enum class State { BEFORE, AFTER, NEITHER };
    Result<State> state(const core::Change & change);

    /// Removes the temporary file that a change may have left when it was interrupted.
    Result<Done> clean_up(const core::Change & change);
    /// Flushes the folder, if there was anything to do in it.
    IoResult<Done> sync();

    [[nodiscard]] const std::string & path() const { return path_; }

private:
    Result<Done> open();
    Result<bool> apply_text(const core::Change & change);
    Result<bool> rename(const core::Change & change);
    Result<State> state_of_rename(const core::Change & change);
    Result<std::optional<TextFile>> read(const std::string & name);
    Result<Done> prepare(const core::Change & change, const std::string & temporary, const TextFile * old);
    [[nodiscard]] bool has_model(const core::Change & change) const;
    [[nodiscard]] Error failure(ErrorCode code, const std::string & name, const Errno & error,
                                const std::string & temporary = {}) const;

    std::string root_;
    std::string path_;
    std::optional<Folder> folder_;
    const Folder * model_ = nullptr;
    bool sync_ = false;
    /// The files that were replaced or removed, by the names that they had.
    std::map<std::string, TextFile> old_;
};

/// The name under which a file is made that then gets another name. The server reads no file of such a name.
std::string temporary_name(const std::string & name);

}  // namespace confgraph::io
