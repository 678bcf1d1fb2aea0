// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/descriptor.hpp"

#include <string>

namespace confgraph::io {

/// Sees who opens a folder, from before anybody can know of it: so that it is not emptied under the eyes of somebody
/// who has opened it and not listed it yet.
///
/// Such a reader is either running or waiting to run. Where no other process is, there is nobody to be seen, and
/// nothing is watched: to end a watch takes the kernel longer than everything else that a command does.
class OpenWatch {
public:
    /// Looks whether any other process is running now. Who reads the folder again and again is found to be running each
    /// time; others are not, at least once.
    void look_around();
    /// Starts watching, unless no other process was running at some time. Where the kernel does not allow to watch,
    /// nobody will be seen.
    void start(const std::string & folder);
    /// Waits until those who have opened the folder have closed it, for a second at most. Nobody can open it any more.
    void wait_for_closing();

private:
    bool take_events();

    Descriptor queue_;
    bool alone_ = false;
    long open_ = 0;  // how many have it open; those who opened it at the same time may count as one
};

}  // namespace confgraph::io
