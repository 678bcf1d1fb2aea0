// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <dlfcn.h>

#include <string>
#include <string_view>

namespace confgraph::package::io {

/// A shared library that is loaded when it is first needed: those of packages take longer to load than it takes to read
/// a module binary. It stays loaded.
class ForeignLibrary {
public:
    explicit ForeignLibrary(const char * name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
        if (handle_ == nullptr) {
            complain();
        }
    }

    /// Finds a function in it.
    template <class Function>
    void find(Function *& function, const char * name) {
        void * found = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
        function = reinterpret_cast<Function *>(found);
        if (found == nullptr && problem_.empty()) {
            complain();
        }
    }

    /// Why it cannot be used; empty when it can.
    [[nodiscard]] const std::string & problem() const { return problem_; }

private:
    void complain() {
        const char * reason = ::dlerror();
        problem_ = reason == nullptr ? "cannot be loaded" : reason;
    }

    void * handle_;
    std::string problem_;
};

}  // namespace confgraph::package::io
