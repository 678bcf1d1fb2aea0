// SPDX-License-Identifier: Apache-2.0
#include "io/link_writer.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <utility>

namespace confgraph::io {

using core::Change;
using core::ChangeCode;
using core::Image;

namespace {

/// A link that is made here takes the place of another at once. The server reads no file of this name.
constexpr const char * TEMPORARY = ".confgraph";

}  // namespace

Error LinkWriter::failure(ErrorCode code, const std::string & name, const Errno & error) const {
    return core::make_error(code, path_ + "/" + name, error.value);
}

Result<Done> LinkWriter::open() {
    if (folder_) {
        return Done{};
    }
    auto opened = Folder::open(root_, path_, true);
    if (!opened) {
        return core::make_error(ErrorCode::CANNOT_READ, path_, opened.error().value);
    }
    folder_ = std::move(opened).value();
    return Done{};
}

Result<Image> LinkWriter::image(const std::string & name) {
    if (auto opened = open(); !opened) {
        return opened.error();
    }
    auto read = folder_->link(name);
    if (!read) {
        // EINVAL: there is something, but no link.
        const ErrorCode code = read.error().value == EINVAL ? ErrorCode::CHANGED_MEANWHILE : ErrorCode::CANNOT_READ;
        return failure(code, name, read.error().value == EINVAL ? Errno{} : read.error());
    }
    return std::move(read).value();
}

Result<bool> LinkWriter::apply(const Change & change) {
    if (auto opened = open(); !opened) {
        return opened.error();
    }
    return change.code == ChangeCode::SWITCH ? apply_switch(change) : apply_link(change);
}

Result<bool> LinkWriter::apply_link(const Change & change) {
    if (!change.before) {
        const auto created = create(*change.after, change.name, change.name);
        if (created) {
            return true;
        }
        if (created.error().value != EEXIST) {
            return failure(ErrorCode::CANNOT_CREATE_LINK, change.name, created.error());
        }
    }
    const auto there = image(change.name);
    if (!there) {
        return there.error();
    }
    if (there.value() == change.after) {
        return false;
    }
    if (there.value() != change.before) {
        return failure(ErrorCode::CHANGED_MEANWHILE, change.name, {});
    }
    if (change.after) {
        if (const auto pointed = point(change.name, *change.after, change.name); !pointed) {
            return pointed.error();
        }
    } else if (const auto removed = folder_->remove(change.name); !removed) {
        return failure(ErrorCode::CANNOT_REMOVE_LINK, change.name, removed.error());
    }
    return true;
}

/// First makes the link that goes point to where the new one shall, then gives it the new one's name: at every instant
/// there is exactly one of the two, and it leads somewhere.
Result<bool> LinkWriter::apply_switch(const Change & change) {
    const auto old_link = image(change.replaced);
    const auto new_link = old_link ? image(change.name) : old_link;
    if (!new_link) {
        return new_link.error();
    }
    const Image & before = old_link.value();
    const Image & after = new_link.value();
    if (after == change.after && before != change.replaced_target && before != change.after) {
        return false;
    }
    if (!before && after == change.replaced_target) {
        // The way back was interrupted after its first half.
        const auto pointed = point(change.name, *change.after, change.name);
        return pointed ? Result<bool>(true) : Result<bool>(pointed.error());
    }
    if (after) {
        return failure(ErrorCode::CHANGED_MEANWHILE, change.name, {});
    }
    if (before == change.replaced_target) {
        if (const auto pointed = point(change.replaced, *change.after, change.name); !pointed) {
            return pointed.error();
        }
    } else if (before != change.after) {
        return failure(ErrorCode::CHANGED_MEANWHILE, change.replaced, {});
    }
    const auto renamed = folder_->take(*folder_, change.replaced, change.name);
    if (!renamed) {
        // Half of it is no state to stay in.
        if (const auto back = point(change.replaced, change.replaced_target, change.replaced); !back) {
            return core::make_error(ErrorCode::CANNOT_CREATE_LINK, path_ + "/" + change.name, renamed.error().value,
                                    {path_ + "/" + change.replaced});
        }
        return failure(ErrorCode::CANNOT_CREATE_LINK, change.name, renamed.error());
    }
    return true;
}

/// Makes a link. In the end it shall have the final name, under which the model may have it.
IoResult<Done> LinkWriter::create(const std::string & target, const std::string & name,
                                  const std::string & final_name) {
    if (model_ != nullptr) {
        const auto there = model_->link(final_name);
        if (there && there.value() == target) {
            return folder_->hard_link(*model_, final_name, name);
        }
    }
    return folder_->create_link(target, name);
}

/// Makes a link point elsewhere, in one step.
Result<Done> LinkWriter::point(const std::string & name, const std::string & target, const std::string & final_name) {
    auto created = create(target, TEMPORARY, final_name);
    if (!created && created.error().value == EEXIST) {
        // An interrupted command may have left just the link that is wanted.
        if (const auto there = folder_->link(TEMPORARY); there && there.value() == target) {
            created = Done{};
        }
    }
    if (!created) {
        return failure(ErrorCode::CANNOT_CREATE_LINK, created.error().value == EEXIST ? TEMPORARY : name,
                       created.error());
    }
    if (const auto replaced = folder_->replace(name, TEMPORARY); !replaced) {
        std::vector<std::string> left;
        if (!folder_->remove(TEMPORARY)) {
            left.push_back(path_ + "/" + TEMPORARY);
        }
        return core::make_error(ErrorCode::CANNOT_CREATE_LINK, path_ + "/" + name, replaced.error().value,
                                std::move(left));
    }
    return Done{};
}

Result<Done> LinkWriter::clean_up(const Change & change) {
    if (auto opened = open(); !opened) {
        return opened.error();
    }
    const auto there = folder_->link(TEMPORARY);
    // One that leads elsewhere is somebody else's.
    const bool own =
        there && there.value() &&
        (there.value() == change.after || there.value() == change.before || there.value() == change.replaced_target);
    if (own) {
        if (const auto removed = folder_->remove(TEMPORARY); !removed) {
            return failure(ErrorCode::CANNOT_CLEAN_UP, TEMPORARY, removed.error());
        }
    }
    return Done{};
}

IoResult<Done> LinkWriter::sync() { return folder_ ? folder_->sync() : IoResult<Done>(Done{}); }

}  // namespace confgraph::io
