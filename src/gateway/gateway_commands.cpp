// Gateway: the commands to one device.
#include <utility>

#include "gateway/gateway.hpp"
#include "gateway/reply.hpp"

namespace blupow::gateway {

std::expected<ManagedDevice*, CommandFailure> Gateway::reach(const MacAddress& address) const {
  if (stopping_) return std::unexpected(CommandFailure{Refusal::failed, "The service is stopping."});
  const auto found = devices_.find(address);
  if (inTransit(address) || (found != devices_.end() && !found->second->announced())) {
    return std::unexpected(CommandFailure{Refusal::busy, address.text() + " is being added or removed at this moment."});
  }
  if (found == devices_.end()) return std::unexpected(CommandFailure{Refusal::unknown_device, address.text() + " is not added."});
  if (!found->second->typeKnown()) {
    return std::unexpected(CommandFailure{Refusal::unknown_type, "No profile describes the type '" + found->second->stored().type + "'."});
  }
  return found->second.get();
}

template <typename T>
Answer<T> Gateway::later(Answer<T> answer) {
  return [this, answer = std::move(answer)](std::expected<T, CommandFailure> outcome) mutable { reply<T>(loop_, std::move(answer), std::move(outcome)); };
}

void Gateway::refresh(const MacAddress& address, Answer<DeviceSummary> answer) {
  answer = later(std::move(answer));
  if (const auto device = reach(address)) {
    (*device)->refresh(std::move(answer));
  } else {
    answer(std::unexpected(device.error()));
  }
}

void Gateway::identify(const MacAddress& address, Answer<DeviceSummary> answer) {
  answer = later(std::move(answer));
  if (const auto device = reach(address)) {
    (*device)->identify(std::move(answer));
  } else {
    answer(std::unexpected(device.error()));
  }
}

// Stored before it is answered: a restart does not take the link away from who has got it.
void Gateway::release(const MacAddress& address, std::chrono::minutes time, Answer<void> answer) {
  answer = later(std::move(answer));
  const auto device = reach(address);
  if (!device) {
    answer(std::unexpected(device.error()));
    return;
  }
  (*device)->release(time);
  saver_.save([this, address, answer = std::move(answer)](const Result<>& saved) mutable {
    const auto still = reach(address);
    if (!still) {
      answer(std::unexpected(still.error()));
    } else if (!saved) {
      answer(std::unexpected(
          CommandFailure{Refusal::failed, (*still)->displayName() + " is handed over, but this could not be stored: " + saved.error().text + "."}));
    } else {
      (*still)->whenLinkGone(std::move(answer));
    }
  });
}

void Gateway::resume(const MacAddress& address, Answer<void> answer) {
  answer = later(std::move(answer));
  const auto device = reach(address);
  if (!device) {
    answer(std::unexpected(device.error()));
    return;
  }
  (*device)->resume();
  saver_.save([name = (*device)->displayName(), answer = std::move(answer)](const Result<>& saved) mutable {
    if (saved) {
      answer({});
    } else {
      answer(std::unexpected(CommandFailure{Refusal::failed, name + " is taken back, but this could not be stored: " + saved.error().text + "."}));
    }
  });
}

void Gateway::set(const UnitAddress& unit, std::string key, std::string text, Answer<void> answer) {
  answer = later(std::move(answer));
  if (const auto device = reach(unit.address)) {
    (*device)->set(unit.unit, std::move(key), std::move(text), std::move(answer));
  } else {
    answer(std::unexpected(device.error()));
  }
}

}  // namespace blupow::gateway
