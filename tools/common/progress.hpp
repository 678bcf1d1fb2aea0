// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace tool {

/// Shows on a terminal that is standard error what takes longer than a second, and how far it is; nothing of it stays.
/// To be begun only for what may take that long: it costs a thread.
class Progress {
public:
    /// What is done, without a full stop. Where shown is not set, nothing is shown.
    Progress(std::string what, bool shown);
    Progress(const Progress &) = delete;
    Progress & operator=(const Progress &) = delete;
    ~Progress();

    /// So much is done of so much; 0 of 0 where that is not known. To be called from any thread.
    void set(std::size_t done, std::size_t total);
    /// One more is done.
    void one_done();
    /// Takes what is shown away, before something else is said.
    void hide();

private:
    void run();
    void draw(std::size_t seconds);

    std::string what_;
    std::mutex mutex_;
    std::condition_variable ended_;
    std::size_t done_ = 0;
    std::size_t total_ = 0;
    bool drawn_ = false;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace tool
