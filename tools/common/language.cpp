// SPDX-License-Identifier: Apache-2.0
#include "common/language.hpp"

#include "common/terminal.hpp"

#include <array>
#include <atomic>
#include <climits>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <libintl.h>
#include <unistd.h>

namespace tool {

namespace {

constexpr const char * DOMAIN = "confgraph";

std::atomic<bool> english_only = false;

std::string_view variable(const char * name) {
    const char * const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Whether the environment asks for something else than what the sources have.
bool wants_translation() {
    std::string_view locale;
    for (const char * name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        if (locale.empty()) {
            locale = variable(name);
        }
    }
    if (locale.empty() || locale == "C" || locale == "POSIX") {
        return false;
    }
    // With any other locale, a list of languages comes first.
    return !locale.starts_with("C.") || !variable("LANGUAGE").empty();
}

/// Where the catalogues are: beside the program, wherever the tree it is part of was installed or moved to.
std::string locale_folder() {
    std::array<char, PATH_MAX> program;
    const ssize_t length = ::readlink("/proc/self/exe", program.data(), program.size());
    if (length > 0 && static_cast<std::size_t>(length) < program.size()) {
        std::string folder(program.data(), static_cast<std::size_t>(length));
        folder.resize(folder.rfind('/') + 1);
        folder += CONFGRAPH_LOCALES_FROM_PROGRAMS;
        if (::access(folder.c_str(), X_OK) == 0) {
            return folder;
        }
    }
    return CONFGRAPH_LOCALE_FOLDER;
}

/// The user's locale; null where nothing is translated. What the environment says is looked at first, since that costs
/// nothing.
locale_t find_locale() {
    if (!wants_translation() || !is_terminal(STDOUT_FILENO) || !is_terminal(STDERR_FILENO)) {
        return nullptr;
    }
    locale_t const found = ::newlocale(LC_CTYPE_MASK | LC_MESSAGES_MASK, "", nullptr);
    if (found != nullptr) {
        ::bindtextdomain(DOMAIN, locale_folder().c_str());
    }
    return found;
}

locale_t user_locale() {
    if (english_only) {
        return nullptr;
    }
    static locale_t const found = find_locale();
    return found;
}

/// The translation of a text, which ends with a null byte, or the text itself.
const char * translation(const char * text) {
    locale_t const locale = user_locale();
    // The empty text is translated to what a catalogue says of itself.
    if (locale == nullptr || *text == '\0') {
        return text;
    }
    locale_t const before = ::uselocale(locale);
    const char * const found = ::dgettext(DOMAIN, text);
    ::uselocale(before);
    return found;
}

}  // namespace

void speak_english() { english_only = true; }

void render_to(std::string & text, fmt::string_view format, fmt::format_args values) {
    const char * const found = translation(format.data());
    const std::size_t before = text.size();
    if (found != format.data()) {
        try {
            fmt::vformat_to(std::back_inserter(text), fmt::string_view(found), values);
            return;
        } catch (const fmt::format_error &) {  // a catalogue that someone else made
            text.resize(before);
        }
    }
    fmt::vformat_to(std::back_inserter(text), format, values);
}

std::string render(fmt::string_view format, fmt::format_args values) {
    std::string text;
    render_to(text, format, values);
    return text;
}

std::string system_text(int error) {
    locale_t const locale = user_locale();
    return locale == nullptr ? std::strerror(error) : ::strerror_l(error, locale);
}

}  // namespace tool
