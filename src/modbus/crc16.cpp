#include "modbus/crc16.hpp"

namespace blupow::modbus {

std::uint16_t crc16(ByteView bytes) {
  std::uint32_t crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xA001U : 0U);
  }
  return static_cast<std::uint16_t>(crc);
}

}  // namespace blupow::modbus
