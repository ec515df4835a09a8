#include "homeassistant/supervisor/trouble_log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "homeassistant/supervisor/answers.hpp"

namespace blupow::homeassistant::supervisor {

namespace {

// An answer that cannot be used has many causes, each with words of its own; elsewhere the words may differ from try to try.
bool isSame(const Trouble& one, const Trouble& other) { return one.kind == other.kind && (one.kind != TroubleKind::unusable || one.what == other.what); }

}  // namespace

bool TroubleLog::isKnown(const Trouble& trouble) const {
  return std::ranges::any_of(troubles_, [&trouble](const auto& known) { return isSame(known.second, trouble); });
}

void TroubleLog::failed(Question question, const Trouble& trouble) {
  const bool said = isKnown(trouble);
  troubles_[question] = trouble;
  if (said) {
    spdlog::debug("{}", trouble.what);
    return;
  }
  const auto level = trouble.kind == TroubleKind::not_ready ? spdlog::level::info : spdlog::level::warn;
  spdlog::log(level, "{}. {}", trouble.what, cureOf(trouble.kind, waits_for_broker_));
}

void TroubleLog::answered(Question question, std::string_view sentence, bool is_news) {
  const auto trouble = troubles_.extract(question);
  if (is_news || (!trouble.empty() && !isKnown(trouble.mapped()))) spdlog::info("{}", sentence);
}

}  // namespace blupow::homeassistant::supervisor
