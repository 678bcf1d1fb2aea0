// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace tool {

// What the tools say is written in English in their sources, and looked up in the catalogue of the user's language when
// it is said: by its format, before values take their places. Scripts read these messages, as they read those of
// Debian's tools, which speak English alone. So a translation is shown only where a person looks on: where standard
// output and standard error are both terminals. A document, and what is answered to a shell library, is never
// translated.
//
// gettext's tools find what there is to translate as the first argument of phrase(), of Output::out() and
// Output::err(), and of what po/update names. The process stays in the locale C: numbers, file names and what libraries
// make of them do not depend on who looks on.

/// From now on everything is English: what is said is for a program.
void speak_english();

/// A format, or its translation, with the values in it. A translation that does not fit the values is none.
std::string render(fmt::string_view format, fmt::format_args values);
/// The same at the end of a text.
void render_to(std::string & text, fmt::string_view format, fmt::format_args values);

/// A sentence, or a part of one, in the user's language.
template <class... T>
std::string phrase(fmt::format_string<T...> format, const T &... values) {
    return render(format, fmt::make_format_args(values...));
}

/// What an error number of the system means, in the user's language.
std::string system_text(int error);

}  // namespace tool
