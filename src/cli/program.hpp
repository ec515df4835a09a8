// The program: reads the command line, runs one command, prints, and gives its exit status.
#pragma once

namespace blupow::cli {

int program(int count, char** arguments);

}  // namespace blupow::cli
