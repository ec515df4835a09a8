// One method call of a client: read at once, answered once, now or later. Dropping it unanswered is a call that hangs. Harmless after the bus is gone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "sim/dbus/refusal.hpp"
#include "sim/dbus/value.hpp"

namespace blupow::sim {

class Call {
 public:
  virtual ~Call() = default;

  std::string sender;  // unique bus name of the client
  std::string path;
  std::string member;                    // without its interface
  Bytes bytes;                           // the argument of type ay, if the method has one
  std::string text;                      // of type o or s
  std::map<std::string, Value> options;  // of type a{sv}; entries of other types are left out

  virtual void answer() = 0;
  virtual void answer(const Value& value) = 0;
  virtual void refuse(const Refusal& refusal) = 0;
  virtual void forget() = 0;  // the bus goes: nothing can be answered any more
};

using CallPtr = std::shared_ptr<Call>;

}  // namespace blupow::sim
