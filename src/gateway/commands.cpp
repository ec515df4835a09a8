#include "gateway/commands.hpp"

#include <utility>

namespace blupow::gateway {

std::string_view name(Refusal refusal) {
  switch (refusal) {
    case Refusal::unknown_command:
      return "unknown_command";
    case Refusal::bad_json:
      return "bad_json";
    case Refusal::bad_argument:
      return "bad_argument";
    case Refusal::unknown_device:
      return "unknown_device";
    case Refusal::unknown_type:
      return "unknown_type";
    case Refusal::already_added:
      return "already_added";
    case Refusal::not_heard:
      return "not_heard";
    case Refusal::connect_failed:
      return "connect_failed";
    case Refusal::no_answer:
      return "no_answer";
    case Refusal::not_recognised:
      return "not_recognised";
    case Refusal::busy:
      return "busy";
    case Refusal::not_allowed:
      return "not_allowed";
    case Refusal::failed:
      return "failed";
  }
  std::unreachable();
}

}  // namespace blupow::gateway
