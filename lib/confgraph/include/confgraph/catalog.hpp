// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/kind.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/location.hpp>
#include <confgraph/request.hpp>
#include <confgraph/result.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph {

namespace core {
struct Catalog;
struct Diagnostic;
struct Entry;
struct LoadModule;
struct Reference;
}  // namespace core

/// What lies in the enabled folder under an entry's file name.
enum class LinkState : std::uint8_t {
    ABSENT,     ///< nothing
    OK,         ///< a link to the file in the available folder
    DANGLING,   ///< a link to nothing
    FOREIGN,    ///< a link to some other file
    REAL_FILE,  ///< no link: a file or folder
};

/// Whether a file exists, as far as that was looked at.
enum class Presence : std::uint8_t { UNKNOWN, PRESENT, MISSING };

/// What is wrong in a .load or .conf file.
enum class DiagnosticCode : std::uint8_t {
    BYTE_ORDER_MARK,         ///< the file begins with a byte order mark, which httpd takes for a directive
    NAME_WITH_PATH,          ///< a name in a magic comment has a '/'
    NAME_WITH_PREFIX,        ///< a name in a magic comment begins with "mod_"
    NAME_WITH_SUFFIX,        ///< a name in a magic comment ends in .load, .conf, .so or .c
    NAME_MALFORMED,          ///< a name in a magic comment cannot be a name
    SELF_REFERENCE,          ///< an entry names itself
    AFTER_DIRECTIVE,         ///< a magic comment after the first directive, where the format ignores it
    NEARLY_MAGIC,            ///< a comment that looks like a magic one but is not written as one
    LINE_TOO_LONG,           ///< a line of more than 64 KiB; the rest of the file is not read
    FILE_TOO_LARGE,          ///< a file of more than 1 MiB; the rest is not read
    LOAD_MODULE_INCOMPLETE,  ///< LoadModule without two arguments
    NOT_A_FILE,              ///< a folder, a FIFO, a socket or a device where a file should be
    UNREADABLE,              ///< the file cannot be read; the text says why
    VALUE_UNCLEAR,           ///< only a shell could tell the value of a variable, which the text names
};

/// A name in a magic comment, with its place.
class CONFGRAPH_API Reference {
public:
    explicit Reference(std::shared_ptr<const core::Reference> impl);

    /// The module that is named.
    [[nodiscard]] const std::string & name() const;
    /// Where the comment stands in the entry's file; counts from 1.
    [[nodiscard]] unsigned line() const;

private:
    std::shared_ptr<const core::Reference> impl_;
};

/// A LoadModule directive.
class CONFGRAPH_API LoadModule {
public:
    explicit LoadModule(std::shared_ptr<const core::LoadModule> impl);

    /// The module identifier, such as "rewrite_module".
    [[nodiscard]] const std::string & identifier() const;
    /// The binary as written, perhaps relative to the server's root.
    [[nodiscard]] const std::string & file() const;
    /// Where it stands in the entry's file; counts from 1.
    [[nodiscard]] unsigned line() const;
    /// The containers around it, outermost first, as written: "IfModule !mod_foo.c".
    [[nodiscard]] const std::vector<std::string> & guards() const;
    /// The binary's path below the server's root; as written when it holds variables.
    [[nodiscard]] const std::string & path() const;
    /// Whether the binary exists.
    [[nodiscard]] Presence presence() const;

private:
    std::shared_ptr<const core::LoadModule> impl_;
};

/// Something wrong in a file.
class CONFGRAPH_API Diagnostic {
public:
    explicit Diagnostic(std::shared_ptr<const core::Diagnostic> impl);

    /// What is wrong.
    [[nodiscard]] DiagnosticCode code() const;
    /// Where it stands in the entry's file; 0 when it is about the file as a whole.
    [[nodiscard]] unsigned line() const;
    /// The name, comment or reason concerned; may be empty.
    [[nodiscard]] const std::string & text() const;

private:
    std::shared_ptr<const core::Diagnostic> impl_;
};

/// One module, conf or site, as it was when the catalog was read.
class CONFGRAPH_API Entry {
public:
    explicit Entry(std::shared_ptr<const core::Entry> impl);

    /// What the text of a module's .load file says, wherever that was found; path is what file() shall be. Nothing else
    /// of the entry is known.
    static Entry parse_load_file(std::string_view name, std::string_view path, std::string_view text);

    /// Whether it is a module, a conf or a site.
    [[nodiscard]] Kind kind() const;
    /// The name without a suffix: "ssl".
    [[nodiscard]] const std::string & name() const;
    /// Whether its file is in the available folder; for a module NAME.load.
    [[nodiscard]] bool available() const;
    /// Whether a module has a NAME.conf in the available folder.
    [[nodiscard]] bool has_conf() const;
    /// Whether the server reads it: whatever lies in the enabled folder under its name, a dangling link excepted.
    [[nodiscard]] bool enabled() const;
    /// What lies in the enabled folder under its name; for a module, under NAME.load.
    [[nodiscard]] LinkState link() const;
    /// For a module, the state of NAME.conf in the enabled folder.
    [[nodiscard]] LinkState conf_link() const;
    /// Who enabled it last, as the markers say.
    [[nodiscard]] Actor enabled_by() const;
    /// Who disabled it last, as the markers say.
    [[nodiscard]] Actor disabled_by() const;
    /// The file whose magic comments hold: the enabled one, else the available one.
    [[nodiscard]] const std::string & file() const;
    /// The modules that it needs, as its magic comments name them; of several lines in their order, each name once.
    [[nodiscard]] std::vector<Reference> depends() const;
    /// The modules that must not be enabled along with it; empty for confs and sites, which cannot declare any.
    [[nodiscard]] std::vector<Reference> conflicts() const;
    /// The LoadModule directives of a module's file, in their order.
    [[nodiscard]] std::vector<LoadModule> load_modules() const;
    /// What is wrong in its file, by line, as far as that was read.
    [[nodiscard]] std::vector<Diagnostic> diagnostics() const;
    /// Whether the module is a multi-processing module.
    [[nodiscard]] bool is_mpm() const;
    /// For an MPM, whether it is threaded; nothing when that was not asked or could not be found out.
    [[nodiscard]] std::optional<bool> threaded() const;

private:
    std::shared_ptr<const core::Entry> impl_;
};

/// What a change that was interrupted, or is under way, left to be read.
enum class JournalState : std::uint8_t {
    NONE,
    UNFINISHED,      ///< the catalog is what it will be when the change is completed or taken back
    NOT_UNDERSTOOD,  ///< there is a journal that makes no sense: the catalog is what lies in the folders now
};

/// An immutable snapshot of what is available and what is enabled, as far as it was asked for.
class CONFGRAPH_API Catalog {
public:
    explicit Catalog(std::shared_ptr<const core::Catalog> impl);

    /// Reads what planning a request needs, and no more. This and the others below fail with CANNOT_READ when a folder
    /// cannot be read; what is wrong with a file is a diagnostic of its entry.
    static Result<Catalog> read_for(const Layout & layout, const Request & request);
    /// Reads whether the named entries of a kind are available and enabled, and by whom; their files are not opened.
    static Result<Catalog> read_names(const Layout & layout, Kind kind, const std::vector<std::string> & names);
    /// Reads which entries of a kind are enabled and who enabled them; their files are not opened.
    static Result<Catalog> read_enabled(const Layout & layout, Kind kind);
    /// Reads the enabled modules, to find the multi-processing modules among them. Binaries are opened only when no
    /// file tells of any.
    static Result<Catalog> read_mpms(const Layout & layout);
    /// Reads all modules, available and enabled, to find the multi-processing modules among them, whether each is
    /// threaded, and what depends on them.
    static Result<Catalog> read_all_mpms(const Layout & layout);
    /// Reads everything: all kinds, available and enabled, each file to its end.
    static Result<Catalog> read_all(const Layout & layout);

    /// The same for what may take long. As it goes on, going_on is called again and again: thousands of times where
    /// there are thousands of files. To be quick about it.
    static Result<Catalog> read_for(const Layout & layout, const Request & request,
                                    const std::function<void()> & going_on);
    /// Likewise.
    static Result<Catalog> read_enabled(const Layout & layout, Kind kind, const std::function<void()> & going_on);
    /// Likewise.
    static Result<Catalog> read_all(const Layout & layout, const std::function<void()> & going_on);

    /// The entries of a kind that were read, by name.
    [[nodiscard]] std::vector<Entry> entries(Kind kind) const;
    /// One of the entries that were read; nothing when there is none of exactly this name.
    [[nodiscard]] std::optional<Entry> find(Kind kind, std::string_view name) const;
    /// The names a request without arguments can choose from: what is available to enable, what is enabled to disable.
    [[nodiscard]] const std::vector<std::string> & choices() const;
    /// The name of an MPM that is linked into the server itself; empty when there is none or nobody looked.
    [[nodiscard]] const std::string & static_mpm() const;
    /// Whether there was a journal when it was read.
    [[nodiscard]] JournalState journal() const;
    /// Why the journal is not understood; the error that changing something would fail with.
    [[nodiscard]] const std::optional<Error> & journal_problem() const;

    [[nodiscard]] const core::Catalog & impl() const { return *impl_; }

private:
    std::shared_ptr<const core::Catalog> impl_;
};

/// Whether a name has the form of an entry's name; one that has not can never exist.
CONFGRAPH_API bool is_entry_name(std::string_view name);

/// The candidates most like a name that does not exist, best first, three at most; none when nothing is alike.
CONFGRAPH_API std::vector<std::string> similar_names(std::string_view name,
                                                     const std::vector<std::string> & candidates);

/// A name as the query tool takes it: without a leading "mod_" and a trailing ".load" or ".conf".
CONFGRAPH_API std::string undecorated(std::string_view name);

/// An MPM's name as the server gives it: "event" for the module mpm_event.
CONFGRAPH_API std::string mpm_name(std::string_view entry_name);

}  // namespace confgraph
