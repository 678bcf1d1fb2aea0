// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace confgraph {

namespace core {
struct Outcome;
}

/// How the links or files in the enabled folder were changed.
enum class Way : std::uint8_t {
    NONE,      ///< there was none to change
    LINKS,     ///< one by one: confs and sites, which are independent of each other, or the only one of a change
    EXCHANGE,  ///< a complete copy took the folder's place in one step: the server sees all of the change or nothing
    ORDERED,   ///< one by one in an order that the server accepts at every step, since an exchange is impossible
};

/// Why the folder of enabled modules could not be exchanged.
enum class Obstacle : std::uint8_t {
    NONE,
    MOUNT_POINT,    ///< something is mounted on it
    OTHER_LAYER,    ///< it lies in a lower layer of an overlay, or its copy on another file system
    SYMBOLIC_LINK,  ///< it is a symbolic link to a folder
    SUBFOLDER,      ///< it holds a folder, or another thing that cannot be linked into the copy
    UNSUPPORTED,    ///< the file system cannot exchange folders, or cannot keep their attributes
    PARENT,         ///< no folder can be made beside it
    NAME_TAKEN,     ///< the copy's place is taken by something that is not confgraph's
};

/// What testing a change with the server brought.
enum class TestResult : std::uint8_t {
    NOT_ASKED,
    PASSED,
    BROKEN_BEFORE,  ///< the server refuses the configuration with the change, as it did without it
    IMPOSSIBLE,     ///< there is no server to ask
};

/// What a commit did.
class CONFGRAPH_API Outcome {
public:
    explicit Outcome(std::shared_ptr<const core::Outcome> impl);

    /// The plan that was carried out: the one given, or, where others had changed something since, a new one.
    [[nodiscard]] Plan plan() const;
    /// The number of operations carried out.
    [[nodiscard]] std::size_t operations() const;
    /// How links were changed.
    [[nodiscard]] Way way() const;
    /// Why not by an exchange; NONE unless way() is ORDERED.
    [[nodiscard]] Obstacle obstacle() const;
    /// Whether a change that was interrupted earlier was completed, or taken back, first.
    [[nodiscard]] bool recovered() const;
    /// What the server said, if CommitOptions::with_test() had it asked.
    [[nodiscard]] TestResult test() const;
    /// What the server said when test() is BROKEN_BEFORE.
    [[nodiscard]] const std::string & test_output() const;
    /// The change is made, but these things could not be flushed or cleaned up; the next command tries again.
    [[nodiscard]] const std::vector<Error> & problems() const;

private:
    std::shared_ptr<const core::Outcome> impl_;
};

/// The right to change a configuration, held by one process at a time. Given back when the last copy goes.
class CONFGRAPH_API Lock {
public:
    /// Takes the lock if it is free and this user may have it. Never waits, never writes.
    static Lock try_take(const Layout & layout);
    /// Takes the lock; while another process holds it, waits so long. waiting is as in CommitOptions::with_wait().
    /// Fails with CANNOT_LOCK and LOCKED.
    static Result<Lock> take(const Layout & layout, std::chrono::milliseconds limit,
                             const std::function<void(const std::string & holder)> & waiting);

    /// Whether this process has the right.
    [[nodiscard]] bool held() const;

    struct Impl;
    explicit Lock(std::shared_ptr<Impl> impl);
    [[nodiscard]] const std::shared_ptr<Impl> & impl() const { return impl_; }

private:
    std::shared_ptr<Impl> impl_;
};

/// How a plan is carried out.
class CONFGRAPH_API CommitOptions {
public:
    CommitOptions();

    /// A lock held since before the catalog of the plan was read: nothing has to be read again.
    [[nodiscard]] CommitOptions with_lock(const Lock & lock) const;
    /// Whether everything is flushed, so that a power cut loses nothing; on by default.
    [[nodiscard]] CommitOptions with_sync(bool on) const;
    /// How long to wait for another process that holds the lock: 60 seconds by default. After the first second, waiting
    /// is told once who that is, in words fit to be printed.
    [[nodiscard]] CommitOptions with_wait(std::chrono::milliseconds limit,
                                          std::function<void(const std::string & holder)> waiting) const;
    /// Told as changes are made how many of how many are: of a change with thousands, that often. While the server
    /// tests the configuration, told 0 of 0 a few times a second. To be quick about it: the lock is held, and others
    /// wait.
    [[nodiscard]] CommitOptions with_progress(std::function<void(std::size_t done, std::size_t total)> progress) const;
    /// Whether the server has to accept the changed configuration; off by default.
    [[nodiscard]] CommitOptions with_test(bool on) const;
    /// Asked when others changed something since the plan was made: whether the new plan may be carried out unseen.
    /// Without it, it may.
    [[nodiscard]] CommitOptions with_accept(std::function<bool(const Plan &)> accept) const;

    struct Impl;
    [[nodiscard]] const Impl & impl() const { return *impl_; }

private:
    explicit CommitOptions(std::shared_ptr<const Impl> impl);
    std::shared_ptr<const Impl> impl_;
};

/// Carries a plan out, all of it or nothing, whatever happens meanwhile: takes the lock, completes a change that was
/// interrupted, plans again where others may have changed something, writes a journal, changes links and markers, and
/// cleans up. A plan without steps only completes what was interrupted; where nothing was, nothing is written.
///
/// An error leaves everything as it was, unless not_undone() says otherwise. Fails with CANNOT_LOCK, LOCKED,
/// PLAN_CHANGED, one of the JOURNAL_ codes, CANNOT_WRITE_JOURNAL, CANNOT_STAGE, CANNOT_CREATE_LINK, CANNOT_REMOVE_LINK,
/// CANNOT_WRITE_FILE, CANNOT_REMOVE_FILE, CANNOT_RENAME_FILE, FILE_TOO_LARGE, CANNOT_WRITE_MARKER,
/// CANNOT_REMOVE_MARKER, CHANGED_MEANWHILE, CANNOT_FLUSH, SERVER_REFUSED, and what reading fails with.
CONFGRAPH_API Result<Outcome> commit(const Layout & layout, const Plan & plan, const CommitOptions & options);

}  // namespace confgraph
