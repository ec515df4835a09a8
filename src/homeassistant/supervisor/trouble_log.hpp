// Says each trouble with the Supervisor once, with its cure, and once that it is good again. Two questions that fail for one cause are one trouble:
// whoever finds it first says it. Loop thread.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "homeassistant/supervisor/api.hpp"

namespace blupow::homeassistant::supervisor {

enum class Question : std::uint8_t { broker, page };

class TroubleLog {
 public:
  // waits_for_broker: the options name none.
  explicit TroubleLog(bool waits_for_broker) : waits_for_broker_(waits_for_broker) {}

  void failed(Question question, const Trouble& trouble);
  // Says the sentence where it is news, and where a trouble was said before.
  void answered(Question question, std::string_view sentence, bool is_news);
  // Nobody asks any more.
  void forget(Question question) { troubles_.erase(question); }

 private:
  bool isKnown(const Trouble& trouble) const;

  const bool waits_for_broker_;
  std::map<Question, Trouble> troubles_;
};

}  // namespace blupow::homeassistant::supervisor
