/// What is known of one kind of finding: background, competing causes, commands, remedy and sources.
///
/// In commands, `{vtep}`, `{nic}` and `{bridge}` stand for the names that the node gives these devices.
package struct CatalogueEntry: Sendable {
  package let code: FindingCode
  package let title: String
  package let severity: Finding.Severity
  /// Paragraphs.
  package let background: String
  /// Causes that packets cannot separate, the likeliest first.
  package var causes: [String] = []
  /// Commands that only read.
  package var checks: [String] = []
  package var fix = ""
  /// Issue threads and documents.
  package var sources: [String] = []

  /// All entries, in the order of the codes.
  package static let all = FindingCode.allCases.map(entry(for:))

  package static func entry(for code: FindingCode) -> CatalogueEntry {
    switch code {
    case .outerChecksumWrong, .innerChecksumWrong: checksum(code)
    case .vxlanLostOnWire, .vxlanRefused, .vxlanDroppedByHost, .vtepAddressWrong, .underlayNAT,
      .vtepSourceDiffers, .plainLostOnWire:
      underlay(code)
    case .mtuBlackHole, .outerFragments, .tooBig, .tooBigIgnored, .segmentSizeTooLarge,
      .deliveredSegmentsRepeated:
      size(code)
    case .vniMismatch, .portMismatch, .flagsUnusual, .vtepMACDuplicate, .congestionMarkDropped:
      parameter(code)
    case .vtepMACStale, .vtepForwardingWrong, .vtepForwardingMissing, .vtepNeighbourMissing,
      .vtepRouteMissing:
      table(code)
    case .forwardDrop, .firewallReject, .policyReject, .newConnectionsDropped, .podUnreached,
      .podGone, .routingLoop, .detour:
      forwarding(code)
    case .unexpectedSNAT, .serviceReplyUntranslated, .replyBypassesNAT, .conntrackInvalidReset,
      .dnsRace:
      translation(code)
    case .podAddressDuplicate, .podAddressOutsideNode, .backendMixed, .wireGuardSilent:
      setup(code)
    case .packetsLost, .podRefuses, .podSilent, .overlayHealthy: verdict(code)
    }
  }
}

extension CatalogueEntry {
  /// The text with `{vtep}`, `{nic}` and `{bridge}` replaced.
  static func named(_ text: String, vtep: String, nic: String, bridge: String) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.utf8.firstIndex(of: UInt8(ascii: "{")),
      let close = rest[open...].utf8.firstIndex(of: UInt8(ascii: "}"))
    {
      result.append(contentsOf: rest[..<open])
      switch rest[open...close] {
      case "{vtep}": result += vtep
      case "{nic}": result += nic
      case "{bridge}": result += bridge
      default: result.append(contentsOf: rest[open...close])
      }
      rest = rest[rest.index(after: close)...]
    }
    result.append(contentsOf: rest)
    return result
  }

  /// The same with the names that flannel and most nodes give.
  static func withUsualNames(_ text: String) -> String {
    named(text, vtep: "flannel.1", nic: "eth0", bridge: "cni0")
  }
}
