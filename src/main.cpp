#include "cli/program.hpp"

int main(int count, char** arguments) { return blupow::cli::program(count, arguments); }
