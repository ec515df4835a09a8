// From the text of a command (on the command topic, in the body of a request) to a command, or to what is wrong with it. Pure; JSON stays inside.
// The text is hostile until checked.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <variant>

#include "core/mac_address.hpp"
#include "gateway/commands.hpp"

namespace blupow::gateway {

namespace command {
struct GetDevices {};
struct Discover {
  std::chrono::seconds time{10};
};
struct Add {
  AddRequest request;
};
struct Remove {
  MacAddress address;
};
struct Refresh {
  MacAddress address;
};
struct Identify {
  MacAddress address;
};
struct Release {
  MacAddress address;
  std::chrono::minutes time{15};
};
struct Resume {
  MacAddress address;
};
struct RestartGateway {};
}  // namespace command

using Command = std::variant<command::GetDevices, command::Discover, command::Add, command::Remove, command::Refresh, command::Identify, command::Release,
                             command::Resume, command::RestartGateway>;

struct ParsedCommand {
  std::string request_id;  // empty: none that could be a level of a topic
  std::expected<Command, CommandFailure> command;
};

ParsedCommand parseCommand(std::string_view payload);

}  // namespace blupow::gateway
