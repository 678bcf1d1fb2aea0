// SPDX-License-Identifier: Apache-2.0
#include "core/outcome.hpp"
#include "io/lock.hpp"
#include "io/root_file_system.hpp"
#include "io/transaction.hpp"

#include <confgraph/transaction.hpp>

#include <utility>

namespace confgraph {

struct Lock::Impl {
    io::Descriptor file;
};

struct CommitOptions::Impl {
    io::CommitSettings settings;
    Lock lock{nullptr};
};

Outcome::Outcome(std::shared_ptr<const core::Outcome> impl) : impl_(std::move(impl)) {}
Plan Outcome::plan() const { return Plan(impl_->plan); }
std::size_t Outcome::operations() const { return impl_->operations; }
Way Outcome::way() const { return impl_->way; }
Obstacle Outcome::obstacle() const { return impl_->obstacle; }
bool Outcome::recovered() const { return impl_->recovered; }
TestResult Outcome::test() const { return impl_->test; }
const std::string & Outcome::test_output() const { return impl_->test_output; }
const std::vector<Error> & Outcome::problems() const { return impl_->problems; }

Lock::Lock(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Lock Lock::try_take(const Layout & layout) {
    io::Descriptor file = io::try_lock(layout.impl());
    return Lock(file.open() ? std::make_shared<Impl>(Impl{std::move(file)}) : nullptr);
}
Result<Lock> Lock::take(const Layout & layout, std::chrono::milliseconds limit,
                        const std::function<void(const std::string &)> & waiting) {
    auto file = io::take_lock(layout.impl(), true, limit, waiting);
    if (!file) {
        return file.error();
    }
    return Lock(std::make_shared<Impl>(Impl{std::move(file).value()}));
}
bool Lock::held() const { return impl_ != nullptr; }

namespace {

template <class Set>
std::shared_ptr<const CommitOptions::Impl> changed(const CommitOptions::Impl & options, Set set) {
    auto copy = std::make_shared<CommitOptions::Impl>(options);
    set(*copy);
    return copy;
}

}  // namespace

CommitOptions::CommitOptions() : impl_(std::make_shared<const Impl>()) {}
CommitOptions::CommitOptions(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
CommitOptions CommitOptions::with_lock(const Lock & lock) const {
    return CommitOptions(changed(*impl_, [&](Impl & options) {
        options.lock = lock;
        options.settings.locked = lock.held();
    }));
}
CommitOptions CommitOptions::with_sync(bool on) const {
    return CommitOptions(changed(*impl_, [&](Impl & options) { options.settings.sync = on; }));
}
CommitOptions CommitOptions::with_wait(std::chrono::milliseconds limit,
                                       std::function<void(const std::string &)> waiting) const {
    return CommitOptions(changed(*impl_, [&](Impl & options) {
        options.settings.wait_limit = limit;
        options.settings.waiting = std::move(waiting);
    }));
}
CommitOptions CommitOptions::with_progress(std::function<void(std::size_t, std::size_t)> progress) const {
    return CommitOptions(changed(*impl_, [&](Impl & options) { options.settings.progress = std::move(progress); }));
}
CommitOptions CommitOptions::with_test(bool on) const {
    return CommitOptions(changed(*impl_, [&](Impl & options) { options.settings.test = on; }));
}
CommitOptions CommitOptions::with_accept(std::function<bool(const Plan &)> accept) const {
    return CommitOptions(changed(*impl_, [&](Impl & options) {
        options.settings.accept = [accept = std::move(accept)](const std::shared_ptr<const core::Plan> & plan) {
            return !accept || accept(Plan(plan));
        };
    }));
}

Result<Outcome> commit(const Layout & layout, const Plan & plan, const CommitOptions & options) {
    auto committed = io::commit(*io::files_of(layout.root()), layout.impl(), plan.impl(), options.impl().settings);
    if (!committed) {
        return committed.error();
    }
    return Outcome(std::make_shared<const core::Outcome>(std::move(committed).value()));
}

}  // namespace confgraph
