// A fixed sequence of numbers for a seed: SplitMix64 (Steele, Lea and Flood, 2014).
#pragma once

#include <stdint.h>

struct Random {
  uint64_t state;
};

static inline uint64_t nextRandom(struct Random *random) {
  uint64_t value = (random->state += 0x9e3779b97f4a7c15);
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// 0 to bound - 1.
static inline uint32_t randomBelow(struct Random *random, uint32_t bound) {
  return (uint32_t)(((nextRandom(random) >> 32) * bound) >> 32);
}
