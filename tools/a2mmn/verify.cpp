// SPDX-License-Identifier: Apache-2.0
#include "common/language.hpp"
#include "common/terminal.hpp"
#include "commands.hpp"

#include "error_text.hpp"
#include "list.hpp"
#include "parallel.hpp"

#include <confgraph-package/dependency.hpp>
#include <confgraph-package/package.hpp>
#include <confgraph-package/tree_check.hpp>
#include <confgraph/text.hpp>

#include <fmt/ranges.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace a2mmn {

using confgraph::DiagnosticCode;
using confgraph::escape;
using confgraph::package::Flavour;
using confgraph::package::Package;
using confgraph::package::PackageProblem;
using confgraph::package::PackageProblemCode;
using confgraph::package::TreeExpectations;
using confgraph::package::TreeProblem;
using confgraph::package::TreeProblemCode;

namespace {

std::string names(const std::vector<std::string> & values) {
    std::vector<std::string> safe;
    safe.reserve(values.size());
    for (const std::string & value : values) {
        safe.push_back(escape(value));
    }
    return fmt::format("{}", fmt::join(safe, ", "));
}

std::string diagnostic_text(const TreeProblem & problem) {
    std::string word = escape(problem.text());
    switch (problem.diagnostic()) {
        case DiagnosticCode::BYTE_ORDER_MARK:
            return tool::phrase("the file begins with a byte order mark, which the server takes for a directive");
        case DiagnosticCode::NAME_WITH_PATH:
            return tool::phrase("'{}' is a path, not the name of a module", word);
        case DiagnosticCode::NAME_WITH_PREFIX:
            return tool::phrase("'{}' begins with mod_; names of modules are written without", word);
        case DiagnosticCode::NAME_WITH_SUFFIX:
            return tool::phrase("'{}' has the suffix of a file; names of modules are written without", word);
        case DiagnosticCode::NAME_MALFORMED:
            return tool::phrase("'{}' cannot be the name of a module; separate names by blanks", word);
        case DiagnosticCode::SELF_REFERENCE:
            return tool::phrase("{} names itself", word);
        case DiagnosticCode::AFTER_DIRECTIVE:
            return tool::phrase("'{}' comes after the first directive, where it is ignored; move it to the top", word);
        case DiagnosticCode::NEARLY_MAGIC:
            return tool::phrase(
                "'{}' is ignored; a magic comment is written '# Depends: NAME' or '# Conflicts: NAME' from the start "
                "of the line",
                word);
        case DiagnosticCode::LINE_TOO_LONG:
            return tool::phrase("the line has more than 64 KiB");
        case DiagnosticCode::FILE_TOO_LARGE:
            return tool::phrase("the file has more than 1 MiB");
        case DiagnosticCode::LOAD_MODULE_INCOMPLETE:
            return tool::phrase("LoadModule needs an identifier and a file");
        case DiagnosticCode::NOT_A_FILE:
            return tool::phrase("not a file ({})", word);
        case DiagnosticCode::UNREADABLE:
            return tool::phrase("cannot be read ({})", word);
        case DiagnosticCode::VALUE_UNCLEAR:
            return tool::phrase("only a shell could tell the value of {}", word);
    }
    return word;
}

std::string text_of(const TreeProblem & problem) {
    std::string text = escape(problem.text());
    const std::string object = escape(problem.object());
    switch (problem.code()) {
        case TreeProblemCode::MALFORMED_FILE:
            return diagnostic_text(problem);
        case TreeProblemCode::BAD_NAME:
            return tool::phrase("'{}' cannot be the name of a module", text);
        case TreeProblemCode::UNKNOWN_DEPENDENCY:
            return problem.others().empty()
                       ? tool::phrase(
                             "depends on {}, which is no module of this package, of the installed server, or of httpd "
                             "2.4",
                             text)
                       : tool::phrase(
                             "depends on {}, which is no module of this package, of the installed server, or of httpd "
                             "2.4; did you mean {}?",
                             text, names(problem.others()));
        case TreeProblemCode::BINARY_MISSING:
            return tool::phrase("loads {}, which is neither in the package nor on this system", text);
        case TreeProblemCode::BINARY_OUTSIDE:
            return tool::phrase("loads {}, which is on this system, but not in the package", text);
        case TreeProblemCode::BINARY_UNREADABLE:
            return tool::phrase("loads {}, which {}", text, reason_text(problem.error().value()));
        case TreeProblemCode::NO_SUCH_MODULE:
            return problem.others().empty()
                       ? tool::phrase("loads {} from {}, which holds no module at all", object, text)
                       : tool::phrase("loads {} from {}, which holds {}", object, text, names(problem.others()));
        case TreeProblemCode::WRONG_MMN:
            return problem.others().empty()
                       ? tool::phrase("{} in {} is for module magic number {}, but {} is declared", object, text,
                                      problem.mmn(), problem.declared_mmn())
                       : tool::phrase("{} in {} is for module magic number {}, but {} is declared in {}", object, text,
                                      problem.mmn(), problem.declared_mmn(), names(problem.others()));
        case TreeProblemCode::MIXED_MMN:
            return tool::phrase("{} in {} is for module magic number {}, but others of the package for {}", object,
                                text, problem.mmn(), problem.declared_mmn());
        case TreeProblemCode::MISSING_DEPENDENCY:
            return tool::phrase("does not depend on {}, which {} needs",
                                confgraph::package::dependency(Flavour::DEB, problem.mmn(), ""), text);
    }
    return text;
}

std::string text_of(const Package & package, const PackageProblem & problem) {
    const std::string file = escape(problem.file());
    std::string declared = escape(problem.declared());
    const std::string expected = escape(problem.expected());
    switch (problem.code()) {
        case PackageProblemCode::UNREADABLE_BINARY:
            return fmt::format("{} {}", file, reason_text(package.errors().at(problem.error())));
        case PackageProblemCode::MIXED_MMN:
            return problem.other().empty() ? tool::phrase("{} is for module magic number {}, not for {}", file,
                                                          problem.mmn(), problem.other_mmn())
                                           : tool::phrase("{} is for module magic number {}, but {} is for {}", file,
                                                          problem.mmn(), escape(problem.other()), problem.other_mmn());
        case PackageProblemCode::MISSING_DEPENDENCY:
            return tool::phrase("does not depend on {}, which {} needs", expected, file);
        case PackageProblemCode::WRONG_DEPENDENCY:
            return tool::phrase("depends on {}, but {} needs {}", declared, file, expected);
        case PackageProblemCode::WRONG_PROVISION:
            return tool::phrase("provides {}, but {} is for {}", declared, file, expected);
        case PackageProblemCode::SUPERFLUOUS_DEPENDENCY:
            return tool::phrase("depends on {}, but holds no module", declared);
        case PackageProblemCode::MISSING_OPENSSL:
            return tool::phrase("does not depend on {}, though {} uses the OpenSSL of mod_ssl", expected, file);
        case PackageProblemCode::SUPERFLUOUS_OPENSSL:
            return tool::phrase("depends on {}, but no module seems to use the OpenSSL of mod_ssl", declared);
    }
    return declared;
}

/// How bad a problem is, in words that stand out on a terminal.
std::string severity(bool is_error) {
    return is_error ? tool::coloured(STDERR_FILENO, tool::Colour::RED, tool::phrase("error"))
                    : tool::coloured(STDERR_FILENO, tool::Colour::YELLOW, tool::phrase("warning"));
}

/// What is to be said of one operand.
struct Report {
    std::string err;
    bool failed = false;

    template <class... T>
    void add(bool error, fmt::format_string<T...> format, const T &... values) {
        err += tool::render(format, fmt::make_format_args(values...));
        failed = failed || error;
    }
};

void verify_tree(const std::string & path, const TreeExpectations & expectations, Report & report) {
    const auto problems = confgraph::package::check_tree(path, expectations);
    if (!problems) {
        report.add(true, "a2mmn: {}\n", error_text(problems.error()));
        return;
    }
    for (const TreeProblem & problem : problems.value()) {
        const std::string line = problem.line() == 0 ? "" : fmt::format("{}:", problem.line());
        report.add(problem.is_error(), "{}:{} {}: {}\n", escape(problem.file()), line, severity(problem.is_error()),
                   text_of(problem));
    }
}

void verify_package(const std::string & path, int mmn, const TreeExpectations & expectations, Report & report) {
    const auto package = Package::read(path);
    if (!package) {
        report.add(true, "a2mmn: {}\n", error_text(package.error()));
        return;
    }
    for (const PackageProblem & problem : confgraph::package::check_package(package.value(), mmn)) {
        report.add(problem.is_error(), "{}: {}: {}\n", escape(path), severity(problem.is_error()),
                   text_of(package.value(), problem));
    }
    for (const TreeProblem & problem : confgraph::package::check_load_files(package.value(), expectations)) {
        const std::string line = problem.line() == 0 ? "" : fmt::format(":{}", problem.line());
        report.add(problem.is_error(), "{}: {}: {}{}: {}\n", escape(path), severity(problem.is_error()),
                   escape(problem.file()), line, text_of(problem));
    }
}

}  // namespace

int verify(const Options & options, tool::Output & output) {
    TreeExpectations expectations = TreeExpectations().with_root(options.root);
    if (options.mmn) {
        expectations = expectations.with_mmn(*options.mmn);
    }
    for (const std::string & tree : options.also) {
        expectations = expectations.with_other_tree(tree);
    }
    const auto all = items(options.paths, output);
    if (!all) {
        return FAILED;
    }
    std::vector<Report> reports(all->size());
    for_all(all->size(), [&](std::size_t i) {
        const Item & item = (*all)[i];
        std::error_code error;
        if (std::filesystem::is_regular_file(item.path, error)) {
            // A list has whatever there is.
            if (!item.listed || Package::is_package(item.path)) {
                verify_package(item.path, options.mmn.value_or(0), expectations, reports[i]);
            }
        } else {
            verify_tree(item.path, expectations, reports[i]);
        }
    });
    int status = DONE;
    for (const Report & report : reports) {
        output.err("{}", report.err);
        status = report.failed ? FAILED : status;
    }
    return status;
}

}  // namespace a2mmn
