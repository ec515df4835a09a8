#include "device/transitions.hpp"

namespace blupow::device {

std::string_view words(Cause cause) {
  switch (cause) {
    case Cause::radio_ready:
      return "radio ready";
    case Cause::radio_gone:
      return "radio gone";
    case Cause::granted:
      return "turn granted";
    case Cause::present:
      return "link is up already";
    case Cause::connected:
      return "connected";
    case Cause::resolved:
      return "resolved";
    case Cause::units_known:
      return "units known";
    case Cause::units_unknown:
      return "units unknown";
    case Cause::recognised:
      return "recognised";
    case Cause::not_recognised:
      return "not recognised";
    case Cause::poll_due:
      return "poll due";
    case Cause::errand:
      return "errand";
    case Cause::poll_done:
      return "poll done, link kept";
    case Cause::poll_done_down:
      return "poll done, link given up";
    case Cause::identify:
      return "recognise anew";
    case Cause::yielded:
      return "yielded";
    case Cause::failed:
      return "failed";
    case Cause::absent_device:
      return "device absent";
    case Cause::no_slot:
      return "no slot";
    case Cause::stale_link:
      return "link found up does not work";
    case Cause::waited:
      return "wait over";
    case Cause::released:
      return "released";
    case Cause::resumed:
      return "resumed";
    case Cause::stopped:
      return "stop";
  }
  return "";
}

}  // namespace blupow::device
