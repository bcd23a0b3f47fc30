// Reads captures by mapping them, down to the inner packet's key: the limit for any reader.

#include "inner_key.h"
#include "mapped_capture.h"

int main(int count, char **words) {
  uint64_t packets = 0, keys = 0;
  for (int index = 1; index < count; index++) {
    struct MappedCapture capture = mapCapture(words[index]);
    struct RecordHeader header;
    for (const uint8_t *octets; (octets = nextRecord(&capture, &header)) != NULL; packets++) {
      keys += innerKey(octets, header.captured);
    }
  }
  printf("%lu packets, keys %016lx\n", packets, keys);
  return 0;
}
