// A hub: families with serial numbers, and a module with several of their devices behind it.
#pragma once

#include <cstdint>
#include <string>

#include "device/module.hpp"
#include "profile/catalogue.hpp"

namespace blupow::device::test {

// Serial number and own id in block serial (3 words at 24, once); live 34 words at 256, model at 12.
profile::Profile hubController();
// The same registers, live 30 words.
profile::Profile hubCharger();
// Pack (7 words at 5042) and info (28 at 5104, once: serial number, model); cells (34 at 5000) as many as cell_count says.
profile::Profile hubBattery();
// The inverter of profiles.hpp, which may also be recognised by its words where it is silent about its model and its name begins with BT-TH-.
profile::Profile hubInverter();
profile::Catalogue hubCatalogue();

using Registers = std::map<std::uint16_t, std::vector<std::uint16_t>>;
// The mark is battery_voltage x 10, different for each device, so that a value tells whose it is.
Registers controllerRegisters(std::uint16_t serial, std::uint8_t own_id, std::uint16_t mark, const std::string& model = "RNG-CTRL-RVR40");
Registers chargerRegisters(std::uint16_t serial, std::uint8_t own_id, std::uint16_t mark);
Registers batteryRegisters(const std::string& serial, std::uint16_t mark);
Registers inverterRegisters();

// Controller 97, DC-DC charger 96, inverter 32, batteries 48 to 51; nothing answers to 255.
Module hubModule();

}  // namespace blupow::device::test
