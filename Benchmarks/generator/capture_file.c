#include "capture_file.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"

enum {
  BUFFER_LENGTH = 1 << 18,
  RECORD_OVERHEAD = 64,
  PCAP_RECORD_LENGTH = 16,
  PACKET_BLOCK_LENGTH = 28,
  ETHERNET_LINK_TYPE = 1,
};

static void put(struct CaptureFile *file, const void *octets, uint32_t length) {
  memcpy(file->buffer + file->used, octets, length);
  file->used += length;
}

static void flush(struct CaptureFile *file) {
  for (uint32_t written = 0; written < file->used;) {
    ssize_t count = write(file->descriptor, file->buffer + written, file->used - written);
    if (count < 0) {
      perror(file->name);
      exit(2);
    }
    written += (uint32_t)count;
  }
  file->bytes += file->used;
  file->used = 0;
}

static void writePcapHeader(struct CaptureFile *file) {
  const uint32_t magic = file->format == PCAP_NANOSECONDS ? 0xa1b23c4d : 0xa1b2c3d4;
  const uint32_t header[] = {magic, 2 | 4 << 16, 0, 0, file->snaplen, ETHERNET_LINK_TYPE};
  put(file, header, sizeof header);
}

// Section header and one interface description with its name and nanoseconds.
static void writePcapngHeader(struct CaptureFile *file) {
  const uint32_t section[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28};
  put(file, section, sizeof section);
  uint32_t nameLength = (uint32_t)strlen(file->interface);
  uint32_t paddedLength = (nameLength + 3) & ~3u;
  const uint32_t length = 16 + 4 + paddedLength + 8 + 4 + 4;
  const uint32_t description[] = {
      1, length, ETHERNET_LINK_TYPE, file->snaplen, 2 | nameLength << 16};
  put(file, description, sizeof description);
  char padded[sizeof file->interface] = {0};
  memcpy(padded, file->interface, nameLength);
  put(file, padded, paddedLength);
  const uint32_t resolution[] = {9 | 1 << 16, 9, 0, length};
  put(file, resolution, sizeof resolution);
}

// Interface statistics: received and dropped packets.
static void writePcapngEnd(struct CaptureFile *file) {
  const uint32_t length = 56;
  const uint32_t high = (uint32_t)(file->lastTime >> 32), low = (uint32_t)file->lastTime;
  const uint32_t block[] = {
      5,           length,
      0,           high,
      low,         4 | 8 << 16,
      (uint32_t)file->frames, (uint32_t)(file->frames >> 32),
      5 | 8 << 16, 0,
      0,           0,
      0,           length};
  static_assert(sizeof block == 56, "the length above");
  put(file, block, sizeof block);
}

void openCapture(
    struct CaptureFile *file, const struct Options *options, const char *name,
    const char *interface) {
  memset(file, 0, sizeof *file);
  file->format = options->format;
  file->snaplen = options->snaplen;
  const char *extension = options->format == PCAPNG ? "pcapng" : "pcap";
  snprintf(file->name, sizeof file->name, "%s.%s", name, extension);
  snprintf(file->interface, sizeof file->interface, "%s", interface);
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", options->folder, file->name);
  file->descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file->descriptor < 0) {
    perror(path);
    exit(2);
  }
  file->buffer = malloc(BUFFER_LENGTH + MAXIMUM_FRAME + RECORD_OVERHEAD);
  if (file->buffer == NULL) abort();
  file->format == PCAPNG ? writePcapngHeader(file) : writePcapHeader(file);
}

uint8_t *beginRecord(struct CaptureFile *file) {
  if (file->used > BUFFER_LENGTH) flush(file);
  uint32_t header = file->format == PCAPNG ? PACKET_BLOCK_LENGTH : PCAP_RECORD_LENGTH;
  return file->buffer + file->used + header;
}

static void endPcapRecord(
    struct CaptureFile *file, uint64_t time, uint32_t captured, uint32_t length) {
  uint32_t fraction = (uint32_t)(time % 1000000000);
  if (file->format == PCAP_MICROSECONDS) fraction /= 1000;
  const uint32_t header[] = {(uint32_t)(time / 1000000000), fraction, captured, length};
  put(file, header, sizeof header);
  file->used += captured;
}

static void endPacketBlock(
    struct CaptureFile *file, uint64_t time, uint32_t captured, uint32_t length) {
  uint32_t padded = (captured + 3) & ~3u;
  const uint32_t total = PACKET_BLOCK_LENGTH + padded + 4;
  const uint32_t header[] = {6, total, 0, (uint32_t)(time >> 32), (uint32_t)time, captured, length};
  put(file, header, sizeof header);
  memset(file->buffer + file->used + captured, 0, padded - captured);
  file->used += padded;
  put(file, &total, sizeof total);
}

void endRecord(struct CaptureFile *file, uint64_t time, uint32_t length) {
  uint32_t captured = length < file->snaplen ? length : file->snaplen;
  if (file->format == PCAPNG) {
    endPacketBlock(file, time, captured, length);
  } else {
    endPcapRecord(file, time, captured, length);
  }
  file->lastTime = time;
  file->frames++;
}

void closeCapture(struct CaptureFile *file) {
  if (file->format == PCAPNG) writePcapngEnd(file);
  flush(file);
  if (close(file->descriptor) != 0) {
    perror(file->name);
    exit(2);
  }
  free(file->buffer);
}
