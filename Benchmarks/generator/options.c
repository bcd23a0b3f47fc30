#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t DAY = 86400000000000;

static const char usage[] =
    "usage: generate [options] FOLDER\n"
    "  --packets N        inner packets (1000000)\n"
    "  --flows N          1 to 28000; of 20 flows one is UDP and one ICMP (2000)\n"
    "  --points N         2: both NICs; 4, 8, … 64: veth and NIC of N/2 nodes (4)\n"
    "  --rate N           inner packets per second of the capture, 1000 to 2000000 (200000)\n"
    "  --loss N           packets lost on the wire, per million, 0 to 100000 (1000)\n"
    "  --snaplen N        octets kept of each frame (262144)\n"
    "  --format NAME      pcap, pcap-ns or pcapng (pcap)\n"
    "  --clock-offset NS  the serving nodes' clocks are ahead by so much (0)\n"
    "  --seed N           another work of the same kind (1)\n"
    "  --offload          GSO and GRO: the veths see units of several segments\n"
    "  --service          the client's veth sees a ClusterIP instead of the serving pod\n"
    "  --zero-ids         every IP identification is 0\n"
    "  --flood            one identical UDP datagram over and over\n"
    "  --equal-times      every timestamp is the same\n";

static _Noreturn void refuse(const char *reason) {
  fprintf(stderr, "generate: %s\n%s", reason, usage);
  exit(64);
}

static uint64_t number(const char *text, int64_t least, int64_t most, const char *reason) {
  char *end;
  int64_t value = strtoll(text, &end, 10);
  if (*text == 0 || *end != 0 || value < least || value > most) refuse(reason);
  return (uint64_t)value;
}

static enum CaptureFormat captureFormat(const char *name) {
  if (strcmp(name, "pcap") == 0) return PCAP_MICROSECONDS;
  if (strcmp(name, "pcap-ns") == 0) return PCAP_NANOSECONDS;
  if (strcmp(name, "pcapng") == 0) return PCAPNG;
  refuse("the format is pcap, pcap-ns or pcapng");
}

static const struct option names[] = {
    {"packets", required_argument, 0, 'p'},      {"flows", required_argument, 0, 'f'},
    {"points", required_argument, 0, 'n'},       {"rate", required_argument, 0, 'r'},
    {"loss", required_argument, 0, 'l'},         {"snaplen", required_argument, 0, 's'},
    {"format", required_argument, 0, 'F'},       {"seed", required_argument, 0, 'S'},
    {"clock-offset", required_argument, 0, 'c'}, {"offload", no_argument, 0, 'o'},
    {"service", no_argument, 0, 'd'},            {"zero-ids", no_argument, 0, 'z'},
    {"flood", no_argument, 0, 'i'},              {"equal-times", no_argument, 0, 'e'},
    {0, 0, 0, 0},
};

static void take(struct Options *options, int name) {
  switch (name) {
    case 'p': options->packets = number(optarg, 1, 1000000000, "bad --packets"); break;
    case 'f': options->flows = (uint32_t)number(optarg, 1, 28000, "bad --flows"); break;
    case 'n':
      options->points = (uint32_t)number(optarg, 2, MAXIMUM_POINTS, "bad --points");
      break;
    case 'r': options->rate = (uint32_t)number(optarg, 1000, 2000000, "bad --rate"); break;
    case 'l': options->loss = (uint32_t)number(optarg, 0, 100000, "bad --loss"); break;
    case 's': options->snaplen = (uint32_t)number(optarg, 1, 262144, "bad --snaplen"); break;
    case 'S': options->seed = number(optarg, 0, 1LL << 60, "bad --seed"); break;
    case 'c':
      options->clockOffset = (int64_t)number(optarg, -DAY, DAY, "bad --clock-offset");
      break;
    case 'F': options->format = captureFormat(optarg); break;
    case 'o': options->hasOffload = true; break;
    case 'd': options->hasService = true; break;
    case 'z': options->hasZeroIdentifications = true; break;
    case 'i': options->isFlood = true; break;
    case 'e': options->hasEqualTimes = true; break;
    default: refuse("unknown option");
  }
}

struct Options parseOptions(int count, char **words) {
  struct Options options = {
      .packets = 1000000,
      .seed = 1,
      .rate = 200000,
      .flows = 2000,
      .points = 4,
      .snaplen = 262144,
      .loss = 1000,
  };
  for (int name; (name = getopt_long(count, words, "", names, NULL)) != -1;) take(&options, name);
  // An odd number of client and server nodes would leave one without a partner.
  if (options.points != 2 && options.points % 4 != 0) refuse("--points is 2 or a multiple of 4");
  if (optind != count - 1) refuse("one folder is needed");
  options.folder = words[optind];
  return options;
}
