// SPDX-License-Identifier: Apache-2.0
#include "core/module_records.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace confgraph::package::core {

namespace {

// A server with everything linked into it has some 130 modules; the module with the most directives has 250.
constexpr std::size_t MAX_MODULES = 1024;
constexpr std::size_t MAX_DIRECTIVES = 16384;
constexpr std::size_t MAX_NAME_BYTES = 4096;
constexpr std::size_t MAX_HELP_BYTES = 64UL * 1024;
constexpr std::size_t MAX_TEXT_BYTES = 16UL * 1024 * 1024;
// Days, as numbers: those of which there can be a module magic number.
constexpr std::uint64_t FIRST_DAY = 19950101;
constexpr std::uint64_t LAST_DAY = 29991231;

/// Where the members of the server's struct module and struct command_rec lie.
struct Layout {
    unsigned word;
    unsigned name;
    unsigned magic;
    unsigned commands;
    unsigned smallest;  ///< up to the end of what is looked at
    unsigned command_override;
    unsigned command_how;
    unsigned command_help;
    unsigned command_size;
};
constexpr Layout LAYOUT_64 = {8, 16, 40, 88, 96, 24, 28, 32, 40};
constexpr Layout LAYOUT_32 = {4, 12, 24, 48, 52, 12, 16, 20, 24};

struct Cookie {
    std::uint64_t value;
    std::string_view name;
};
constexpr std::array<Cookie, 4> COOKIES = {
    {{0x41503230, "AP20"}, {0x41503232, "AP22"}, {0x41503234, "AP24"}, {0x41503235, "AP25"}}};

class Reader {
public:
    explicit Reader(const ElfFile & file) : file_(file), layout_(file.bits() == 64 ? LAYOUT_64 : LAYOUT_32) {}

    Result<std::vector<Module>> run() {
        file_.for_each_object([&](const Symbol & symbol) {
            if (const auto cookie = cookie_of(symbol)) {
                read_module(symbol, *cookie);
            }
            return !error_;
        });
        if (error_) {
            return *error_;
        }
        return std::move(modules_);
    }

private:
    std::optional<std::string_view> cookie_of(const Symbol & symbol) const {
        if (symbol.size != 0 && symbol.size < layout_.smallest) {
            return std::nullopt;
        }
        const auto value = file_.number(symbol.address + layout_.magic, layout_.word);
        const auto * found = std::find_if(COOKIES.begin(), COOKIES.end(),
                                          [&](const Cookie & cookie) { return value && cookie.value == *value; });
        return found == COOKIES.end() ? std::nullopt : std::optional(found->name);
    }

    void fail(Error error) {
        if (!error_) {
            error_ = std::move(error);
        }
    }

    /// A text that a member points to; empty for a null pointer.
    std::string text(std::uint64_t member, Part part, std::size_t limit) {
        const Pointer pointer = file_.pointer(member);
        if (pointer.kind == Pointer::Kind::NONE) {
            return {};
        }
        const auto found = pointer.kind == Pointer::Kind::INSIDE ? file_.text(pointer.address, limit) : std::nullopt;
        if (!found) {
            fail(malformed(part, file_.offset_of(member)));
            return {};
        }
        text_bytes_ += found->size();
        if (text_bytes_ > MAX_TEXT_BYTES) {
            fail(too_much(part, file_.offset_of(member)));
            return {};
        }
        return std::string(*found);
    }

    void read_module(const Symbol & symbol, std::string_view cookie) {
        const std::uint64_t at = symbol.address;
        if (modules_.size() == MAX_MODULES) {
            fail(too_much(Part::MODULE, file_.offset_of(at)));
            return;
        }
        const auto major = file_.number(at, 4);
        const auto minor = file_.number(at + 4, 4);
        Module module;
        module.identifier = symbol.name;
        module.cookie = cookie;
        std::string source = text(at + layout_.name, Part::MODULE, MAX_NAME_BYTES);
        // As the server does, which is compiled in other folders than it names.
        module.source = source.substr(source.find_last_of("/\\") + 1);
        if (!major || *major < FIRST_DAY || *major > LAST_DAY || !minor || *minor > 0x7FFFFFFF ||
            module.source.empty()) {
            fail(malformed(Part::MODULE, file_.offset_of(at)));
            return;
        }
        module.mmn_major = static_cast<int>(*major);
        module.mmn_minor = static_cast<int>(*minor);
        const Pointer table = file_.pointer(at + layout_.commands);
        if (table.kind == Pointer::Kind::INSIDE) {
            read_directives(table.address, module);
        } else if (table.kind == Pointer::Kind::OUTSIDE) {
            module.directives_known = false;
        } else if (table.kind == Pointer::Kind::INVALID) {
            fail(malformed(Part::MODULE, file_.offset_of(at + layout_.commands)));
        }
        modules_.push_back(std::move(module));
    }

    void read_directives(std::uint64_t at, Module & module) {
        for (; !error_; at += layout_.command_size) {
            if (directives_ == MAX_DIRECTIVES) {
                fail(too_much(Part::DIRECTIVES, file_.offset_of(at)));
                return;
            }
            if (file_.pointer(at).kind == Pointer::Kind::NONE) {
                return;
            }
            const auto allowed = file_.number(at + layout_.command_override, 4);
            const auto how = file_.number(at + layout_.command_how, 4);
            Directive directive;
            directive.name = text(at, Part::DIRECTIVES, MAX_NAME_BYTES);
            if (!allowed || !how || directive.name.empty()) {
                fail(malformed(Part::DIRECTIVES, file_.offset_of(at)));
                return;
            }
            directive.allowed = static_cast<std::uint32_t>(*allowed);
            directive.arguments =
                *how < static_cast<std::uint64_t>(Arguments::OTHER) ? static_cast<Arguments>(*how) : Arguments::OTHER;
            directive.help = text(at + layout_.command_help, Part::DIRECTIVES, MAX_HELP_BYTES);
            module.directives.push_back(std::move(directive));
            ++directives_;
        }
    }

    const ElfFile & file_;
    const Layout & layout_;
    std::vector<Module> modules_;
    std::optional<Error> error_;
    std::size_t directives_ = 0;
    std::size_t text_bytes_ = 0;
};

/// The hooks of mod_ssl_openssl.h. They are optional ones, which are asked for by name.
constexpr std::array<std::string_view, 5> OPENSSL_HOOKS = {"init_server", "pre_handshake", "proxy_post_handshake",
                                                           "init_stapling_status", "get_stapling_status"};

bool uses_openssl(const ElfFile & file) {
    // mod_ssl's own record has no other use than to find what mod_ssl stores for a connection: OpenSSL's objects.
    return file.imports("ssl_module") || (file.imports("apr_optional_hook_add") &&
                                          std::any_of(OPENSSL_HOOKS.begin(), OPENSSL_HOOKS.end(),
                                                      [&](std::string_view hook) { return file.holds_text(hook); }));
}

}  // namespace

Result<std::vector<Module>> find_modules(const ElfFile & file) { return Reader(file).run(); }

Result<Binary> parse_binary(std::string bytes, const std::string & path) {
    const auto fail = [&](Error error) {
        error.path = path;
        return error;
    };
    const auto file = ElfFile::parse(std::move(bytes));
    if (!file) {
        return fail(file.error());
    }
    auto modules = find_modules(file.value());
    if (!modules) {
        return fail(modules.error());
    }
    const ElfFile & elf = file.value();
    return Binary{path,
                  std::move(modules).value(),
                  &elf.machine(),
                  elf.bits(),
                  elf.big_endian(),
                  rpm_isa(elf.machine(), elf.bits(), elf.flags()),
                  uses_openssl(elf)};
}

}  // namespace confgraph::package::core
