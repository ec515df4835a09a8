#include "device/identity_reads.hpp"

#include <algorithm>
#include <utility>

#include "profile/decode.hpp"
#include "profile/variant.hpp"

namespace blupow::device {

IdentityReads::IdentityReads(Found found, std::string_view advertised_name, bool own_id)
    : found_(std::move(found)), variant_(profile::variantFor(found_.family, found_.model, advertised_name)) {
  const auto add = [this](std::string_view key) {
    const profile::Field* field = variant_->field(key);
    const profile::Block* block = field ? variant_->block(field->block) : nullptr;
    if (block && std::ranges::find(blocks_, *block) == blocks_.end()) blocks_.push_back(*block);
  };
  if (own_id) add(kOwnId);
  add(kSerialNumber);
}

modbus::Request IdentityReads::next() const { return modbus::Request::read(found_.id, blocks_.back().address, blocks_.back().words); }

void IdentityReads::answered(const modbus::Answer& answer) {
  if (found_.id == modbus::kAnyUnit && answer.unit != modbus::kAnyUnit) found_.own_id = answer.unit;
  const auto decoded = profile::decode(*variant_, blocks_.back().address, answer.words);
  if (const auto serial = profile::textIn(decoded.readings, kSerialNumber); !serial.empty()) found_.serial_number = serial;
  if (const auto id = profile::wholeIn(decoded.readings, kOwnId); id && *id > 0 && *id < modbus::kAnyUnit) found_.own_id = static_cast<std::uint8_t>(*id);
  leave();
}

void IdentityReads::failed(const Failure& failure) {
  if (failure.kind != FailureKind::rejected && !std::exchange(again_, true)) return;
  leave();
}

void IdentityReads::leave() {
  blocks_.pop_back();
  again_ = false;
}

}  // namespace blupow::device
