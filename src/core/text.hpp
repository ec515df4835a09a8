// Small helpers on ASCII text. Pure; other bytes pass through unchanged.
#pragma once

#include <string>
#include <string_view>

namespace blupow {

std::string upperCase(std::string_view text);
std::string lowerCase(std::string_view text);

// Without blanks, NUL and 0xFF fill bytes at both ends.
std::string_view trimmed(std::string_view text);

// Valid UTF-8 without control characters: every byte that is not part of such a character becomes '?'. For text from the air and from registers.
std::string printable(std::string_view text);

// For topics and ids: lower case, every run of other characters than a-z and 0-9 one '_', none at the ends; may be empty.
std::string slug(std::string_view text);

}  // namespace blupow
