// A shunt that speaks unasked, and its family, made by hand.
#pragma once

#include <cstdint>
#include <vector>

#include "core/bytes.hpp"
#include "profile/profile.hpp"

namespace blupow::device::test {

inline const profile::Stream kShuntStream{.header = {0x42, 0x57, 0x01, 0x19}, .length = 110};

// Fields voltage (25, u24, V), current (21, s24, A), soc (34), temperature (66) and power, all of block live.
profile::Profile shunt();

// A live frame with this current in mA; 13.285 V, 96.5 %, 25.0 degrees.
Bytes shuntFrame(std::int32_t milliamperes, std::uint32_t millivolts = 13285);
Bytes historyFrame();
Bytes joined(const std::vector<Bytes>& parts);
std::vector<Bytes> piecesOf(const Bytes& bytes, std::size_t size);

}  // namespace blupow::device::test
