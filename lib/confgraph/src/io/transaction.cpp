// SPDX-License-Identifier: Apache-2.0
#include "io/transaction.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <string>
#include <vector>

namespace confgraph::io {

namespace {

class Commit {
public:
    explicit Commit(FileSystem & files) : files_(files) {}

    Result<std::size_t> run(const core::Plan & plan) {
        // New markers come first and old ones go last: where markers cannot be written, no link has been touched, and
        // at no time is there no marker at all.
        for (const Phase phase : {Phase::NEW_MARKERS, Phase::LINKS, Phase::OLD_MARKERS}) {
            if (const auto applied = apply_phase(plan, phase); !applied) {
                const Error & error = applied.error();
                return core::make_error(error.code(), error.path(), error.system_error(), undo());
            }
        }
        return done_.size();
    }

private:
    enum class Phase { NEW_MARKERS, LINKS, OLD_MARKERS };

    static Phase phase_of(OperationCode code) {
        return code == OperationCode::CREATE_MARKER   ? Phase::NEW_MARKERS
               : code == OperationCode::REMOVE_MARKER ? Phase::OLD_MARKERS
                                                      : Phase::LINKS;
    }

    static Error failure(ErrorCode code, const core::Operation & operation, Errno error) {
        return core::make_error(code, operation.path, error.value);
    }

    Result<Done> apply_phase(const core::Plan & plan, Phase phase) {
        for (const core::Step & step : plan.steps) {
            for (const core::Operation & operation : step.operations) {
                if (phase_of(operation.code) != phase) {
                    continue;
                }
                const auto changed = apply(operation);
                if (!changed) {
                    return changed.error();
                }
                if (changed.value()) {
                    done_.push_back(&operation);
                }
            }
        }
        return Done{};
    }

    /// Returns whether anything was changed: a marker may be there, or gone, already.
    Result<bool> apply(const core::Operation & operation) {
        switch (operation.code) {
            case OperationCode::CREATE_LINK:
                return create_link(operation);
            case OperationCode::REMOVE_LINK:
                return remove_link(operation);
            case OperationCode::CREATE_MARKER:
                return create_marker(operation);
            case OperationCode::REMOVE_MARKER:
                break;
        }
        const auto removed = files_.remove(operation.path);
        if (!removed && removed.error().value != ENOENT) {
            return failure(ErrorCode::CANNOT_REMOVE_MARKER, operation, removed.error());
        }
        return removed.ok();
    }

    Result<bool> create_link(const core::Operation & operation) {
        const auto created = files_.create_link(operation.target, operation.path);
        if (!created) {
            const bool changed = created.error().value == EEXIST;
            return failure(changed ? ErrorCode::CHANGED_MEANWHILE : ErrorCode::CANNOT_CREATE_LINK, operation,
                           created.error());
        }
        return true;
    }

    Result<bool> remove_link(const core::Operation & operation) {
        // Only what the plan was made for is removed; anything else is somebody's work.
        const auto target = files_.read_link(operation.path);
        if (!target || target.value() != operation.target) {
            return failure(ErrorCode::CHANGED_MEANWHILE, operation, target ? Errno{} : target.error());
        }
        if (const auto removed = files_.remove(operation.path); !removed) {
            return failure(ErrorCode::CANNOT_REMOVE_LINK, operation, removed.error());
        }
        return true;
    }

    Result<bool> create_marker(const core::Operation & operation) {
        auto created = files_.create_file(operation.path);
        if (!created && created.error().value == ENOENT) {
            if (auto folder = create_folders(operation.path.substr(0, operation.path.rfind('/'))); !folder) {
                return failure(ErrorCode::CANNOT_WRITE_MARKER, operation, folder.error());
            }
            created = files_.create_file(operation.path);
        }
        if (created) {
            return true;
        }
        const auto there = files_.link_info(operation.path);
        if (created.error().value == EEXIST && there && there.value().type == FileType::REGULAR) {
            return false;
        }
        return failure(ErrorCode::CANNOT_WRITE_MARKER, operation, created.error());
    }

    /// Makes a folder and those above it that are missing.
    IoResult<Done> create_folders(std::string path) {
        std::vector<std::string> missing;
        while (!path.empty() && !files_.info(path)) {
            missing.push_back(path);
            const auto slash = path.rfind('/');
            path.resize(slash == std::string::npos ? 0 : slash);
        }
        for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
            const auto created = files_.create_folder(*folder);
            if (!created && created.error().value != EEXIST) {
                return created;
            }
            if (created) {
                folders_.push_back(*folder);
            }
        }
        return Done{};
    }

    /// Undoes what was done, last things first. Returns what could not be undone.
    std::vector<std::string> undo() {
        std::vector<std::string> left;
        for (auto operation = done_.rbegin(); operation != done_.rend(); ++operation) {
            if (!undo(**operation)) {
                left.push_back((*operation)->path);
            }
        }
        for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
            if (!files_.remove_folder(*folder)) {
                left.push_back(*folder);
            }
        }
        return left;
    }

    IoResult<Done> undo(const core::Operation & operation) {
        switch (operation.code) {
            case OperationCode::REMOVE_LINK:
                return files_.create_link(operation.target, operation.path);
            case OperationCode::REMOVE_MARKER:
                return files_.create_file(operation.path);
            case OperationCode::CREATE_LINK:
            case OperationCode::CREATE_MARKER:
                break;
        }
        return files_.remove(operation.path);
    }

    FileSystem & files_;
    std::vector<const core::Operation *> done_;
    std::vector<std::string> folders_;  // made on the way
};

}  // namespace

Result<std::size_t> commit(FileSystem & files, const core::Plan & plan) { return Commit(files).run(plan); }

}  // namespace confgraph::io
