// Payloads: windows into one fixed pattern, with the Internet checksum of any window at hand.
#pragma once

#include <stdint.h>

enum { PATTERN_LENGTH = 1 << 16 };

void makePattern(uint64_t seed);

// The pattern repeats: a window may start at any even offset below PATTERN_LENGTH and be up to
// PATTERN_LENGTH octets long.
const uint8_t *patternAt(uint32_t offset);
// Sum of the window's 16-bit words, not folded (RFC 1071).
uint64_t patternSum(uint32_t offset, uint32_t length);
