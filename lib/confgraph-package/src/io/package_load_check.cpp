// SPDX-License-Identifier: Apache-2.0
#include "io/package_load_check.hpp"

#include "io/load_check.hpp"

#include <algorithm>
#include <utility>

namespace confgraph::package::io {

namespace {

std::string entry_name(const core::LoadFile & file) {
    const auto start = file.path.rfind('/') + 1;
    return file.path.substr(start, file.path.size() - start - LOAD_SUFFIX.size());
}

class Check final : public LoadCheck {
public:
    Check(const core::Package & package, const Expectations & expected) : LoadCheck(expected), package_(package) {
        for (const core::PackageFile & file : package.files) {
            files_.insert_or_assign(file.path, &file);
        }
        for (const core::LoadFile & file : package.load_files) {
            know_module(entry_name(file));
        }
    }

    std::vector<core::TreeProblem> run() {
        for (const core::LoadFile & file : package_.load_files) {
            // The folder of the configuration, which has the folder of the file.
            const std::string folder = file.path.substr(0, file.path.rfind('/'));
            check_entry(Entry::parse_load_file(entry_name(file), file.path, file.text), file.path,
                        folder.substr(0, folder.rfind('/')));
        }
        return std::move(problems);
    }

private:
    std::string find_in_package(const std::string & path) override { return core::resolve_in_package(files_, path); }

    core::Result<core::Binary> read_in_package(const std::string & found) override {
        for (const core::Error & error : package_.errors) {
            if (error.path == found) {
                return error;
            }
        }
        const auto binary = std::find_if(package_.binaries.begin(), package_.binaries.end(),
                                         [&](const core::Binary & one) { return one.path == found; });
        if (binary != package_.binaries.end()) {
            return *binary;
        }
        core::Binary none;
        none.path = found;
        return none;
    }

    void check_module(const std::string &, unsigned, const std::string &, const core::Module &) override {
        // The number is compared with the dependencies of the package.
    }

    const core::Package & package_;
    std::map<std::string, const core::PackageFile *, std::less<>> files_;
};

}  // namespace

std::vector<core::TreeProblem> check_load_files(const core::Package & package, const Expectations & expectations) {
    return package.load_files.empty() ? std::vector<core::TreeProblem>() : Check(package, expectations).run();
}

}  // namespace confgraph::package::io
