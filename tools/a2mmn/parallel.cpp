// SPDX-License-Identifier: Apache-2.0
#include "parallel.hpp"

#include "common/progress.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace a2mmn {

void for_all(std::size_t count, const std::function<void(std::size_t)> & work) {
    tool::Progress progress({}, count > 1);
    progress.set(0, count);
    std::atomic<std::size_t> next = 0;
    std::exception_ptr thrown;
    std::mutex mutex;
    const auto run = [&] {
        try {
            for (std::size_t i = next++; i < count; i = next++) {
                work(i);
                progress.one_done();
            }
        } catch (...) {
            next = count;
            const std::scoped_lock lock(mutex);
            thrown = std::current_exception();
        }
    };
    std::vector<std::jthread> threads;
    const std::size_t wanted = std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), count);
    for (std::size_t i = 1; i < wanted; ++i) {
        try {
            threads.emplace_back(run);
        } catch (const std::system_error &) {
            break;  // those that run do all of it
        }
    }
    run();
    threads.clear();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

}  // namespace a2mmn
