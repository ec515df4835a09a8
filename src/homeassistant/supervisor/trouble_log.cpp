#include "homeassistant/supervisor/trouble_log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "homeassistant/supervisor/answers.hpp"

namespace blupow::homeassistant::supervisor {

void TroubleLog::failed(Question question, const Trouble& trouble) {
  const bool said = std::ranges::any_of(troubles_, [&trouble](const auto& known) { return known.second == trouble.kind; });
  troubles_[question] = trouble.kind;
  if (said) {
    spdlog::debug("{}", trouble.what);
  } else {
    spdlog::warn("{}. {}", trouble.what, cureOf(trouble.kind, waits_for_broker_));
  }
}

void TroubleLog::answered(Question question, std::string_view sentence, bool is_news) {
  const auto trouble = troubles_.extract(question);
  const bool shared = !trouble.empty() && std::ranges::any_of(troubles_, [&trouble](const auto& known) { return known.second == trouble.mapped(); });
  if (is_news || (!trouble.empty() && !shared)) spdlog::info("{}", sentence);
}

}  // namespace blupow::homeassistant::supervisor
