// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/arguments.hpp"
#include "common/output.hpp"

#include <confgraph/layout.hpp>
#include <confgraph/maintainer_script.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// What the shell library of maintainer scripts says when it calls a program: apache2-maintscript-helper(7).
struct ScriptOptions {
    std::optional<std::string> words;  ///< the script, its method and its argument
    std::optional<std::string> then;   ///< what the server is to do
    bool asked = false;                ///< the script did something before that the server should know

    void add_to(std::vector<Flag> & flags, std::vector<ValueOption> & values);
    [[nodiscard]] bool given() const { return words || then || asked; }
};

struct ScriptCall {
    confgraph::MaintainerScript script;
    /// "restart" or "reload"; empty when the server is left alone.
    std::string then;
    bool asked = false;
};

/// Makes sense of the options; says what is wrong with them and gives nothing otherwise.
std::optional<ScriptCall> script_call(const ScriptOptions & options, Output & output);

/// The answer to the shell library, in lines: a priority of syslog(3) and a message, "asked", or "action" and what the
/// server is to do.
class ScriptAnswer {
public:
    explicit ScriptAnswer(Output & output) : output_(output) {}

    /// A line for each line of the text, which is made fit for a terminal, its lines beginning with the prefix.
    void message(std::string_view priority, std::string_view prefix, std::string_view text);
    /// The server should learn of what was done.
    void asked() { output_.out("asked\n"); }
    /// Has the server do what the call says, if the state of the package asks for it, the local policy for services
    /// permits it, and the server accepts its configuration, which was tested already or is tested now.
    void server_action(const ScriptCall & call, const confgraph::Layout & layout, bool tested);

private:
    Output & output_;
};

}  // namespace tool
