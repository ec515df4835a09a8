// Bytes as they travel: owned, viewed, and as hexadecimal text. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blupow {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Lower case, two digits a byte, nothing between them: "ff0301".
std::string toHex(ByteView bytes);

// Digits in either case; blanks between bytes are skipped. Nothing if another character or half a byte is found.
std::optional<Bytes> fromHex(std::string_view text);

}  // namespace blupow
