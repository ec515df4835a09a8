// blupow-sim: bluetoothd and Renogy devices on a bus of your own.
#include <CLI/CLI.hpp>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "sim/control/commands.hpp"
#include "sim/control/server.hpp"
#include "sim/simulator.hpp"

namespace {

using namespace blupow::sim;

struct Arguments {
  std::string bus;
  std::string scene = "two";
  std::string control;
};

std::expected<Scene, std::string> load(const std::string& scene) {
  if (const auto built_in = builtInScene(scene); !built_in.empty()) return parseScene(built_in);
  const std::ifstream file(scene);
  if (!file) return std::unexpected("there is no scene file " + scene + ", and no built-in scene of that name");
  std::ostringstream text;
  text << file.rdbuf();
  auto parsed = parseScene(text.str());
  if (!parsed) return std::unexpected(scene + ": " + parsed.error());
  return parsed;
}

int run(const Arguments& arguments) {
  auto scene = load(arguments.scene);
  if (!scene) {
    std::cerr << "blupow-sim: " << scene.error() << "\n";
    return 2;
  }
  Loop loop;
  Simulator simulator(loop, std::move(*scene), arguments.bus);
  std::unique_ptr<ControlServer> control;
  if (!arguments.control.empty()) {
    control = std::make_unique<ControlServer>(loop, arguments.control, [&](std::string_view line) { return execute(simulator, line); });
  }
  loop.onTermination([&] { loop.stop(); });
  simulator.start([&] { std::cout << "blupow-sim: ready on " << arguments.bus << "\n" << std::flush; });
  loop.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("A bluetoothd look-alike with Renogy devices behind it, for tests and demonstrations.", "blupow-sim");
  app.add_option("--bus", arguments.bus, "D-Bus address; never the host's own system bus")->envname("DBUS_SYSTEM_BUS_ADDRESS")->required();
  app.add_option("--scene", arguments.scene, "a scene file, or a built-in scene: two, families, hub, demo")->capture_default_str();
  app.add_option("--control", arguments.control, "unix socket on which it takes commands");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(arguments);
  } catch (const std::exception& trouble) {
    std::cerr << "blupow-sim: " << trouble.what() << "\n";
    return 1;
  }
}
