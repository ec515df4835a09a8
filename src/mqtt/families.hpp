// In which families (IPv4, IPv6) a broker's name has addresses: libmosquitto tries the first address of a name and no other, so that a name with one of
// each would never be reached where only the second answers.
#pragma once

#include <string>
#include <vector>

namespace blupow::mqtt {

// As local addresses to bind to, "::" and "0.0.0.0", in the system's order: to bind to one leaves out the addresses of the other family. One null
// pointer where there is nothing to choose: one family, an address, a socket's path, or a name that is not known. Blocks: looks the name up.
std::vector<const char*> familiesOf(const std::string& host);

}  // namespace blupow::mqtt
