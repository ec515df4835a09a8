// What the commands print, as whole texts that end with a line break: one JSON document, or lines for a person. Pure.
#pragma once

#include <string>
#include <vector>

#include "app/decode_frame.hpp"
#include "app/doctor.hpp"
#include "app/health.hpp"
#include "app/profiles.hpp"
#include "app/read_device.hpp"
#include "app/scan.hpp"

namespace blupow::cli {

std::string errorDocument(const std::string& sentence);

std::string scanDocument(const std::vector<app::ScannedDevice>& devices);
std::string scanLines(const std::vector<app::ScannedDevice>& devices);

std::string readDocument(const MacAddress& address, const std::vector<app::UnitReading>& units);
std::string readLines(const std::vector<app::UnitReading>& units, const profile::Catalogue& catalogue);

std::string decodeDocument(const app::DecodedFrame& frame);
std::string decodeLines(const app::DecodedFrame& frame, const profile::ProfilePtr& family);

std::string profilesDocument(const profile::Catalogue& catalogue);
std::string profilesLines(const profile::Catalogue& catalogue);

std::string checkDocument(const std::vector<app::CheckedFile>& files);
std::string checkLines(const std::vector<app::CheckedFile>& files);

std::string doctorDocument(const app::Examination& examination);
std::string doctorLines(const app::Examination& examination);

std::string healthDocument(const app::Health& health);
std::string healthLines(const app::Health& health);

}  // namespace blupow::cli
