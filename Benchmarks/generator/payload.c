#include "payload.h"

#include <string.h>

#include "random.h"

static uint8_t pattern[2 * PATTERN_LENGTH];
static uint64_t sums[PATTERN_LENGTH + 1];

void makePattern(uint64_t seed) {
  struct Random random = {.state = seed ^ 0x2545f4914f6cdd1d};
  for (unsigned offset = 0; offset < PATTERN_LENGTH; offset += 8) {
    uint64_t bits = nextRandom(&random);
    memcpy(pattern + offset, &bits, 8);
  }
  memcpy(pattern + PATTERN_LENGTH, pattern, PATTERN_LENGTH);
  for (unsigned word = 0; word < PATTERN_LENGTH; word++) {
    sums[word + 1] = sums[word] + ((uint64_t)pattern[2 * word] << 8 | pattern[2 * word + 1]);
  }
}

const uint8_t *patternAt(uint32_t offset) { return pattern + offset; }

uint64_t patternSum(uint32_t offset, uint32_t length) {
  return sums[(offset + length) / 2] - sums[offset / 2];
}
