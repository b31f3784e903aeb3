#include "actors/commands/table.hpp"
#include "actors/runtime/record_memory.hpp"

int main(int count, char** words) {
  stagecoach::runtime::give_openssl_record_memory();
  return stagecoach::commands::run(count, words);
}
