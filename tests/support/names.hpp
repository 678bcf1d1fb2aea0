// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/catalog.hpp>
#include <confgraph/check.hpp>
#include <confgraph/error.hpp>
#include <confgraph/plan.hpp>

#include <string>

namespace confgraph::test {

// The enumerators as words, so that tests can expect and show them.
std::string name_of(DiagnosticCode code);
std::string name_of(ErrorCode code);
std::string name_of(FindingCode code);
std::string name_of(LinkState state);
std::string name_of(NoticeCode code);
std::string name_of(OperationCode code);
std::string name_of(Reason reason);
std::string name_of(StepCode code);
std::string name_of(UnitState state);

}  // namespace confgraph::test
