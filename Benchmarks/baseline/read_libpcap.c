// Reads captures with libpcap's loop and the same parser as read_mapped.

#include <pcap.h>
#include <stdlib.h>

#include "inner_key.h"

int main(int count, char **words) {
  uint64_t packets = 0, keys = 0;
  for (int index = 1; index < count; index++) {
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(words[index], message);
    if (capture == NULL) {
      fprintf(stderr, "%s\n", message);
      exit(2);
    }
    struct pcap_pkthdr *header;
    for (const uint8_t *octets; pcap_next_ex(capture, &header, &octets) == 1; packets++) {
      keys += innerKey(octets, header->caplen);
    }
    pcap_close(capture);
  }
  printf("%lu packets, keys %016lx\n", packets, keys);
  return 0;
}
