// A device that its user describes in a few words: any Modbus device behind BLE, sensor by sensor. Pure.
#pragma once

#include <string>

#include "profile/json/loader.hpp"

namespace blupow::profile {

// The type of such devices.
inline constexpr const char* kGenericType = "generic_modbus_device";

// text: an object with notify_uuid, write_uuid, device_id and sensors, as add_device takes it and as the first BluPow kept it in devices.json; keys that stand
// beside them (address, type, name, command ...) are not looked at, and null is as good as left out. Each sensor is read as a block of its own, so that
// one that the device does not have takes no other with it. Errors as the loader's, all at once; name stands for the file.
LoadedProfile describeGeneric(const std::string& text, const std::string& name);

}  // namespace blupow::profile
