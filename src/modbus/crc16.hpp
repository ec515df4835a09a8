// CRC-16/MODBUS: polynomial 0xA001 reflected, start 0xFFFF, sent low byte first. Pure.
#pragma once

#include <cstdint>

#include "core/bytes.hpp"

namespace blupow::modbus {

std::uint16_t crc16(ByteView bytes);

}  // namespace blupow::modbus
