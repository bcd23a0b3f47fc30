// Makes the captures of the benchmark: the same bytes for the same command line, anywhere.
//
// Prints, as one JSON object, what is true of them.

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "options.h"
#include "payload.h"
#include "traffic.h"
#include "way.h"

struct Counts {
  uint64_t lost;
  uint64_t replies;
};

static void printTruth(
    const struct Options *options, const struct Way *way, const struct Counts *counts,
    uint64_t retransmissions) {
  uint64_t frames = 0, bytes = 0;
  printf(
      "{\"packets\":%lu,\"lost\":%lu,\"replies\":%lu,\"retransmissions\":%lu,\"files\":[",
      options->packets, counts->lost, counts->replies, retransmissions);
  for (unsigned index = 0; index < captureCount(way); index++) {
    const struct CaptureFile *file = captureAt(way, index);
    frames += file->frames;
    bytes += file->bytes;
    printf(
        "%s{\"name\":\"%s\",\"frames\":%lu,\"bytes\":%lu}", index == 0 ? "" : ",", file->name,
        file->frames, file->bytes);
  }
  printf("],\"observations\":%lu,\"bytes\":%lu}\n", frames, bytes);
}

int main(int count, char **words) {
  const struct Options options = parseOptions(count, words);
  mkdir(options.folder, 0755);
  makePattern(options.seed);
  struct Traffic *traffic = makeTraffic(&options);
  struct Way *way = makeWay(&options, flowsOf(traffic));
  struct Counts counts = {0};
  for (uint64_t sent = 0; sent < options.packets; sent++) {
    const struct Packet packet = nextPacket(traffic);
    const uint64_t time = sendPacket(way, &packet);
    counts.lost += packet.isLost;
    counts.replies += packet.isReply;
    if (!packet.isLost) noteArrival(traffic, &packet, time);
  }
  finishWay(way);
  printTruth(&options, way, &counts, retransmissionCount(traffic));
  return 0;
}
