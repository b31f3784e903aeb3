#include "actors/commands/table.hpp"

int main(int count, char** words) { return stagecoach::commands::run(count, words); }
