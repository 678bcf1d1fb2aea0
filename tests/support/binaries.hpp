// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace confgraph::test {

// The server's own binaries: nothing made up has all that real ones have.
const std::string SERVER_BINARY = CONFGRAPH_SERVER;
const std::string MODULE_FOLDER = CONFGRAPH_MODULE_FOLDER;

inline std::string module_binary(const std::string & file) { return MODULE_FOLDER + file; }

inline std::string whole_file(const std::string & path) {
    std::ifstream stream(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream.is_open() || stream.bad() || bytes.empty()) {
        throw std::runtime_error("cannot read " + path + ": the tests need the server (package apache2-bin)");
    }
    return bytes;
}

}  // namespace confgraph::test
