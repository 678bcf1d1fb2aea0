// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/change.hpp"
#include "io/folder.hpp"

#include <confgraph/error.hpp>
#include <confgraph/result.hpp>

#include <optional>
#include <string>
#include <utility>

namespace confgraph::io {

/// Changes the links of one enabled folder one by one, each in one step.
class LinkWriter {
public:
    /// Names the folder, below a root; it is opened for the first change.
    LinkWriter(std::string root, std::string folder) : root_(std::move(root)), path_(std::move(folder)) {}

    /// A folder that is open already; its path serves messages. Links that the model has already are not made once
    /// more, but get another name.
    LinkWriter(Folder folder, std::string path, const Folder * model)
        : path_(std::move(path)), folder_(std::move(folder)), model_(model) {}

    /// Makes a change of code LINK or SWITCH. One that is made already is left alone; one that was interrupted is
    /// completed. Returns whether anything was changed. Fails with CHANGED_MEANWHILE when a link is neither what it was
    /// before nor what it shall be, else with CANNOT_CREATE_LINK and CANNOT_REMOVE_LINK.
    Result<bool> apply(const core::Change & change);

    /// What a link points to now. Fails with CHANGED_MEANWHILE when it is no link.
    Result<core::Image> image(const std::string & name);
    /// Removes the temporary link that a change may have left when it was interrupted.
    Result<Done> clean_up(const core::Change & change);
    /// Flushes the folder, if there was anything to do in it.
    IoResult<Done> sync();

    [[nodiscard]] const std::string & path() const { return path_; }

private:
    Result<Done> open();
    Result<bool> apply_link(const core::Change & change);
    Result<bool> apply_switch(const core::Change & change);
    Result<Done> point(const std::string & name, const std::string & target, const std::string & final_name);
    IoResult<Done> create(const std::string & target, const std::string & name, const std::string & final_name);
    [[nodiscard]] Error failure(ErrorCode code, const std::string & name, const Errno & error) const;

    std::string root_;
    std::string path_;
    std::optional<Folder> folder_;
    const Folder * model_ = nullptr;
};

}  // namespace confgraph::io
