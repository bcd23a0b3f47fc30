// One capture, written in the order of its records.
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "options.h"

struct CaptureFile {
  char name[64];
  char interface[16];
  enum CaptureFormat format;
  int descriptor;
  uint32_t snaplen;
  uint64_t frames;
  uint64_t bytes;
  uint64_t lastTime;
  uint8_t *buffer;
  uint32_t used;
};

// `name` has no extension. If the file cannot be written the program ends with status 2.
void openCapture(
    struct CaptureFile *file, const struct Options *options, const char *name,
    const char *interface);
// Place for a frame of up to MAXIMUM_FRAME octets, taken by `endRecord`.
uint8_t *beginRecord(struct CaptureFile *file);
// Time in nanoseconds since 1970, whole length of the frame in octets.
void endRecord(struct CaptureFile *file, uint64_t time, uint32_t length);
void closeCapture(struct CaptureFile *file);
