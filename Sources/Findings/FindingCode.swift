/// The name of a finding: an interface that scripts rely on.
package enum FindingCode: String, Sendable, CaseIterable {
  // Checksums
  case outerChecksumWrong = "outer-checksum-wrong"
  case innerChecksumWrong = "inner-checksum-wrong"
  // The underlay
  case vxlanLostOnWire = "vxlan-lost-on-wire"
  case vxlanRefused = "vxlan-refused"
  case vxlanDroppedByHost = "vxlan-dropped-by-host"
  case vtepAddressWrong = "vtep-address-wrong"
  case underlayNAT = "underlay-nat"
  case vtepSourceDiffers = "vtep-source-differs"
  case plainLostOnWire = "plain-lost-on-wire"
  // Sizes
  case mtuBlackHole = "mtu-black-hole"
  case outerFragments = "outer-fragments"
  case tooBig = "icmp-too-big"
  case tooBigIgnored = "icmp-too-big-ignored"
  case segmentSizeTooLarge = "mss-too-large"
  case deliveredSegmentsRepeated = "delivered-segments-repeated"
  // VXLAN's parameters
  case vniMismatch = "vni-mismatch"
  case portMismatch = "vxlan-port-mismatch"
  case flagsUnusual = "vxlan-flags"
  case vtepMACDuplicate = "vtep-mac-duplicate"
  case congestionMarkDropped = "ecn-drop"
  // VTEP tables
  case vtepMACStale = "vtep-mac-stale"
  case vtepForwardingWrong = "vtep-fdb-wrong"
  case vtepForwardingMissing = "vtep-fdb-missing"
  case vtepNeighbourMissing = "vtep-neighbour-missing"
  case vtepRouteMissing = "vtep-route-missing"
  // Forwarding and filters
  case forwardDrop = "forward-drop"
  case firewallReject = "firewall-reject"
  case policyReject = "policy-reject"
  case newConnectionsDropped = "new-connections-dropped"
  case podUnreached = "pod-unreached"
  case podGone = "pod-gone"
  case routingLoop = "routing-loop"
  case detour = "detour"
  // Translation
  case unexpectedSNAT = "unexpected-snat"
  case serviceReplyUntranslated = "service-reply-untranslated"
  case replyBypassesNAT = "reply-bypasses-nat"
  case conntrackInvalidReset = "conntrack-invalid-reset"
  case dnsRace = "dns-race"
  // Addresses
  case podAddressDuplicate = "pod-address-duplicate"
  case podAddressOutsideNode = "pod-address-outside-node"
  // Backends
  case backendMixed = "backend-mixed"
  case wireGuardSilent = "wireguard-no-handshake"
  // Not decided, and not the overlay
  case packetsLost = "packets-lost"
  case podRefuses = "pod-refuses"
  case podSilent = "pod-silent"
  case overlayHealthy = "overlay-healthy"
}
