// SPDX-License-Identifier: Apache-2.0
#include "support/names.hpp"

#include <stdexcept>

namespace confgraph::test {

// A switch without default: the compiler says when an enumerator is missing here.
#define NAME(enumerator) \
    case enumerator:     \
        return word(#enumerator)

namespace {

/// An enumerator without its type.
std::string word(const std::string & enumerator) { return enumerator.substr(enumerator.rfind(':') + 1); }

[[noreturn]] void not_one() { throw std::invalid_argument("not an enumerator"); }

}  // namespace

std::string name_of(DiagnosticCode code) {
    switch (code) {
        NAME(DiagnosticCode::BYTE_ORDER_MARK);
        NAME(DiagnosticCode::NAME_WITH_PATH);
        NAME(DiagnosticCode::NAME_WITH_PREFIX);
        NAME(DiagnosticCode::NAME_WITH_SUFFIX);
        NAME(DiagnosticCode::NAME_MALFORMED);
        NAME(DiagnosticCode::SELF_REFERENCE);
        NAME(DiagnosticCode::AFTER_DIRECTIVE);
        NAME(DiagnosticCode::NEARLY_MAGIC);
        NAME(DiagnosticCode::LINE_TOO_LONG);
        NAME(DiagnosticCode::FILE_TOO_LARGE);
        NAME(DiagnosticCode::LOAD_MODULE_INCOMPLETE);
        NAME(DiagnosticCode::NOT_A_FILE);
        NAME(DiagnosticCode::UNREADABLE);
        NAME(DiagnosticCode::VALUE_UNCLEAR);
    }
    not_one();
}

std::string name_of(ErrorCode code) {
    switch (code) {
        NAME(ErrorCode::CANNOT_READ);
        NAME(ErrorCode::CANNOT_CREATE_LINK);
        NAME(ErrorCode::CANNOT_REMOVE_LINK);
        NAME(ErrorCode::CANNOT_WRITE_MARKER);
        NAME(ErrorCode::CANNOT_REMOVE_MARKER);
        NAME(ErrorCode::ENVVARS_FAILED);
        NAME(ErrorCode::ENVVARS_MALFORMED);
        NAME(ErrorCode::ENVVARS_NOT_PLAIN);
        NAME(ErrorCode::LAYOUT_MALFORMED);
        NAME(ErrorCode::NO_INSTANCES);
        NAME(ErrorCode::NOT_A_SERVER);
        NAME(ErrorCode::CHANGED_MEANWHILE);
        NAME(ErrorCode::CANNOT_LOCK);
        NAME(ErrorCode::LOCKED);
        NAME(ErrorCode::PLAN_CHANGED);
        NAME(ErrorCode::JOURNAL_DAMAGED);
        NAME(ErrorCode::JOURNAL_UNKNOWN);
        NAME(ErrorCode::JOURNAL_ELSEWHERE);
        NAME(ErrorCode::CANNOT_WRITE_JOURNAL);
        NAME(ErrorCode::CANNOT_STAGE);
        NAME(ErrorCode::CANNOT_FLUSH);
        NAME(ErrorCode::CANNOT_CLEAN_UP);
        NAME(ErrorCode::CANNOT_CREATE_FILE);
        NAME(ErrorCode::NOT_AN_INSTANCE);
        NAME(ErrorCode::INSTANCE_RUNS);
        NAME(ErrorCode::SERVER_REFUSED);
        NAME(ErrorCode::CANNOT_WRITE_FILE);
        NAME(ErrorCode::CANNOT_REMOVE_FILE);
        NAME(ErrorCode::CANNOT_RENAME_FILE);
        NAME(ErrorCode::FILE_TOO_LARGE);
    }
    not_one();
}

std::string name_of(FindingCode code) {
    switch (code) {
        NAME(FindingCode::NO_MPM);
        NAME(FindingCode::SEVERAL_MPMS);
        NAME(FindingCode::NEEDS_NONTHREADED_MPM);
        NAME(FindingCode::MISSING_DEPENDENCY);
        NAME(FindingCode::UNKNOWN_DEPENDENCY);
        NAME(FindingCode::LOADED_LATER);
        NAME(FindingCode::CONFLICT);
        NAME(FindingCode::CYCLE);
        NAME(FindingCode::DANGLING_LINK);
        NAME(FindingCode::DANGLING_CONF);
        NAME(FindingCode::FOREIGN_LINK);
        NAME(FindingCode::REAL_FILE);
        NAME(FindingCode::CONF_NOT_ENABLED);
        NAME(FindingCode::STALE_CONF);
        NAME(FindingCode::MARKER_DISAGREES);
        NAME(FindingCode::BINARY_MISSING);
        NAME(FindingCode::MALFORMED_FILE);
        NAME(FindingCode::UNFINISHED_CHANGE);
        NAME(FindingCode::JOURNAL_NOT_UNDERSTOOD);
        NAME(FindingCode::SEVERAL_LINES);
        NAME(FindingCode::START_LIST_DISAGREES);
    }
    not_one();
}

std::string name_of(LinkState state) {
    switch (state) {
        NAME(LinkState::ABSENT);
        NAME(LinkState::OK);
        NAME(LinkState::DANGLING);
        NAME(LinkState::FOREIGN);
        NAME(LinkState::REAL_FILE);
    }
    not_one();
}

std::string name_of(NoticeCode code) {
    switch (code) {
        NAME(NoticeCode::CONSIDERING_DEPENDENCY);
        NAME(NoticeCode::CHECKING_DEPENDENCY);
        NAME(NoticeCode::CONSIDERING_CONFLICT);
        NAME(NoticeCode::ALREADY_ENABLED);
        NAME(NoticeCode::ALREADY_DISABLED);
        NAME(NoticeCode::ENABLING);
        NAME(NoticeCode::ENABLING_CONF);
        NAME(NoticeCode::DISABLED);
        NAME(NoticeCode::REMOVING_STALE_CONF);
        NAME(NoticeCode::DANGLING_LINK_REPLACED);
        NAME(NoticeCode::DANGLING_LINK_REMOVED);
        NAME(NoticeCode::THREADED_MPM);
        NAME(NoticeCode::MPM_UNKNOWN);
        NAME(NoticeCode::CYCLE);
        NAME(NoticeCode::SSL_HINT);
        NAME(NoticeCode::EXTERNAL_SERVICE);
        NAME(NoticeCode::NO_MATCH);
        NAME(NoticeCode::BAD_NAME);
        NAME(NoticeCode::NOT_FOUND);
        NAME(NoticeCode::DANGLING_LINK);
        NAME(NoticeCode::CANNOT_READ);
        NAME(NoticeCode::DEPENDENCY_FAILED);
        NAME(NoticeCode::CONFLICT);
        NAME(NoticeCode::DEPENDENTS);
        NAME(NoticeCode::INDIRECT_DEPENDENT);
        NAME(NoticeCode::MODULE_NOT_ENABLED);
        NAME(NoticeCode::REAL_FILE);
        NAME(NoticeCode::FOREIGN_LINK);
        NAME(NoticeCode::CONF_REAL_FILE);
        NAME(NoticeCode::CONF_FOREIGN_LINK);
        NAME(NoticeCode::CANNOT_REMOVE_REAL_FILE);
        NAME(NoticeCode::LAST_MPM);
        NAME(NoticeCode::VARIANT_SWITCHED);
        NAME(NoticeCode::NOT_AN_MPM);
        NAME(NoticeCode::STATIC_MPM);
        NAME(NoticeCode::NOT_IN_LAYOUT);
        NAME(NoticeCode::LINE_IN_CONTAINER);
        NAME(NoticeCode::SEVERAL_LINES);
        NAME(NoticeCode::FILE_IS_LINK);
        NAME(NoticeCode::GENERATED_FILE);
        NAME(NoticeCode::LINE_NOT_REVERSIBLE);
        NAME(NoticeCode::SEVERAL_FILES);
        NAME(NoticeCode::SEVERAL_WORDS);
        NAME(NoticeCode::VALUE_UNCLEAR);
        NAME(NoticeCode::MPM_IS_SERVER);
        NAME(NoticeCode::NO_BINARY);
        NAME(NoticeCode::NO_IDENTIFIER);
        NAME(NoticeCode::NO_FILE_NAME);
    }
    not_one();
}

std::string name_of(OperationCode code) {
    switch (code) {
        NAME(OperationCode::CREATE_LINK);
        NAME(OperationCode::REMOVE_LINK);
        NAME(OperationCode::SWITCH_LINK);
        NAME(OperationCode::CREATE_MARKER);
        NAME(OperationCode::REMOVE_MARKER);
        NAME(OperationCode::EDIT_LINE);
        NAME(OperationCode::ADD_WORD);
        NAME(OperationCode::REMOVE_WORD);
        NAME(OperationCode::CREATE_FILE);
        NAME(OperationCode::REMOVE_FILE);
        NAME(OperationCode::RENAME_FILE);
    }
    not_one();
}

std::string name_of(Reason reason) {
    switch (reason) {
        NAME(Reason::REQUESTED);
        NAME(Reason::DEPENDENCY);
        NAME(Reason::DEPENDENT);
        NAME(Reason::CYCLE);
        NAME(Reason::CONFLICT_LINK);
        NAME(Reason::REPLACED);
        NAME(Reason::VARIANT);
    }
    not_one();
}

std::string name_of(StepCode code) {
    switch (code) {
        NAME(StepCode::ENABLE);
        NAME(StepCode::ENABLE_CONF);
        NAME(StepCode::DISABLE);
        NAME(StepCode::REMOVE_CONF);
        NAME(StepCode::REMOVE_DANGLING);
        NAME(StepCode::PURGE);
    }
    not_one();
}

std::string name_of(UnitState state) {
    switch (state) {
        NAME(UnitState::CHANGES);
        NAME(UnitState::NOTHING_TO_DO);
        NAME(UnitState::REFUSED);
    }
    not_one();
}

}  // namespace confgraph::test
