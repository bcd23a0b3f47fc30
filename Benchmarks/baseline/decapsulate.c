// Writes the inner frames of a capture to another: mapped input, one buffer, large writes.

#include "inner_key.h"
#include "mapped_capture.h"

enum { BUFFER_LENGTH = 1 << 18, LONGEST_RECORD = 1 << 17 };

struct Output {
  const char *path;
  int descriptor;
  size_t used;
  uint8_t buffer[BUFFER_LENGTH + LONGEST_RECORD];
};

static void flush(struct Output *output) {
  for (size_t written = 0; written < output->used;) {
    ssize_t size = write(output->descriptor, output->buffer + written, output->used - written);
    if (size < 0) fail(output->path);
    written += (size_t)size;
  }
  output->used = 0;
}

static void put(struct Output *output, const void *octets, size_t length) {
  memcpy(output->buffer + output->used, octets, length);
  output->used += length;
}

static void putRecord(
    struct Output *output, const struct RecordHeader *header, const uint8_t *octets) {
  if (header->captured > LONGEST_RECORD - RECORD_HEADER_LENGTH) return;
  put(output, header, sizeof *header);
  put(output, octets, header->captured);
  if (output->used >= BUFFER_LENGTH) flush(output);
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: decapsulate FROM TO\n");
    return 64;
  }
  static struct Output output;
  struct MappedCapture capture = mapCapture(words[1]);
  output.path = words[2];
  output.descriptor = open(output.path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (output.descriptor < 0) fail(output.path);
  put(&output, capture.next - PCAP_HEADER_LENGTH, PCAP_HEADER_LENGTH);
  struct RecordHeader header;
  for (const uint8_t *octets; (octets = nextRecord(&capture, &header)) != NULL;) {
    uint32_t offset = innerFrameOffset(octets, header.captured);
    header.captured -= offset;
    header.length -= offset;
    putRecord(&output, &header, octets + offset);
  }
  flush(&output);
  return close(output.descriptor) == 0 ? 0 : 2;
}
