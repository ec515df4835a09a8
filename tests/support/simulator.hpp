// The simulator (sim/) as a process of the test's own on a private bus: bluetoothd and Renogy devices.
#pragma once

#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/private_bus.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace blupow::test {

using RegisterWords = std::vector<std::uint16_t>;

// Something that reached a device and was no sound read, or touched a register that should be left alone.
struct Written {
  std::string device;
  std::string bytes;           // hex
  std::string characteristic;  // empty: ffd1 in ffd0
  std::uint8_t unit = 0;       // these four are 0 where it was no sound frame
  std::uint8_t function = 0;
  std::uint16_t address = 0;
  RegisterWords words;
  bool dangerous = false;
  std::string answer;  // "done", "exception 4", "none"
};

class Simulator {
 public:
  // scene: the name of a built-in scene, or the JSON text of one. Returns when it is ready.
  explicit Simulator(PrivateBus& bus, std::string_view scene = "two");

  void kill();   // kill -9: bluetoothd is gone, its objects and links with it
  void start();  // again, after kill(); ready when it returns
  // One command for the control socket (sim/README.md), for example {"do":"list"}. The answer's JSON; throws when the simulator refuses or is silent.
  std::string tell(std::string_view command);

  // The same in C++, for what many tests want. device: the address, "D8:B6:73:BF:4F:75".
  void setWords(std::string_view device, std::uint8_t unit, std::uint16_t first, const RegisterWords& words);
  RegisterWords words(std::string_view device, std::uint8_t unit, std::uint16_t first, std::uint16_t count);
  void silenceUnit(std::string_view device, std::uint8_t unit, bool silent = true);
  void reassign(std::string_view device, const std::map<std::uint8_t, std::uint8_t>& ids);  // new ids by old ones, all at once
  std::vector<Written> writes();  // since the start or forgetWrites(), of all devices; in order for each of them
  void forgetWrites();

  void terminate();  // SIGTERM; throws if its exit status is not 0

  Process& process() { return *process_; }

 private:
  PrivateBus& bus_;
  TempFolder folder_;
  std::string scene_;
  std::unique_ptr<Process> process_;
};

}  // namespace blupow::test
