// A mapped classic pcap file of this machine's byte order, and its records in place.
#pragma once

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PCAP_HEADER_LENGTH = 24, RECORD_HEADER_LENGTH = 16 };

struct RecordHeader {
  uint32_t seconds;
  uint32_t fraction;
  uint32_t captured;
  uint32_t length;
};

struct MappedCapture {
  const uint8_t *next;
  const uint8_t *end;
};

static inline _Noreturn void fail(const char *path) {
  perror(path);
  exit(2);
}

static inline struct MappedCapture mapCapture(const char *path) {
  int descriptor = open(path, O_RDONLY);
  struct stat status;
  if (descriptor < 0 || fstat(descriptor, &status) != 0) fail(path);
  size_t size = (size_t)status.st_size;
  const uint8_t *start = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (start == MAP_FAILED) fail(path);
  madvise((void *)start, size, MADV_SEQUENTIAL);
  uint32_t magic = 0;
  if (size >= PCAP_HEADER_LENGTH) memcpy(&magic, start, sizeof magic);
  if (magic != 0xa1b2c3d4 && magic != 0xa1b23c4d) {
    fprintf(stderr, "%s: not a pcap file of this byte order\n", path);
    exit(2);
  }
  return (struct MappedCapture){start + PCAP_HEADER_LENGTH, start + size};
}

// Steps over a record; NULL at the end, and where the file is cut.
static inline const uint8_t *nextRecord(
    struct MappedCapture *capture, struct RecordHeader *header) {
  if (capture->end - capture->next < RECORD_HEADER_LENGTH) return NULL;
  memcpy(header, capture->next, sizeof *header);
  const uint8_t *octets = capture->next + RECORD_HEADER_LENGTH;
  if (capture->end - octets < header->captured) return NULL;
  capture->next = octets + header->captured;
  return octets;
}
