#include "device/shunt.hpp"

#include <algorithm>
#include <chrono>

namespace blupow::device::test {

profile::Profile shunt() {
  using profile::Field;
  using profile::Quantity;
  using profile::Type;
  const auto field = [](std::string key, std::uint16_t address, Type type, double scale, int decimals) {
    return Field{.key = key, .name = key, .block = "live", .address = address, .type = type, .scale = scale, .decimals = decimals};
  };
  profile::Profile family;
  family.type = "renogy_shunt";
  family.name = "Renogy shunt";
  family.gatt = {.write_service = "", .write = "", .notify_service = "c011", .notify = "c411"};
  family.stream = kShuntStream;
  family.fields = {field("current", 21, Type::s24, 0.001, 3), field("voltage", 25, Type::u24, 0.001, 3), field("soc", 34, Type::u16, 0.1, 1),
                   field("temperature", 66, Type::s16, 0.1, 1)};
  family.fields[1].limits = profile::Limits{6, 80};
  family.fields[3].absent = 0x8000;
  family.fields.push_back(
      {.key = "power", .name = "power", .block = "live", .type = Type::product, .decimals = 1, .quantity = Quantity::power, .inputs = {"voltage", "current"}});
  return family;
}

Bytes shuntFrame(std::int32_t milliamperes, std::uint32_t millivolts) {
  Bytes frame = fromHex("4257011901001630a0240806a1230836a202137fa4ffddf1a60033e5a6100000a70003c5a7100000a80bc6b0a9000001aa04e800f8010000")
                    .value();  // captured: cyrils/renogy-bt issue #61; the rest is made up
  frame.resize(kShuntStream.length, 0);
  const auto put = [&](std::size_t at, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) frame[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> static_cast<unsigned>(8 * (bytes - 1 - i)));
  };
  put(21, static_cast<std::uint32_t>(milliamperes), 3);
  put(25, millivolts, 3);
  put(66, 250, 2);
  return frame;
}

Bytes historyFrame() {
  Bytes frame(54, 0x11);
  const Bytes header{0x42, 0x57, 0x01, 0x0B};
  std::ranges::copy(header, frame.begin());
  return frame;
}

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<Bytes> piecesOf(const Bytes& bytes, std::size_t size) {
  std::vector<Bytes> pieces;
  for (std::size_t i = 0; i < bytes.size(); i += size) {
    const auto end = std::min(i + size, bytes.size());
    pieces.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return pieces;
}

}  // namespace blupow::device::test
