#include "core/failure.hpp"

#include <utility>

namespace blupow {

std::string_view name(FailureKind kind) {
  switch (kind) {
    case FailureKind::retry_now:
      return "retry_now";
    case FailureKind::retry_later:
      return "retry_later";
    case FailureKind::device_absent:
      return "device_absent";
    case FailureKind::no_slot:
      return "no_slot";
    case FailureKind::in_use:
      return "in_use";
    case FailureKind::rejected:
      return "rejected";
    case FailureKind::protocol:
      return "protocol";
    case FailureKind::adapter_gone:
      return "adapter_gone";
    case FailureKind::daemon_gone:
      return "daemon_gone";
    case FailureKind::access_denied:
      return "access_denied";
  }
  std::unreachable();
}

}  // namespace blupow
